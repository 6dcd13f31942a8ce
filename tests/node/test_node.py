#!/usr/bin/env python3
"""sprove-node with a relayer: takes a task, proves it, delivers; killed at any moment, nothing is lost.

usage: test_node.py RELAYER NODE [TEST]"""
import base64
import hashlib
import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import types

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "relayer"))
from bundle import check_bundle  # noqa: E402
from gate import Gate  # noqa: E402
from relayer_process import PATIENT as FAST, Relayer, rows, taken_once, wait_for  # noqa: E402
from wsclient import WebSocket  # noqa: E402

RELAYER, NODE = sys.argv[1], sys.argv[2]
SEED = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1000"}
# Enough cycles that there is time to kill something.
LONG = dict(SEED, payload={"algorithm": "fibonacci", "n": 200000})


class Node:
    all = []

    def __init__(self, r, folder=None, *more, bench=("--no-bench",)):
        Node.all.append(self)
        self.folder = folder or tempfile.mkdtemp(prefix="node.")
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", self.folder, *bench,
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
    """Done, and what was done longer than a day ago goes from the journal meanwhile."""
    n = Node(r)
    wait_for("it works", lambda: n.said("registered"))

    def journal(sql):
        with sqlite3.connect(n.folder + "/node.db", timeout=10) as d:
            return d.execute(sql).fetchall()

    journal("INSERT INTO job SELECT 'old', column1, 3, '{}', NULL, 1 FROM (VALUES (1), (2))")
    journal(f"INSERT INTO job VALUES('young', 1, 3, '{{}}', NULL, {int(time.time()) - 3600})")
    task = post(r, SEED)
    t = verified(r, task)
    assert taken_once(r, task) and t["result"]["usage"]["cycles"] == "432", t
    assert r.call("GET", f"/api/v1/tasks/{task}/result")[1]["output"] == {"result": [[19, 22], [43, 50]]}
    wait_for("acknowledged", lambda: n.said("result_accepted"))
    wait_for("files gone", lambda: not os.listdir(os.path.join(n.folder, "results")))
    wait_for("old rows are gone", lambda: sorted(journal("SELECT task, state FROM job")) == sorted([(task, 3), ("young", 3)]))
    assert os.stat(os.path.join(n.folder, "node.key")).st_mode & 0o77 == 0
    # A second node may not use the folder.
    second = subprocess.run([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", n.folder], capture_output=True, text=True)
    assert second.returncode == 1 and "another node" in second.stderr, second
    assert n.stop() == 0
    return n.folder


def test_cancel(r):
    n = Node(r)
    said = wait_for("registered", lambda: n.said("registered"))[0]["node_id"]
    v = wait_for("a heartbeat", lambda: r.call("GET", "/api/v1/nodes/" + said)[1]["vitals"])
    assert {"cpu_ppm", "mem_ppm", "load1_milli", "disk_free_gb"} <= set(v) and 0 < v["mem_ppm"] < 1000000, v
    assert v["disk_free_gb"] == shutil.disk_usage(n.folder).free >> 30 or v["disk_free_gb"] > 0, v
    task = post(r, LONG)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    wait_for("told", lambda: n.said("task_cancelled"))

    def released():
        with sqlite3.connect(f"file:{r.folder}/relayer.db?mode=ro", uri=True, timeout=10) as d:
            return d.execute("SELECT 1 FROM attempt WHERE task_id = ? AND released_at >= ended_at", (task,)).fetchone()
    wait_for("answered", released)
    # A sign of life may have crossed the cancellation.
    assert [e for e in n.said("relayer_error") if e["code"] != "stale_lease"] == []
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
    assert taken_once(r, task), t
    assert len(n.said("connected")) >= 2
    assert n.stop() == 0


def test_node_killed(r):
    n = Node(r)
    task = post(r, LONG)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    n.kill()
    n = Node(r, n.folder)
    t = verified(r, task)
    assert taken_once(r, task), "the same node goes on under its lease: " + json.dumps(t["assignment"])
    assert n.stop() == 0


def test_a_yes_that_was_not_heard(_):
    """It works on it all the same; back with the result, it says yes once more, and the result is its own."""
    long = [f"ws.{name}={100 + i}s" for i, name in enumerate(("offer", "heartbeat", "resume_grace", "heartbeat_timeout", "lease", "start_by"))]
    r = Relayer(RELAYER, settings=long).start()
    gate = Gate(r.port)
    n = Node(gate)
    try:
        wait_for("registered", lambda: n.said("registered"))
        gate.is_deaf = True
        task = post(r, SEED)
        wait_for("it has the result", lambda: n.said("task_finished"))
        assert rows(r, "SELECT acked_at FROM attempt") == [(None,)]
        gate.shut()
        gate.is_deaf = gate.is_shut = False
        verified(r, task)
        assert taken_once(r, task) and not n.said("lease_gone"), n.text()
        assert n.stop() == 0 and r.stop() == 0
    finally:
        gate.close()


def test_journal_lost(r):
    """Killed, and its journal gone: the relayer tells it again what it took, and it does it under the same lease."""
    n = Node(r)
    task = post(r, dict(LONG, max_attempts=1))
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    n.kill()
    for name in os.listdir(n.folder):
        if name.startswith("node.db"):
            os.unlink(os.path.join(n.folder, name))
    n = Node(r, n.folder)
    t = verified(r, task)
    assert taken_once(r, task) and len(n.said("task_taken")) == 2, t["assignment"]
    with sqlite3.connect(f"file:{r.folder}/relayer.db?mode=ro", uri=True, timeout=10) as d:
        kinds = d.execute("SELECT kind FROM reputation_event WHERE task_id = ?", (task,)).fetchall()
    assert kinds == [("verified",)], kinds
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
    assert taken_once(r, task), t["assignment"]
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
    if "DEMANDER" in os.environ:
        check_c_example(r)
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


def check_c_example(r):
    """examples/demander.c, over the two libraries."""
    with tempfile.TemporaryDirectory() as d:
        paths = [os.path.join(d, name) for name in ("in.json", "out.json", "proof")]
        with open(paths[0], "w") as f:
            json.dump(SEED["payload"], f)

        def run(url=f"http://127.0.0.1:{r.port}", job="matrix_multiplication", key=r.key):
            return subprocess.run([os.environ["DEMANDER"], url, job, *paths], capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "SPROVE_API_KEY": key})
        p = run()
        assert p.returncode == 0, p
        assert state(r, p.stdout.strip())["state"] == "verified"
        with open(paths[1]) as f:
            assert json.load(f) == {"result": [[19, 22], [43, 50]]}
        p = subprocess.run([os.environ["SVERIFY"], paths[2], "--program", "matrix_multiplication", "--input", paths[0], "--output", paths[1]],
                           capture_output=True)
        assert p.returncode == 0, p
        for path in paths[1:]:
            os.unlink(path)
        for more, said in (({"key": "spk_00000000_" + "A" * 43}, "401"), ({"job": "none"}, "no job"), ({"url": "ftp://x"}, "must be http"),
                           ({"job": "fibonacci"}, "in.json")):
            p = run(**more)
            assert p.returncode == 1 and said in p.stderr and sorted(os.listdir(d)) == ["in.json"], p


def test_elsewhere(r):
    """A relayer that stops names others: the node goes on there with what it has, where that is the same relayer."""
    one = Relayer(RELAYER, settings=FAST)
    same, stranger = Relayer(RELAYER, settings=FAST), Relayer(RELAYER, settings=FAST)
    url = lambda x: f"http://127.0.0.1:{x.port}"
    one.settings = FAST + [f"ws.alternate_urls={url(stranger)}, https://127.0.0.1:{same.port}, {url(one)}"]
    one.start()
    stranger.start()
    n = Node(one)
    try:
        verified(one, post(one, SEED))
        assert one.stop() == 0
        # Only the stranger is left of the list, whatever it is, and it is not believed; so it is home that is waited for.
        wait_for("the stranger is left", lambda: n.said("other_relayer"), 60)
        assert [x["url"] for x in n.said("alternate_ignored")] == [f"https://127.0.0.1:{same.port}"], n.said("alternate_ignored")
        assert stranger.call("GET", "/api/v1/nodes?all=1")[1]["items"] == [], "nothing was signed for it"
        one.settings = FAST + [f"ws.alternate_urls={url(same)}/"]
        one.start()
        verified(one, post(one, SEED), 90)
        # The same database elsewhere, by a copy: what several relayers on one PostgreSQL are.
        said = len(n.said("connected"))
        task = post(one, LONG)
        wait_for("it works", lambda: state(one, task)["state"] == "running")
        assert one.stop() == 0
        shutil.rmtree(same.folder)
        shutil.copytree(one.folder, same.folder)
        same.start()
        verified(same, task, 120)
        assert [x["relayer"] for x in n.said("connected")[said:]][-1] == url(same), n.said("connected")
        verified(same, post(same, SEED), 60)
        # And home again, when that one is gone.
        same.kill()
        shutil.rmtree(one.folder)
        shutil.copytree(same.folder, one.folder)
        one.start()
        verified(one, post(one, SEED), 120)
        assert n.said("connected")[-1]["relayer"] == url(one)
        assert n.stop() == 0
    finally:
        for x in (one, same, stranger):
            if x.process and x.process.poll() is None:
                x.kill()


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
            assert sorted(t.getnames()) == ["contradictions.json", "input", "output", "program.elf", "proof", "signed.json", "task.json", "verify.sh"]
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
            check_bundle(task, data)
    assert n.stop() == 0


def test_one_key_for_two_processes(r):
    """The later one has the session; the earlier one says why, and does not come back to take it at once."""
    n = Node(r)
    wait_for("registered", lambda: n.said("registered"))
    other = tempfile.mkdtemp(prefix="node.")
    shutil.copy(os.path.join(n.folder, "node.key"), other)
    m = Node(r, other)
    said = wait_for("told", lambda: n.said("key_in_use"))[0]
    assert said["level"] == "warn" and int(said["wait_ms"]) >= 60000, said
    p = subprocess.run([NODE, "status", "--data", n.folder, "--json"], capture_output=True, text=True, timeout=20)
    assert "key_in_use" in [x["code"] for x in json.loads(p.stdout)["eligibility"]], p
    time.sleep(2.5)  # a lost connection is opened again after one second
    assert len(n.said("registered")) == len(m.said("registered")) == 1 and not m.said("disconnected")
    assert n.stop() == 0 and m.stop() == 0


def refuse(listener, hello, times):
    """A relayer that says hello, hears the node register, and sends it away as one of another release."""
    for _ in range(times):
        s, _ = listener.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += s.recv(4096)
        key = next(line.split(b":")[1].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        s.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept +
                  b"\r\nSec-WebSocket-Protocol: sprove-node.v1\r\n\r\n")
        text = json.dumps(hello).encode()
        s.sendall(b"\x81\x7e" + len(text).to_bytes(2, "big") + text)
        assert s.recv(65536)
        s.sendall(b"\x88\x02" + (4426).to_bytes(2, "big"))
        try:
            while s.recv(65536):
                pass
        except OSError:
            pass  # closed the hard way, with something unread
        s.close()


def test_another_release(r):
    """Of a relayer of another release the node stays away for a while, says so, and comes again."""
    ws = WebSocket(r.port, "/ws/node/0x1")
    hello = ws.expect("hello")
    ws.socket.close()
    listener = socket.create_server(("127.0.0.1", 0))
    relayer = threading.Thread(target=refuse, args=(listener, hello, 2), daemon=True)
    relayer.start()
    n = Node(types.SimpleNamespace(port=listener.getsockname()[1]))
    first, second = wait_for("told twice", lambda: len(n.said("other_release")) == 2 and n.said("other_release"), 60)
    assert (first["level"], int(first["wait_ms"]), int(second["wait_ms"])) == ("warn", 5000, 10000), (first, second)
    p = subprocess.run([NODE, "status", "--data", n.folder, "--json"], capture_output=True, text=True, timeout=20)
    assert p.returncode == 0 and json.loads(p.stdout)["last_failure"]["event"] == "other_release", p
    assert n.stop() == 0
    relayer.join(20)
    listener.close()


def test_a_ban_ends(r):
    """A node that is banned does not end: it has claims to make, and the ban may be lifted."""
    n = Node(r)
    wait_for("registered", lambda: n.said("registered"))
    path = f"/api/v1/admin/nodes/{n.said('registered')[0]['node_id']}/ban"
    assert r.call("POST", path, {"reason": "a test"})[0] == 200
    said = wait_for("told", lambda: n.said("banned"))[0]
    assert said["level"] == "warn" and int(said["wait_ms"]) == 5000, said
    p = subprocess.run([NODE, "status", "--data", n.folder, "--json"], capture_output=True, text=True, timeout=20)
    assert p.returncode == 0 and "banned" in [x["code"] for x in json.loads(p.stdout)["eligibility"]], p
    assert r.call("DELETE", path)[0] == 204
    wait_for("registered again", lambda: len(n.said("registered")) == 2, 60)
    p = subprocess.run([NODE, "status", "--data", n.folder, "--json"], capture_output=True, text=True, timeout=20)
    assert "banned" not in [x["code"] for x in json.loads(p.stdout)["eligibility"]], p
    assert n.stop() == 0


def declined(n, task):
    return [e["reason"] for e in n.said("task_declined") if e["task_id"] == task]


def test_less_than_its_price(r):
    """Whatever the relayer takes the node's price for: an administrator may raise it, and what they lower the node declines."""
    n = Node(r, None, "--price-base", "800")
    id = wait_for("registered", lambda: n.said("registered"))[0]["node_id"]
    for price, taken in (("799", False), ("800", True), ("850", True)):
        assert r.call("PATCH", f"/api/v1/nodes/{id}", {"price": {"base_fri": price}})[0] == 200
        task = post(r, SEED)
        if taken:
            verified(r, task)
            continue
        assert wait_for("it is declined", lambda: declined(n, task)) == ["price"]
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    assert len(n.said("task_taken")) == 2
    assert n.stop() == 0


def test_work_that_was_measured(r):
    """A slow node takes a run that was measured by what it takes, and another for a million cycles."""
    n = Node(r, None, "--threads", "1")
    id = wait_for("registered", lambda: n.said("registered"))[0]["node_id"]
    s, said, _ = r.call("GET", "/api/v1/nodes/" + id)
    assert s == 200 and n.stop() == 0
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout.split()[1]
    with open(os.path.join(n.folder, "bench.json"), "w") as f:
        json.dump({"version": version, "cpu_model": said["specs"]["cpu_model"], "threads": 1, "date": int(time.time()),
                   "exec_cycles_s": 10**8, "hashes_s": 10**9, "rows_s": 10**4, "chain_rows_s": 10**4}, f)
    n = Node(r, n.folder, "--threads", "1", bench=())
    wait_for("registered", lambda: len(n.said("registered")) == 2)
    assert not n.said("measuring")
    job = dict(SEED, payload={"algorithm": "matrix_multiplication", "matrix_a": [[7, 2], [3, 4]], "matrix_b": [[5, 6], [7, 9]]})

    def soon(**more):
        return post(r, dict(job, deadline=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 150)), **more))
    task = soon()  # 228 s for a million cycles
    assert wait_for("it is declined", lambda: declined(n, task)) == ["deadline"]
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    s, quote, _ = r.call("POST", "/api/v1/estimate", {k: job[k] for k in ("payload", "requirements", "job")})
    assert s == 200 and quote["executed"], quote
    task = soon(quote_id=quote["quote_id"])  # 28 s
    verified(r, task)
    assert taken_once(r, task)
    assert n.stop() == 0


