"""What the tests of faults share: a relayer and nodes that may run with faults (faults.py), tasks of theirs, and how the tests
of a module are run. The arguments of such a test: RELAYER NODE LIBRARY [TEST] [--long], where --long is more rounds."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from relayer_process import LOST, REAL, Relayer, fsck, wait_for

LONG = "--long" in sys.argv
ARGUMENTS = [a for a in sys.argv[1:] if a != "--long"]
RELAYER, NODE, LIBRARY = ARGUMENTS[:3]
SEED = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1}, "token_amount": "1000", "max_attempts": 9}
WORK = dict(SEED, payload={"algorithm": "fibonacci", "n": 200000})  # there is time to do something meanwhile
FAST = [*REAL, "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000"]
SIMPLE = FAST + ["ws.require_node_signature=no"]
everything = []  # processes that a failed test leaves
folders = []


class Node:
    def __init__(self, r, folder=None, faults=None, wait=True):
        self.folder = folder or tempfile.mkdtemp(prefix="node.")
        folders.append(self.folder)
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", self.folder, "--no-bench"],
                                            stderr=log, env={**os.environ, **(faults.environment if faults else {})})
        everything.append(self.process)
        if wait:
            wait_for("registered", lambda: self.said("registered"))

    def said(self, event):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            lines = [json.loads(x) for x in f.read().splitlines() if x.startswith("{") and x.endswith("}")]
        return [x for x in lines if x["event"] == event]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        everything.remove(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def ended(self, seconds=30):
        code = self.process.wait(seconds)
        everything.remove(self.process)
        return code


def relayer(faults=None, settings=FAST, start=True, folder=None):
    r = Relayer(RELAYER, settings=settings, folder=folder, environment=faults.environment if faults else {})
    folders.append(r.folder)
    if faults:
        faults.path(r.folder)
    if start:
        r.start()
        everything.append(r.process)
    return r


def again(r):
    """After its end, without faults."""
    r.environment = {}
    r.start()
    everything.append(r.process)


def over(r, *more):
    assert r.stop() == 0
    fsck(r)
    shutil.rmtree(r.folder)
    for x in more:
        x.close()


def try_post(r, body=SEED, **headers):
    try:
        status, made, _ = r.call("POST", "/api/v1/tasks", body, headers, timeout=10)
        return status, made.get("task_id"), made
    except LOST:
        return 0, None, None


def post(r, body=SEED):
    status, task, made = try_post(r, body)
    assert status == 201, (status, made)
    return task


def state(r, task):
    try:
        return r.call("GET", "/api/v1/tasks/" + task)[1]
    except LOST:
        return {"state": "unknown"}


def verified(r, task, seconds=60):
    return wait_for("verified", lambda: state(r, task)["state"] == "verified" and state(r, task), seconds)


def run(tests):
    """Runs every test_... of `tests` (a module's globals()) whose name holds one of those that are asked for, with a source
    of numbers that its seed repeats. Of a failure the ends of all logs are shown."""
    asked = ARGUMENTS[3:]
    names = [n for n in tests if n.startswith("test_") and (not asked or any(x in n for x in asked))]
    assert names, f"no test is called {asked}"
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    draw = random.Random(seed)
    for name in names:
        start = time.monotonic()
        try:
            tests[name](draw)
        except BaseException:
            for p in everything:
                if p.poll() is None:
                    p.kill()
            for d in dict.fromkeys(folders):
                if os.path.exists(d + "/log"):
                    with open(d + "/log", errors="replace") as f:
                        lines = [x for x in f.read().splitlines() if '"event":"http"' not in x]
                    print("\n".join([f"--- {d}"] + lines[-40:]), file=sys.stderr)
            raise
        print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
