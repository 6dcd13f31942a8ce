#!/usr/bin/env python3
"""Whose a node is: what its account signs for it, who is asked whether it did, and what a node may do without. The chain is a
fake node (tests/cli/fake_node.py) whose accounts check real signatures.

usage: test_account.py RELAYER [NAME]"""
import functools
import os
import sys
import threading
import time
import urllib.request

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "cli")]
from fake_node import Node, Refused  # noqa: E402
from relayer_process import Relayer, change, free_port, rows, run_tests, wait_for  # noqa: E402
from signing import G, N, P, SignedNode, times  # noqa: E402
from stark import selector, short  # noqa: E402
from wsclient import WebSocket  # noqa: E402

RELAYER = sys.argv[1]
TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}, "token_amount": "1000000"}


@functools.lru_cache(None)  # two endpoints ask the same, and this takes a while
def takes(z, key, r, s):
    """Whether the private key made it: the nonce leads to r."""
    return 0 < r < N and 0 < s < N and times((z + r * key) * pow(s, -1, N) % N, G)[0] == r


class Chain(Node):
    """Accounts by their address, each with a key."""

    def __init__(self):
        self.keys, self.answers, self.n_asked, self.silent = {}, {}, 0, False
        self.held, self.gate = None, threading.Event()  # an account that does not answer before the gate is open
        super().__init__()

    def handle(self, request):
        if self.silent:
            request.rfile.read(int(request.headers["Content-Length"]))
            request.close_connection = True
            return
        super().handle(request)

    def call(self, params):
        if int(params["request"]["entry_point_selector"], 16) != selector("is_valid_signature"):
            raise Refused(-32603, "not now")  # nothing is said of the contract
        return super().call(params)

    def is_valid_signature(self, account, calldata):
        self.n_asked += 1
        if account == self.held:
            self.gate.wait(20)
        z, n, *signature = calldata
        assert n == len(signature)
        if account in self.answers:
            return self.answers[account]
        if account not in self.keys:
            raise Refused(20, "Contract not found")
        if n != 2 or not takes(z, self.keys[account], *signature):
            raise Refused(40, "Contract error", {"revert_error": "0x617267656e742f696e76616c6964 ('argent/invalid')"})
        return [hex(short("VALID"))]


class World:
    def __init__(self):
        self.chain, self.second = Chain(), Chain()
        self.second.keys = self.chain.keys  # the same chain
        self.metrics = free_port()
        self.r = Relayer(RELAYER, settings=[
            f"chain.rpc={self.chain.url},{self.second.url}", "chain.chain_id=SN_SEPOLIA", "chain.contract=0xc0ffee", "chain.poll=100ms",
            *(f"limits.{n}=100000" for n in ("read_rate", "read_burst", "post_rate", "post_burst")), f"server.metrics=127.0.0.1:{self.metrics}"])
        self.last = 0

    def node(self, account=None, **more):
        """A new one, with an account of its own or this."""
        self.last += 1
        if account is None:
            account = 0x10000 + self.last
            self.chain.keys.setdefault(account, self.last + 5000)
        return SignedNode(self.r, self.last, hex(account), account_key=self.chain.keys.get(account, 77), **more)

    def again(self, node, account=None, **more):
        node.ws.close()
        return SignedNode(self.r, node.key, hex(node.account if account is None else account), account_key=node.account_key, **more)

    def of(self, node):
        return self.r.call("GET", "/api/v1/nodes/" + node.name)[1]["account_proof"]

    def asked(self):
        return self.chain.n_asked + self.second.n_asked

    def write(self, sql, *values):
        change(self.r, sql, *values)

    def rows(self, sql, *values):
        return rows(self.r, sql, *values)


def told(node, state, code=None, seconds=30):
    """What the relayer tells the node of its account, once it is this."""
    end = time.monotonic() + seconds
    while True:
        m = node.ws.expect("account", max(0.1, end - time.monotonic()))
        if (m["state"], m["code"]) == (state, code):
            return m
        assert m["state"] == "pending", m


def error(node, message, code):
    node.ws.send(message)
    while True:
        m = node.ws.recv()
        if m["message_type"] == "error":
            assert (m["code"], m["re"], m["fatal"]) == (code, "p1", False), m
            return
        assert m["message_type"] == "account" and m["state"] == "unproven", m


