#!/usr/bin/env python3
"""Nodes and demanders that want more than is theirs.

usage: test_hostile.py RELAYER SPROVE [TEST]"""
import json
import os
import shutil
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scripted  # noqa: E402
from signing import SignedNode, hexes, sign  # noqa: E402
from relayer_process import PLAYED, Relayer, change, free_port, fsck, rows, wait_for  # noqa: E402
from test_tasks import RELAYER, SEED, Node, post, prove, sha256, state  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402
import subprocess  # noqa: E402

FAST = PLAYED + ["ws.offer=3s", "ws.heartbeat=3100ms", "ws.resume_grace=3200ms", "ws.heartbeat_timeout=10s", "ws.lease=11s", "ws.start_by=12s",
                 "server.per_ip=100000", "limits.post_rate=100000", "limits.post_burst=100000"]


def error_of(node, message):
    node.ws.send(message)
    while True:
        m = node.ws.recv()
        if m["message_type"] == "error":
            return m["code"]


def is_over(ws, seconds=60):
    """The code with which the relayer closed it, or 0."""
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                ws.recv(0.2)
            except TimeoutError:
                pass
    except Closed as e:
        return e.code or 0
    except OSError:
        return 0
    raise AssertionError("still open")


# ---- nodes ----

def test_many_regions(r, proof, output):
    """However many names of regions tasks and nodes have said, a new one is a region as any other."""
    elsewhere = Node(r, "elsewhere", region="ELSEWHERE")
    names = [f"R{i}" for i in range(1100)]
    asked = [post(r, dict(SEED, requirements={"regions": names[i:i + 100]})) for i in range(0, len(names), 100)]
    time.sleep(1)  # all were looked at
    for t in asked:
        assert state(r, t)["state"] == "queued"
        assert r.call("POST", f"/api/v1/tasks/{t}/cancel")[0] == 202
    late = Node(r, "late", region="LATE-1")
    task = post(r, dict(SEED, requirements={"regions": ["LATE-1"]}))
    assert late.take()["task_id"] == task
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    late.ws.close()
    elsewhere.ws.close()


