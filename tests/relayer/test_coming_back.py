#!/usr/bin/env python3
"""A node that comes back: what it has and what it does not have of what it was given.

usage: test_coming_back.py RELAYER SPROVE [TEST]"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node_world import run, signed_result, taken, view  # noqa: E402
from relayer_process import rows  # noqa: E402
from signing import SignedNode  # noqa: E402
from test_redundancy import is_state  # noqa: E402
from test_tasks import SEED, post, state  # noqa: E402
from wsclient import Closed  # noqa: E402


def again(r, key, running, **more):
    return SignedNode(r, key, resume={"running": running}, **more) if running is not None else SignedNode(r, key, **more)


def nothing(node):
    node.beat()
    m = node.ws.recv()
    assert m["message_type"] == "heartbeat_ack", m


def same(a, b):
    changed = {k for k in a if a[k] != b[k]}
    assert changed <= {"offer_until", "lease_until"}, changed


def test_an_offer_is_told_again(r, proof, output):
    """A socket that went with the offer, or with its answer, is no refusal: the node that comes back answers."""
    node = again(r, 901, [])
    task = post(r, dict(SEED, max_attempts=1))
    a = node.ws.expect("task_assignment")
    for running in ([], [node.fence(a)]):  # it never came, or was taken and the answer never came
        node.ws.socket.close()
        node = again(r, 901, running)
        assert [(x["task_id"], x["attempt"], x["action"]) for x in node.registered["leases"]] == [(task, 1, "continue")] * len(running)
        same(a, node.ws.expect("task_assignment"))
    node.ws.send(node.signed_ack(a))
    is_state(r, task, "leased")
    assert state(r, task)["tries"] == 1 and view(r, node.name)["refusals"] == 0
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    node.ws.close()


def test_a_lease_that_the_node_does_not_have(r, proof, output):
    """It took a task and has lost its journal: told again, it takes it up, or gives it back at once."""
    node = again(r, 902, [])
    task = post(r, dict(SEED, max_attempts=1))
    a = taken(r, node)
    wrong = dict(node.fence(a), lease_token="0" * 32)
    for running, told in (([node.fence(a)], False), (None, False), ([], True), ([wrong], True)):
        node.ws.socket.close()
        node = again(r, 902, running)
        assert [(x["task_id"], x["attempt"], x["action"]) for x in node.registered["leases"]] == [(task, 1, "continue")], node.registered
        if told:
            same(a, node.ws.expect("task_assignment"))
        nothing(node)
    node.ws.send(node.signed_ack(a))  # once more: it is its own
    nothing(node)
    assert state(r, task)["state"] == "leased"
    node.ws.send(node.signed_ack(a, accept=False))
    t = is_state(r, task, "failed")
    assert t["failure"]["code"] == "node_lost" and rows(r, "SELECT outcome FROM attempt WHERE task_id = ?", task) == [("aborted",)]
    node.ws.close()


def test_what_a_node_has_and_is_not_its_own(r, proof, output):
    """It is given up, unless a result waits for its answer; nonsense is refused."""
    node = again(r, 903, [])
    task = post(r)
    a = taken(r, node)
    assert node.upload(a, proof)[0] in (200, 201)
    node.ws.send(signed_result(node, a, proof, output))
    assert node.ws.expect("result_ack")["accepted"]
    is_state(r, task, "verified")
    node.ws.close()
    for has, action in ((True, "send_result"), (False, "abort")):
        node = again(r, 903, [{**node.fence(a), "has_result": has}])
        (said,) = node.registered["leases"]
        assert (said["task_id"], said["attempt"], said["action"]) == (task, 1, action), said
        nothing(node)
        node.ws.close()
    for bad in (7, {}, {"running": {}}, {"running": [7]}, {"running": [{"task_id": 5, "attempt": 1}]}, {"running": [{"task_id": task}]},
                {"running": [node.fence(a)] * 1025}):
        try:
            SignedNode(r, 903, resume=bad)
            raise AssertionError(bad)
        except (Closed, AssertionError) as e:
            assert getattr(e, "code", 4400) == 4400 and str(bad) != str(e), (bad, e)


if __name__ == "__main__":
    run(globals())