def test_proven_once(r, w):
    """It is asked once, of all nodes of the chain; coming back, and a new start, ask nobody."""
    node = w.node(prove=False)
    first = node.registered["account"]
    assert (first["state"], first["code"], first["required"]) == ("unproven", "missing", True), first
    before = w.asked()
    node.prove()
    m = told(node, "proven")
    assert m["detail"] is None and m["required"] and abs(m["expires_at"] / 1000 - time.time() - 86400) < 60, m
    assert w.asked() - before == 2, "each endpoint, once"
    shown = w.of(node)
    assert shown["state"] == "proven" and shown["code"] is None and shown["checked_at"] and shown["expires_at"], shown
    for _ in range(3):
        node = w.again(node, prove=False)
        assert node.registered["account"]["state"] == "proven", node.registered
    r.kill()
    r.start()
    node = w.again(node, prove=False)
    assert node.registered["account"]["state"] == "proven", node.registered
    other = w.node()  # after which anything that was due before would have been asked
    told(other, "proven")
    due = w.rows("SELECT payee_due - payee_asked_at FROM node WHERE id = ?", node.name)[0][0]
    assert 80000000 < due <= 86400000, due  # a day, or to its end
    text = urllib.request.urlopen(f"http://127.0.0.1:{w.metrics}/metrics", timeout=20).read().decode()
    assert 'sprove_account_checks_total{result="signed"} 1\n' in text, "the relayer's start ago: one"
    node.ws.close()
    other.ws.close()


def test_same_proof_is_not_asked_again(r, w):
    node = w.node(prove=False)
    proof = node.proof()
    node.ws.send(proof)
    told(node, "proven")
    before = w.asked()
    for _ in range(5):
        node.ws.send(proof)
        assert node.ws.expect("account")["state"] == "proven"
    other = w.node()
    told(other, "proven")
    assert w.asked() - before == 2, "of the other one alone"
    assert w.rows("SELECT payee_due - payee_asked_at FROM node WHERE id = ?", node.name)[0][0] > 80000000, "nor is it to be"
    # A newer one is, and meanwhile the old one holds.
    w.write("UPDATE node SET payee_asked_at = 1 WHERE id = ?", node.name)
    node.prove(expires=int(time.time()) + 50000)
    m = node.ws.expect("account")
    assert m["state"] == "proven", m
    wait_for("the new one holds", lambda: w.rows("SELECT payee_until / 1000 FROM node WHERE id = ?", node.name)[0][0] < time.time() + 60000)
    assert w.of(node)["state"] == "proven"
    node.ws.close()
    other.ws.close()


def test_signed_for_another(r, w):
    """What is signed for another node, relayer, chain, account or time is no signature for this one."""
    victim = w.node()
    told(victim, "proven")
    relayer, chain = int(victim.hello["relayer_id"], 16), victim.chain
    now = int(time.time())
    nodes = []
    for name, how in (("another node's", {"signed": {"node": int(victim.name, 16)}}),
                      ("another relayer's", {"signed": {"relayer": relayer + 1}}),
                      ("another chain's", {"signed": {"chain": short("SN_MAIN")}}),
                      ("another account's", {"signed": {"address": victim.account + 1}}),
                      ("another time", {"signed": {"expires": now + 9999}}),
                      ("another start", {"signed": {"issued": now - 9999}}),
                      ("another key", {"key": 4242})):
        node = w.node(account=victim.account, prove=False)
        node.prove(**how)
        nodes.append((name, node))
    for name, node in nodes:
        m = told(node, "unproven", "signature_refused")
        assert "signature" in m["detail"] and m["expires_at"] is None, (name, m)
        assert w.of(node)["state"] == "unproven" and w.of(node)["code"] == "signature_refused", name
        node.ws.close()
    # What the victim has sent, word by word, by another node.
    node = w.node(account=victim.account, prove=False)
    node.ws.send(victim.proof())
    told(node, "unproven", "signature_refused")
    # And by one that names no account, or another.
    error(node, dict(victim.proof(), address=hex(victim.account + 1)), "other_account")
    node.ws.close()
    assert w.of(victim)["state"] == "proven" and chain == short("SN_SEPOLIA")
    victim.ws.close()


