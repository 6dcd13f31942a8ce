#!/usr/bin/env python3
"""Escrows: what the chain says while the disk takes no more is not passed over; it is read again when there is room.

usage: test_escrow_stored.py RELAYER SPROVE LIBRARY [NAME]"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from escrow_world import Chain, World, of_chain  # noqa: E402
from faults import Faults  # noqa: E402
from relayer_process import Relayer, run_tests, wait_for  # noqa: E402


def starknet(r):
    return r.call("GET", "/api/v1/health")[1]["checks"]["starknet"]


def asks(w, method):
    return sum(m == method for m, _ in list(w.chain.asked))


def read_in_vain(w):
    """The last blocks are read, and two rounds have begun since."""
    def read():
        return any(m == "getEvents" and p["filter"]["to_block"]["block_number"] >= w.chain.head for m, p in list(w.chain.asked))
    wait_for("read", read)
    before = asks(w, "getBlockWithTxHashes")
    wait_for("more rounds", lambda: asks(w, "getBlockWithTxHashes") > before + 12)


def again(r, w, f):
    """There is room again, and the chain goes on."""
    f.nothing()
    w.chain.head += 1
    wait_for("it goes on", lambda: starknet(r)["ok"] and starknet(r)["block"] > w.chain.head)


def test_events(r, w, f):
    """An assignment, a payment with its fee, and a refund."""
    w.chain.head += 1
    n, m, k = w.new(), w.new(), w.new()
    assigned, paid, cancelled = w.seen(n), w.seen(m), w.seen(k)
    f.refuse_writes()
    with w.chain.block():
        w.chain.happens("TaskAssigned", n, int(time.time()) + 5000, who=0x2)
        w.chain.happens("TaskCompleted", m, 0x1, who=0x3, transaction=0x600)
    with w.chain.block():
        w.chain.happens("TaskCancelled", k)
    read_in_vain(w)
    assert "stored" in wait_for("it says so", lambda: starknet(r).get("detail")), starknet(r)
    again(r, w, f)
    assert w.settlement(assigned, "assigned")["settlement"]["assigned_to"] == "0x2"
    assert w.settlement(paid, "settled")["settlement"]["provider"] == "0x3"
    assert w.until(cancelled, "refunded")["settlement"]["state"] == "refunded"
    # Each once, and the cursor behind them.
    assert w.rows("SELECT count(*) FROM chain_event WHERE tx_hash = '0x600'") == [(1,)]
    assert int(w.rows("SELECT value FROM meta WHERE name = 'chain_cursor'")[0][0].split()[0]) > w.chain.head - 1
    w.cancel(assigned)
    w.cancel(paid)


def test_went_back(r, w, f):
    """Blocks that are undone meanwhile."""
    w.chain.head += 1
    n = w.new()
    id = w.seen(n)
    with w.chain.block():
        w.chain.happens("TaskAssigned", n, int(time.time()) + 5000, who=0x2)
    w.settlement(id, "assigned")
    f.refuse_writes()
    w.chain.goes_back(w.chain.head)
    wait_for("noticed", lambda: "chain_went_back" in r.log_text())
    read_in_vain(w)
    again(r, w, f)
    assert w.settlement(id, "escrowed")["settlement"]["assigned_to"] is None
    w.cancel(id)


if __name__ == "__main__":
    program, sprove, library = sys.argv[1:4]
    chain, faults = Chain(sprove), Faults(library)
    relayer = Relayer(program, settings=of_chain(chain, "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000",
                                                 "limits.read_burst=100000"), environment=faults.environment)
    faults.path(relayer.folder)
    relayer.start()
    wait_for("the chain is there", lambda: starknet(relayer).get("lag_s") is not None)
    run_tests(globals(), relayer, World(relayer, chain), faults, only=3)
    chain.close()
    faults.close()
