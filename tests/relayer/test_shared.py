#!/usr/bin/env python3
"""Several relayers on one PostgreSQL database: tasks, nodes, keys and callbacks of one are those of all; one that is
killed or paused is replaced by the others.

usage: test_shared.py RELAYER SPROVE [NAME]    (SPROVE_TEST_DATABASE is the place of an empty database, postgresql://...)"""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import wait_for  # noqa: E402
from shared_world import Shared, paused, resumed, sql  # noqa: E402
from test_tasks import FAST, RELAYER, SEED, Node, post, prove, state  # noqa: E402
from wsclient import Closed  # noqa: E402

LEASE = 15  # seconds, INSTANCE_LEASE_MS


def serve(node, proof, output):
    """A whole attempt, as a node that does its work."""
    a = node.take()
    node.progress(a)
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    return a


def test_lives_across(w, proof, output):
    """Posted here, done by a node there; a real proof; each relayer knows all of it."""
    one, two = w.all[:2]
    node = Node(two, "far")
    for r in (one, two):
        task = post(r)
        serve(node, proof, output)
        for other in (one, two):
            t = wait_for("verified", lambda: (lambda t: t["state"] == "verified" and t)(state(other, task)))
            assert t["result"]["proof_sha256"]
        proofs = [other.call("GET", f"/api/v1/tasks/{task}/proof", raw=True)[1] for other in (one, two)]
        assert proofs == [proof, proof]
        assert sql(f"SELECT node_id, outcome FROM attempt WHERE task_id = '{task}'") == [["far", "verified"]]
    node.ws.close()


def test_replaced_elsewhere(w, proof, output):
    """One session of a node, wherever it is; the lease goes on."""
    one, two = w.all[:2]
    first = Node(one, "mover")
    task = post(one)
    a = first.take()
    first.progress(a)
    wait_for("running", lambda: state(two, task)["state"] == "running")
    second = Node(two, "mover")
    assert [l["task_id"] for l in second.registered["leases"]] == [task], second.registered
    try:
        while True:
            first.ws.recv()
    except Closed as e:
        assert e.code == 4409, e
    second.ws.send({"message_type": "heartbeat", "seq": 1, "cpu": 0.1, "mem": 0.1, "running": [second.fence(a)]})
    assert [l["task_id"] for l in second.ws.expect("heartbeat_ack")["leases"]] == [task]
    assert second.upload(a, proof)[0] in (200, 201)
    assert second.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(one, task)["state"] == "verified")
    assert sql("SELECT connected FROM node WHERE id = 'mover'") == [["1"]]
    second.ws.close()
    wait_for("gone", lambda: sql("SELECT connected FROM node WHERE id = 'mover'") == [["0"]])


def test_cancel_elsewhere(w, proof, output):
    one, two = w.all[:2]
    node = Node(one, "busy")
    task = post(two)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(two, task)["state"] == "running")
    assert two.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    m = node.expect("task_cancel")
    assert m["task_id"] == task and m["reason"] == "cancelled", m
    # The slot is free again for its relayer, too.
    task = post(two)
    serve(node, proof, output)
    wait_for("verified", lambda: state(one, task)["state"] == "verified")
    node.ws.close()


def test_wait_elsewhere(w, proof, output):
    """A long poll and a stream at a relayer that has no part in what happens."""
    one, two = w.all[:2]
    task = post(one)
    answer = {}

    def poll():
        answer["wait"] = two.call("GET", f"/api/v1/tasks/{task}?wait=30", timeout=60)

    def stream():
        answer["events"] = two.call("GET", f"/api/v1/tasks/{task}/events", headers={"Accept": "text/event-stream"}, raw=True, timeout=60)[1]
    threads = [threading.Thread(target=f) for f in (poll, stream)]
    for t in threads:
        t.start()
    time.sleep(0.3)
    node = Node(one, "near")
    serve(node, proof, output)
    for t in threads:
        t.join(40)
        assert not t.is_alive(), answer
    assert answer["wait"][0] == 200 and answer["wait"][1]["state"] != "queued", answer["wait"]
    assert b"task.queued" in answer["events"] and b"task.verified" in answer["events"], answer["events"]
    node.ws.close()