def test_malformed(r, w):
    node = w.node(prove=False)
    good, now = node.proof(), int(time.time())
    before = w.asked()
    for wrong in ({"signature": []}, {"signature": ["0x1"] * 65}, {"signature": "0x1"}, {"signature": None},
                   {"signature": [hex(P), "0x1"]}, {"signature": [hex(P + int(good["signature"][0], 16)), good["signature"][1]]},
                   {"signature": [str(int(x, 16)) for x in good["signature"]]}, {"signature": [1, 2]},
                   {"signature": [x[2:] for x in good["signature"]]}, {"signature": [hex(2**256 - 1), "0x1"]},
                   {"signature": ["0x" + "0" * 64 + x[2:] for x in good["signature"]]},
                   {"address": None}, {"address": hex(P)}, {"address": "x"}, {"issued": -1}, {"issued": "x"}, {"expires": 1.5}):
        error(node, {**good, **wrong}, "malformed")
    for wrong, code in (({"expires": now}, "expired"), ({"expires": now - 5}, "expired"), ({"issued": now + 3600, "expires": now + 7200}, "clock_skew"),
                         ({"expires": now + 500 * 86400}, "good_for_too_long"), ({"issued": 0}, "good_for_too_long"),
                         ({"address": hex(node.account + 1)}, "other_account")):
        error(node, {**good, **wrong}, code)
    assert w.of(node) == {"state": "unproven", "code": "missing", "checked_at": None, "expires_at": None}
    assert w.asked() == before, "nobody was asked"
    # Leading zeros are another way to write the same felt.
    node.ws.send(dict(good, signature=["0x" + x[2:].zfill(64) for x in good["signature"]]))
    told(node, "proven")
    node.ws.close()


def test_wrong_answers(r, w):
    nodes = []
    for answer in (["0x0"], [], ["0x1", "0x1"], [hex(short("VALID")), "0x0"], [hex(short("valid"))], [hex(short("VALID") + 1)]):
        node = w.node(prove=False)
        w.chain.answers[node.account] = w.second.answers[node.account] = answer
        node.prove()
        nodes.append(node)
    for node in nodes:
        told(node, "unproven", "signature_refused")
        node.ws.close()
    # Accounts from before 'VALID' say 1.
    node = w.node(prove=False)
    w.chain.answers[node.account] = w.second.answers[node.account] = ["0x1"]
    node.prove()
    told(node, "proven")
    node.ws.close()


def test_endpoints_disagree(r, w):
    """Where one node of the chain contradicts another nothing is proven, nor taken away, until they agree."""
    node = w.node(prove=False)
    w.second.answers[node.account] = ["0x0"]
    node.prove()
    m = told(node, "pending", "endpoints_disagree")
    assert "contradict" in m["detail"], m
    assert w.of(node)["code"] == "endpoints_disagree" and w.of(node)["state"] == "pending"
    del w.second.answers[node.account]
    told(node, "proven")
    # Asked again, one says no: what is proven stays.
    w.second.answers[node.account] = ["0x0"]
    w.write("UPDATE node SET payee_due = 1 WHERE id = ?", node.name)
    assert node.ws.expect("account", 30)["state"] == "proven"
    assert w.rows("SELECT payee_tries FROM node WHERE id = ?", node.name)[0][0] > 0
    # Both say no.
    w.chain.answers[node.account] = ["0x0"]
    while True:  # they may be heard in between
        m = node.ws.expect("account", 30)
        if m["state"] != "proven":
            break
    assert (m["state"], m["code"]) == ("unproven", "signature_refused"), m
    node.ws.close()


def test_no_answer(r, w):
    """Without a node of the chain a node is registered, and works; its account waits."""
    w.chain.silent = w.second.silent = True
    node = w.node()
    m = node.ws.expect("account")
    assert m["state"] == "pending" and "as soon as" in m["detail"], m
    s, made, _ = r.call("POST", "/api/v1/tasks", TASK)
    assert s == 201 and node.ws.expect("task_assignment", 20)["task_id"] == made["task_id"]
    assert r.call("POST", f"/api/v1/tasks/{made['task_id']}/cancel")[0] == 202
    assert w.of(node)["state"] == "pending"
    w.chain.silent = False  # one that answers is enough
    wait_for("it is proven", lambda: w.of(node)["state"] == "proven", 30)
    # None again: what is proven stays, also when it is due.
    w.chain.silent = True
    w.write("UPDATE node SET payee_due = 1 WHERE id = ?", node.name)
    node = w.again(node, prove=False)
    assert node.registered["account"]["state"] == "proven"
    w.chain.silent = w.second.silent = False
    wait_for("it was asked", lambda: w.rows("SELECT payee_due FROM node WHERE id = ?", node.name)[0][0] > 1, 30)
    assert w.of(node)["state"] == "proven"
    node.ws.close()


