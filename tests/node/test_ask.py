#!/usr/bin/env python3
"""sprove node status, drain, logs and doctor, of a node that works, that is killed, and of things that are wrong.

usage: test_ask.py RELAYER SPROVE [TEST]"""
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "relayer"))
from relayer_process import PATIENT, Relayer, wait_for  # noqa: E402

RELAYER, SPROVE = sys.argv[1], sys.argv[2]
SEED = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1000"}
LONG = dict(SEED, payload={"algorithm": "fibonacci", "n": 400000})
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("SPROVE_")}


class Node:
    all = []

    def __init__(self, r, folder=None):
        Node.all.append(self)
        self.folder = folder or tempfile.mkdtemp(prefix="node.")
        self.common = ["--relayer", f"http://127.0.0.1:{r.port}", "--data", self.folder]
        self.process = subprocess.Popen([SPROVE, "node", *self.common, "--no-bench", "--quiet"])

    def ask(self, *words, **more):
        return subprocess.run([SPROVE, "node", *words, *self.common], capture_output=True, text=True, timeout=120, env=ENVIRONMENT,
                              **more)

    def status(self, *words):
        p = self.ask("status", "--json", *words)
        return json.loads(p.stdout) if p.returncode == 0 else None

    def ready(self):
        wait_for("registered", lambda: (self.status() or {}).get("registered"))
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0


def post(r, body):
    status, made, _ = r.call("POST", "/api/v1/tasks", body)
    assert status == 201, (status, made)
    return made["task_id"]


def state(r, task):
    return r.call("GET", "/api/v1/tasks/" + task)[1]["state"]


def at_relayer(r, node):
    return r.call("GET", "/api/v1/nodes/" + node.status()["node_id"])[1]


def codes(s):
    return [e["code"] for e in s["eligibility"]]


def test_status(r):
    # A folder whose path is longer than the name of a socket may be.
    folder = os.path.join(tempfile.mkdtemp(prefix="node."), "x" * 90, "y" * 90)
    n = Node(r, folder).ready()
    for name in ("control", "node.key", "node.db", "node.log"):
        assert os.stat(os.path.join(folder, name)).st_mode & 0o077 == 0, name
    s = n.status()
    assert s["running"] == [] and s["counts"]["taken"] == 0 and s["node_state"] == "probation", s
    assert "not_measured" in codes(s) and s["at_relayer"] is None, s
    task = post(r, LONG)
    s = wait_for("at work", lambda: (lambda s: s["running"] and s)(n.status()), 60)
    assert s["running"][0]["task_id"] == task and s["running"][0]["program"] == "fibonacci", s
    assert "busy" in codes(s) and s["counts"]["taken"] >= 1 and s["last_offer_at"] > 0, s
    wait_for("progress", lambda: (n.status()["running"] or [{"progress_ppm": 1}])[0]["progress_ppm"] > 0, 60)
    text = n.ask("status").stdout
    assert task in text and "working on" in text, text
    # The relayer's own view wants a key.
    key = os.path.join(r.folder, "admin.key")
    s = n.status("--api-key-file", key)
    assert s["at_relayer"]["node_id"] == s["node_id"], s
    assert "API key" in text and "API key" not in n.ask("status", "--api-key-file", key).stdout
    # Killed, its journal still says what it has promised.
    n.process.kill()
    n.process.wait()
    p = n.ask("status")
    assert p.returncode == 1 and "no node is running" in p.stdout and task in p.stdout and "taken" in p.stdout, p
    p = n.ask("status", "--json")
    assert [(x["task_id"], x["state"]) for x in json.loads(p.stdout)["journal"]] == [(task, "taken")], p
    n = Node(r, folder)
    wait_for("verified", lambda: state(r, task) == "verified", 90)
    wait_for("told", lambda: n.status()["counts"]["accepted"] == 1)
    assert n.status()["counts"] == {"taken": 0, "declined": 0, "finished": 1, "accepted": 1, "claimed": 0}, n.status()
    n.stop()
    assert not os.path.exists(os.path.join(folder, "control"))


