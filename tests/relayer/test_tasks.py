#!/usr/bin/env python3
"""A task's life with a scripted node that delivers real proofs, and with nodes that fail in every way.

usage: test_tasks.py RELAYER SPROVE"""
import json
import os
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scripted  # noqa: E402
from relayer_process import PLAYED, Relayer, change, rows, run_tests, wait_for  # noqa: E402
from scripted import PROFILE, Node, sha256  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

RELAYER, SPROVE = sys.argv[1], sys.argv[2]
SEED = {"job": {"profile": PROFILE}, "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 4, "ram_gb": 8, "gpu_required": False, "max_execution_time": 300},
        "token_amount": 1000000000000000000, "description": "Matrix multiplication task"}
# Short timers: a test waits for them.
FAST = PLAYED


def prove(payload):
    return scripted.prove(SPROVE, payload)


def state(r, task):
    return r.call("GET", "/api/v1/tasks/" + task)[1]


def post(r, body=SEED, **headers):
    status, made, _ = r.call("POST", "/api/v1/tasks", body, headers)
    assert status == 201, (status, made)
    return made["task_id"]


def logged(r, a):
    """What the log says of an attempt: level, event and the rest."""
    lines = [json.loads(line) for line in r.log_text().splitlines() if line.startswith("{") and a["task_id"] in line]
    return [(line["level"], line["event"], line["node_id"], line.get("session_id"), line.get("outcome"))
            for line in lines if line.get("attempt") == str(a["attempt"])]


def test_life(r, proof, output):
    task = post(r)
    node = Node(r, "good")
    a = node.take()
    assert a["task_id"] == task and a["job"]["program"] == "matrix_multiplication"
    assert state(r, task)["state"] in ("offered", "leased")
    node.progress(a, "execute", 100000)
    wait_for("running", lambda: state(r, task)["state"] == "running")
    assert state(r, task)["assignment"]["progress_ppm"] == 100000
    assert r.call("GET", f"/api/v1/tasks/{task}/result")[0] == 409
    # A result whose proof was not uploaded changes nothing.
    ack = node.result(a, proof, output)
    assert not ack["accepted"] and ack["reason"] == "proof_not_uploaded", ack
    assert node.upload(a, proof)[0] == 201
    assert node.upload(a, proof)[0] == 200
    ack = node.result(a, proof, output)
    assert ack["accepted"] and not ack["duplicate"], ack
    again = node.result(a, proof, output)
    assert again["accepted"] and again["duplicate"], again
    done = wait_for("verified", lambda: state(r, task)["state"] == "verified" and state(r, task))
    assert done["result"]["proof_sha256"] == sha256(proof)
    assert int(done["result"]["usage"]["cycles"]) == 432  # what the proof says, not what the node said
    assert r.call("GET", f"/api/v1/tasks/{task}/proof", raw=True)[1] == proof
    assert r.call("GET", f"/api/v1/tasks/{task}/output", raw=True)[1] == output
    result = r.call("GET", f"/api/v1/tasks/{task}/result")[1]
    assert result["output"]["result"] == [[19, 22], [43, 50]] or "19" in json.dumps(result["output"]), result
    events = r.call("GET", f"/api/v1/tasks/{task}/events")[1]["items"]
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert [e["to"] for e in events] == ["created", "funded", "queued", "offered", "leased", "running",
                                         "result_received", "verifying", "verified"], events
    status, said, _ = r.call("POST", f"/api/v1/tasks/{task}/cancel")
    assert status == 409 and said["code"] == "conflict_state", (status, said)
    me = ("good", node.registered["session_id"])
    assert logged(r, a) == [("debug", "attempt_taken", *me, None), ("debug", "attempt_ended", *me, "verified")], logged(r, a)
    node.ws.close()
    # The same again is paid for as what it is known to take.
    again = post(r, dict(SEED, requirements={"cpu_threads": 4000}))
    (cycles, n_rows), = rows(r, "SELECT work_cycles, work_rows FROM task WHERE id = ?", again)
    assert cycles == 432 and n_rows > 2 ** 18, (cycles, n_rows)
    assert r.call("POST", f"/api/v1/tasks/{again}/cancel")[0] == 202


