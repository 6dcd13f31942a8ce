#!/usr/bin/env python3
"""Deadlines in the queue: the order among a demander's own tasks, what it takes from others, and tasks that nobody could make.

usage: test_urgency.py RELAYER SPROVE [TEST]"""
import datetime
import os
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, run_tests, wait_for  # noqa: E402
from test_redundancy import CALM  # noqa: E402
from test_tasks import RELAYER, SEED, Node, state  # noqa: E402

RATES = ["limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000",
         "limits.open_tasks=100000"]
MANY = 300  # more than one look at the queue reads
HURRY, SOON, LATER = 200, 1800, 7200  # seconds


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(r, seconds, key=True, status=201, **more):
    s, made, _ = r.call("POST", "/api/v1/tasks", dict(SEED, deadline=at(seconds), **more), key=key)
    assert s == status, (s, made)
    return made["task_id"] if status == 201 else made


def batch(r, n, seconds):
    for i in range(0, n, 100):
        size = min(100, n - i)
        s, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [dict(SEED, deadline=at(seconds))] * size},
                            {"Idempotency-Key": uuid.uuid4().hex})
        assert s == 207 and said["created"] == size, said


def demander(r, name):
    return r.call("POST", "/api/v1/api-keys", {"name": name, "scopes": ["tasks:write", "tasks:read"]})[1]["key"]


def offers(r, n):
    """The tasks in the order in which one node is offered them, one at a time; each is cancelled when it was taken."""
    node = Node(r, "only" + uuid.uuid4().hex[:8], capacity={"max_concurrent": 1})
    got = []
    while len(got) < n:
        a = node.take()
        got.append(a["task_id"])
        assert r.call("POST", f"/api/v1/tasks/{a['task_id']}/cancel")[0] == 202
    node.ws.close()
    return got


def clear(r):
    while True:
        items = r.call("GET", "/api/v1/tasks?state=queued&limit=200")[1]["items"]
        if not items:
            return
        for t in items:
            assert r.call("POST", f"/api/v1/tasks/{t['task_id']}/cancel")[0] == 202


def nobody(r):
    wait_for("nobody here", lambda: not r.call("GET", "/api/v1/nodes")[1]["items"])


def test_own_order(r):
    """A demander's tasks: in a hurry by deadline, then priority, then class, then age."""
    later = post(r, LATER)
    soon_second = post(r, SOON)
    soon_first = None
    low = post(r, LATER, priority=-5)
    high = post(r, LATER, priority=5)
    soon_first = post(r, SOON - 300, priority=1)
    hurry_second = post(r, HURRY, priority=-100)
    hurry_first = post(r, HURRY - 60)
    want = [hurry_first, hurry_second, high, soon_first, soon_second, later, low]
    assert offers(r, len(want)) == want


def test_a_share(r):
    """Who says that all is in a hurry takes one offer in four from those before it in the queue, and no more."""
    pushy = demander(r, "pushy")
    calm = [post(r, LATER) for _ in range(6)]
    pushed = [post(r, HURRY + i, key=pushy) for i in range(4)]
    got = offers(r, 10)
    assert "".join("p" if t in pushed else "c" for t in got) == "pcccpcccpp", got
    assert [t for t in got if t in calm] == calm and [t for t in got if t in pushed] == pushed


def test_a_long_queue(r):
    """A task in a hurry behind more tasks than are looked at; others have their turns all the same."""
    batch(r, MANY, LATER)
    soon = post(r, SOON)
    hurry = post(r, HURRY)
    got = offers(r, 2)
    assert got == [hurry, soon], (got, hurry, soon)
    other = demander(r, "other")
    theirs = [post(r, LATER, key=other) for _ in range(2)]
    hurried = [post(r, HURRY + i) for i in range(2)]
    got = offers(r, 9)
    # Deterministic for a demander: in its own order.
    assert [t for t in got if t in theirs] == theirs, (got, theirs)
    assert [t for t in got if t in hurried] == hurried, (got, hurried)
    clear(r)


def test_declined(r):
    """What is offered before its turn, and declined, is the next one's at once."""
    node = Node(r, "unwilling")
    hurry = post(r, HURRY)
    assert node.take(accept=False)["task_id"] == hurry
    node.ws.close()
    node = Node(r, "willing")
    assert node.take(timeout=30)["task_id"] == hurry
    assert r.call("POST", f"/api/v1/tasks/{hurry}/cancel")[0] == 202
    node.ws.close()
    nobody(r)


def test_impossible(r):
    """strict_deadline: refused where nobody who is here could make it; without it a task is taken and waits."""
    said = post(r, LATER, status=422, strict_deadline=True)  # nobody is here
    assert said["code"] == "deadline_impossible", said
    # 100,000 cycles are 380,000 rows, with 1,000 rows a second: 380 s.
    roomy = {"requirements": {"max_execution_time": 1000}}
    slow = Node(r, "slow", bench={"exec_mcycles_s": 100, "prove_krows_s": 1})
    assert post(r, 300, status=422, strict_deadline=True, **roomy)["code"] == "deadline_impossible"
    assert post(r, 500, status=422, strict_deadline=True)["code"] == "deadline_impossible"  # its own limit is 300 s
    id = post(r, 500, strict_deadline=True, **roomy)
    t = state(r, id)
    assert t["requirements"]["strict_deadline"] is True, t
    assert slow.take()["task_id"] == id
    assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
    # Room, threads, price, region, names: who may not have it does not count.
    fast = Node(r, "fast", threads=2, bench={"exec_mcycles_s": 100, "prove_krows_s": 1000})
    for refused in ({"requirements": {"cpu_threads": 4}}, {"requirements": {"regions": ["US"]}}, {"requirements": {"node_deny": ["fast"]}},
                    {"requirements": {"node_allow": ["slow"]}}, {"max_price_per_mcycle": "0"}, {"token_amount": "0"},
                    {"requirements": {"gpu_required": True}}):
        assert post(r, 300, status=422, strict_deadline=True, **{"requirements": {}, **refused})["code"] == "deadline_impossible", refused
    body = dict(SEED, requirements={}, deadline=at(300), strict_deadline=True)
    s, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [body, dict(body, deadline=at(1)), dict(body, strict_deadline=False, deadline=at(1))]},
                        {"Idempotency-Key": "strict"})
    assert [i["status"] for i in said["items"]] == [201, 422, 201] and said["items"][1]["error"]["code"] == "deadline_impossible", said
    assert fast.take()["task_id"] == said["items"][0]["task"]["task_id"]
    assert r.call("POST", f"/api/v1/tasks/{said['items'][0]['task']['task_id']}/cancel")[0] == 202
    # What was answered is answered again, whoever has gone since.
    s, first, _ = r.call("POST", "/api/v1/tasks", body, {"Idempotency-Key": "once"})
    assert s == 201
    fast.ws.close()
    slow.ws.close()
    nobody(r)
    s, again, h = r.call("POST", "/api/v1/tasks", body, {"Idempotency-Key": "once"})
    assert s == 201 and again == first and h["Idempotency-Replayed"] == "true"
    s, said, _ = r.call("POST", "/api/v1/tasks", dict(SEED, strict_deadline="yes"))
    assert s == 400 and said["errors"][0]["pointer"] == "/strict_deadline", said
    s, said, _ = r.call("POST", "/api/v1/tasks", dict(SEED, requirements={"strict_deadline": True}))
    assert s == 400 and said["code"] == "unknown_field", said
    clear(r)


if __name__ == "__main__":
    run_tests(globals(), Relayer(RELAYER, settings=CALM + RATES).start(), only=2)
