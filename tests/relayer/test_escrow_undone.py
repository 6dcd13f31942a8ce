#!/usr/bin/env python3
"""Escrows: what a reorganisation of the chain undoes, what it leaves, and a chain that is another.

usage: test_escrow_undone.py RELAYER SPROVE [NAME]"""
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from escrow_world import AMOUNT, OTHER, Endless, of_chain, run  # noqa: E402
from fake_node import ASSIGNED, CANCELLED, COMPLETED, STRK, u256  # noqa: E402
from relayer_process import Relayer, wait_for  # noqa: E402


def undone(w, id, escrow):
    """The block of its escrow is no more, nor is the escrow."""
    if escrow in w.chain.tasks:
        del w.chain.tasks[escrow]
    w.chain.goes_back(w.chain.head)
    return w.settlement(id, "pending")


def test_goes_back(r, w):
    w.chain.head += 1
    n = w.new()
    id = w.seen(n)
    t = undone(w, id, n)
    assert t["state"] == "queued" and "undone" in t["settlement"]["reason"], t
    # An event of an escrow that is not known to be the task's changes nothing.
    w.chain.head += 1
    w.chain.happens("TaskCompleted", n, 0x1, who=0x2)
    time.sleep(0.5)
    assert w.show(id)["settlement"]["state"] == "pending"
    # Nobody else gets it meanwhile.
    assert w.refused(n, 409, key=w.other) == "already_exists"
    w.fund(n)
    w.chain.head += 1
    w.chain.happens("TaskCreated", n, STRK, *u256(AMOUNT), *u256(AMOUNT), *u256(AMOUNT), 1, 0x77, who=0xdead)
    assert w.settlement(id, "escrowed")["settlement"]["reason"] is None
    w.cancel(id)


def starknet(r):
    return r.call("GET", "/api/v1/health")[1]["checks"]["starknet"]


def test_first_block_undone(r, w):
    """Of a relayer that has just begun to read."""
    with tempfile.TemporaryDirectory() as d:
        fresh = Relayer(r.program, d, r.settings)
        fresh.start()
        try:
            wait_for("read", lambda: starknet(fresh)["block"] > w.chain.head)
            w.chain.goes_back(w.chain.head)
            wait_for("noticed", lambda: "chain_went_back" in fresh.log_text())
            w.chain.head += 1
            wait_for("read on", lambda: starknet(fresh)["block"] > w.chain.head and starknet(fresh)["ok"])
        finally:
            assert fresh.stop() == 0


def test_endless_events(r, w):
    """A node that never comes to the end of its events keeps nobody from those of the others, first in the list or not."""
    endless = Endless(w.chain)
    for urls in ((w.chain.url, endless.url), (endless.url, w.chain.url)):
        with tempfile.TemporaryDirectory() as d, Relayer(r.program, d, [*of_chain(w.chain), "chain.rpc=" + ",".join(urls)]) as fresh:
            fresh.start()
            for _ in range(2):
                wait_for("read", lambda: starknet(fresh)["ok"] and starknet(fresh)["block"] > w.chain.head)
                w.chain.head += 1
            assert fresh.stop() == 0
    endless.close()


def test_another_chain(r, w):
    """Nothing that was read is there any more: that is for an administrator to decide, and then it goes on."""
    w.chain.head += 1
    n = w.new()
    id = w.seen(n)
    w.chain.head += 1
    w.chain.happens("TaskAssigned", n, int(time.time()) + 5000, who=0x2)
    w.settlement(id, "assigned")
    w.chain.goes_back(0)
    del w.chain.tasks[n]
    wait_for("it says so", lambda: "none of the blocks" in (starknet(r).get("detail") or ""))
    w.chain.head += 1
    time.sleep(0.5)
    assert not starknet(r)["ok"] and w.show(id)["settlement"]["state"] == "assigned", "nothing is void by itself"
    for body in ({}, {"from_block": -1}, {"from_block": "x"}, {"from_block": 2**60}, {"from_block": 1, "x": 1}):
        s, said, _ = r.call("POST", "/api/v1/admin/chain/rescan", body)
        assert s == 400 and said["code"] in ("validation_failed", "unknown_field"), (body, s, said)
    for key, status in ((w.other, 403), (False, 401)):
        assert r.call("POST", "/api/v1/admin/chain/rescan", {"from_block": 3}, key=key)[0] == status
    assert r.call("POST", "/api/v1/admin/chain/rescan", {"from_block": 3}) [:2] == (202, {"from_block": 3})
    t = w.settlement(id, "pending")
    assert "undone" in t["settlement"]["reason"] and t["settlement"]["assigned_to"] is None, t
    wait_for("it goes on", lambda: starknet(r)["ok"] and starknet(r)["block"] > w.chain.head)
    # What happened in blocks from that one on is read again, and is what it is by now.
    w.fund(n)
    w.settlement(id, "escrowed")
    w.chain.head += 1
    first = w.chain.head
    w.chain.happens("TaskAssigned", n, int(time.time()) + 5000, who=0x2)
    w.settlement(id, "assigned")
    event = w.chain.happened.pop()
    for start, events, state in ((first + 1, [], "assigned"), (first, [], "escrowed"), (first, [event], "assigned")):
        w.chain.happened = events
        assert r.call("POST", "/api/v1/admin/chain/rescan", {"from_block": start})[0] == 202
        wait_for("taken", lambda: not w.rows("SELECT 1 FROM meta WHERE name = 'chain_rescan'"))
        wait_for("read", lambda: starknet(r)["block"] > w.chain.head)
        w.settlement(id, state)
    assert [d for d, in w.rows("SELECT detail FROM admin_action WHERE action = 'rescan' ORDER BY at, id")] == ["3"] + [str(first + 1)] + [str(first)] * 2
    w.cancel(id)


