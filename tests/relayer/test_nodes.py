#!/usr/bin/env python3
"""What a node's failures, refusals and silence cost it, and what they do not.

usage: test_nodes.py RELAYER SPROVE [TEST]"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node_world import refused, run, view  # noqa: E402
from relayer_process import change, fsck, rows, wait_for  # noqa: E402
from test_redundancy import is_state  # noqa: E402
from test_tasks import SEED, Node, post, sha256, state  # noqa: E402


def deliver(r, node, a, proof, output):
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    is_state(r, a["task_id"], "verified")


def left(r, node):
    (there,), = rows(r, "SELECT quota_left FROM node WHERE id = ?", node)
    (here,) = [s["quota_left"] for s in r.call("GET", "/api/v1/admin/sessions")[1]["items"] if s["node_id"] == node]
    assert there == here, (there, here)
    return there


def fail(r, node, error):
    task = post(r, dict(SEED, max_attempts=1))
    a = node.take()
    node.ws.send({"message_type": "task_result", **node.fence(a), "status": "failure", "error": error})
    assert node.expect("result_ack")["accepted"]
    return is_state(r, task, "failed")


def test_a_machine_that_fails_is_no_fault(r, proof, output):
    """It is a try without a result; only when it comes too often it counts as given up."""
    node = Node(r, "infra")
    post(r)
    deliver(r, node, node.take(), proof, output)
    standing = "SELECT rep_bad, clean, quota_daily, tries_good < tries_all FROM node WHERE id = 'infra'"
    assert rows(r, standing) == [(0, 1, 1001, 0)]
    for code, kind in (("input_unavailable", "infra"), ("memory_limit_exceeded", "infra"), ("internal", "nothing"), ("image_mismatch", "infra"),
                       ("io_mismatch", "infra")):
        t = fail(r, node, {"code": code, "class": kind, "detail": "so"})
        assert t["failure"]["class"] == "infra", t
    assert rows(r, standing) == [(0, 1, 1001, 1)], rows(r, standing)
    assert [k for k, in rows(r, "SELECT kind FROM reputation_event WHERE node_id = 'infra' ORDER BY seq")] == ["verified"] + ["infra"] * 5
    fail(r, node, {"code": "input_unavailable", "class": "infra"})  # the sixth of the last fifty
    assert rows(r, "SELECT kind FROM reputation_event WHERE node_id = 'infra' ORDER BY seq DESC LIMIT 1") == [("aborted",)]
    assert rows(r, "SELECT clean, quota_daily FROM node WHERE id = 'infra'") == [(0, 500)]
    node.ws.close()


def test_a_time_that_is_not_enough_is_no_fault(r, proof, output):
    """Whoever says that the task's own time is over is believed when it is, and where it is not known that the work fits: else
    anybody could have any node punished, with a program that takes longer than it may."""
    name = "timely"
    node = Node(r, name)
    post(r)
    deliver(r, node, node.take(), proof, output)
    standing = "SELECT rep_bad, clean, quota_daily, quota_left, tries_good < tries_all FROM node WHERE id = 'timely'"
    first, = rows(r, standing)
    assert first[:3] == (0, 1, 1001) and first[4] == 0

    def over(code, since_s, work_rows):
        """Said by the node, of a task of 300 s that it was offered so long ago."""
        task = post(r, dict(SEED, max_attempts=1))
        a = node.take()
        is_state(r, task, "leased")
        change(r, "UPDATE attempt SET offered_at = offered_at - ?, work_until = work_until - ? WHERE task_id = ?",
               *[1000 * since_s] * 2, task)
        change(r, "UPDATE task SET work_cycles = ?, work_rows = ? WHERE id = ?", work_rows, work_rows, task)
        node.ws.send({"message_type": "task_result", **node.fence(a), "status": "failure", "error": {"code": code, "class": "expired"}})
        assert node.expect("result_ack")["accepted"]
        t = is_state(r, task, "failed")
        assert (t["failure"]["code"], t["failure"]["class"]) == (code, "expired"), t
        return rows(r, "SELECT a.outcome, e.kind FROM attempt a LEFT JOIN reputation_event e ON e.task_id = a.task_id AND e.node_id = ?"
                       " WHERE a.task_id = ? AND a.n = ?", name, task, a["attempt"])[0]
    # A quarter of 300 s is 75 s, in which it proves 75 million rows.
    assert over("time_limit_exceeded", 300, 0) == ("time_limit", "time_limit")
    assert over("time_limit_exceeded", 300, 100000000) == ("time_limit", "time_limit")
    assert rows(r, standing) == [first[:4] + (1,)]
    assert over("time_limit_exceeded", 300, 1000000) == ("aborted", "aborted")
    assert rows(r, "SELECT clean, quota_daily FROM node WHERE id = ?", name) == [(0, 500)]
    assert over("time_limit_exceeded", 250, 0) == ("aborted", "aborted")
    assert over("deadline", 250, 0) == ("aborted", "aborted")
    fsck(r)
    node.ws.close()


def test_a_fault_is_no_failure_of_the_machine(r, proof, output):
    """Whatever class the node gives it: what is known here has one, and what is not is the node's."""
    node = Node(r, "faulty")
    for n, error in enumerate(({"code": "proof_invalid", "class": "infra"}, {"code": "prover_failed", "class": "node_fault"},
                               {"code": "odd"}), 1):
        fail(r, node, error)
        kinds = [k for k, in rows(r, "SELECT kind FROM reputation_event WHERE node_id = 'faulty' ORDER BY seq")]
        assert kinds == ["aborted"] * n, kinds
    node.ws.close()


