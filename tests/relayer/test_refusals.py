#!/usr/bin/env python3
"""Offers that nobody takes: they cost a task no try, a node that takes nothing its turn, and nobody else anything.

usage: test_refusals.py RELAYER SPROVE [TEST]"""
import json
import os
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, change, fsck, rows, run_tests, wait_for  # noqa: E402
from signing import SignedNode  # noqa: E402
from test_redundancy import CALM, close  # noqa: E402
from test_tasks import RELAYER, SEED, Node, post, prove, state  # noqa: E402
from wsclient import Closed  # noqa: E402


def ended(r, task, n):
    return wait_for(f"{n} offers have ended", lambda: (lambda x: len(x) >= n and x)(
        rows(r, "SELECT node_id, outcome, acked_at, offered_at, ended_at FROM attempt WHERE task_id = ? AND outcome IS NOT NULL ORDER BY n", task)), 60)


def deliver(r, node, a, proof, output):
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, a["task_id"])["state"] == "verified")


def at(r, node):
    s, j, _ = r.call("GET", "/api/v1/nodes/" + node)
    assert s == 200, j
    return j


class Refuser(threading.Thread):
    """Declines whatever it is offered, at once, until it is stopped."""

    def __init__(self, r, name, **more):
        super().__init__(daemon=True)
        self.node, self.tasks, self.over = Node(r, name, **more), [], False
        self.start()

    def run(self):
        try:
            while not self.over:
                try:
                    m = self.node.ws.recv(1)
                except TimeoutError:
                    self.node.ws.send({"message_type": "heartbeat", "seq": 0})
                    continue
                if m["message_type"] == "task_assignment":
                    self.tasks.append(m["task_id"])
                    self.node.ws.send({"message_type": "task_ack", **self.node.fence(m), "accept": False, "reason": "chain"})
        except (Closed, OSError):
            pass

    def stop(self):
        self.over = True
        self.join(30)
        self.node.ws.close()


def test_refusals_cost_no_try(r, proof, output):
    """Of one try: it is declined three times, not answered, and answered without a signature; then somebody takes it."""
    task = post(r, dict(SEED, max_attempts=1))
    nodes = []
    for i in range(2):
        nodes.append(Node(r, f"no{i}"))
        nodes[-1].take(accept=False, timeout=20)
        ended(r, task, i + 1)
    mute = Node(r, "mute")
    mute.expect("task_assignment", 20)
    ended(r, task, 3)
    careless = SignedNode(r, 4711)
    a = careless.ws.expect("task_assignment", 30)
    m = careless.signed_ack(a)
    del m["signature"]
    careless.ws.send(m)
    got = ended(r, task, 4)
    assert [o for _, o, _, _, _ in got] == ["declined", "declined", "offer_timeout", "aborted"] and not any(x[2] for x in got), got
    t = state(r, task)
    assert t["state"] == "queued" and (t["tries"], t["attempt"], t["max_attempts"]) == (0, 4, 1), t
    # Not answering, and answering without a signature, is held against the node as well, a no only when another says yes.
    assert [at(r, n)["refusals"] for n in ("no0", "no1", "mute", careless.name)] == [0, 0, 1, 1]
    r.kill()
    r.start()
    fsck(r)
    assert rows(r, "SELECT refusals FROM task WHERE id = ?", task) == [(4,)] and at(r, "mute")["refusals"] == 1
    willing = Node(r, "willing")
    b = willing.take(timeout=30)
    assert b["attempt"] == 5 and b["task_id"] == task
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    assert state(r, task)["tries"] == 1 and rows(r, "SELECT refusals, others_at FROM task WHERE id = ?", task) == [(0, 0)]
    assert [at(r, n)["refusals"] for n in ("no0", "no1", "mute", careless.name, "willing")] == [1, 1, 1, 1, 0]
    deliver(r, willing, b, proof, output)
    close(willing)


def test_what_was_taken_counts(r, proof, output):
    """The tries are used up by those who took it, whoever declined in between; tried again there are as many as at first."""
    task = post(r, dict(SEED, max_attempts=2))
    for i, takes in enumerate((True, False, True)):
        node = Node(r, f"taker{i}")
        a = node.take(accept=takes, timeout=20)
        if takes:
            wait_for("leased", lambda: state(r, task)["state"] == "leased")
            node.ws.send({"message_type": "task_cancelled", **node.fence(a)})
        ended(r, task, i + 1)
        close(node)
    t = wait_for("failed", lambda: state(r, task)["state"] == "failed" and state(r, task))
    assert (t["tries"], t["attempt"], t["failure"]["code"]) == (2, 3, "node_lost"), t
    fsck(r)
    # Many refusals do not fill its answer; what was taken is there.
    with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:
        d.executemany("INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token, offered_at, offer_until, start_by,"
                      " outcome, ended_at) VALUES(?, ?, 0, 'x', '', '', '', 0, 0, 0, 'declined', 1)", [(task, n) for n in range(4, 150)])
    listed = [x["attempt"] for x in state(r, task)["failure"]["attempts"]]
    assert len(listed) == 100 and listed[:2] == [1, 3] and listed[2:] == list(range(52, 150)), listed
    change(r, "DELETE FROM attempt WHERE task_id = ? AND n > 3", task)
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    assert r.call("POST", f"/api/v1/tasks/{task}/retry", {"deadline": later})[0] == 202
    t = state(r, task)
    assert (t["tries"], t["max_attempts"]) == (2, 5), t
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202