def test_not_deployed(r, w):
    """The node is told so, and the relayer finds out by itself when it is."""
    account = 0x20001
    w.chain.keys.pop(account, None)
    w.last += 1
    node = SignedNode(r, w.last, hex(account), account_key=99)
    m = told(node, "unproven", "account_not_deployed")
    assert "deployed" in m["detail"], m
    waits, tries = w.rows("SELECT payee_due - payee_asked_at, payee_tries FROM node WHERE id = ?", node.name)[0]
    assert waits == 5000 << tries - 1, (waits, tries)
    w.chain.keys[account] = 99
    w.write("UPDATE node SET payee_due = 1 WHERE id = ?", node.name)
    m = node.ws.expect("account", 60)
    while m["code"] == "account_not_deployed":
        m = node.ws.expect("account", 60)
    assert m["state"] == "proven", m
    node.ws.close()


def test_key_is_changed(r, w):
    """Asked again, the account no longer takes what it signed: the node is told, and signs with the new key."""
    node = w.node()
    told(node, "proven")
    w.chain.keys[node.account] = 31337
    w.write("UPDATE node SET payee_due = 1, payee_asked_at = 1 WHERE id = ?", node.name)
    told(node, "unproven", "signature_refused")
    # After a no the next one waits, and longer after the next.
    for wait in (10000, 20000):
        node.prove(key=31338 + wait)
        assert node.ws.expect("account")["state"] == "pending"
        assert w.rows("SELECT payee_due - payee_asked_at, payee_state FROM node WHERE id = ?", node.name) == [(wait, "pending")]
        w.write("UPDATE node SET payee_due = 1, payee_asked_at = 1 WHERE id = ?", node.name)
        told(node, "unproven", "signature_refused")
    w.write("UPDATE node SET payee_asked_at = 1 WHERE id = ?", node.name)
    node.prove(key=31337)
    told(node, "proven")
    assert w.rows("SELECT payee_tries FROM node WHERE id = ?", node.name) == [(0,)]
    # So it is when an administrator says that the chain is another one.
    w.chain.keys[node.account] = 31341
    assert r.call("POST", "/api/v1/admin/chain/rescan", {"from_block": 0})[0] == 202
    told(node, "unproven", "signature_refused")
    # A node that is not here is not asked about.
    before = w.asked()
    node.ws.close()
    wait_for("it is gone", lambda: not r.call("GET", "/api/v1/nodes/" + node.name)[1]["connected"])
    w.write("UPDATE node SET payee_due = 1 WHERE id = ?", node.name)
    other = w.node()
    told(other, "proven")
    assert w.asked() - before == 2
    other.ws.close()


def test_late_answers(r, w):
    """An answer is of the account and the proof that were asked about, and of no other that the node has named since."""
    node = w.node(prove=False)
    for other in (True, False):
        w.chain.held, w.chain.gate, before = node.account, threading.Event(), w.asked()
        proof = node.proof()
        node.ws.send(proof)
        assert node.ws.expect("account")["state"] == "pending"
        wait_for("it is asked", lambda: w.asked() > before)
        if other:  # the same words, of another account
            node = w.again(node, node.account + 0x1000000, prove=False)
            w.chain.keys[node.account] = 4712
            node.ws.send(dict(proof, address=hex(node.account)))
            assert node.ws.expect("account")["state"] == "pending"
            w.chain.gate.set()
            told(node, "unproven", "signature_refused")
            node = w.again(node, node.account - 0x1000000, prove=False)
        else:
            node.prove(key=4711)
            assert node.ws.expect("account")["state"] == "pending"  # it has been heard, before the answer
            w.chain.gate.set()
            told(node, "unproven", "signature_refused")
    w.chain.held = None
    node.ws.close()


def test_its_end(r, w):
    node = w.node()
    told(node, "proven")
    before, over = w.asked(), int(time.time()) - 1
    w.write("UPDATE node SET payee_proof = json_set(payee_proof, '$[1]', ?), payee_until = ?, payee_due = 1 WHERE id = ?", over, over * 1000, node.name)
    told(node, "unproven", "expired")
    assert w.asked() == before, "there is nothing to ask"
    assert w.of(node)["code"] == "expired" and w.rows("SELECT payee_due FROM node WHERE id = ?", node.name) == [(None,)]
    # Over while it was away.
    w.write("UPDATE node SET payee_state = 'proven', payee_until = 5, payee_due = NULL WHERE id = ?", node.name)
    node = w.again(node, prove=False)
    assert node.registered["account"]["code"] == "expired", node.registered
    node.ws.close()