def test_options_in_a_file(r):
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "node.ini")

        def run(text, *more):
            with open(path, "w") as f:
                f.write(text)
            return subprocess.run([NODE, "status", "--json", "--config", path, *more], capture_output=True, text=True, timeout=20)
        for text, said in (("nonsense\n", ":1: this line is not"), ("# x\n\nrelayers = http://x\n", ":3: this line names no"), ("rel = http://x\n", "names no"),
                           ("data = /a\ndata = /b\n", ":2: this line names an option for the second"), ("quiet = maybe\n", "yes or no"),
                           ("config = /x\n", "names no"), ("json = yes\n", "names no"), ("[other]\n", "is not name"), ("quiet = yes" + " " * 2000 + "\n", "too long"),
                           ("threads = 0\n", "--threads"), ("data = relative\n", "absolute")):
            p = run(text)
            assert p.returncode == 2 and said in p.stderr, (text, p)
        assert subprocess.run([NODE, "--config", d + "/none"], capture_output=True, timeout=20).returncode == 2
        # A node that was told by a file alone, and the question of it; the command line goes before the file.
        folder = tempfile.mkdtemp(prefix="node.")
        with open(path, "w") as f:
            f.write(f"[node]\n; of a test\nrelayer = http://127.0.0.1:{r.port}\n data=/nowhere \nno-bench = yes\nquiet = no\nregion = EU-File\nmax-concurrent = 3\n")
        n = Node.__new__(Node)
        Node.all.append(n)
        n.folder, n.log = folder, open(os.path.join(folder, "log"), "ab")
        n.process = subprocess.Popen([NODE, "--config", path, "--data", folder, "--max-concurrent", "2"], stderr=n.log)
        said = wait_for("registered", lambda: n.said("registered"))[0]["node_id"]
        got = r.call("GET", "/api/v1/nodes/" + said)[1]
        assert (got["region"], got["capacity"]["max_concurrent"]) == ("EU-File", 2), got
        p = subprocess.run([NODE, "status", "--json", "--config", path, "--data", folder], capture_output=True, text=True, timeout=20)
        assert json.loads(p.stdout)["relayer"].endswith(f":{r.port}"), p
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
