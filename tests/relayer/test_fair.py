#!/usr/bin/env python3
"""One demander with a long queue keeps no other from their turn.

usage: test_fair.py RELAYER SPROVE"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, fsck, wait_for  # noqa: E402
from test_redundancy import CALM  # noqa: E402
from test_tasks import RELAYER, SEED, Node, prove, state  # noqa: E402

MANY = 400  # more than one look at the queue reads
TURNS = 3


def main():
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=CALM + ["limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000",
                                          "limits.read_burst=100000"]).start()
    try:
        for i in range(MANY // 100):
            status, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [SEED] * 100}, {"Idempotency-Key": f"many{i}"})
            assert status == 207, (status, said)
        others = {}
        for name in ("second", "third"):
            key = r.call("POST", "/api/v1/api-keys", {"name": name, "scopes": ["tasks:write", "tasks:read"]})[1]["key"]
            for _ in range(TURNS):
                # Of a low priority: that counts among a demander's own tasks.
                status, made, _ = r.call("POST", "/api/v1/tasks", dict(SEED, priority=-100), key=key)
                assert status == 201, (status, made)
                others[made["task_id"]] = name
        node = Node(r, "only", capacity={"max_concurrent": 1})
        order = []
        while len(order) < 3 * 3 * TURNS:
            a = node.take()
            order.append(others.get(a["task_id"], "first"))
            assert node.upload(a, proof)[0] in (200, 201)
            assert node.result(a, proof, output)["accepted"]
            wait_for("verified", lambda: state(r, a["task_id"])["state"] == "verified")
        # Each had all its turns, and the first was not kept waiting either.
        assert order.count("second") == TURNS and order.count("third") == TURNS, order
        assert "first" in order[:6], order
        node.ws.close()
        assert r.stop() == 0
        fsck(r)
        print("each in turn:", " ".join(order))
    except BaseException:
        print(r.log_text()[-3000:], file=sys.stderr)
        r.process.kill()
        raise


main()