def test_unsigned_answers(r, proof, output):
    """What a node with a key answers to an offer is signed by it and kept; otherwise its attempt ends, as its fault, and another has the task."""
    def outcomes(task):
        return rows(r, f"SELECT node_id, outcome, failure_detail FROM attempt WHERE task_id = '{task}' ORDER BY n")

    def kept(task, n=1):
        return json.loads(rows(r, f"SELECT ack FROM attempt WHERE task_id = '{task}' AND n = {n}")[0][0])
    honest = SignedNode(r, 12345)
    task = post(r)
    a = honest.ws.expect("task_assignment", 10)
    m = honest.signed_ack(a)
    honest.ws.send(m)
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    assert kept(task) == {"accept": True, "ts": m["ts"], "signature": m["signature"]}
    honest.ws.send({**m, "signature": ["0x1", "0x1"]})  # said again: nothing is asked of it any more
    honest.ws.send({"message_type": "task_progress", **honest.fence(a), "phase": "prove", "progress_ppm": 10})
    wait_for("running", lambda: state(r, task)["state"] == "running")
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    # No is signed, too, and is no fault.
    task = post(r)
    a = honest.ws.expect("task_assignment", 10)
    honest.ws.send(honest.signed_ack(a, accept=False))
    wait_for("declined", lambda: outcomes(task)[0][1] == "declined")
    assert kept(task)["accept"] is False and not rows(r, f"SELECT 1 FROM reputation_event WHERE node_id = '{honest.name}'")
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    honest.ws.close()
    other = "0192f0c1-0000-7000-8000-000000000000"
    wrong = [lambda n, a: {k: v for k, v in n.signed_ack(a).items() if k != "signature"},
             lambda n, a: {k: v for k, v in n.signed_ack(a).items() if k != "ts"},
             lambda n, a: {k: v for k, v in n.signed_ack(a).items() if k != "accept"},
             lambda n, a: {**n.signed_ack(a), "signature": ["0x1", "0x2"]}, lambda n, a: {**n.signed_ack(a), "signature": "0x1"},
             lambda n, a: {**n.signed_ack(a), "signature": ["x", "0x2"]}, lambda n, a: {**n.signed_ack(a), "ts": -1},
             lambda n, a: {**n.signed_ack(a), "ts": "now"}, lambda n, a: {**n.signed_ack(a), "accept": 1},
             lambda n, a: {**n.signed_ack(a), "accept": False},  # the same signature does not say no
             lambda n, a: n.signed_ack(a, accept=True), lambda n, a: n.signed_ack(a, key=n.key + 1), lambda n, a: n.signed_ack(a, chain=n.chain + 1),
             lambda n, a: n.signed_ack(a, task_id=other), lambda n, a: n.signed_ack(a, attempt=a["attempt"] + 1),
             lambda n, a: n.signed_ack(a, lease_token="1" * 32), lambda n, a: n.signed_ack(a, ts=1)]
    for i, make in enumerate(wrong):
        hostile = SignedNode(r, 1000 + i)
        task = post(r)
        a = hostile.ws.expect("task_assignment", 10)
        hostile.ws.send(make(hostile, a))
        if i == 10:  # the one that is right
            wait_for("leased", lambda: state(r, task)["state"] == "leased")
        else:
            e = hostile.ws.expect("error")
            assert e["code"] == "invalid_signature" and e["re"] == "a1" and not e["fatal"], (i, e)
            wait_for("aborted", lambda: outcomes(task) == [(hostile.name, "aborted", "the node did not sign its answer to the offer")])
            assert rows(r, f"SELECT kind FROM reputation_event WHERE node_id = '{hostile.name}'") == [("aborted",)], i
            assert rows(r, f"SELECT ack FROM attempt WHERE task_id = '{task}'") == [(None,)]
            # It is over: the right one comes too late, and it is not asked again.
            hostile.ws.send(hostile.signed_ack(a))
            assert hostile.ws.expect("error")["code"] == "stale_lease"
            assert state(r, task)["state"] == "queued"
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
        hostile.ws.close()
    # Another node takes over what a hostile one was offered.
    hostile = SignedNode(r, 5000)
    task = post(r)
    a = hostile.ws.expect("task_assignment", 10)
    second = Node(r, "unsigned")  # of the older protocol, in development mode: it signs nothing
    hostile.ws.send({**hostile.signed_ack(a), "signature": hexes(sign(1, 7))})
    assert second.take()["task_id"] == task
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    assert rows(r, f"SELECT ack FROM attempt WHERE task_id = '{task}' AND n = 2") == [(None,)]
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    hostile.ws.close()
    second.ws.close()


def test_answers_of_others(r, proof, output):
    """Another node's offer, with its own stolen token: nothing of it changes."""
    task = post(r)
    owner, thief = Node(r, "owner", price="0"), Node(r, "thief", threads=1)  # the thief is not good enough for it
    a = owner.expect("task_assignment")
    assert a["task_id"] == task
    for token in (a["lease_token"], "0" * 32, "", None, a["lease_token"][:-1], 7):
        fence = {"task_id": task, "attempt": a["attempt"], "lease_token": token}
        for m in ({"message_type": "task_ack", "accept": True}, {"message_type": "task_ack", "accept": False},
                  {"message_type": "task_progress", "phase": "prove", "progress_ppm": 1},
                  {"message_type": "task_result", "status": "success"}, {"message_type": "task_result", "status": "failure"}):
            assert error_of(thief, {**m, **fence}) == "stale_lease", (token, m)
    for attempt in (0, 2, -1, 1 << 62, "1", None, 1.0, True):
        assert error_of(thief, {"message_type": "task_progress", "task_id": task, "attempt": attempt,
                                "lease_token": a["lease_token"]}) == "stale_lease"
        if attempt is not True:  # which is no integer in JSON
            assert error_of(owner, {"message_type": "task_progress", "task_id": task, "attempt": attempt,
                                    "lease_token": a["lease_token"]}) == "stale_lease"
    thief.ws.send({"message_type": "heartbeat", "seq": 1, "running": [{"task_id": task, "attempt": 1, "lease_token": a["lease_token"]}]})
    assert thief.ws.expect("heartbeat_ack")["leases"] == []
    assert state(r, task)["state"] in ("offered", "queued")
    owner.ws.close()
    thief.ws.close()
    r.call("POST", f"/api/v1/tasks/{task}/cancel")


