#!/usr/bin/env python3
"""Escrows: a task that has one is offered to whom the contract pays, at a price for the most that it may be paid for, and an
assignment on the chain is waited for.

usage: test_escrow_payee.py RELAYER SPROVE [NAME]    (SPROVE_TEST_DATABASE: for test_tier, an empty PostgreSQL)"""
import os
import subprocess
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "chain")]
from escrow_world import AMOUNT, PAYLOAD, run  # noqa: E402
from fake_node import ASSIGNED, Refused  # noqa: E402
from proxy import Proxy  # noqa: E402
from relayer_process import change, fsck, wait_for  # noqa: E402
from signing import SignedNode  # noqa: E402
from stark import invoke_hash, selector  # noqa: E402


def known(r, node, tier):
    wait_for("its tier", lambda: r.call("GET", "/api/v1/nodes/" + node.name)[1]["chain_tier"] == tier)


def test_tier(r, w):
    """A node that the contract would refuse for a task is not offered it, with or without an account of the relayer's."""
    w.chain.accounts = {0x111: (1, 2), 0x222: (1, 3), 0x333: (0, 3), 0x444: (2, 3)}
    low, none, suspended = (SignedNode(r, i, hex(a)) for i, a in ((11, 0x111), (12, 0x333), (13, 0x444)))
    known(r, low, 2)
    known(r, none, 0)
    known(r, suspended, 0)
    id = w.seen(w.new(), tier=3)
    for node in (low, none, suspended):
        node.ws.never("task_assignment", 1)
    assert w.show(id)["attempt"] == 0
    assert "job_commitment" not in w.show(id)["job"]  # nobody has a ticket
    high = SignedNode(r, 14, "0x222")
    a = high.ws.expect("task_assignment", 10)
    assert a["task_id"] == id and w.show(id)["job"]["job_commitment"] == a["ticket"]["job_commitment"], a
    w.cancel(id)
    high.ws.close()
    id = w.seen(w.new(), tier=2)
    assert low.ws.expect("task_assignment", 10)["task_id"] == id
    w.cancel(id)
    # A task without an escrow is for all.
    low.ws.close()
    suspended.ws.close()
    s, said, _ = r.call("POST", "/api/v1/tasks", {"payload": PAYLOAD, "token_amount": str(AMOUNT)})
    assert none.ws.expect("task_assignment", 10)["task_id"] == said["task_id"]
    w.cancel(said["task_id"])
    none.ws.close()
    # Another account is another matter.
    moved = SignedNode(r, 12, "0x222")
    known(r, moved, 3)
    moved.ws.close()


def test_proof(r, w):
    """A task with an escrow is for a node whose account has signed for it."""
    w.chain.accounts[0x999] = (1, 1)
    node = SignedNode(r, 27, "0x999", prove=False)
    known(r, node, 1)
    id = w.seen(w.new())
    node.ws.never("task_assignment", 1)
    assert w.show(id)["attempt"] == 0
    node.prove()
    assert node.ws.expect("task_assignment", 20)["task_id"] == id
    w.cancel(id)
    # And no longer when that is over.
    change(r, "UPDATE node SET payee_proof = json_set(payee_proof, '$[1]', 5), payee_due = 1 WHERE id = ?", node.name)
    wait_for("it is over", lambda: r.call("GET", "/api/v1/nodes/" + node.name)[1]["account_proof"]["code"] == "expired")
    id = w.seen(w.new())
    node.ws.never("task_assignment", 1)
    w.cancel(id)
    # Nor after the moment itself, whoever has noticed it.
    change(r, "UPDATE node SET payee_state = 'proven', payee_until = ?, payee_due = NULL WHERE id = ?", int(time.time() * 1000) + 2500, node.name)
    node.ws.close()
    node = SignedNode(r, 17, "0x777", prove=False)
    time.sleep(2.6)
    id = w.seen(w.new())
    node.ws.never("task_assignment", 1)
    w.cancel(id)
    node.ws.close()


