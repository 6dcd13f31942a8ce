"""Starts sprove-relayer for a test: private data folder, free ports, an API client, and the log."""
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time


# A machine stalls a process for a second now and then: an offer stands for longer.
PLAYED = ["ws.offer=1500ms", "ws.heartbeat=1600ms", "ws.resume_grace=1700ms", "ws.heartbeat_timeout=5s", "ws.lease=6s",
          "ws.start_by=7s", "ws.require_node_signature=no"]  # of nodes that a test plays
REAL = ["ws.offer=1500ms", "ws.heartbeat=1600ms", "ws.resume_grace=3s", "ws.heartbeat_timeout=6s", "ws.lease=7s",
        "ws.start_by=9s"]  # of sprove-node
# Of sprove-node that must get back what it works on: while a relayer is started it may have tried so often that it waits
# for 16 s before it tries once more.
PATIENT = ["ws.offer=3s", "ws.heartbeat=3100ms", "ws.resume_grace=30s", "ws.heartbeat_timeout=32s", "ws.lease=35s",
           "ws.start_by=36s"]
LOST = (OSError, ValueError, http.client.HTTPException)  # of a call whose connection ended in any way; ValueError: half an answer


def free_port():
    """Below those that the kernel gives to connections: one of them might else have it while a relayer is down."""
    while True:
        port = random.SystemRandom().randrange(15000, 32000)
        try:
            with socket.socket() as s:
                s.bind(("127.0.0.1", port))
            return port
        except OSError:
            pass


class Relayer:
    def __init__(self, program, folder=None, settings=(), environment=None):
        self.program = program
        self.folder = folder or tempfile.mkdtemp(prefix="relayer.")
        self.port = free_port()
        self.settings = list(settings)
        self.environment = environment or {}
        self.arguments = []
        self.level = "debug"  # None: as the file says
        self.process = None
        self.key = None

    def start(self, wait=True):
        command = [self.program, *self.arguments, "--set", f"server.data={self.folder}", "--set", f"server.listen=127.0.0.1:{self.port}",
                   "--set", "server.metrics=", "--set", "server.upgrade_rate=1000000", "--set",
                   "server.per_ip=1000", "--set", "ws.reconnect_every=0ms"]
        if self.level:
            command += ["--set", f"log.level={self.level}"]
        for s in self.settings:
            command += ["--set", s]
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(command, stderr=self.log, env={**os.environ, **self.environment})
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the relayer ended with {self.process.returncode}:\n{self.log_text()[-2000:]}")
            try:
                if self.call("GET", "/api/v1/health/ready", key=False)[0] == 200 and \
                        os.path.exists(os.path.join(self.folder, "admin.key")):
                    self.key = open(os.path.join(self.folder, "admin.key")).read().strip()
                    if self.call("GET", "/api/v1/tasks/none")[0] == 404:
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError("the relayer is not ready:\n" + self.log_text()[-2000:])

    def log_text(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return f.read()

    def call(self, method, path, body=None, headers=None, key=True, raw=False, timeout=120):
        """(status, parsed JSON or bytes, headers)"""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        h = dict(headers or {})
        if key and "Authorization" not in h:
            h["Authorization"] = "Bearer " + (self.key if key is True and self.key else str(key))
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            h.setdefault("Content-Type", "application/json")
        elif body is None and method in ("POST", "PUT", "PATCH"):
            h.setdefault("Content-Length", "0")
        c.request(method, path, body, h)
        r = c.getresponse()
        data = r.read()
        c.close()
        if not raw and r.headers.get("Content-Type", "").endswith("json") and data:
            data = json.loads(data)
        return r.status, data, dict(r.headers)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        """It ends with the block. Of a failure the end of its log is shown."""
        if failure:
            print(self.log_text()[-3000:], file=sys.stderr)
        self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=60):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.log.close()
        return code


def wait_for(what, condition, seconds=60):
    """At least a minute: it is an event that is waited for, and the machine may be busy."""
    end = time.monotonic() + max(seconds, 60)
    while time.monotonic() < end:
        v = condition()
        if v:
            return v
        time.sleep(0.05)
    raise AssertionError("in vain: " + what)


def rows(r, sql, *values):
    """Of the relayer's SQLite database, whether it runs or not."""
    d = sqlite3.connect(f"file:{r.folder}/relayer.db?mode=ro", uri=True, timeout=10)
    try:
        return d.execute(sql, values).fetchall()
    finally:
        d.close()


def taken_once(r, task):
    """One node took it, once, and kept it: offers that were declined, or not answered in time, may have come before."""
    tried = rows(r, "SELECT n, node_id, outcome FROM attempt WHERE task_id = ? ORDER BY n", task)
    return [o for _, _, o in tried if o not in ("declined", "offer_timeout")] in (["verified"], [None]) or print(tried, file=sys.stderr)


def change(r, sql, *values):
    """Writes rows of the relayer's SQLite database, behind its back: at least one."""
    d = sqlite3.connect(f"{r.folder}/relayer.db", timeout=20)
    try:
        with d:
            assert d.execute(sql, values).rowcount >= 1, sql
    finally:
        d.close()


def fsck(r):
    """Nothing is wrong with its data."""
    done = subprocess.run([r.program, "--set", f"server.data={r.folder}", "--fsck"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stdout, f"fsck: {done.returncode}\n{done.stdout}{done.stderr}"


def run_tests(tests, r, *given, only=1, whole=True, left_alone=0):
    """Runs every test_... of `tests` (a module's globals()) with the relayer and what else is given, in their order;
    of those whose name holds the argument that follows the test's first `only`, when there is one. Then the relayer
    must end well, its data be whole (unless the tests wrote rows of their own), and no more than left_alone of its
    tasks have been set aside as damaged; of a failure the end of its log is shown."""
    part = sys.argv[1 + only] if len(sys.argv) > 1 + only else ""
    names = [n for n in tests if n.startswith("test_") and part in n]
    try:
        assert names, f"no test is called {part}"
        for name in names:
            start = time.monotonic()
            tests[name](r, *given)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
        assert r.stop() == 0
        # One that stays damaged is said again in each round.
        alone = {line.rsplit('"task_id":', 1)[1] for line in r.log_text().splitlines() if '"task_left_alone"' in line}
        assert len(alone) <= left_alone, f"{alone} were left alone"
        if whole:
            fsck(r)
    except BaseException:
        print(r.log_text()[-3000:], file=sys.stderr)
        r.process.kill()
        raise


def run_parts(r, **parts):
    """Starts the relayer, does each part and says that it is done; then the relayer must end well. Of a failure the end of
    its log is shown."""
    r.start()
    try:
        for name, part in parts.items():
            part()
            print(name.replace("_", " ") + ": ok", flush=True)
        assert r.stop() == 0, "the relayer ends well"
    except BaseException:
        print(r.log_text()[-2000:], file=sys.stderr)
        r.process.kill()
        raise