def test_another_account(r, w):
    """What was proven of one account says nothing of another that the node names now."""
    node = w.node()
    told(node, "proven")
    mine, theirs = node.account, w.node()
    told(theirs, "proven")
    node = w.again(node, theirs.account, prove=False)
    assert node.registered["account"]["code"] == "missing" and w.of(node)["state"] == "unproven"
    assert w.rows("SELECT payee_proof, payee_due FROM node WHERE id = ?", node.name) == [(None, None)]
    node = w.again(node, mine, prove=False)
    assert node.registered["account"]["code"] == "missing", "and it is not remembered"
    node.ws.close()
    theirs.ws.close()
    w.last += 1
    without = SignedNode(r, w.last)
    assert "account" not in without.registered and w.of(without)["state"] == "none"
    without.account = mine
    error(without, without.proof(), "other_account")
    without.ws.close()


def offered(nodes, seconds=1.0):
    """Which of them are offered something."""
    got = []
    end = time.monotonic() + seconds
    for i, n in enumerate(nodes):
        try:
            n.ws.expect("task_assignment", max(0.05, end - time.monotonic()))
            got.append(i)
        except TimeoutError:
            pass
    return got


def test_slots(r, w):
    """Slots are for distinct proven accounts; those that have proven nothing are one owner, however many they name."""
    a1 = w.node()
    a2 = w.node(account=a1.account)
    invented = [w.node(account=0x30000 + i, prove=False) for i in range(3)]
    w.last += 1
    invented.append(SignedNode(r, w.last))
    for n in (a1, a2):
        told(n, "proven")
    s, made, _ = r.call("POST", "/api/v1/tasks", dict(TASK, redundancy=3))
    assert s == 201, made
    task = made["task_id"]
    held = lambda: w.rows("SELECT account, proven FROM attempt WHERE task_id = ? AND outcome IS NULL", task)  # noqa: E731
    wait_for("two slots", lambda: len(held()) == 2)
    assert offered([a1, a2, *invented]) in [[i, k] for i in (0, 1) for k in range(2, 6)]
    assert sorted(p for _, p in held()) == [0, 1] and len(held()) == 2, held()
    # One of the invented ones shows whose it is: then its slot was that account's, and is the unproven ones' still.
    b = w.node()
    told(b, "proven")
    assert b.ws.expect("task_assignment", 20)["task_id"] == task
    wait_for("three slots", lambda: len(held()) == 3)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for n in (a1, a2, b, *invented):
        n.ws.close()


def test_slot_of_who_proves_later(r, w):
    """A slot taken before the proof is that account's from then on, and stays that of the unproven ones."""
    c1 = w.node(prove=False)
    s, made, _ = r.call("POST", "/api/v1/tasks", dict(TASK, redundancy=3))
    task = made["task_id"]
    assert c1.ws.expect("task_assignment", 20)["task_id"] == task
    c1.ws.send(c1.signed_ack({**w_offer(w, c1, task)}))
    c1.prove()
    told(c1, "proven")
    c2, nobody = w.node(account=c1.account), w.node(account=0x40001, prove=False)
    told(c2, "proven")
    assert offered([c2, nobody]) == []
    d = w.node()
    told(d, "proven")
    assert d.ws.expect("task_assignment", 20)["task_id"] == task
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for n in (c1, c2, nobody, d):
        n.ws.close()


def w_offer(w, node, task):
    n, token = w.rows("SELECT n, lease_token FROM attempt WHERE task_id = ? AND node_id = ?", task, node.name)[0]
    return {"task_id": task, "attempt": n, "lease_token": token}


def test_unsigned(r, w):
    """A session without the node's key cannot speak for its account; without a chain there is nothing to show."""
    chain = [s for s in r.settings if s.startswith("chain.")]
    for settings, code in ((["ws.require_node_signature=no", *chain], "missing_signature"), ([], "no_chain")):
        other = Relayer(RELAYER, settings=settings).start()
        w.last += 1
        if code == "no_chain":
            node = SignedNode(other, w.last, "0x99")
            assert "account" not in node.registered, node.registered
            error(node, node.proof(), code)
            assert other.call("GET", "/api/v1/nodes/" + node.name)[1]["account_proof"]["state"] == "unproven"
            node.ws.close()
        else:
            ws = WebSocket(other.port, "/ws/node/plain")
            ws.expect("hello")
            ws.send({"message_type": "register", "specs": {"cpu_threads": 1}, "address": "0x99"})
            assert ws.expect("registered")["account"]["code"] == "missing"
            ws.send({"message_type": "account_proof", "id": "p1", "address": "0x99", "issued": 0, "expires": int(time.time()) + 99, "signature": ["0x1"]})
            m = ws.recv()
            assert m["code"] == code, m
            ws.close()
        assert other.stop() == 0


def main():
    w = World()
    w.r.start()
    run_tests(globals(), w.r, w)
    w.chain.close()
    w.second.close()


if __name__ == "__main__":
    main()