def test_drain(r):
    n = Node(r).ready()
    first = post(r, LONG)
    wait_for("at work", lambda: n.status()["running"], 60)
    p = n.ask("drain")
    assert p.returncode == 0 and "1 are left" in p.stdout, p
    s = n.status()
    assert s["draining"] and "draining" in codes(s), s
    wait_for("the relayer knows", lambda: at_relayer(r, n)["draining"])
    second = post(r, SEED)
    # What is left is finished, also over a relayer that is killed, and nothing new is taken.
    r.kill()
    r.start()
    p = n.ask("drain", "--wait")
    assert p.returncode == 0 and "nothing is left" in p.stdout, p
    wait_for("verified", lambda: state(r, first) == "verified", 60)
    wait_for("told again", lambda: n.status()["registered"] and at_relayer(r, n)["draining"], 30)
    assert state(r, second) == "queued" and n.status()["counts"]["taken"] == s["counts"]["taken"]
    assert json.loads(n.ask("drain", "--off", "--json").stdout) == {"draining": False, "left": 0}
    wait_for("taken", lambda: state(r, second) == "verified", 60)
    # A new start takes tasks.
    n.ask("drain")
    n.stop()
    n = Node(r, n.folder).ready()
    wait_for("told", lambda: not at_relayer(r, n)["draining"])
    n.stop()
    assert n.ask("drain").returncode == 1


def test_cancelled_work_does_not_hold_the_loop(r):
    n = Node(r).ready()
    task = post(r, LONG)
    wait_for("at work", lambda: n.status()["running"], 60)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    wait_for("given up", lambda: not n.status()["running"])
    task = post(r, SEED)
    wait_for("verified", lambda: state(r, task) == "verified", 60)
    wait_for("nothing left behind", lambda: not os.listdir(os.path.join(n.folder, "results")))
    n.stop()


def test_questions(r):
    """Nothing that comes by the socket disturbs the node."""
    n = Node(r).ready()

    def connect():
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        s.connect(os.path.join(n.folder, "control"))
        return s

    for q in (b"\n", b"garbage\n", b"[]\n", b'{"command":"stop"}\n', b'{"command":"drain"}\n', b'{"command":"drain","on":1}\n',
              b'{"command":7}\n', b"[" * 1000 + b"\n"):
        s = connect()
        s.sendall(q)
        assert json.loads(s.recv(4096)) == {"error": "not understood"}, q
        s.close()
    s = connect()
    s.sendall(b"x" * 1024)  # no end of the line
    assert s.recv(10) == b""
    s.close()
    silent = [connect() for _ in range(20)]
    closed = sum(1 for s in silent[8:] if s.recv(1) == b"")
    assert closed == 12, closed
    wait_for("their time is over", lambda: n.status())
    for s in silent:
        s.close()
    assert not n.status()["draining"]
    n.stop()


