#!/usr/bin/env python3
"""Tasks with redundancy: slots of distinct accounts at once, verified when all hold the same, decided by proofs.

usage: test_redundancy.py RELAYER SPROVE [TEST]"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, change, free_port, fsck, rows, run_tests, wait_for  # noqa: E402
from test_tasks import FAST, RELAYER, SEED, Node, post, prove, sha256, state  # noqa: E402


# Offers that a slow machine can answer in time.
CALM = FAST + ["ws.start_by=11s", "ws.lease=10s", "ws.heartbeat_timeout=9s"]


def body(n, **more):
    return dict(SEED, redundancy=n, **more)


def silent(node, seconds=0.8):
    """The node is not asked."""
    node.ws.never("task_assignment", seconds)


def is_state(r, task, wanted, seconds=15):
    return wait_for(f"{wanted}, but it is {state(r, task)}", lambda: state(r, task)["state"] == wanted and state(r, task), seconds)


def close(*nodes):
    for n in nodes:
        n.ws.close()


def test_three_agree(r, proof, output):
    """Three accounts are asked at once; the task is as far as its slowest slot, step by step."""
    nodes = [Node(r, f"three{i}") for i in range(3)]
    task = post(r, body(3))
    offers = [n.expect("task_assignment") for n in nodes]
    assert {a["task_id"] for a in offers} == {task} and sorted(a["attempt"] for a in offers) == [1, 2, 3]
    assert len({a["lease_token"] for a in offers}) == 3
    t = is_state(r, task, "offered")
    assert [s["slot"] for s in t["slots"]] == [0, 1, 2] and {s["state"] for s in t["slots"]} == {"offered"}
    assert t["redundancy"] == 3 and t["max_attempts"] == 9, t
    fsck(r)
    for i, (n, a) in enumerate(zip(nodes, offers)):
        assert state(r, task)["state"] == "offered"
        n.ws.send({"message_type": "task_ack", **n.fence(a), "accept": True})
        n.progress(a)
        wait_for("it works", lambda: [s["state"] for s in state(r, task)["slots"]].count("running") == i + 1)
    is_state(r, task, "running")
    for i, (n, a) in enumerate(zip(nodes, offers)):
        assert state(r, task)["state"] == "running"
        assert n.upload(a, proof)[0] in (200, 201)
        ack = n.result(a, proof, output)
        assert ack["accepted"], ack
        assert ack["state"] == ("result_received" if i == 2 else "running"), ack
        fsck(r)
    t = is_state(r, task, "verified")
    assert [s["outcome"] for s in t["slots"]] == ["verified"] * 3
    events = [e["to"] for e in r.call("GET", f"/api/v1/tasks/{task}/events")[1]["items"]]
    assert events == ["created", "funded", "queued", "offered", "leased", "running", "result_received", "verifying",
                      "verified"], events
    kinds = rows(r, "SELECT node_id, kind FROM reputation_event WHERE task_id = ? ORDER BY node_id", task)
    assert kinds == [(f"three{i}", "verified") for i in range(3)], kinds
    assert r.call("GET", f"/api/v1/tasks/{task}/output", raw=True)[1] == output
    assert r.call("GET", f"/api/v1/tasks/{task}/result")[1]["signed"]["attempt"] in (1, 2, 3)
    assert rows(r, "SELECT refs FROM blob WHERE sha256 = ?", sha256(proof)) == [(3,)]
    fsck(r)
    close(*nodes)


def test_accounts_are_distinct(r, proof, output):
    """Two nodes of one account never have two slots; the task waits for another account, half under way."""
    one, two = Node(r, "acc1", address="0xaa"), Node(r, "acc2", address="0x00aa")
    task = post(r, body(2))
    asked = wait_for("one is asked", lambda: rows(r, "SELECT node_id FROM attempt WHERE task_id = ?", task))
    first, second = (one, two) if asked[0][0] == "acc1" else (two, one)
    a = first.take()
    silent(second, 1.5)
    assert state(r, task)["state"] == "queued"  # its second slot is
    first.progress(a)
    assert first.upload(a, proof)[0] in (200, 201)
    assert first.result(a, proof, output)["accepted"]
    fsck(r)
    other = Node(r, "acc3", address="0xbb")
    b = other.take(timeout=15)
    is_state(r, task, "leased")
    assert other.upload(b, proof)[0] in (200, 201)
    assert other.result(b, proof, output)["accepted"]
    is_state(r, task, "verified")
    fsck(r)
    close(one, two, other)


def test_lie_in_one_slot(r, proof, output):
    """The slot with a false proof is given to another account; what holds stays, and a kill -9 in between changes nothing."""
    lie = proof[:500] + bytes([proof[500] ^ 1]) + proof[501:]
    good, bad = Node(r, "honest"), Node(r, "dishonest")
    task = post(r, body(2))
    offers = {n.name: n.take() for n in (good, bad)}
    for n, p in ((good, proof), (bad, lie)):
        assert n.upload(offers[n.name], p)[0] in (200, 201)
        assert n.result(offers[n.name], p, output)["accepted"]
    is_state(r, task, "queued")
    wait_for("both are judged", lambda: sorted(rows(r, "SELECT node_id, outcome FROM attempt WHERE task_id = ?", task)) ==
             [("dishonest", "proof_invalid"), ("honest", "verified")])
    fsck(r)
    # The false proof is kept as evidence.
    assert rows(r, "SELECT refs FROM blob WHERE sha256 = ?", sha256(lie)) == [(1,)]
    r.kill()
    r.start()
    fsck(r)
    good, third = Node(r, "honest"), Node(r, "third")
    a = third.take()
    assert a["attempt"] == 3
    silent(good)
    assert third.upload(a, proof)[0] in (200, 201)
    assert third.result(a, proof, output)["accepted"]
    t = is_state(r, task, "verified")
    assert sorted(s["attempt"] for s in t["slots"]) == sorted([offers["honest"]["attempt"], 3])
    # The one whose proof holds was paid for in reputation once.
    assert rows(r, "SELECT kind FROM reputation_event WHERE node_id = 'honest' AND task_id = ?", task) == [("verified",)]
    fsck(r)
    close(good, third)


def test_fault_against_success(r, proof, output):
    """One says that the program fails, the other proves that it does not: the proof decides, and the liar is paused for a day."""
    says, proves = Node(r, "says_fault"), Node(r, "proves")
    task = post(r, body(2))
    a, b = says.take(), proves.take()
    says.fail(a, "nonzero_exit", "exit code 3")
    assert proves.upload(b, proof)[0] in (200, 201)
    assert proves.result(b, proof, output)["accepted"]
    assert state(r, task)["state"] == "queued"
    another = Node(r, "another")
    c = another.take()
    assert another.upload(c, proof)[0] in (200, 201)
    assert another.result(c, proof, output)["accepted"]
    is_state(r, task, "verified")
    assert rows(r, "SELECT kind FROM reputation_event WHERE node_id = 'says_fault'") == [("false_fault",)]
    assert rows(r, "SELECT banned_until FROM node WHERE id = 'says_fault'")[0][0] > (time.time() + 23 * 3600) * 1000
    fsck(r)
    close(says, proves, another)


def test_both_say_fault(r, proof, output):
    """Two say the same fault: it is believed, and the third slot is taken back."""
    nodes = [Node(r, f"fault{i}") for i in range(3)]
    task = post(r, body(3))
    offers = [n.take() for n in nodes]
    for n, a in list(zip(nodes, offers))[:2]:
        n.fail(a, "illegal_instruction", "at pc 0x1000")
    t = is_state(r, task, "failed")
    assert t["failure"]["code"] == "illegal_instruction" and t["failure"]["class"] == "task_fault", t["failure"]
    assert nodes[2].expect("task_cancel")["task_id"] == task
    # A fault of the program is nobody's.
    assert not rows(r, "SELECT 1 FROM reputation_event WHERE node_id LIKE 'fault_'")
    fsck(r)
    close(*nodes)


def test_cancel_and_deadline(r, proof, output):
    """Both slots are taken back: by their demander, and by the deadline, also where one has delivered."""
    nodes = [Node(r, "end0"), Node(r, "end1")]
    task = post(r, body(2))
    offers = [n.take() for n in nodes]
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for n in nodes:
        assert n.expect("task_cancel")["task_id"] == task
    assert nodes[0].upload(offers[0], proof)[0] == 401
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5))
    task = post(r, body(2, deadline=soon, requirements={"max_execution_time": 1}))
    offers = [n.take() for n in nodes]
    nodes[1].progress(offers[1])
    assert nodes[0].upload(offers[0], proof)[0] in (200, 201)
    assert nodes[0].result(offers[0], proof, output)["accepted"]
    is_state(r, task, "expired", 20)
    # The one whose second of work has passed lost its lease before.
    assert sorted(rows(r, "SELECT outcome FROM attempt WHERE task_id = ?", task)) == [("cancelled",), ("time_limit",)]
    fsck(r)
    close(*nodes)


def test_attempts_are_counted_over_slots(r, proof, output):
    """Two tries, two slots: a no costs none, but one that is lost ends the task; the other slot is taken back."""
    nodes = [Node(r, "few0"), Node(r, "few1")]
    task = post(r, body(2, max_attempts=2))
    offers = [n.expect("task_assignment") for n in nodes]
    nodes[1].ws.send({"message_type": "task_ack", **nodes[1].fence(offers[1]), "accept": True})
    nodes[0].ws.send({"message_type": "task_ack", **nodes[0].fence(offers[0]), "accept": False})
    is_state(r, task, "queued")
    fsck(r)
    third = Node(r, "few2")
    a = third.take()
    is_state(r, task, "leased")
    fsck(r)
    third.ws.send({"message_type": "task_cancelled", **third.fence(a)})
    t = is_state(r, task, "failed")
    assert (t["attempt"], t["tries"]) == (3, 2) and t["failure"]["code"] == "node_lost", t
    third.ws.close()
    assert nodes[1].expect("task_cancel")["task_id"] == task
    fsck(r)
    # Tried again it has as many for each slot.
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    assert r.call("POST", f"/api/v1/tasks/{task}/retry", {"deadline": later})[0] == 202
    assert state(r, task)["max_attempts"] == 2 + 2 * 3
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    close(*nodes)


def test_both_leases_run_out(r, proof, output):
    """Two last tries whose time is up in one round: the first ends the task, the second has ended with it."""
    before = r.log_text().count('"task_left_alone"')
    nodes = [Node(r, "mute0"), Node(r, "mute1")]
    task = post(r, body(2, max_attempts=2))
    for n in nodes:
        n.take()
    is_state(r, task, "leased")
    change(r, "UPDATE attempt SET lease_until = 1 WHERE task_id = ?", task)
    is_state(r, task, "failed")
    assert sorted(rows(r, "SELECT outcome, lease_until FROM attempt WHERE task_id = ?", task)) == \
        [("cancelled", None), ("lease_expired", None)]
    assert r.log_text().count('"task_left_alone"') == before
    fsck(r)
    close(*nodes)


def test_disagreement(r, proof, output):
    """Two proofs that hold never say different things; where a row says so (damaged here) no result is given out."""
    lie = proof[:600] + bytes([proof[600] ^ 1]) + proof[601:]
    nodes = [Node(r, "agree0"), Node(r, "agree1")]
    task = post(r, body(2, max_attempts=3))
    offers = [n.take() for n in nodes]
    for n, a, p in zip(nodes, offers, (proof, lie)):
        assert n.upload(a, p)[0] in (200, 201)
        assert n.result(a, p, output)["accepted"]
    is_state(r, task, "queued")
    change(r, "UPDATE attempt SET cycles = cycles + 1 WHERE task_id = ? AND outcome = 'verified'", task)
    third = Node(r, "agree2")
    a = third.take()
    assert third.upload(a, proof)[0] in (200, 201)
    assert third.result(a, proof, output)["accepted"]
    t = is_state(r, task, "failed")
    assert t["failure"]["code"] == "internal" and "different things" in t["failure"]["detail"], t["failure"]
    assert ("disagreed",) in rows(r, "SELECT outcome FROM attempt WHERE task_id = ?", task)
    assert '"results_disagree"' in r.log_text()
    # Nobody is punished for what only we can have done.
    assert not rows(r, "SELECT 1 FROM reputation_event WHERE node_id = 'agree2'")
    fsck(r)
    close(*nodes, third)


def test_refused(r, proof, output):
    for value in (0, 4, "x", None):
        s, said, _ = r.call("POST", "/api/v1/tasks", dict(SEED, redundancy=value))
        assert s == 400 and said["errors"][0]["pointer"] == "/redundancy", (value, s, said)
    s, said, _ = r.call("POST", "/api/v1/tasks", body(3, max_attempts=2))
    assert s == 400 and said["errors"][0]["pointer"] == "/max_attempts", said
    chain = body(2, job={"profile": "chain"}, chain={"contract": "0x1", "task_id": "1"})
    s, said, _ = r.call("POST", "/api/v1/tasks", chain)
    assert s == 422 and "redundancy" in said["detail"], (s, said)
    # One that has a chain, of which no node answers, takes it with one slot.
    with_chain = Relayer(RELAYER, settings=[f"chain.rpc=http://127.0.0.1:{free_port()}", "chain.chain_id=SN_SEPOLIA",
                                            "chain.contract=0x1"]).start()
    assert with_chain.call("POST", "/api/v1/tasks", chain)[0] == 422
    assert with_chain.call("POST", "/api/v1/tasks", dict(chain, redundancy=1))[0] == 201
    assert with_chain.stop() == 0


def main():
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=CALM).start()
    run_tests(globals(), r, proof, output, only=2)


if __name__ == "__main__":
    main()