def test_false_proof(r, proof, output):
    """A proof with one altered bit, a proof of another output: the task goes to the next node."""
    task = post(r)
    bad = Node(r, "forger")
    a = bad.take()
    altered = bytearray(proof)
    altered[len(proof) // 2] ^= 1
    altered = bytes(altered)
    assert bad.upload(a, altered)[0] == 201
    assert bad.result(a, altered, output)["accepted"]
    wait_for("again queued or offered", lambda: state(r, task)["state"] == "queued" or state(r, task)["attempt"] > 1)
    other = Node(r, "liar")
    a = other.take(timeout=15)
    assert other.upload(a, proof)[0] in (200, 201)
    lie = bytes([output[0] ^ 1]) + output[1:]
    assert other.result(a, proof, lie)["accepted"]
    # Both are paused now: the third is asked.
    good = Node(r, "third")
    a = good.take()
    assert a["attempt"] == 3
    assert good.upload(a, proof)[0] in (200, 201)
    assert good.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    for n in (bad, other, good):
        n.ws.close()


def test_pause_lasts(r, proof, output):
    """A node that forged one proof stays paused although its next one holds."""
    first, second = post(r), post(r)
    node = Node(r, "both")
    a, b = node.take(), node.take()
    altered = bytes([proof[0]]) + proof[1:1000] + bytes([proof[1000] ^ 1]) + proof[1001:]
    assert node.upload(a, altered)[0] == 201
    assert node.result(a, altered, output)["accepted"]
    wait_for("refused", lambda: state(r, a["task_id"])["state"] in ("queued", "offered"))
    assert node.upload(b, proof)[0] in (200, 201)
    assert node.result(b, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, b["task_id"])["state"] == "verified")
    (until,), = rows(r, "SELECT banned_until FROM node WHERE id = 'both'")
    assert until > (time.time() + 23 * 3600) * 1000, until
    assert r.call("POST", f"/api/v1/tasks/{a['task_id']}/cancel")[0] == 202
    assert {a["task_id"], b["task_id"]} == {first, second}
    node.ws.close()


def test_one_bad_task(r, proof, output):
    """A task whose row cannot be worked with (here: the place of its next attempt is taken) holds up no other."""
    bad = post(r)
    change(r, "INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token, offered_at, offer_until,"
           " start_by, outcome) VALUES(?, 1, 0, 'nobody', '', '', '', 0, 0, 0, 'declined')", bad)
    good = post(r)
    node = Node(r, "unaffected")
    a = node.take()
    assert a["task_id"] == good, (a["task_id"], bad, good)
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, good)["state"] == "verified")
    assert state(r, bad)["state"] == "queued" and '"task_left_alone"' in r.log_text()
    assert r.call("POST", f"/api/v1/tasks/{bad}/cancel")[0] == 202
    node.ws.close()


def test_one_bad_result(r, proof, output):
    """A result that cannot even be looked at (here: its task's row is damaged) keeps no other from being verified."""
    first, second = post(r), post(r)
    node = Node(r, "patient")
    taken = {a["task_id"]: a for a in (node.take(), node.take())}
    (good,), = rows(r, "SELECT program_id FROM task WHERE id = ?", first)
    change(r, "UPDATE task SET program_id = 'damaged' WHERE id = ?", first)
    for task in (first, second):
        assert node.upload(taken[task], proof)[0] in (200, 201)
        assert node.result(taken[task], proof, output)["accepted"]
    wait_for("verified", lambda: state(r, second)["state"] == "verified")
    assert state(r, first)["state"] == "result_received"
    change(r, "UPDATE task SET program_id = ? WHERE id = ?", good, first)
    wait_for("verified", lambda: state(r, first)["state"] == "verified")
    node.ws.close()


def test_named_nodes(r, proof, output):
    """A node that a task denies, or does not name among those it allows, is not asked."""
    other, wanted = Node(r, "other"), Node(r, "wanted")
    for need in ({"node_deny": ["other"]}, {"node_allow": ["wanted"]}):
        task = post(r, dict(SEED, requirements=dict(SEED["requirements"], **need)))
        a = wanted.take()
        assert a["task_id"] == task
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
        wanted.expect("task_cancel")
    other.ws.never("task_assignment", 0.5)
    other.ws.close()
    wanted.ws.close()


