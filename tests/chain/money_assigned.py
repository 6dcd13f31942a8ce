"""money_assigned.py - the relayer assigns with its own account: to whom, for how much, once, whatever becomes of what it sent and of
itself."""

import json
import os
import sys
import threading
import time

import devnet
from devnet_demo import must
from money_world import Scene, Scripted
from world import DEMANDER, RELAYER, THIEF, u256

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from faults import Faults  # noqa: E402
from relayer_process import fsck, wait_for  # noqa: E402


def assigns(w):
    """The lease is on the chain, once; the node is told that it will be."""
    with Scene(w, "assigns") as s:
        chain_id, task, node, a = w.leased(s)
        must(a["chain"]["assign"] is True and a["chain"]["assign_by"] > time.time() * 1000, "the node is told")
        row = s.assigned(task)
        must(row["provider"] == s.rows("SELECT account FROM attempt")[0]["account"], "its account")
        must(len(w.events("TaskAssigned", chain_id)) == 1 and int(row["actual_fee"]) > 0, "one event")
        h = s.health()["checks"]["starknet"]
        must(h["ok"] and h["account"]["ok"] and h["account"]["last_nonce"] == row["nonce"], "health: " + str(h))
        must(h["verifier"] is not None, "the verifier's class is known")
        # The same account again: nothing is sent.
        sent = len(w.proxy.sent)
        s.relayer.call("POST", "/api/v1/tasks/%s/cancel" % task)
        must(len(w.proxy.sent) == sent, "nothing more is sent")
        # Assigned already, by its demander: neither.
        chain_id = w.demo.create("--duration", "2h")
        w.demo.done("task", "assign", chain_id, "--provider", w.provider, "--duration", "1h", who=DEMANDER)
        task = s.post(chain_id)
        must(node.take()["task_id"] == task, "offered to the node that the demander chose")
        wait_for("satisfied", lambda: [r["state"] for r in s.outbox(task)] == ["satisfied"])
        # Another's: not offered at all while that binds.
        chain_id = w.demo.create("--duration", "2h")
        w.demo.done("task", "assign", chain_id, "--provider", w.demo.address(THIEF), "--duration", "1h", who=DEMANDER)
        task = s.post(chain_id)
        s.until(task, "queued")
        node.ws.never("task_assignment", 3)
        must(s.show(task)["attempt"] == 0 and len(w.proxy.sent) == sent, "nor is anything sent for it")


def unpayable(w):
    """A node that the contract does not pay is not offered a task; one that it pays is."""
    with Scene(w, "unpayable", "chain.require_proof=no", with_account=False) as s:
        nobody = Scripted(w, s.relayer, "0x1234567")
        tier = lambda n: s.relayer.call("GET", "/api/v1/nodes/" + n.name)[1]["chain_tier"]  # noqa: E731
        wait_for("the contract is asked", lambda: tier(nobody) == 0)
        task = s.post(w.demo.create("--duration", "2h"))
        s.until(task, "queued")
        nobody.ws.never("task_assignment", 2)
        other = Scripted(w, s.relayer, w.provider, 2)
        must(other.take(timeout=30)["task_id"] == task and tier(other) == 1, "its tier is the contract's word")


def capped(w):
    """What could cost more than chain.max_fee_fri is not signed; /health says so; nothing else stops."""
    with Scene(w, "capped", "chain.max_fee_fri=1000") as s:
        before = w.nonce()
        _, task, _, _ = w.leased(s)
        h = wait_for("held", lambda: not s.health()["checks"]["starknet"]["ok"] and s.health())
        must(h["status"] == "degraded" and "max_fee_fri" in h["checks"]["starknet"]["account"]["detail"], str(h))
        must(w.nonce() == before and s.outbox(task)[0]["state"] == "wanted", "nothing is signed")
        must(s.is_worked_on(task), "the node goes on")


def lost_answers(w):
    """boundless #547: the node of the chain takes the transaction and says 500, falls silent, or says nothing useful."""
    def fails_once(how):
        done = []

        def rule(method, params, forward):
            if method != "starknet_addInvokeTransaction":
                return forward()
            said = forward()
            if not done:
                done.append(1)
                return how(said)
            return said
        return rule
    answers = {"500": lambda said: 500, "cut": lambda said: None,
               "63": lambda said: {"jsonrpc": "2.0", "id": said["id"], "error": {"code": 63, "message": "An unexpected error occurred"}},
               "garbage": lambda said: {"hello": "world"}}
    with Scene(w, "lost") as s:
        for key, (name, how) in enumerate(answers.items(), 1):
            w.proxy.rule = fails_once(how)
            before = w.nonce()
            chain_id, task, node, _ = w.leased(s, key=key)
            row = s.assigned(task)
            must(row["nonce"] == before and w.nonce() == before + 1, name + ": one nonce is used")
            must(len(w.events("TaskAssigned", chain_id)) == 1, name + ": one assignment")
            w.one_each()
            node.ws.close()
        w.proxy.rule = None
        # It never arrives: the same bytes again, until they do.
        lost = []

        def swallow(method, params, forward):
            if method == "starknet_addInvokeTransaction" and len(lost) < 3:
                lost.append(params)
                return 500
            return forward()
        w.proxy.rule = swallow
        _, task, _, _ = w.leased(s, key=9)
        s.assigned(task)
        must(len(lost) == 3 and all(x == lost[0] for x in lost), "the same bytes every time")
        w.one_each()
        w.proxy.rule = None