def test_what_came_to_nothing_is_given_back(r, proof, output):
    """Of the tasks of a day: what it declined, and what the demander took away. Not what it did not answer."""
    node = Node(r, "given")
    task = post(r, dict(SEED, max_attempts=1))
    a = node.expect("task_assignment")
    assert left(r, "given") == 999
    node.ws.send({"message_type": "task_ack", **node.fence(a), "accept": False, "reason": "busy"})
    is_state(r, task, "queued")
    assert left(r, "given") == 1000
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for begin in (False, True):
        task = post(r)
        a = node.take()
        if begin:
            node.progress(a)
            is_state(r, task, "running")
        else:
            is_state(r, task, "leased")
        assert left(r, "given") == 999
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
        node.expect("task_cancel")
        assert left(r, "given") == 1000
    task = post(r, dict(SEED, max_attempts=1))
    node.expect("task_assignment")
    wait_for("the offer runs out", lambda: rows(r, "SELECT 1 FROM attempt WHERE task_id = ? AND outcome = 'offer_timeout'", task))
    assert left(r, "given") == 999
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    node.ws.close()


def test_an_output_that_the_disk_damaged_is_nobodys_fault(r, proof, output):
    """It was stored under its hash; the file is taken away, so that the next node's upload is stored and not taken for it."""
    task = post(r)
    path = f"{r.folder}/blobs/{sha256(output)[:2]}/{sha256(output)}"
    for name in ("unlucky", "next"):
        node = Node(r, name)
        a = node.take()
        assert node.upload(a, proof)[0] in (200, 201) and node.upload(a, output)[0] in (200, 201)
        if name == "unlucky":
            with open(path, "r+b") as f:
                f.write(bytes([output[0] ^ 1]))
        node.ws.send(node.result_message(a, proof, output, output={"sha256": sha256(output), "size": len(output)}))
        assert node.expect("result_ack")["accepted"]
        if name == "unlucky":
            is_state(r, task, "queued", 60)
            assert rows(r, "SELECT outcome, failure_code FROM attempt WHERE task_id = ?", task) == [("infra", "internal")]
            assert rows(r, "SELECT rep_bad, tries_all, state FROM node WHERE id = ?", name) == [(0, 0, "probation")]
        node.ws.close()
    is_state(r, task, "verified")
    with open(path, "rb") as f:
        assert f.read() == output
    fsck(r)