def test_leases_and_blobs(r, proof, output):
    """A lease reads the input of its task and nothing else, writes only what has its hash, and nothing once it is over."""
    long = dict(SEED, payload={"algorithm": "sort", "values": [n * 2654435761 % 2**31 for n in range(20000)]})
    status, made, _ = r.call("POST", "/api/v1/tasks", long)
    if status != 201:  # this job has another shape: any input that is too long for the message will do
        raise AssertionError(made)
    task = made["task_id"]
    secret = b"another demander's file"
    assert r.call("PUT", "/api/v1/blobs/" + sha256(secret), secret)[0] == 201
    node = Node(r, "curious")
    a = node.take()
    assert a["task_id"] == task and "input_url" in a["job"], a["job"]
    lease = {"Authorization": f"Lease {a['task_id']} {a['attempt']} {a['lease_token']}"}
    assert r.call("GET", a["job"]["input_url"], headers=lease, raw=True)[0] == 200
    assert r.call("GET", "/api/v1/blobs/" + sha256(secret), headers=lease)[0] == 401
    assert r.call("PUT", "/api/v1/blobs/" + sha256(secret), b"x" * len(secret), lease)[0] in (409, 422)
    assert r.call("GET", "/api/v1/blobs/" + sha256(secret), raw=True)[1] == secret
    for bad in (f"Lease {a['task_id']} {a['attempt'] + 1} {a['lease_token']}", f"Lease {a['task_id']} {a['attempt']} {'0' * 32}",
                f"Lease {a['task_id']} {a['attempt']} {a['lease_token']} ", f"Lease {a['task_id']} {a['attempt']}",
                "Lease", "Lease ' OR 1=1 -- 1 " + "0" * 32):
        assert r.call("PUT", "/api/v1/blobs/" + sha256(b"x"), b"x", {"Authorization": bad})[0] == 401, bad
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    assert r.call("PUT", "/api/v1/blobs/" + sha256(b"y"), b"y", lease)[0] == 401
    assert r.call("GET", a["job"]["input_url"], headers=lease, raw=True)[0] == 401
    node.ws.close()


def test_never_delivers(r, proof, output):
    """A node that reports progress for ever holds the task no longer than max_execution_time. That is its fault where the work is known,
    and fits; else its demander may have asked for too much."""
    for name, seconds, known, outcome, kind in (("lazy", 1, 1, "lease_expired", "lease_lost"), ("slow", 5, 0, "time_limit", "time_limit")):
        task = post(r, dict(SEED, requirements={"cpu_threads": 1, "ram_gb": 1, "max_execution_time": seconds}))
        change(r, "UPDATE task SET work_cycles = ?, work_rows = ? WHERE id = ?", known, known, task)
        lazy = Node(r, name)
        a = lazy.take()

        def is_over():
            lazy.ws.send({"message_type": "heartbeat", "seq": 1, "running": [{**lazy.fence(a), "phase": "prove", "progress_ppm": 10}]})
            lazy.expect("heartbeat_ack")  # and so pings are answered
            time.sleep(0.2)
            return rows(r, "SELECT 1 FROM attempt WHERE task_id = ? AND n = ? AND outcome IS NOT NULL", task, a["attempt"])
        wait_for("over", is_over)
        assert rows(r, "SELECT outcome FROM attempt WHERE task_id = ? AND n = ?", task, a["attempt"]) == [(outcome,)]
        assert rows(r, "SELECT kind FROM reputation_event WHERE node_id = ?", name) == [(kind,)]
        assert rows(r, "SELECT quota_daily FROM node WHERE id = ?", name) == [(500 if known else 1000,)]
        lazy.ws.close()
        good = Node(r, "diligent")
        a = good.take()
        assert good.upload(a, proof)[0] in (200, 201)
        assert good.result(a, proof, output)["accepted"]
        wait_for("verified", lambda: state(r, task)["state"] == "verified")
        good.ws.close()