def test_price_of_the_most(r, w):
    """Without a limit of its own a task with an escrow is paid for what the machine can do at the most."""
    w.chain.accounts[0x666] = (1, 1)
    node = SignedNode(r, 16, "0x666", price={"base_fri": "0", "per_mcycle_fri": "1000000"})
    prices = []
    for most in (100000, 1 << 36):
        n = w.new()
        w.fund(n)
        w.chain.tasks[n]["max_cycles"] = most
        id = w.post(n, job={"max_cycles": 100000} if most == 100000 else {})
        a = node.ws.expect("task_assignment", 20)
        assert a["task_id"] == id
        prices.append(int(a["price"]) // int(a["job"]["max_cycles"]))
        w.cancel(id)
    assert prices[0] > 1 and prices[1] >= 1, prices  # at least a row for a cycle, of the most
    node.ws.close()


# ---- other settings: an account, and another token ----

def with_account(r, *more):
    """The relayer has an account of its own from here on."""
    keys = os.path.join(r.folder, "keys")
    if not os.path.exists(keys):
        os.mkdir(keys)
        with open(os.path.join(keys, "pw"), "w") as f:
            f.write("demo\n")
        os.chmod(os.path.join(keys, "pw"), 0o600)
        subprocess.run([sys.argv[2], "keys", "new", "--keystore", keys + "/k.json", "--password-file", keys + "/pw"], check=True,
                       stdout=subprocess.DEVNULL)
    r.settings += ["chain.account=0xacc", f"chain.keystore={keys}/k.json", f"chain.password_file={keys}/pw", *more]
    r.stop()
    r.start(wait=False)
    r.wait_ready(60)


def test_account_that_others_may_open(r, w):
    """A relayer whose keystore or password others may read does not begin, and says which file it is."""
    kept = list(r.settings)
    with_account(r)
    r.stop()
    keys = os.path.join(r.folder, "keys")
    for file, setting in (("k.json", "chain.keystore"), ("pw", "chain.password_file")):
        path = os.path.join(keys, file)
        os.chmod(path, 0o640)
        r.start(wait=False)
        code = r.process.wait(60)
        said = f"{setting}: {path} must be its owner's alone (chmod 600)"
        assert code != 0 and said in r.log_text(), (code, r.log_text()[-1000:])
        os.chmod(path, 0o600)
    r.settings = kept
    r.start()


def test_assigned_to_one_that_was_lost(r, w):
    """The next node is told to wait until what the relayer had the contract give to the lost one ends, and a while longer."""
    kept = list(r.settings)
    with_account(r, "ws.offer=8s", "ws.heartbeat=9s", "ws.resume_grace=10s", "ws.heartbeat_timeout=11s", "ws.lease=12s",
                 "chain.tip=7")
    n, until = w.new(), int(time.time()) + 50000
    w.chain.accounts.update({0x777: (1, 1), 0x888: (1, 1)})
    id = w.seen(n)
    lost = SignedNode(r, 17, "0x777")
    a = lost.expect("task_assignment")
    assert a["chain"]["assign"] is True and a["chain"]["assign_by"] < 1000 * until, a["chain"]
    lost.ws.send(lost.signed_ack(a))
    wait_for("it is sent", lambda: lost.beat() or len(w.chain.pool) == 1)
    assert [tx["tip"] for tx in w.chain.pool.values()] == ["0x7"]
    w.fund(n, status=ASSIGNED, provider=0x777, assign_deadline=until)
    w.chain.head += 1
    w.chain.happens("TaskAssigned", n, until, who=0x777, transaction=list(w.chain.pool)[0])
    w.settlement(id, "assigned")
    lost.ws.close()
    wait_for("its lease is over", lambda: w.rows("SELECT 1 FROM attempt WHERE task_id = ? AND outcome = 'lease_expired'", id), 40)
    node = SignedNode(r, 18, "0x888")
    a = node.expect("task_assignment")
    assert a["task_id"] == id and 1000 * until < a["chain"]["assign_by"] < 1000 * (until + 600), a["chain"]
    w.cancel(id)
    node.ws.close()
    r.settings = kept


def test_assigned_to_it_before(r, w):
    """What an account has from an earlier lease is enough for a new one only while it binds as long as a new one would."""
    kept = list(r.settings)
    with_account(r)
    w.chain.accounts[0x777] = (1, 1)
    node, now = SignedNode(r, 17, "0x777"), int(time.time())

    def names():
        sent = [[int(x, 16) for x in tx["calldata"]] for tx in list(w.chain.pool.values()) if int(tx["nonce"], 16) >= first]
        return [[n for n in ("unassign_expired", "assign_task") if selector(n) in data] for data in sent]

    for until, state in ((now - 5, "broadcast"), (now + 3600, "satisfied"), (now + 300, "wanted")):
        n, first = w.new(), w.chain.nonce
        w.fund(n, status=ASSIGNED, provider=0x777, assign_deadline=until)
        id = w.post(n)
        a = node.expect("task_assignment")
        assert a["task_id"] == id
        node.ws.send(node.signed_ack(a))
        wait_for("looked at", lambda: node.beat() or w.rows(
            "SELECT 1 FROM chain_outbox WHERE task_id = ? AND (state <> 'wanted' OR reason IS NOT NULL)", id))
        if state == "broadcast":
            wait_for("sent", lambda: node.beat() or names())
            assert names() == [["unassign_expired", "assign_task"]], names()
        else:
            assert w.rows("SELECT state FROM chain_outbox WHERE task_id = ?", id) == [(state,)] and names() == []
            if state == "wanted":  # and when that is over
                w.fund(n, status=ASSIGNED, provider=0x777, assign_deadline=now - 1)
                wait_for("sent", lambda: node.beat() or names())
                assert names() == [["unassign_expired", "assign_task"]], names()
        w.cancel(id)
    node.ws.close()
    r.settings = kept


def test_endpoint_in_trouble(r, w):
    """An endpoint that answers everything with trouble of its own speaks neither for the chain nor against the others."""
    kept, bad = list(r.settings), Proxy(w.chain.url)
    with_account(r, "chain.rpc=%s,%s" % (bad.here, w.chain.url))
    for key, (status, code) in enumerate(((200, -32603), (200, -32601), (403, 40)), 41):
        bad.status, bad.rule = status, lambda *_: {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": "x"}}
        r.stop()  # which of them has answered last is forgotten
        r.start(wait=False)
        r.wait_ready(60)
        w.chain.accounts[key] = (1, 2)
        node, n, first = SignedNode(r, key, hex(key)), w.new(), w.chain.nonce
        known(r, node, 2)
        id = w.seen(n)
        a = node.expect("task_assignment")
        assert a["task_id"] == id
        node.ws.send(node.signed_ack(a))
        wait_for("it is sent", lambda: node.beat() or w.chain.nonce == first + 1)
        wait_for("it is confirmed", lambda: node.beat() or w.rows(
            "SELECT 1 FROM chain_outbox WHERE task_id = ? AND state = 'confirmed'", id))
        until = int(time.time()) + 900
        w.fund(n, status=ASSIGNED, provider=key, assign_deadline=until)
        w.chain.head += 1
        w.chain.happens("TaskAssigned", n, until, who=key)
        w.settlement(id, "assigned")
        w.cancel(id)
        node.ws.close()
    assert "starknet_getBlockWithTxHashes" in bad.calls
    bad.close()
    r.settings = kept


def test_nonce_that_one_endpoint_makes_up(r, w):
    """One endpoint alone says that others have used the account: nothing is noted, and nothing signed, before the others say so."""
    kept, liar = list(r.settings), Proxy(w.chain.url)

    def ahead(method, params, forward):
        said = forward()
        return {**said, "result": hex(int(said["result"], 16) + 3)} if method == "starknet_getNonce" else said
    liar.rule = ahead
    with_account(r, "chain.rpc=%s,%s" % (liar.here, w.chain.url))
    w.chain.accounts[0x51] = (1, 1)
    node, first = SignedNode(r, 51, "0x51"), w.chain.nonce
    id = w.seen(w.new())
    node.ws.send(node.signed_ack(node.expect("task_assignment")))

    def account():
        return r.call("GET", "/api/v1/health")[1]["checks"]["starknet"]["account"]
    wait_for("it waits", lambda: node.beat() or not account()["ok"])
    assert "do not agree on the account's nonce" in account()["detail"], account()
    assert w.rows("SELECT state FROM chain_outbox WHERE task_id = ?", id) == [("wanted",)]
    liar.rule = None
    wait_for("confirmed", lambda: node.beat() or w.rows("SELECT 1 FROM chain_outbox WHERE task_id = ? AND state = 'confirmed'", id))
    assert w.rows("SELECT nonce FROM chain_outbox WHERE task_id = ?", id) == [(first,)] and account()["ok"]
    assert w.rows("SELECT 1 FROM chain_outbox WHERE state = 'foreign'") == []
    w.cancel(id)
    node.ws.close()
    liar.close()
    r.settings = kept


def test_refused_below_another(r, w):
    """Of two assignments whose block was dropped the first is refused when it is sent again: the same is signed anew under its
    nonce, and the second, which waits for that, is executed as it is."""
    kept, chain = list(r.settings), w.chain
    with_account(r)
    chain.accounts[0x61] = (1, 1)
    node, first, ids, of_first = SignedNode(r, 61, "0x61"), chain.nonce, [], set(chain.pool)

    def outbox(id):
        return w.rows("SELECT state, nonce FROM chain_outbox WHERE task_id = ? ORDER BY id", id)

    def not_in_a_block_yet(params):
        chain.status_of(params)
        return {"finality_status": "PRE_CONFIRMED", "execution_status": "SUCCEEDED"}
    chain.say["getTransactionStatus"] = not_in_a_block_yet
    for k in range(2):
        ids.append(w.seen(w.new()))
        node.ws.send(node.signed_ack(node.expect("task_assignment")))
        wait_for("it is sent", lambda: node.beat() or outbox(ids[k]) == [("broadcast", first + k)])
    dropped = sorted(set(chain.pool) - of_first, key=lambda h: int(chain.pool[h]["nonce"], 16))
    assert len(dropped) == 2

    def takes(params):
        if invoke_hash(params["invoke_transaction"], chain.chain_id) == dropped[0]:
            raise Refused(53, "fee too small")
        return chain.addInvokeTransaction(params)
    chain.reverts = "Contract paused"  # nothing new is signed
    chain.say["addInvokeTransaction"] = takes
    chain.nonce = first
    for h in dropped:
        del chain.pool[h]
    wait_for("the first is refused", lambda: node.beat() or [s for s, _ in outbox(ids[0])] == ["refused", "wanted"])
    fsck(r)
    chain.reverts = None
    wait_for("both are sent", lambda: node.beat() or chain.nonce == first + 2)
    assert dropped[1] in chain.pool and dropped[0] not in chain.pool
    assert outbox(ids[0]) == [("refused", first), ("broadcast", first)] and outbox(ids[1]) == [("broadcast", first + 1)]
    del chain.say["getTransactionStatus"]
    for id in ids:
        wait_for("confirmed", lambda: node.beat() or outbox(id)[-1][0] == "confirmed")
        w.cancel(id)
    chain.say.clear()
    node.ws.close()
    r.settings = kept


def test_contract_refuses(r, w):
    """Should the contract refuse what its view promised, that is nobody's fault. chain.token is the one that counts."""
    with_account(r, "chain.token=0xbad", "chain.require_proof=no")
    n = w.new()
    w.fund(n)
    assert "another token" in w.until(w.post(n), "failed")["failure"]["detail"]
    w.chain.accounts[0x555] = (1, 3)
    for said in ("Provider tier too low", "Provider not active"):
        w.chain.reverts = said
        # chain.require_proof=no: whoever names the account may have it.
        node = SignedNode(r, 15, "0x555", prove=False)
        assert node.registered["account"] == {"state": "unproven", "code": "missing", "detail": "its account has not signed for it",
                                              "required": False, "expires_at": None}, node.registered
        id = w.seen(w.new(), tier=3, token=0xbad)
        a = node.ws.expect("task_assignment", 10)
        node.ws.send(node.signed_ack(a))
        told = node.ws.expect("task_cancel", 20)
        assert told["task_id"] == id and told["reason"] == "infra", told
        assert w.rows("SELECT outcome, failure_detail FROM attempt WHERE task_id = ?", id) == [("infra", said)]
        assert w.rows("SELECT kind FROM reputation_event WHERE node_id = ?", node.name) == []
        assert w.rows("SELECT quota_daily, banned_until FROM node WHERE id = ?", node.name) == [(1000, None)]
        w.cancel(id)
        node.ws.close()
    w.chain.reverts = None


if __name__ == "__main__":
    run(globals())