def test_why_it_waits(r, proof, output):
    """A task in the queue says why no node has it, and of how many that is so."""
    task = post(r, dict(SEED, requirements={"cpu_threads": 4000}))
    wait_for("nobody is there", lambda: (state(r, task)["waiting"] or {}).get("nodes") == 0)
    assert state(r, task)["waiting"] == {"nodes": 0, "reasons": {}, "looked_at": None}
    node = Node(r, "small", threads=3999)
    said = wait_for("looked at", lambda: (w := state(r, task)["waiting"]) and w["nodes"] and w)
    assert said["nodes"] == 1 and said["reasons"] == {"cpu_threads": 1} and said["looked_at"].endswith("Z"), said
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    assert "waiting" not in state(r, task)
    node.ws.close()


def test_decline_and_silence(r, proof, output):
    task = post(r)
    first = Node(r, "decliner", price="1")
    a = first.take(accept=False)
    second = Node(r, "sleeper")
    second.expect("task_assignment", 15)  # and says nothing: the offer runs out
    third = Node(r, "worker")
    b = third.take(timeout=15)
    assert b["attempt"] == 3 and b["task_id"] == task
    # What the others say now is fenced off.
    for n, old in ((first, a),):
        n.ws.send({"message_type": "task_progress", **n.fence(old), "phase": "prove", "progress_ppm": 5})
        try:
            n.ws.expect("nothing")
        except AssertionError as e:
            assert "stale_lease" in str(e), e
    wrong = dict(b, lease_token="0" * 32)
    third.ws.send({"message_type": "task_progress", **third.fence(wrong), "phase": "prove", "progress_ppm": 7})
    try:
        third.ws.expect("nothing")
    except AssertionError as e:
        assert "stale_lease" in str(e), e
    status, said, _ = r.call("POST", f"/api/v1/tasks/{task}/cancel")
    assert status == 202, said
    assert third.ws.expect("task_cancel")["task_id"] == task
    assert third.upload(b, proof)[0] == 401  # the lease is over
    for n in (first, second, third):
        n.ws.close()


def test_lost_node(r, proof, output):
    """A node that disappears with a task loses its lease; the next one gets the task."""
    task = post(r)
    lost = Node(r, "lost")
    a = lost.take()
    lost.progress(a)
    wait_for("running", lambda: state(r, task)["state"] == "running")
    lost.ws.socket.close()
    heir = Node(r, "heir")
    b = heir.take(timeout=25)
    assert b["task_id"] == task and b["attempt"] == 2
    assert heir.upload(b, proof)[0] in (200, 201)
    heir.result(b, proof, output)
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    assert ("info", "attempt_ended", "lost", None, "lease_expired") in logged(r, a), logged(r, a)  # it has no session
    heir.ws.close()


def test_result_over_http(r, proof, output):
    """A node that cannot keep its WebSocket delivers by POST .../callback, fenced and signed as over the WebSocket."""
    task = post(r)
    node = Node(r, "distant")
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(r, task)["state"] == "running")
    node.ws.close()
    path = f"/api/v1/tasks/{task}/callback"
    described = r.call("GET", "/api/v1/openapi.json", key=False)[1]["paths"]["/api/v1/tasks/{task_id}/callback"]["post"]["responses"]

    def deliver(expected, code=None, **more):
        got, said, _ = r.call("POST", path, node.result_message(a, proof, output, **more), key=False)
        assert got == expected and said.get("code") == code and str(got) in described, (got, said)
        return said
    deliver(400, "validation_failed", message_type="task_progress")
    deliver(400, "validation_failed", task_id="0192f0c1-0000-7000-8000-000000000000")
    deliver(409, "stale_lease", attempt=9)
    deliver(409, "stale_lease", lease_token="0" * 32)
    said = deliver(409, "conflict_state", proof={"sha256": "00" * 32, "size": 1})
    assert "proof_not_uploaded" in said["detail"], said
    assert node.upload(a, proof)[0] in (200, 201)
    change(r, "UPDATE node SET pubkey = '0x1ef15c18599971b7beced415a40f0c7deacfd9b0d1819e03d723d8bc943cfca'"
           " WHERE id = 'distant'")  # a node with a key: its results are signed
    deliver(422, "invalid_signature")
    deliver(422, "invalid_signature", signature=["0x1", "0x2"])
    for signature in ({}, {"signature": ["0x1", "0x2"]}):  # nor does anybody say for it that the program fails
        deliver(422, "invalid_signature", status="failure", error={"code": "nonzero_exit"}, **signature)
    unsigned = WebSocket(r.port, "/ws/node/distant")  # and without it nobody takes its place
    unsigned.expect("hello")
    unsigned.send({"message_type": "register", "node_id": "distant", "specs": {"cpu_threads": 1}})
    assert unsigned.expect("error")["code"] == "missing_signature"
    change(r, "UPDATE node SET pubkey = '0x0' WHERE id = 'distant'")
    strict = r.settings
    assert r.stop() == 0
    r.settings = [s for s in strict if "require_node_signature" not in s]
    r.start()
    deliver(401, "missing_credentials")
    assert r.stop() == 0
    r.settings = strict
    r.start()
    assert state(r, task)["state"] == "running"
    assert deliver(202)["accepted"]
    assert deliver(200)["duplicate"]
    wait_for("verified", lambda: state(r, task)["state"] == "verified")