def test_lease_ends_with_the_deadline(r, proof, output):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 8))  # before the end of a lease
    task = post(r, dict(SEED, requirements={"cpu_threads": 1, "ram_gb": 1}, deadline=soon))
    node = Node(r, "hurried")
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(r, task)["state"] == "running")
    (until, deadline), = rows(r, f"SELECT a.lease_until, t.deadline FROM attempt a JOIN task t ON t.id = a.task_id WHERE t.id = '{task}'")
    assert until <= deadline, (until, deadline)
    wait_for("expired", lambda: state(r, task)["state"] == "expired")
    assert rows(r, f"SELECT outcome FROM attempt WHERE task_id = '{task}' AND n = {a['attempt']}") == [("expired",)]
    assert not rows(r, "SELECT 1 FROM reputation_event WHERE node_id = 'hurried'")  # how long it took was its demander's word
    node.ws.close()


def test_asked_again(r, proof, output):
    """Where there is one node, a task that it declined is its task later; one that it failed is not."""
    task = post(r)
    node = Node(r, "only")
    node.take(accept=False)
    a = node.take()
    assert a["attempt"] >= 2 and a["task_id"] == task
    node.ws.send({"message_type": "task_result", "id": "x", **node.fence(a), "status": "failure", "error": {"code": "proof_invalid"}})
    assert node.ws.expect("result_ack")["accepted"]
    try:
        node.expect("task_assignment", 8)
        raise AssertionError("asked again after a fault")
    except TimeoutError:
        pass
    r.call("POST", f"/api/v1/tasks/{task}/cancel")
    node.ws.close()


def test_proof_of_another_task(r, proof, output):
    """A valid proof of another input."""
    other = dict(SEED["payload"], matrix_a=[[2, 2], [3, 4]])
    task = post(r, dict(SEED, payload=other))
    node = Node(r, "reuser")
    a = node.take()
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    wait_for("refused", lambda: ("proof_invalid",) in rows(r, f"SELECT outcome FROM attempt WHERE task_id = '{task}'"))
    assert state(r, task)["state"] != "verified" and state(r, task)["result"] is None
    node.ws.close()
    r.call("POST", f"/api/v1/tasks/{task}/cancel")


def test_other_bytes_afterwards(r, proof, output):
    """What was delivered stands; a second delivery with other bytes, and a new price, change nothing."""
    task = post(r)
    node = Node(r, "fickle", price="5")
    a = node.take()
    assert a["price"], a
    node.ws.send({"message_type": "node_update", "id": "u", "price": {"base_fri": "10", "per_mcycle_fri": "1"}})
    node.ws.expect("node_ack")
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    before = rows(r, f"SELECT result FROM attempt WHERE task_id = '{task}'")
    again = node.result(a, b"other bytes" + proof, output + b"!")
    assert again["duplicate"], again
    failure = {"message_type": "task_result", "id": "x", **node.fence(a), "status": "failure", "error": {"code": "nonzero_exit"}}
    node.ws.send(failure)
    assert node.ws.expect("result_ack")["duplicate"]
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    assert rows(r, f"SELECT result FROM attempt WHERE task_id = '{task}'") == before
    assert state(r, task)["result"]["proof_sha256"] == sha256(proof)
    node.ws.send(failure)
    assert node.ws.expect("result_ack")["duplicate"]
    assert state(r, task)["state"] == "verified"
    node.ws.close()