def test_logs(r):
    n = Node(r).ready()
    p = n.ask("logs", "--lines", "2")
    lines = [json.loads(x) for x in p.stdout.splitlines()]
    assert [x["event"] for x in lines] == ["connected", "registered"], p
    assert lines[0]["level"] == "info" and lines[0]["ts"].endswith("Z")
    assert n.ask("logs", "--lines", "0").stdout == ""
    f = subprocess.Popen([SPROVE, "node", "logs", "-f", "--lines", "1", *n.common], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert json.loads(f.stdout.readline())["event"] == "registered"
    n.ask("drain")
    assert json.loads(f.stdout.readline())["event"] == "drain"
    n.stop()
    assert [json.loads(f.stdout.readline())["event"] for _ in range(2)] == ["stopping", "disconnected"]
    # A file that is full begins anew, and who follows it goes on.
    log = os.path.join(n.folder, "node.log")
    with open(log, "ab") as out:
        out.write(b"#" * ((16 << 20) - os.path.getsize(log) - 1) + b"\n")
    n = Node(r, n.folder).ready()
    assert os.path.getsize(log + ".1") == 16 << 20 and os.path.getsize(log) < 4096
    seen = ""
    while "registered" not in seen:
        seen = f.stdout.readline()
        assert seen
    f.send_signal(signal.SIGINT)
    assert f.wait(20) == 0
    f.stdout.close()
    n.stop()
    p = n.ask("logs", "--log-file", log + ".none")
    assert p.returncode == 1 and "there is no log" in p.stderr


class Wrong(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        body = json.dumps({"version": "9.9.9", "server_time_ms": int(time.time() * 1000) - 300000}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_doctor(r):
    n = Node(r).ready()

    def doctor(*more):
        p = n.ask("doctor", "--json", *more)
        said = json.loads(p.stdout)
        assert said["ok"] == (p.returncode == 0) and p.returncode in (0, 1), p
        return {c["check"]: c for c in said["checks"]}

    c = doctor()
    assert all(x["verdict"] != "fail" for x in c.values()), c
    assert {"data folder", "node key", "running", "processor", "memory", "disk", "graphics", "speed", "sandbox", "proof", "relayer",
            "clock", "account"} == set(c), c
    assert "verified in" in c["proof"]["text"] and "runs here" in c["running"]["text"], c
    n.stop()
    # Everything that can be wrong at once: key and folder open to others, another relayer with another time, no claim possible.
    os.chmod(os.path.join(n.folder, "node.key"), 0o644)
    os.chmod(n.folder, 0o755)
    secret = os.path.join(n.folder, "password")
    keys = os.path.join(n.folder, "keys.json")
    with open(secret, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
        f.write("right\n")
    subprocess.run([SPROVE, "keys", "new", "--keystore", keys, "--password-file", secret], check=True, capture_output=True)
    with open(secret, "w") as f:
        f.write("amiss\n")
    server = http.server.HTTPServer(("127.0.0.1", 0), Wrong)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    n.common[1] = f"http://127.0.0.1:{server.server_address[1]}"
    c = doctor("--memory", "100000", "--keystore", keys, "--password-file", secret, "--address", "0x1", "--rpc",
               "http://127.0.0.1:1/rpc", "--network", "sepolia")
    server.shutdown()
    fails = {name for name, x in c.items() if x["verdict"] == "fail"}
    assert {"node key", "memory", "clock", "keystore", "chain"} <= fails, c
    assert c["data folder"]["verdict"] == c["relayer"]["verdict"] == "warn", c
    assert all(x["remedy"] for x in c.values() if x["verdict"] == "fail"), c
    assert c["keystore"]["text"] == f"--keystore: {keys} does not open: the password is wrong, or the file was altered", c
    assert "right" not in json.dumps(c) and "amiss" not in json.dumps(c)
    n.common[1] = "http://127.0.0.1:1"
    # The right one that others may read is no better, for the doctor as for the daemon.
    with open(secret, "w") as f:
        f.write("right\n")
    for file, option, mode in ((secret, "--password-file", 0o604), (keys, "--keystore", 0o640)):
        os.chmod(file, mode)
        said = f"{option}: {file} must be its owner's alone (chmod 600)"
        p = subprocess.run([SPROVE, "node", *n.common, "--no-bench", "--quiet", "--keystore", keys, "--password-file", secret],
                           capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
        assert (p.returncode, p.stderr) == (1, f"sprove-node: {said}\n"), p
        if file == secret:
            k = doctor("--keystore", keys, "--password-file", secret)["keystore"]
            assert k["verdict"] == "fail" and k["text"] == said and "chmod 600" in k["remedy"], k
        os.chmod(file, 0o600)
    assert doctor("--keystore", keys, "--password-file", secret)["keystore"]["verdict"] == "ok"
    p = subprocess.run([SPROVE, "node", *n.common, "--no-bench", "--quiet", "--keystore", keys], capture_output=True, text=True,
                       timeout=60, env=ENVIRONMENT)
    assert p.returncode == 1 and "--password-file: is needed" in p.stderr, p
    # No relayer.
    p = n.ask("doctor", "--address", "0x1")
    assert p.returncode == 1 and "fail  relayer" in p.stdout and "without --keystore" in p.stdout, p.stdout


def test_options(r):
    for words, said in ((["nonsense"], "arguments"), (["--json"], "status"), (["status", "--lines", "x"], "--lines"),
                        (["doctor", "--data", "relative"], "absolute")):
        p = subprocess.run([SPROVE, "node", *words], capture_output=True, text=True, timeout=20)
        assert p.returncode == 2 and said in p.stderr, (words, p)
    p = subprocess.run([SPROVE, "node", "--version"], capture_output=True, text=True)
    assert p.stdout.startswith("sprove-node ")
    with tempfile.TemporaryDirectory() as d:  # without the other program
        alone = os.path.join(d, "sprove")
        with open(SPROVE, "rb") as a, open(alone, "wb") as b:
            b.write(a.read())
        os.chmod(alone, 0o755)
        p = subprocess.run([alone, "node"], capture_output=True, text=True, env={**ENVIRONMENT, "PATH": "/nowhere"})
        assert p.returncode == 5 and "no sprove-node" in p.stderr, p


def main():
    names = [n for n in globals() if n.startswith("test_") and (len(sys.argv) < 4 or sys.argv[3] in n)]
    r = Relayer(RELAYER, settings=PATIENT).start()
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