def test_keys_and_bans(w, proof, output):
    """A key that was revoked, a node that was banned: at every relayer within two seconds."""
    one, two = w.all[:2]
    s, made, _ = one.call("POST", "/api/v1/api-keys", {"name": "brief", "scopes": ["tasks:read"]})
    assert s == 201
    bearer = {"Authorization": "Bearer " + made["key"]}
    time.sleep(2)  # asked once: wrong keys are counted
    assert two.call("GET", "/api/v1/me", headers=bearer)[0] == 200
    assert two.call("DELETE", f"/api/v1/api-keys/{made['id']}")[0] == 204
    time.sleep(2)
    assert one.call("GET", "/api/v1/me", headers=bearer)[0] == 401
    # A ban that is spoken at one closes the session at the other, and the node's work is another's.
    node, task = Node(one, "rogue"), post(one)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(two, task)["state"] == "running")
    s, said, _ = two.call("POST", "/api/v1/admin/nodes/rogue/ban", {"reason": "a test"})
    assert s == 200, (s, said)
    try:
        while True:
            node.ws.recv(3)
    except Closed as e:
        assert e.code == 4403, e
    other = Node(two, "honest")
    serve(other, proof, output)
    wait_for("verified", lambda: state(one, task)["state"] == "verified")
    other.ws.close()


def test_one_answer_to_one_key(w, proof, output):
    """The same Idempotency-Key at all relayers at the same moment is one task."""
    for i in range(20):
        answers = []

        def ask(r):
            answers.append(r.call("POST", "/api/v1/tasks", dict(SEED, requirements={"cpu_threads": 4000}), {"Idempotency-Key": f"same{i}"}))
        threads = [threading.Thread(target=ask, args=(r,)) for r in w.all for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(30)
        assert [s for s, _, _ in answers] == [201] * len(threads), answers
        assert len({t["task_id"] for _, t, _ in answers}) == 1, answers
        assert one_cancel(w, answers[0][1]["task_id"]) == 202


def one_cancel(w, task):
    return w.all[0].call("POST", f"/api/v1/tasks/{task}/cancel")[0]


def test_killed(w, proof, output):
    """kill -9 of the relayer that has the node, the duties, and a task under way: another goes on."""
    victim = w.holder("timers")
    other = next(r for r in w.all if r is not victim)
    node = Node(victim, "orphan")
    task = post(other)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(other, task)["state"] == "running")
    gone = w.id(victim)
    victim.kill()
    start = time.monotonic()
    wait_for("the duty changes hands", lambda: w.duty("timers") not in ("", gone), 10)
    print(f"  duties changed hands after {time.monotonic() - start:.1f} s", flush=True)
    assert sql(f"SELECT count(*) FROM instance WHERE id = '{gone}'") == [["0"]]
    again = Node(other, "orphan")
    assert [l["task_id"] for l in again.registered["leases"]] == [task]
    assert again.upload(a, proof)[0] in (200, 201)
    assert again.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(other, task)["state"] == "verified")
    again.ws.close()
    w.start(victim)


def test_paused(w, proof, output):
    """A relayer that sleeps through its lease is replaced; when it wakes it ends, and nothing that it knew is written."""
    victim = w.holder("timers")
    other = next(r for r in w.all if r is not victim)
    node = Node(victim, "sleepy")
    task = post(other)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(other, task)["state"] == "running")
    asleep = w.id(victim)
    paused(victim)
    try:
        wait_for("the duty changes hands", lambda: w.duty("timers") not in ("", asleep), LEASE + 15)
        again = Node(other, "sleepy")
        assert [l["task_id"] for l in again.registered["leases"]] == [task]
        # What the old session says is heard when its relayer wakes: too late.
        node.ws.send({"message_type": "task_result", **node.fence(a), "status": "failure",
                      "error": {"code": "out_of_memory", "detail": "said to a relayer that is no more"}})
    finally:
        resumed(victim)
    assert victim.process.wait(20) == 70, victim.log_text()[-1000:]
    assert "db_fatal" in victim.log_text()
    assert again.upload(a, proof)[0] in (200, 201)
    assert again.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(other, task)["state"] == "verified")
    again.ws.close()
    w.start(victim)


def main():
    if not os.environ.get("SPROVE_TEST_DATABASE"):
        print("skipped: no PostgreSQL")
        sys.exit(77)
    proof, output = prove(SEED["payload"])
    names = [n for n in globals() if n.startswith("test_")]
    chosen = [n for n in names if len(sys.argv) < 4 or sys.argv[3] in n]
    w = Shared(RELAYER, 2, FAST)
    try:
        for name in chosen:
            start = time.monotonic()
            globals()[name](w, proof, output)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
            w.fsck()
        w.stop()
    except BaseException:
        for r in w.all:
            print(f"---- {r.folder}\n{r.log_text()[-2500:]}", file=sys.stderr)
            if r.process.poll() is None:
                resumed(r)
                r.kill()
        raise


main()