def test_flood(r, proof, output):
    """A node that sends without end is cut off; others are heard meanwhile."""
    quiet, loud = Node(r, "quiet"), Node(r, "loud")
    frame = b'{"message_type":"heartbeat","seq":1}'
    try:  # it reads its answers, so that they do not end it
        for _ in range(200):
            quiet.ws.frame(frame)
            quiet.ws.expect("heartbeat_ack")
            for _ in range(40):
                loud.ws.frame(frame)
            for _ in range(40):
                loud.ws.expect("heartbeat_ack")
        raise AssertionError("8000 messages at once")
    except Closed as e:
        assert e.code in (4429, None), e
    except OSError:
        pass  # it is gone before its reason was read
    wait_for("gone", lambda: '"loud"' in r.log_text() and [x for x in r.log_text().splitlines() if "node_closed" in x and '"loud"' in x])
    quiet.ws.close()
    quiet = Node(r, "quiet")
    quiet.ws.send({"message_type": "heartbeat", "seq": 7})
    assert quiet.ws.expect("heartbeat_ack")["seq"] == 7
    assert r.call("GET", "/api/v1/health/ready")[0] == 200
    quiet.ws.close()


def test_what_one_message_costs(r, proof, output):
    """A heartbeat is read as far as a node can have attempts, each once; of a session that is refused nothing more is read."""
    task = post(r)
    node = Node(r, "wordy")
    a = node.take()
    wait_for("leased", lambda: state(r, task)["state"] == "leased")

    def leases(running):
        node.ws.send({"message_type": "heartbeat", "seq": 1, "running": running})
        return [x["task_id"] for x in node.expect("heartbeat_ack")["leases"]]
    others = [{**node.fence(a), "task_id": f"0192f0c1-0000-7000-8000-{i:012}"} for i in range(100)]
    assert leases([node.fence(a)] * 1000) == [task]
    assert leases(others[:50] * 10 + [node.fence(a)]) == [task]
    assert leases(others + [node.fence(a)]) == []  # it has one
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    node.ws.close()
    ws = WebSocket(r.port, "/ws/node/refused")
    ws.expect("hello")
    wrong = {"message_type": "register", "node_id": "refused"}
    right = {**wrong, **scripted.ITSELF, "ts": int(time.time() * 1000)}
    sent = b""
    for m in [wrong] * 100 + [right]:
        text = json.dumps(m).encode()
        sent += bytes([0x81, 0xFE]) + struct.pack(">H", len(text)) + bytes(4) + text
    ws.socket.sendall(sent)
    said = []
    try:
        while True:
            said.append(ws.recv())
    except (Closed, OSError):
        pass
    assert len(said) == 1 and said[0]["fatal"], said[:3]
    assert not rows(r, "SELECT 1 FROM node WHERE id = 'refused'")


def head(ws, first, length, mask=True):
    b = bytes([first])
    b += bytes([(0x80 if mask else 0) | (length if length < 126 else 126 if length < 65536 else 127)])
    b += b"" if length < 126 else struct.pack(">H" if length < 65536 else ">Q", length)
    ws.socket.sendall(b + (b"\x11\x22\x33\x44" if mask else b""))