def refusals(w):
    """What a node refuses for its fee is asked again at its new price, under the same nonce; once is executed."""
    with Scene(w, "refusals") as s:
        refused = []

        def dear(method, params, forward):
            if method == "starknet_addInvokeTransaction" and not refused:
                refused.append(params)
                return {"jsonrpc": "2.0", "id": 0, "error": {"code": 53, "message": "fee"}} | {"id": current.id}
            return forward()
        current = threading.local()  # each call has a thread of its own
        original = w.proxy.answer

        def answer(handler, body):
            current.id = json.loads(body)["id"]
            return original(handler, body)
        w.proxy.answer, w.proxy.rule = answer, dear
        before = w.nonce()
        chain_id, task, _, _ = w.leased(s)
        row = s.assigned(task)
        rows = s.outbox(task)
        must([r["state"] for r in rows] == ["refused", "confirmed"] and rows[0]["nonce"] == rows[1]["nonce"] == before,
             str([tuple(r) for r in rows]))
        must(rows[0]["replaced"] == rows[1]["id"] and len(w.events("TaskAssigned", chain_id)) == 1, "once")
        must(w.nonce() == before + 1 and row["nonce"] == before, "one nonce")
        w.proxy.answer, w.proxy.rule = original, None
        with w.proxy.lock:
            w.proxy.sent.clear()  # the refused one never was anybody's


def not_alone(w):
    """Somebody else sends from the relayer's account: what can never be executed is known as dead, nonces are accounted for."""
    def elsewhere():
        other = (int(devnet.STRK, 16), "approve", [1, *u256(0)])
        must(w.demo.raw.send(w.demo.accounts[RELAYER], other).get("reverted") is False, "another transaction")

    with Scene(w, "not_alone") as s:
        _, first, node, _ = w.leased(s)
        before = s.assigned(first)["nonce"]
        elsewhere()
        elsewhere()
        chain_id = w.demo.create("--duration", "2h")
        task = s.post(chain_id)
        node.take()
        must(s.assigned(task)["nonce"] == before + 3, "the next free nonce")
        gap = s.rows("SELECT nonce, n_nonces FROM chain_outbox WHERE state = 'foreign'")
        must([tuple(r) for r in gap] == [(before + 1, 2)], "two nonces of others")
        # Signed, never delivered, and its nonce is gone.
        w.proxy.rule = lambda method, params, forward: 500 if method == "starknet_addInvokeTransaction" else forward()
        chain_id = w.demo.create("--duration", "2h")
        task = s.post(chain_id)
        node.take()
        wait_for("signed", lambda: [r["state"] for r in s.outbox(task)] == ["signed"])
        elsewhere()
        w.proxy.rule = None
        row = s.assigned(task)
        rows = s.outbox(task)
        must([r["state"] for r in rows] == ["dead", "confirmed"] and row["nonce"] == rows[0]["nonce"] + 1, str([tuple(r) for r in rows]))
        must(len(w.events("TaskAssigned", chain_id)) == 1 and s.logged("account_used_by_others"), "one assignment, and it is said")


def killed(w):
    """kill -9 before and after signing, keeping and sending: one transaction under a nonce, one for a lease."""
    for point in ("before_sign", "after_sign", "after_persist", "before_broadcast", "after_broadcast"):
        faults = Faults(w.faults)
        faults.crash(point)
        with Scene(w, "killed_" + point, environment=faults.environment) as s:
            before = w.nonce()
            chain_id, task, node, a = w.leased(s)
            code = s.relayer.process.wait(30)
            must(code == -9, "%s: exit code %d" % (point, code))
            fsck(s.relayer)
            kept = s.outbox(task)
            faults.nothing()
            s.start()
            node = Scripted(w, s.relayer, w.provider)
            node.progress(a)
            row = s.assigned(task)
            must(len(w.events("TaskAssigned", chain_id)) == 1 and w.nonce() == before + 1, point + ": one assignment")
            if kept[0]["tx_hash"]:
                must(row["tx_hash"] == kept[0]["tx_hash"], point + ": the bytes that were kept")
            must(len(s.outbox(task)) == 1, point + ": one row")
            w.one_each()
            print("   killed %s: %s, then confirmed" % (point, kept[0]["state"]), flush=True)
        faults.close()