def test_more_events_than_a_step_takes(r, w):
    """As after a long outage: fewer blocks are read at once, and then more again."""
    n = w.new()
    id = w.seen(n)
    r.kill()
    for _ in range(3):
        w.chain.head += 1
        w.chain.happens("TaskAssigned", 10**9, 5, who=0x2)
        w.chain.happened += [{**w.chain.happened[-1], "transaction_hash": hex(0x990000 + 10000 * w.chain.head + k)} for k in range(1700)]
    w.chain.happens("TaskAssigned", n, int(time.time()) + 5000, who=0x2)
    r.start()
    w.settlement(id, "assigned")
    wait_for("it goes on", lambda: starknet(r)["ok"])
    w.chain.happened = []
    w.chain.goes_back(w.chain.head)
    w.cancel(id)


def test_transaction_over_pages(r, w):
    """A claim whose events are on several pages is a payment all the same, each event applied once at its own place."""
    for page in (1, 2, 3):
        w.chain.page = page
        w.chain.head += 1
        n, tx = w.new(), 0x510 + page
        id = w.seen(n)
        with w.chain.block():
            w.chain.happens("TaskAssigned", n, int(time.time()) + 5000, who=0x5, transaction=0x500 + page)
            w.chain.happens("ProofVerified", n, 0x66, 432, transaction=tx)
            w.chain.happens("TaskCompleted", n, 0x1, who=0x5, transaction=tx)
            w.chain.happens("FeeCollected", n, *(x for part in (12, 3, 85) for x in u256(AMOUNT * part // 100)), transaction=tx)
            w.chain.happens("PayoutReleased", n, *u256(AMOUNT * 88 // 100), STRK, who=0x5, transaction=tx)
            w.chain.happens("TaskAssigned", 10**9, 5, who=0x2, transaction=0x520 + page)
        asked = "SELECT event_index, name FROM chain_event WHERE tx_hash = ? ORDER BY event_index"
        wait_for("all of them", lambda: w.rows(asked, hex(tx)) ==
                 [(0, "verified"), (1, "completed"), (2, "fee"), (3, "payout")])
        t = w.show(id)["settlement"]
        assert t["state"] == "settled" and t["provider"] == "0x5" and t["provider_payout"] == str(AMOUNT * 85 // 100), t
        w.cancel(id)
    w.chain.page = 1000


def test_earlier_block(r, w):
    """An escrow that is older than what is undone stays."""
    w.chain.head += 1
    id = w.seen(w.new())
    w.chain.head += 1
    wait_for("read", lambda: starknet(r)["block"] > w.chain.head)
    before = r.log_text().count("chain_went_back")
    w.chain.goes_back(w.chain.head)
    wait_for("noticed", lambda: r.log_text().count("chain_went_back") > before)
    w.chain.head += 1
    time.sleep(0.5)
    assert w.show(id)["settlement"]["state"] == "escrowed"
    w.cancel(id)


def test_number_of_another(r, w):
    """After it the number is another's escrow: the task ends."""
    w.chain.head += 1
    n = w.new()
    id = w.seen(n)
    undone(w, id, n)
    w.fund(n, OTHER)
    t = w.until(id, "refunded")
    assert "another input" in t["settlement"]["reason"], t
    assert w.rows("SELECT look_at FROM settlement WHERE task_id = ?", id) == [(None,)]


def test_over_meanwhile(r, w):
    """What became of it while it was undone is told by the contract's view."""
    for status, state, settlement in ((ASSIGNED, "queued", "assigned"), (COMPLETED, "queued", "settled"), (CANCELLED, "refunded", "refunded")):
        w.chain.head += 1
        n = w.new()
        id = w.seen(n)
        undone(w, id, n)
        w.fund(n, status=status, provider=0x5, assign_deadline=int(time.time()) + 5000)
        t = w.settlement(id, settlement)
        assert t["state"] == state, (t["state"], state)
        assert t["settlement"]["provider"] == ("0x5" if status == COMPLETED else None)
        assert t["settlement"]["provider_payout"] == (str(AMOUNT * 85 // 100) if status == COMPLETED else None)
        assert t["settlement"]["assigned_to"] == ("0x5" if status == ASSIGNED else None)
        if state == "queued":
            w.cancel(id)


if __name__ == "__main__":
    run(globals())