def test_frames(r, proof, output):
    """Compressed, unmasked, endless, reserved: each ends its own connection and nothing else."""
    def opened(name):
        ws = WebSocket(r.port, "/ws/node/" + name)
        ws.expect("hello")
        return ws
    cases = {"compressed": (0xC1, 5, True), "reserved bit": (0xA1, 5, True), "reserved opcode": (0x83, 5, True),
             "endless": (0x81, 1 << 62, True), "negative": (0x81, (1 << 64) - 1, True), "long ping": (0x89, 126, True),
             "a continuation of nothing": (0x80, 5, True)}
    witness = Node(r, "witness")
    for name, (first, length, mask) in cases.items():
        ws = opened("f")
        head(ws, first, length, mask)
        try:
            ws.socket.sendall(bytes(300000 if length > 300 else length))
        except OSError:
            pass
        is_over(ws)
        witness.ws.beat()  # it lives, however long this takes
    # A message in the midst of another one; a message of a thousand empty parts is one.
    ws = opened("f")
    ws.frame(b'{"message', 1, final=False)
    ws.frame(b'{"message_type":"heartbeat"}', 1)
    is_over(ws)
    ws = opened("f")
    ws.frame(b"", 1, final=False)
    for _ in range(1000):
        ws.frame(b"", 0, final=False)
    ws.frame(b'{"message_type":"x"}', 0)
    assert ws.recv()["code"] == "unknown_type"
    ws.close()
    for text in ("[" * 100000, '{"a":' * 5000 + "1" + "}" * 5000, '{"message_type":"register","message_type":"x"}', "\x00", '{"message_type":{}}'):
        ws = opened("f")
        ws.send(text)
        assert ws.recv()["code"] == "malformed", text[:40]
        ws.close()
    ws = opened("f")
    ws.send({"message_type": "heartbeat", "seq": 1})
    assert ws.recv()["code"] == "not_registered"
    ws.close()
    witness.ws.send({"message_type": "heartbeat", "seq": 7})
    while witness.ws.expect("heartbeat_ack")["seq"] != 7:
        pass
    witness.ws.close()