def test_restart(r, proof, output):
    """kill -9 while a node works: the task is there, the node goes on with its lease and delivers."""
    task = post(r)
    node = Node(r, "stayer")
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(r, task)["state"] == "running")
    r.kill()
    r.start()
    assert state(r, task)["state"] == "running"
    node = Node(r, "stayer")
    assert [x["task_id"] for x in node.registered["leases"]] == [task], node.registered
    node.ws.send({"message_type": "heartbeat", "seq": 1, "cpu": 0.5, "mem": 0.5,
                  "running": [{**node.fence(a), "phase": "prove", "progress_ppm": 900000}]})
    beat = node.ws.expect("heartbeat_ack")
    assert beat["seq"] == 1 and beat["leases"][0]["task_id"] == task
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    node.ws.close()


def test_goaway(r, proof, output):
    """A relayer that stops sends its nodes away for a while, each for its own, and what they hold is kept."""
    task = post(r)
    nodes = [Node(r, f"away{i}") for i in range(4)]
    wait_for("leased", lambda: state(r, task)["state"] == "offered")
    me = r.call("GET", "/api/v1/version", key=False)[1]
    assert nodes[0].hello["relayer_pubkey"] == me["relayer_pubkey"] and nodes[0].hello["relayer_id"] == me["relayer_id"]
    assert r.stop() == 0
    waits = set()
    for n in nodes:
        away = n.ws.expect("goaway")
        assert away["reason"] == "restart" and 500 <= away["reconnect_after_ms"] < 1100, away
        waits.add(away["reconnect_after_ms"])
        try:
            n.ws.recv()
            raise AssertionError("the socket is open")
        except Closed as e:
            assert e.code == 1012, e.code
    assert len(waits) > 1, waits
    r.start()
    again = r.call("GET", "/api/v1/version", key=False)[1]
    assert all(again[x] == me[x] for x in ("relayer_id", "relayer_pubkey")), "it has another key after a restart"
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202


def test_no_offers_while_it_stops(r, proof, output):
    """Between SIGTERM and the word to the nodes that they go away none is offered anything."""
    task = post(r, {**SEED, "requirements": {"cpu_threads": 4096}})
    node = Node(r, "lingering")
    with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:
        d.execute("BEGIN IMMEDIATE")  # so that the core waits, and looks at its tasks before it reads what was posted
        d.execute("UPDATE task SET requirements = '{}' WHERE id = ?", (task,))
        time.sleep(1.2)  # by then it looks again at a task that nobody could take (relayer/place.c); sooner this proves nothing
        r.process.send_signal(signal.SIGTERM)
        wait_for("draining", lambda: '"event":"draining"' in r.log_text())
    d.close()
    assert r.process.wait(60) == 0 and r.stop() == 0
    assert rows(r, "SELECT 1 FROM attempt WHERE task_id = ?", task) == []
    assert node.ws.expect("goaway")
    r.start()
    node = Node(r, "lingering")
    assert node.expect("task_assignment")["task_id"] == task
    node.ws.close()
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202


