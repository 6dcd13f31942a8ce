#!/usr/bin/env python3
"""Escrows: whose one is, what it must hold, and how they are looked for.

usage: test_escrow.py RELAYER SPROVE [NAME]"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from escrow_world import AMOUNT, OTHER, PAYLOAD, run  # noqa: E402
from fake_node import ASSIGNED, CANCELLED, CONTRACT, STRK, u256  # noqa: E402
from relayer_process import change, wait_for  # noqa: E402
from stark import selector  # noqa: E402

MOST = 53  # limits.unseen_escrows: more than are asked for in one round
LATE = 5000  # seconds that the chain's newest block is old at the first start


# ---- whose escrow it is ----

def test_health(r, w):
    """How old the newest block is, by its own time, and which JSON-RPC its node speaks."""
    said = r.call("GET", "/api/v1/health")[1]["checks"]["starknet"]
    assert LATE <= said["lag_s"] <= int(time.time()) - w.chain.now, said
    assert said["spec_version"] == "0.9.0-rc.1", said
    w.chain.now += LATE
    # What is no version is not repeated.
    w.chain.specVersion = lambda _: "0.9<script>"
    r.kill()
    r.start()
    wait_for("asked", lambda: r.call("GET", "/api/v1/health")[1]["checks"]["starknet"]["lag_s"] is not None)
    said = r.call("GET", "/api/v1/health")[1]["checks"]["starknet"]
    assert said["spec_version"] is None and 0 <= said["lag_s"] < LATE, said


def test_squatter(r, w):
    """What others say of an escrow keeps its owner from nothing: only what the chain says does."""
    n = w.new()
    squat = w.post(n, OTHER, key=w.other)
    cancelled = w.post(n, dict(OTHER, matrix_b=[[1, 1], [1, 1]]))
    w.cancel(cancelled)
    mine = w.post(n)
    assert w.refused(n, 409) == "already_exists", "twice of one key"
    w.fund(n)
    assert w.until(mine, "queued")["settlement"]["state"] == "escrowed"
    failed = w.until(squat, "failed")["failure"]
    assert failed["code"] == "escrow_mismatch" and "another input" in failed["detail"], failed
    # Now it is taken, for everybody.
    assert w.refused(n, 409, key=w.other) == w.refused(n, 409, OTHER, key=w.other) == "already_exists"
    # And free again when that task has ended without it.
    w.cancel(mine)
    again = w.post(n, key=w.other)
    w.until(again, "queued")
    assert w.refused(n, 409) == "already_exists"
    w.cancel(again)


def test_both_match(r, w):
    """Of two that say the same one has it."""
    n = w.new()
    ids = [w.post(n), w.post(n, key=w.other)]
    w.fund(n)
    wait_for("both are decided", lambda: sorted(w.show(i)["state"] for i in ids) == ["failed", "queued"])
    lost = [w.show(i)["failure"] for i in ids if w.show(i)["state"] == "failed"][0]
    assert lost["code"] == "escrow_mismatch" and "another task" in lost["detail"], lost
    for i in ids:
        if w.show(i)["state"] == "queued":
            w.cancel(i)


def test_batch(r, w):
    """A batch, too: of one key the second is refused, of another it waits."""
    n = w.new()
    body = {"payload": PAYLOAD, "token_amount": str(AMOUNT), "chain": {"contract": "%#x" % CONTRACT, "task_id": str(n)}}
    squat = w.post(n, OTHER, key=w.other)
    s, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [body, body]}, {"Idempotency-Key": "b"})
    assert [i["status"] for i in said["items"]] == [201, 409] and said["items"][1]["error"]["code"] == "already_exists", said
    for i in (squat, said["items"][0]["task"]["task_id"]):
        w.cancel(i)


# ---- what it must hold ----

def test_token(r, w):
    n = w.new()
    w.fund(n, token=0xbad)
    id = w.post(n)
    failed = w.until(id, "failed")["failure"]
    assert failed["code"] == "escrow_mismatch" and "another token" in failed["detail"], failed


# ---- how they are looked for ----

def test_many_unseen(r, w):
    """Escrows that are not there do not keep the relayer from one that is; they are asked for less and less."""
    w.job()
    ids = [w.post(100000 + i) for i in range(MOST)]
    # A key may have no more of them; one without an escrow is not meant.
    assert w.refused(100000 + MOST, 429) == "quota_exceeded"
    body = {"payload": PAYLOAD, "token_amount": "1", "chain": {"task_id": "200000"}}
    s, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [body]}, {"Idempotency-Key": "u"})
    assert said["items"][0]["status"] == 429 and said["items"][0]["error"]["code"] == "quota_exceeded", said
    s, said, _ = r.call("POST", "/api/v1/tasks", {"payload": PAYLOAD, "token_amount": "1"})
    assert s == 201, said
    w.cancel(said["task_id"])
    n = w.new()
    w.fund(n)
    mine = w.post(n, key=w.other)
    w.until(mine, "queued", 60)
    wait_for("seldom", lambda: w.rows("SELECT min(looks) FROM settlement WHERE look_at IS NOT NULL")[0][0] >= 4, 60)
    before = w.looked()
    time.sleep(1)  # ten rounds of 50 without waits
    assert w.looked() - before < 200, w.looked() - before
    # The event of an escrow ends its wait, however long it was.
    change(r, "UPDATE settlement SET look_at = look_at + 3600000, looks = 12 WHERE task_id = ?", ids[0])
    w.chain.head += 1
    w.fund(100000)
    w.chain.happens("TaskCreated", 100000, STRK, *u256(AMOUNT), *u256(AMOUNT), *u256(AMOUNT), 1, 0x77, who=0xdead)
    w.until(ids[0], "queued", 60)
    ids.append(w.post(200000))
    w.cancel(mine)
    for i in ids:
        w.cancel(i)
    assert w.rows("SELECT count(*) FROM settlement WHERE look_at IS NOT NULL") == [(0,)]


def test_view_is_late(r, w):
    """What a node answers as of a block before the events that were read is not believed: an assignment or a refund that
    was among them would never be heard of."""
    for status, event in ((ASSIGNED, "TaskAssigned"), (CANCELLED, "TaskCancelled")):
        n, until = w.new(), int(time.time()) + 5000
        w.fund(n)
        before = dict(w.chain.tasks)
        w.fund(n, status=status, provider=0x5 if status == ASSIGNED else 0, assign_deadline=until)
        w.chain.behind = before
        with w.chain.block():
            w.chain.happens(event, n, *([until] if status == ASSIGNED else []), who=0x5 if status == ASSIGNED else None)
        wait_for("read", lambda: r.call("GET", "/api/v1/health")[1]["checks"]["starknet"]["block"] > w.chain.head)
        looked, id = asked(w), w.post(n)
        wait_for("asked", lambda: asked(w) > looked + 3 or w.show(id)["state"] != "created")
        t = w.show(id)
        assert t["state"] == "created" and t["settlement"]["state"] == "pending", t
        w.chain.behind = None
        if status == ASSIGNED:
            assert w.settlement(id, "assigned")["settlement"]["assigned_to"] == "0x5"
            w.cancel(id)
        else:
            assert "over already" in w.until(id, "failed")["failure"]["detail"]


def asked(w):
    return sum(m == "call" and int(p["request"]["entry_point_selector"], 16) == selector("get_task") for m, p in list(w.chain.asked))


if __name__ == "__main__":
    run(globals(), f"limits.unseen_escrows={MOST}", late=LATE)