def test_a_late_result(r, proof, output):
    """After max_execution_time, within the grace: taken, and worth less. After the lease: not taken, though nobody else has it."""
    node = Node(r, "tardy")
    task = post(r)
    a = node.take()
    assert node.upload(a, proof)[0] in (200, 201)
    is_state(r, task, "leased")
    # Of the 1700 ms of ws.resume_grace some have passed.
    change(r, "UPDATE attempt SET work_until = ? WHERE task_id = ?", int(time.time() * 1000) + 1500, task)
    deliver(r, node, a, proof, output)
    assert rows(r, "SELECT late, outcome FROM attempt WHERE task_id = ?", task) == [(1, "verified")]
    events = "SELECT kind FROM reputation_event WHERE node_id = 'tardy' ORDER BY seq"
    assert rows(r, events) == [("verified",), ("late",)]
    good, tries = rows(r, "SELECT rep_good, tries_all FROM node WHERE id = 'tardy'")[0]
    assert good <= 3 * 2**38 and tries <= 2**40 and good > 2.9 * 2**38, (good / 2**40, tries / 2**40)
    fsck(r)
    task = post(r)
    deliver(r, node, node.take(), proof, output)
    assert rows(r, "SELECT late FROM attempt WHERE task_id = ?", task) == [(None,)] and rows(r, events)[2:] == [("verified",)]
    task = post(r)
    a = node.take()
    is_state(r, task, "leased")
    assert node.upload(a, proof)[0] in (200, 201)
    change(r, "UPDATE attempt SET lease_until = 1 WHERE task_id = ?", task)
    is_state(r, task, "queued")
    ack = node.result(a, proof, output)
    assert (ack["accepted"], ack["reason"]) == (False, "lease_expired") and state(r, task)["state"] == "queued", ack
    assert node.upload(a, proof)[0] == 401
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    node.ws.close()


def test_task_cancelled(r, proof, output):
    """The node's answer when a task is taken from it; of one that is its own it gives up."""
    node = Node(r, "letgo")
    task = post(r)
    a = node.take()
    is_state(r, task, "leased")
    refused(node, {"message_type": "task_cancelled", **node.fence(a), "lease_token": "0" * 32}, "stale_lease")
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    node.expect("task_cancel")
    node.ws.send({"message_type": "task_cancelled", **node.fence(a)})
    node.ws.send({"message_type": "heartbeat", "seq": 9})
    assert node.expect("heartbeat_ack")["seq"] == 9  # and no error before it
    assert rows(r, "SELECT released_at >= ended_at, outcome FROM attempt WHERE task_id = ?", task) == [(1, "cancelled")]
    task = post(r, dict(SEED, max_attempts=1))
    a = node.take()
    is_state(r, task, "leased")
    node.ws.send({"message_type": "task_cancelled", **node.fence(a)})
    t = is_state(r, task, "failed")
    assert t["failure"]["code"] == "node_lost" and rows(r, "SELECT outcome FROM attempt WHERE task_id = ?", task) == [("aborted",)], t
    node.ws.close()


def test_one_node_alone_fails_no_task(r, proof, output):
    """However long it is known: another must say the same. Only where there is no other, in all the time after which one counts
    as gone, it is asked itself again."""
    fault = {"status": "failure", "error": {"code": "nonzero_exit", "detail": "exit code 3"}}
    Node(r, "steady").ws.close()
    wait_for("gone", lambda: not view(r, "steady")["connected"])
    change(r, "UPDATE node SET state = 'active', created_at = created_at - 1728000000 WHERE id = 'steady'")
    one = Node(r, "steady")
    task = post(r, dict(SEED, max_attempts=1))
    a = one.take()
    one.ws.send({"message_type": "task_result", **one.fence(a), **fault})
    assert one.expect("result_ack")["accepted"]
    wait_for("again", lambda: state(r, task)["state"] == "queued")
    two = Node(r, "second")
    b = two.take()
    assert b["attempt"] == 2 and b["task_id"] == task
    deliver(r, two, b, proof, output)  # and what the first said was false
    assert rows(r, "SELECT kind FROM reputation_event WHERE node_id = 'steady' ORDER BY seq DESC LIMIT 1") == [("false_fault",)]
    task = post(r, dict(SEED, max_attempts=1))
    for n in (1, 2):
        c = two.take(timeout=30)
        assert c["attempt"] == n and c["task_id"] == task
        assert state(r, task)["state"] in ("offered", "leased")
        two.ws.send({"message_type": "task_result", **two.fence(c), **fault})
        assert two.expect("result_ack")["accepted"]
    assert is_state(r, task, "failed")["failure"]["code"] == "nonzero_exit"
    one.ws.close()
    two.ws.close()


if __name__ == "__main__":
    run(globals())