def resident(r):
    with open(f"/proc/{r.process.pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_half_sent(r0, proof, output):
    """Many long messages that never end: their memory has a bound, and those who keep theirs short are heard."""
    r = Relayer(RELAYER, settings=FAST + ["ws.max_message=16MiB"]).start()
    try:
        before = resident(r)
        many = []
        for i in range(24):
            ws = WebSocket(r.port, f"/ws/node/h{i}")
            ws.expect("hello")
            many.append(ws)
            try:
                head(ws, 0x01, 15 << 20)
                ws.socket.sendall(bytes(15 << 20))
            except OSError:
                pass
        assert resident(r) - before < 400 << 20, (before, resident(r))  # 24 of them unbounded: 720 MiB
        node = Node(r, "short")
        node.ws.send({"message_type": "heartbeat", "seq": 7})
        assert node.ws.expect("heartbeat_ack")["seq"] == 7
        node.ws.close()
        for ws in many:
            ws.socket.close()

        def is_free():
            ws = WebSocket(r.port, "/ws/node/later")
            try:
                ws.expect("hello")
                ws.send("x" * (12 << 20))
                return ws.recv()["code"] == "malformed"
            except (Closed, OSError):
                return False
            finally:
                ws.close()
        wait_for("all of it is free", is_free)
        assert r.stop() == 0
        shutil.rmtree(r.folder)
    except BaseException:
        r.process.kill()
        raise


def test_too_many(r, proof, output):
    """Sockets that never register are closed; a name that is no name has none."""
    for name in ("a" * 67, "a/b", "%00", "..", ""):
        try:
            WebSocket(r.port, "/ws/node/" + name, timeout=5).expect("hello")
            assert name == "..", name
        except (Closed, OSError):
            pass
    ws = WebSocket(r.port, "/ws/node/idle")
    ws.expect("hello")
    assert is_over(ws) == 4401


# ---- demanders ----

def test_other_keys(r, proof, output):
    """Whatever is asked of a task with another's key, it is not there; a key that is replayed is a key's own."""
    status, made, _ = r.call("POST", "/api/v1/api-keys", {"name": "other", "scopes": ["tasks:read", "tasks:write", "blobs:read",
                                                                                     "blobs:write", "webhooks"]})
    assert status == 201, made
    other = next(v for v in made.values() if isinstance(v, str) and v.startswith("spk_"))
    mine = post(r, SEED, **{"Idempotency-Key": "same"})
    auth = {"Authorization": "Bearer " + other}
    for method, path, body in (("GET", "", None), ("GET", "?wait=1", None), ("GET", "/events", None), ("GET", "/result", None),
                               ("GET", "/proof", None), ("GET", "/output", None), ("POST", "/cancel", None),
                               ("POST", "/retry", {"deadline": "2099-01-01T00:00:00Z"}),
                               ("POST", "/callback", {"url": "https://example.org/x"})):
        s, said, _ = r.call(method, f"/api/v1/tasks/{mine}{path}", body, auth)
        unknown, as_unknown, _ = r.call(method, f"/api/v1/tasks/{mine[:-1] + ('0' if mine[-1] != '0' else '1')}{path}", body, auth)
        assert s == unknown == 404, (method, path, s, unknown)
        assert said["detail"] == as_unknown["detail"], (path, "it says that it is there")
    s, said, headers = r.call("POST", "/api/v1/tasks", SEED, {**auth, "Idempotency-Key": "same"})
    assert s == 201 and said["task_id"] != mine and "Idempotency-Replayed" not in headers, (s, said)
    assert [x["task_id"] for x in r.call("GET", "/api/v1/tasks", headers=auth)[1]["items"]] == [said["task_id"]]
    s, again, headers = r.call("POST", "/api/v1/tasks", dict(SEED, description="other"), {**auth, "Idempotency-Key": "same"})
    assert s == 422 and again["code"] == "idempotency_key_reused"
    for t in (mine, said["task_id"]):
        assert r.call("POST", f"/api/v1/tasks/{t}/cancel")[0] == 202


def test_callback_addresses(r0, proof, output):
    """Addresses of machines that callbacks must not reach, in every form that a URL has for them."""
    r = Relayer(RELAYER, settings=[s for s in FAST]).start()
    try:
        for host in ("127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]",
                     "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]", "[2002:7f00:1::]", "10.0.0.1",
                     "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]",
                     "localhost", "255.255.255.255", "224.0.0.1", "[ff02::1]", "168.63.129.16"):
            s, said, _ = r.call("POST", "/api/v1/tasks", dict(SEED, callback={"url": f"https://{host}/x"}))
            assert s == 422, (host, s, said)
        for url in ("http://example.org/", "https://user@example.org/", "https://a:b@example.org/", "ftp://example.org/", "file:///etc/passwd",
                    "https:///x", "https://", "https://example.org /", "https://example.org\\@127.0.0.1/", "gopher://example.org/", "//example.org/",
                    "https://exa\u00e4mple.org/", "https://example.org:99999/", "https://[::1", "https://" + "a" * 3000 + "/"):
            s, said, _ = r.call("POST", "/api/v1/tasks", dict(SEED, callback={"url": url}))
            assert s in (400, 422), (url, s, said)
        assert r.stop() == 0
        shutil.rmtree(r.folder)
    except BaseException:
        r.process.kill()
        raise


def test_one_folder(r, proof, output):
    second = subprocess.run([RELAYER, "--set", f"server.data={r.folder}", "--set", f"server.listen=127.0.0.1:{free_port()}", "--set", "server.metrics="],
                            capture_output=True, text=True, timeout=20)
    assert second.returncode == 1 and "another relayer" in second.stderr, second


def main():
    wanted = sys.argv[3:]
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=FAST).start()
    try:
        for name in [n for n in globals() if n.startswith("test_") and (not wanted or any(w in n for w in wanted))]:
            start = time.monotonic()
            globals()[name](r, proof, output)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
        assert r.process.poll() is None
        assert r.stop() == 0
        fsck(r)
        shutil.rmtree(r.folder)
    except BaseException:
        print("\n".join(x for x in r.log_text().splitlines() if '"event":"http"' not in x)[-3000:], file=sys.stderr)
        r.process.kill()
        raise


if __name__ == "__main__":
    main()