def test_a_node_that_takes_nothing_rests(r, proof, output):
    """Its third no in a row to what others take, and those that follow, cost it a pause, also over a new session; a yes ends that."""
    choosy = Node(r, "choosy")

    def declines(n, whole=True):
        task = post(r)
        a = choosy.expect("task_assignment", 20)
        choosy.ws.send({"message_type": "task_ack", **choosy.fence(a), "accept": False})
        ended(r, task, 1)
        assert at(r, "choosy")["refusals"] == n - 1
        if whole:
            other = Node(r, f"obliging{n}")
            other.take(timeout=20)
            wait_for("leased", lambda: state(r, task)["state"] == "leased")
            assert at(r, "choosy")["refusals"] == n
            close(other)
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
        return task
    declines(1, whole=False)  # what nobody else takes is not held against it
    for i in range(3):
        assert at(r, "choosy")["rests_until"] is None
        task = declines(i + 1)
    until, = rows(r, "SELECT n.rests_until - a.acked_at FROM node n, attempt a WHERE n.id = 'choosy' AND a.task_id = ? AND a.n = 2", task)[0]
    assert until == 1000
    change(r, "UPDATE node SET refusals = 9, rests_until = rests_until + 100000 WHERE id = 'choosy'")  # as after many more
    close(choosy)
    choosy = Node(r, "choosy")
    assert at(r, "choosy")["rests_until"] is not None
    task = post(r)
    for _ in range(4):
        choosy.ws.never("task_assignment", 0.5)
        choosy.ws.beat()
    change(r, "UPDATE node SET rests_until = 1 WHERE id = 'choosy'")
    close(choosy)
    choosy = Node(r, "choosy")
    a = choosy.take(timeout=20)
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    assert (at(r, "choosy")["refusals"], at(r, "choosy")["rests_until"]) == (0, None)
    # What it declined while it worked is forgotten when the work was good.
    declines(1)
    deliver(r, choosy, a, proof, output)
    assert at(r, "choosy")["refusals"] == 0
    close(choosy)


def test_nobody_goes_round_in_circles(r, proof, output):
    """However many decline at once: after the third the task waits, each time longer, and a node is asked again later each time."""
    refusers = [Refuser(r, f"circle{i}", price="0") for i in range(7)]
    task = post(r, dict(SEED, max_attempts=1))
    got = ended(r, task, 5)
    gaps = [b[3] - a[4] for a, b in zip(got, got[1:])]
    for k, gap in enumerate(gaps[2:]):  # before the fourth, the fifth ...
        assert gap >= 1000 << k, gaps
    assert len({x[0] for x in got[:5]}) == 5, "a node twice while there are others"
    assert state(r, task)["tries"] == 0 and state(r, task)["state"] in ("queued", "offered")
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for n in refusers:
        n.stop()
    # One node alone: the pause between its offers doubles.
    alone = Refuser(r, "circle-alone")
    task = post(r)
    for k in range(2):
        ended(r, task, k + 1)
        with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:  # most of the pause has passed: 9 s is ws.heartbeat_timeout
            by = (9000 << k) - 500
            d.execute("UPDATE attempt SET ended_at = ended_at - ?, offered_at = offered_at - ? WHERE task_id = ?", (by, by, task))
    got = ended(r, task, 3)
    gaps = [b[3] - a[4] for a, b in zip(got, got[1:])]
    assert gaps[0] >= 9000 and gaps[1] >= 18000, gaps
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    alone.stop()


def test_the_proven_come_first_after_refusals(r, proof, output):
    """Cheap newcomers that refuse everything keep a task from a proven node three times, and not at all while it is free."""
    proven = SignedNode(r, 815, price={"base_fri": "1000000", "per_mcycle_fri": "1000000"}, capacity={"max_concurrent": 1})
    proven.ws.close()
    wait_for("gone", lambda: not at(r, proven.name)["connected"])
    change(r, "UPDATE node SET state = 'active' WHERE id = ?", proven.name)  # as after ten results
    refusers = [Refuser(r, f"cheap{i}", price="0") for i in range(6)]
    task = post(r, dict(SEED, max_attempts=1))
    ended(r, task, 4)  # the fourth: there is nobody else
    proven = SignedNode(r, 815, price={"base_fri": "1000000", "per_mcycle_fri": "1000000"}, capacity={"max_concurrent": 1})
    a = proven.ws.expect("task_assignment", 30)
    assert a["task_id"] == task and a["attempt"] <= 6
    proven.ws.send(proven.signed_ack(a))
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    candidates = [c["node_id"] for c in json.loads(rows(r, "SELECT candidates FROM attempt WHERE task_id = ? AND n = ?", task, a["attempt"])[0][0])]
    assert candidates[0] == proven.name
    # A task that waits for others' time is the proven node's as soon as it is free.
    change(r, "UPDATE node SET rests_until = 0, refusals = 0 WHERE id LIKE 'cheap%'")
    second = post(r, dict(SEED, max_attempts=1))
    ended(r, second, 3)
    change(r, "UPDATE task SET others_at = others_at + 3000000 WHERE id = ?", second)
    fsck(r)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    b = proven.ws.expect("task_assignment", 30)
    while b["task_id"] != second:
        b = proven.ws.expect("task_assignment", 30)
    proven.ws.send(proven.signed_ack(b))
    wait_for("leased", lambda: state(r, second)["state"] == "leased")
    assert r.call("POST", f"/api/v1/tasks/{second}/cancel")[0] == 202
    for n in refusers:
        n.stop()
    proven.ws.close()


def main():
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=CALM + ["sched.exploration_ppm=0"]).start()
    run_tests(globals(), r, proof, output, only=2)


if __name__ == "__main__":
    main()
