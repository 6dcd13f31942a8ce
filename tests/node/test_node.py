#!/usr/bin/env python3
"""sprove-node with a relayer: takes a task, proves it, delivers; killed at any moment, nothing is lost.

usage: test_node.py RELAYER NODE [TEST]"""
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "relayer"))
from relayer_process import Relayer, wait_for  # noqa: E402

RELAYER, NODE = sys.argv[1], sys.argv[2]
SEED = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1000"}
# Enough cycles that there is time to kill something.
LONG = dict(SEED, payload={"algorithm": "fibonacci", "n": 200000})
FAST = ["ws.offer=500ms", "ws.heartbeat=700ms", "ws.resume_grace=3s", "ws.heartbeat_timeout=6s", "ws.lease=7s",
        "ws.start_by=9s"]


class Node:
    all = []

    def __init__(self, r, folder=None, *more):
        Node.all.append(self)
        self.folder = folder or tempfile.mkdtemp(prefix="node.")
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", self.folder, "--no-bench",
                                         *more], stderr=self.log)

    def text(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return f.read()

    def said(self, event):
        return [json.loads(x) for x in self.text().splitlines() if x.startswith("{") and json.loads(x)["event"] == event]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def post(r, body):
    status, made, _ = r.call("POST", "/api/v1/tasks", body)
    assert status == 201, (status, made)
    return made["task_id"]


def state(r, task):
    return r.call("GET", "/api/v1/tasks/" + task)[1]


def verified(r, task, seconds=60):
    return wait_for("verified", lambda: state(r, task)["state"] == "verified" and state(r, task), seconds)


def test_task(r):
    task = post(r, SEED)
    n = Node(r)
    t = verified(r, task)
    assert t["attempt"] == 1 and t["result"]["usage"]["cycles"] == "432", t
    assert r.call("GET", f"/api/v1/tasks/{task}/result")[1]["output"] == {"result": [[19, 22], [43, 50]]}
    wait_for("acknowledged", lambda: n.said("result_accepted"))
    wait_for("files gone", lambda: not os.listdir(os.path.join(n.folder, "results")))
    assert os.stat(os.path.join(n.folder, "node.key")).st_mode & 0o77 == 0
    # A second node may not use the folder.
    second = subprocess.run([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", n.folder], capture_output=True, text=True)
    assert second.returncode == 1 and "another node" in second.stderr, second
    assert n.stop() == 0
    return n.folder


def test_cancel(r):
    n = Node(r)
    task = post(r, LONG)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    wait_for("told", lambda: n.said("task_cancelled"))
    # It is free again.
    task = post(r, SEED)
    verified(r, task)
    assert n.stop() == 0


def test_relayer_killed(r):
    n = Node(r)
    task = post(r, LONG)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    r.kill()
    time.sleep(0.3)
    r.start()
    t = verified(r, task)
    assert t["attempt"] == 1, t
    assert len(n.said("connected")) >= 2
    assert n.stop() == 0


def test_node_killed(r):
    n = Node(r)
    task = post(r, LONG)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    n.kill()
    n = Node(r, n.folder)
    t = verified(r, task)
    assert t["attempt"] == 1, "the same node goes on under its lease: " + json.dumps(t["assignment"])
    assert n.stop() == 0


def test_node_stopped(r):
    """SIGTERM while it works is no result: started again, it does the task under the same lease."""
    n = Node(r)
    task = post(r, LONG)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    assert n.stop() == 0
    assert not n.said("task_finished"), n.text()
    n = Node(r, n.folder)
    t = verified(r, task)
    assert t["attempt"] == 1, t["assignment"]
    assert n.stop() == 0


def test_relayer_away_at_the_end(r):
    """The result is ready while the relayer is down: it is delivered when it is back."""
    n = Node(r)
    task = post(r, SEED)
    wait_for("taken", lambda: n.said("task_taken"), 30)
    r.kill()
    time.sleep(1.5)
    r.start()
    t = verified(r, task)
    assert t["attempt"] <= 2, t
    assert n.stop() == 0


def test_example(r):
    """examples/demander.py: from the input to an output that sverify has accepted; what does not hold is not written."""
    if "SVERIFY" not in os.environ:
        return
    example = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "demander.py")
    n = Node(r)
    with tempfile.TemporaryDirectory() as d:
        paths = [os.path.join(d, name) for name in ("in.json", "out.json", "proof")]
        with open(paths[0], "w") as f:
            json.dump(SEED["payload"], f)

        def run(**environment):
            return subprocess.run([sys.executable, example, f"http://127.0.0.1:{r.port}", *paths],
                                  capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "SPROVE_API_KEY": r.key, **environment})
        p = run()
        assert p.returncode == 0, p
        with open(paths[1]) as f:
            assert json.load(f) == {"result": [[19, 22], [43, 50]]}
        os.unlink(paths[1])
        p = run(SVERIFY="/bin/false")
        assert p.returncode == 1 and "does not hold" in p.stderr and os.listdir(d).count("out.json") == 0, p
        assert run(SPROVE_API_KEY="spk_00000000_" + "A" * 43).returncode == 1
    assert n.stop() == 0


def test_bundle(r):
    """A bundle holds what sverify accepts, for its demander and for an auditor; a changed output is not accepted."""
    n = Node(r)
    task = post(r, SEED)
    assert r.call("GET", f"/api/v1/tasks/{task}/bundle")[0] in (409, 200)
    verified(r, task)
    keys = {name: r.call("POST", "/api/v1/api-keys", {"name": name, "scopes": scopes})[1]["key"]
            for name, scopes in (("stranger", ["tasks:read"]), ("auditor", ["tasks:read", "audits"]))}
    assert r.call("GET", f"/api/v1/tasks/{task}/bundle", key=keys["stranger"])[0] == 404
    assert r.call("GET", "/api/v1/tasks/none/bundle")[0] == 404
    status, data, headers = r.call("GET", f"/api/v1/tasks/{task}/bundle", key=keys["auditor"], raw=True)
    assert status == 200 and headers["Content-Type"] == "application/x-tar" and f"{task}.tar" in headers["Content-Disposition"]
    assert data == r.call("GET", f"/api/v1/tasks/{task}/bundle", raw=True)[1], "it is the same each time"
    with tempfile.TemporaryDirectory() as d:
        with tarfile.open(fileobj=io.BytesIO(data)) as t:
            assert sorted(t.getnames()) == ["input", "output", "program.elf", "proof", "signed.json", "task.json", "verify.sh"]
            t.extractall(d)
        assert subprocess.run(["tar", "tf", "-"], input=data, capture_output=True).returncode == 0
        with open(os.path.join(d, "task.json")) as f:
            assert json.load(f)["task_id"] == task
        with open(os.path.join(d, "signed.json")) as f:
            said = json.load(f)
        assert said["node_pubkey"] != "0x0" and len(said["signature"]) == 2 and "lease_token" not in said, said
        if "SVERIFY" in os.environ:
            path = {**os.environ, "PATH": os.path.dirname(os.environ["SVERIFY"]) + ":" + os.environ["PATH"]}
            p = subprocess.run(["sh", "verify.sh"], cwd=d, env=path, capture_output=True, text=True)
            assert p.returncode == 0, p
            with open(os.path.join(d, "output"), "r+b") as f:
                f.write(b"\xff")
            assert subprocess.run(["sh", "verify.sh"], cwd=d, env=path, capture_output=True).returncode == 1
    assert n.stop() == 0


def test_options(r):
    for arguments, said in ((["--relayer", "ftp://x"], "not http"), (["--data", "relative"], "absolute"),
                            (["--max-concurrent", "0"], "max-concurrent"), (["--address", "zz"], "address"),
                            (["--price-base", "-1"], "price-base"), (["extra"], "arguments")):
        with tempfile.TemporaryDirectory() as d:
            more = [] if "--data" in arguments else ["--data", d]
            p = subprocess.run([NODE, "--no-bench", *more, *arguments], capture_output=True, text=True, timeout=20)
            assert p.returncode in (1, 2) and said in p.stderr, (arguments, p)


def main():
    names = [n for n in globals() if n.startswith("test_") and (len(sys.argv) < 4 or sys.argv[3] in n)]
    r = Relayer(RELAYER, settings=FAST).start()
    try:
        for name in names:
            start = time.monotonic()
            globals()[name](r)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
        assert r.stop() == 0
    except BaseException:
        print("\n".join(x for x in r.log_text().splitlines() if '"event":"http"' not in x)[-3000:], file=sys.stderr)
        r.process.kill()
        raise
    finally:
        for n in Node.all:  # what is left would hold the test's output open
            n.process.kill()


main()