def test_word_of_a_claim(r, proof, output):
    """claim_submitted is the node's word: shown as such, fenced, and nothing follows from it."""
    task = post(r)
    node = Node(r, "claimer")
    a = node.take()
    node.progress(a)
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, task)["state"] == "verified")

    def claim(code, **more):
        node.ws.send({"message_type": "claim_submitted", "id": "c1", **node.fence(a), "tx_hash": "0x12", **more})
        if code is not None:
            assert node.ws.expect("error")["code"] == code
    claim("stale_lease")  # a task without a chain
    with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:
        d.execute("UPDATE task SET chain_contract = '0x1', chain_task_id = '77' WHERE id = ?", (task,))
        d.execute("INSERT INTO settlement(task_id, state, updated_at) VALUES(?, 'escrowed', 0)", (task,))
    claim("stale_lease", lease_token="0" * 32)
    claim("malformed", tx_hash="0x" + "f" * 64)
    claim("malformed", tx_hash=None)
    claim(None)
    told = wait_for("told", lambda: state(r, task)["settlement"].get("reported_tx") and state(r, task))
    assert told["state"] == "verified" and told["settlement"]["reported_tx"] == "0x12", told
    assert told["settlement"].get("claim_tx") is None and told["settlement"]["state"] == "escrowed", told
    with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:
        d.execute("UPDATE task SET chain_contract = NULL, chain_task_id = NULL WHERE id = ?", (task,))
        d.execute("DELETE FROM settlement WHERE task_id = ?", (task,))
    node.ws.close()


def test_failures_and_deadline(r, proof, output):
    """Two nodes say that the program fails: the task fails. A deadline ends a task that nobody takes."""
    task = post(r)
    for name in ("says_so", "says_so_too"):
        n = Node(r, name)
        a = n.take(timeout=15)
        n.fail(a, "nonzero_exit", "exit code 3")
        n.ws.close()
    t = wait_for("failed", lambda: state(r, task)["state"] == "failed" and state(r, task))
    assert t["failure"]["code"] == "nonzero_exit" and t["failure"]["class"] == "task_fault", t
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    task = post(r, dict(SEED, deadline=soon, requirements={"cpu_threads": 4000}))
    t = wait_for("expired", lambda: state(r, task)["state"] == "expired" and state(r, task))
    assert t["failure"]["code"] == "deadline"


def test_other_release(r, proof, output):
    """A node that speaks otherwise, or makes other proofs, is told so and not let in."""
    for said, part in (({"protocol": "2.0"}, "protocol 2.0"), ({"software": {"vm": "1.00"}}, "proofs 1.00"),
                       ({"protocol": "1.0", "software": {"sprove": "9", "vm": "2"}}, "proofs 2")):
        ws = WebSocket(r.port, "/ws/node/stranger")
        assert ws.expect("hello")["protocol"] == ["1.0"]
        ws.send({"message_type": "register", "id": "r1", "node_id": "stranger", **scripted.ITSELF, **said})
        error = ws.expect("error")
        assert (error["code"], error["re"], error["fatal"]) == ("other_release", "r1", True) and part in error["detail"], error
        try:
            ws.recv()
            raise AssertionError("it is open")
        except Closed as e:
            assert e.code == 4426, e.code
    assert r.call("GET", "/api/v1/nodes/stranger")[0] == 404
    Node(r, "known", protocol="1.0", software={"sprove": "9"}).ws.close()


def test_protocol(r, proof, output):
    node = Node(r, "strict")
    for text, code in (("{", "malformed"), ('{"a":1,"a":2}', "malformed"), ('{"message_type":"nothing"}', "unknown_type")):
        node.ws.send(text)
        m = node.ws.recv()
        assert m["message_type"] == "error" and m["code"] == code, m
    node.ws.send("[]")
    try:
        while True:
            node.ws.recv()
    except Closed as e:
        assert e.code == 4400, e
    one = Node(r, "twin")
    two = Node(r, "twin")
    try:
        while True:
            one.ws.recv()
    except Closed as e:
        assert e.code == 4409, e
    two.ws.send({"message_type": "heartbeat", "seq": 7, "cpu": 0.1, "mem": 0.1})
    assert two.ws.expect("heartbeat_ack")["seq"] == 7
    two.ws.close()


def main():
    payload = SEED["payload"]
    proof, output = prove(payload)
    r = Relayer(RELAYER, settings=FAST).start()
    run_tests(globals(), r, proof, output, only=2, whole=False, left_alone=2)


if __name__ == "__main__":
    main()
