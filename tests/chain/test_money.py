"""The relayer's money over a starknet-devnet: assignments that it sends with its own account, payments that it sees, what
it makes of nodes of the chain that fail, lie and go back, and of being killed at every step. Each scenario has a relayer
of its own; the contract is one. Skipped where a tool is missing.
usage: test_money.py SPROVE CHAIN_RAW RELAYER NODE FAULTS DIRECTORY [SCENARIO...]"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

import devnet
from devnet_demo import Demo, must, say
from market_demo import PAYLOAD, REQUIREMENTS, Node as RealNode, account, chain, make_relayer
from proxy import Proxy, down
from world import AMOUNT, DEMANDER, NAMES, PROVIDER, RELAYER, THIEF, TREASURY, u256

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from faults import Faults  # noqa: E402
from relayer_process import Relayer, wait_for  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

FAST = ["ws.offer=3s", "ws.heartbeat=4s", "ws.resume_grace=8s", "ws.heartbeat_timeout=60s", "ws.lease=80s",
        "ws.start_by=90s", "chain.poll=100ms"]


def short(text):
    return int.from_bytes(text.encode(), "big")


class Scripted:
    """A node that takes tasks and does nothing for them. key: its node key, any number."""

    def __init__(self, world, relayer, address, key=1):
        from starknet_py.hash.utils import message_signature, private_to_stark_key  # deploy.py needs it, too

        hash_of, public = world.demo.raw.poseidon, private_to_stark_key(key)
        self.name = hex(hash_of(short("SPROVE_NODE"), public))
        self.ws = WebSocket(relayer.port, "/ws/node/" + self.name)
        hello = self.ws.expect("hello")
        now = int(time.time() * 1000)
        z = hash_of(short("SPROVE_V1"), short("REGISTER"), int(hello["chain_id"], 16), int(hello["relayer_id"], 16),
                    int(self.name, 16), int(hello["session_nonce"], 16), now)
        self.ws.send({"message_type": "register", "id": "r1", "ts": now, "node_id": self.name, "node_pubkey": hex(public),
                      "session_nonce": hello["session_nonce"], "signature": [hex(x) for x in message_signature(z, key)],
                      "specs": {"cpu_model": "test", "cpu_threads": 8, "ram_gb": 16, "disk_gb": 10, "gpus": []},
                      "bench": {"exec_mcycles_s": 100, "prove_krows_s": 1000}, "region": "EU", "address": address,
                      "price": {"base_fri": "1", "per_mcycle_fri": "1"}, "capacity": {"max_concurrent": 8}})
        self.ws.expect("registered")

    def take(self, seconds=20):
        a = self.ws.expect("task_assignment", seconds)
        self.ws.send({"message_type": "task_ack", "task_id": a["task_id"], "attempt": a["attempt"],
                      "lease_token": a["lease_token"], "accept": True})
        return a

    def works(self, a):
        self.ws.send({"message_type": "task_progress", "task_id": a["task_id"], "attempt": a["attempt"],
                      "lease_token": a["lease_token"], "phase": "prove", "progress_ppm": 10})


class Scene:
    """A relayer over the shared contract."""

    def __init__(self, world, name, *settings, url=None, with_account=True, environment=None):
        self.world, self.demo = world, world.demo
        folder = world.demo.path("relayer_" + name)
        os.makedirs(folder)
        self.relayer = Relayer(world.relayer, folder, FAST + chain(world.demo, url or world.proxy.here) +
                               (account(world.demo) if with_account else []) + list(settings), environment)

    def start(self):
        self.relayer.start(wait=False)
        self.relayer.wait_ready(60)  # its keystore takes a while to open

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        if kind:
            print("\n".join(x for x in self.relayer.log_text().splitlines() if '"http"' not in x)[-4000:], file=sys.stderr)
            for row in self.rows("SELECT id, task_id, attempt, state, nonce, tx_hash, final, replaced, reason FROM chain_outbox"):
                print("  ", dict(row), file=sys.stderr)
        if self.relayer.process.poll() is None:
            self.relayer.kill() if kind else must(self.relayer.stop() == 0, "the relayer stops as asked")
        if not kind:
            self.fsck()

    def fsck(self):
        r = subprocess.run([self.relayer.program, "--fsck", "--set", "server.data=" + self.relayer.folder],
                           capture_output=True, text=True, check=False)
        must(r.returncode == 0, "--fsck: " + r.stdout + r.stderr)

    def rows(self, sql, *values):
        d = sqlite3.connect("file:%s/relayer.db?mode=ro" % self.relayer.folder, uri=True)
        d.row_factory = sqlite3.Row
        try:
            return d.execute(sql, values).fetchall()
        finally:
            d.close()

    def outbox(self, task):
        return self.rows("SELECT * FROM chain_outbox WHERE task_id = ? ORDER BY id", task)

    def post(self, chain_id, wanted=201, payload=PAYLOAD):
        status, made, _ = self.relayer.call("POST", "/api/v1/tasks", {
            "payload": payload, "requirements": REQUIREMENTS, "token_amount": str(AMOUNT),
            "job": {"max_cycles": "100000"}, "chain": {"contract": hex(self.demo.contract), "task_id": chain_id}})
        must(status == wanted, "POST /api/v1/tasks: %d %s" % (status, made))
        return made.get("task_id")

    def show(self, task):
        return self.relayer.call("GET", "/api/v1/tasks/" + task)[1]

    def is_worked_on(self, task):
        return self.show(task)["state"] in ("leased", "running")

    def until(self, task, state, seconds=60):
        return wait_for("task is " + state, lambda: self.show(task)["state"] == state and self.show(task), seconds)

    def estimate(self):
        status, e, _ = self.relayer.call("POST", "/api/v1/estimate", {"payload": PAYLOAD, "requirements": REQUIREMENTS, "cycles": 6652})
        must(status == 200, str(e))
        return e

    def health(self):
        return self.relayer.call("GET", "/api/v1/health")[1]

    def logged(self, event):
        return '"event":"%s"' % event in self.relayer.log_text()

    def assigned(self, task, seconds=60):
        """The row of the outbox that is confirmed, and the chain's word on it."""
        def look():
            rows = [r for r in self.outbox(task) if r["state"] == "confirmed"]
            s = self.show(task)["settlement"]
            return rows and s["state"] == "assigned" and int(s["assigned_to"], 16) == int(self.world.provider, 16) and rows
        rows = wait_for("assigned", look, seconds)
        must(len(rows) == 1, "one transaction assigns")
        return rows[0]


class World:
    def __init__(self, demo, relayer, node, faults):
        self.demo, self.relayer, self.node = demo, os.path.abspath(relayer), os.path.abspath(node)
        self.faults = os.path.abspath(faults)
        self.proxy = Proxy(demo.url)
        self.provider = demo.address(PROVIDER)
        self.sender = int(demo.address(RELAYER), 16)

    def hang(self):
        """The proxy keeps every call waiting, until the event is set."""
        event = threading.Event()

        def rule(method, params, forward):
            event.wait(60)
        self.proxy.rule = rule
        return event

    def events(self, name, chain_id):
        got = self.demo.devnet("starknet_getEvents", {"filter": {
            "from_block": {"block_number": 0}, "to_block": "latest", "address": hex(self.demo.contract), "chunk_size": 100,
            "keys": [[hex(self.demo.raw.selector(name))], [hex(u256(int(chain_id))[0])]]}})
        return got["events"]

    def nonce(self):
        return int(self.demo.devnet("starknet_getNonce", {"block_id": "latest", "contract_address": hex(self.sender)}), 16)

    def one_each(self, proxy=None):
        """What the counting endpoint saw: never two transactions under one nonce."""
        for nonce, txs in (proxy or self.proxy).under(self.sender).items():
            must(len(txs) == 1, "%d transactions under the nonce %d" % (len(txs), nonce))

    def leased(self, scene, chain_id=None, key=1):
        """(number on the chain, task, node, assignment) of a task that a node has just taken."""
        chain_id = chain_id or self.demo.create("--duration", "2h")
        node = Scripted(self, scene.relayer, self.provider, key)
        task = scene.post(chain_id)
        return chain_id, task, node, node.take()


# ---- the scenarios ----

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
        try:
            node.ws.expect("task_assignment", 3)
            must(False, "a task that the demander gave to another was offered")
        except TimeoutError:
            pass
        must(s.show(task)["attempt"] == 0 and len(w.proxy.sent) == sent, "nor is anything sent for it")


def unpayable(w):
    """A node that the contract does not pay loses the lease at once; the next one has it."""
    with Scene(w, "unpayable") as s:
        chain_id = w.demo.create("--duration", "2h")
        node = Scripted(w, s.relayer, "0x1234567")
        task = s.post(chain_id)
        a = node.take()
        m = node.ws.expect("task_cancel", 30)
        must(m["task_id"] == task and a["attempt"] == m["attempt"], "it is told")
        row = s.outbox(task)[0]
        must(row["state"] == "failed" and "not active" in row["reason"] and row["nonce"] is None, str(dict(row)))
        node.ws.close()
        other = Scripted(w, s.relayer, w.provider, 2)
        other.take(30)
        s.assigned(task)


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
                return {"jsonrpc": "2.0", "id": 0, "error": {"code": 53, "message": "fee"}} | {"id": current["id"]}
            return forward()
        current = {"id": 0}
        original = w.proxy.answer

        def answer(handler, body):
            current["id"] = json.loads(body)["id"]
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


def outage(w):
    """A chain that is away: the relayer starts, takes tasks, says that it is degraded, and goes on when it is back."""
    w.proxy.rule = down
    with Scene(w, "outage") as s:
        must(s.health()["status"] == "degraded", "degraded at the start")
        chain_id = w.demo.create("--duration", "2h")
        task = s.post(chain_id)
        must(s.show(task)["state"] == "created" and s.relayer.call("GET", "/api/v1/health/ready")[0] == 200, "it serves")
        w.proxy.rule = None
        s.until(task, "queued")
        wait_for("health is ok", lambda: s.health()["status"] == "ok")
        # Away again: the lease is given, the assignment waits.
        node = Scripted(w, s.relayer, w.provider)
        w.proxy.rule = down
        before = w.nonce()
        node.take()
        wait_for("degraded", lambda: s.health()["status"] == "degraded")
        wait_for("the node works", lambda: s.is_worked_on(task))
        must(w.nonce() == before, "nothing is sent")
        w.proxy.rule = None
        s.assigned(task)
        must(len(w.events("TaskAssigned", chain_id)) == 1, "one assignment")
        w.one_each()


def liars(w):
    """Of two endpoints that contradict each other neither is believed."""
    liar = Proxy(w.demo.url)
    lies = {"receipt": True, "events": False}

    def rule(method, params, forward):
        said = forward()
        if lies["receipt"] and method == "starknet_getTransactionReceipt" and "result" in said:
            said["result"]["execution_status"] = "REVERTED"
            said["result"]["revert_reason"] = "a lie"
        if lies["events"] and method == "starknet_getEvents":
            block = w.demo.devnet("starknet_getBlockWithTxHashes", {"block_id": "latest"})
            if params["filter"]["to_block"]["block_number"] >= block["block_number"]:
                said["result"]["events"].append({
                    "from_address": hex(w.demo.contract), "transaction_hash": "0x1234", "transaction_index": 0,
                    "event_index": 0, "block_hash": block["block_hash"], "block_number": block["block_number"],
                    "keys": [hex(w.demo.raw.selector("TaskCancelled")), *(hex(x) for x in u256(int(lies["task"])))], "data": []})
        return said
    liar.rule = rule
    try:
        for first, second in ((w.proxy.here, liar.here), (liar.here, w.proxy.here)):
            lies.update(receipt=True, events=False)
            with Scene(w, "liars%d" % (first == liar.here), url=first + "," + second) as s:
                chain_id, task, _, _ = w.leased(s)
                wait_for("sent", lambda: [r["state"] for r in s.outbox(task)] == ["broadcast"])
                wait_for("noticed", lambda: s.logged("chain_endpoints_disagree"))
                must([r["state"] for r in s.outbox(task)] == ["broadcast"], "it waits")
                lies["receipt"] = False
                s.assigned(task)
                must(len(w.events("TaskAssigned", chain_id)) == 1, "one assignment")
                # An event that never was: the task is not touched, and people are told.
                lies.update(events=True, task=chain_id)
                w.demo.devnet("devnet_createBlock", {})
                h = wait_for("degraded", lambda: s.health()["status"] == "degraded" and s.health())
                must("agree" in h["checks"]["starknet"]["detail"], str(h))
                must(s.is_worked_on(task), "a liar's cancellation")
                lies["events"] = False
                wait_for("well again", lambda: s.health()["status"] == "ok")
                must(s.is_worked_on(task), "nothing came of it")
            w.one_each()
            w.one_each(liar)
    finally:
        liar.close()


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
            s.fsck()
            kept = s.outbox(task)
            faults.nothing()
            s.start()
            node = Scripted(w, s.relayer, w.provider)
            node.works(a)
            row = s.assigned(task)
            must(len(w.events("TaskAssigned", chain_id)) == 1 and w.nonce() == before + 1, point + ": one assignment")
            if kept[0]["tx_hash"]:
                must(row["tx_hash"] == kept[0]["tx_hash"], point + ": the bytes that were kept")
            must(len(s.outbox(task)) == 1, point + ": one row")
            w.one_each()
            print("   killed %s: %s, then confirmed" % (point, kept[0]["state"]), flush=True)
        faults.close()


def goes_back(w):
    """Blocks that are no more: an assignment is sent again, the same bytes."""
    with Scene(w, "back") as s:
        chain_id, task, _, _ = w.leased(s)
        row = s.assigned(task)
        block = w.events("TaskAssigned", chain_id)[0]["block_number"]
        w.demo.devnet("devnet_createBlock", {})
        before = w.nonce()
        w.demo.devnet("devnet_abortBlocks", {"starting_block_id": {"block_number": block}})
        must(w.nonce() == before - 1 and not w.events("TaskAssigned", chain_id), "the chain has forgotten it")
        wait_for("noticed", lambda: s.logged("chain_went_back") or s.logged("tx_undone"))
        again = wait_for("assigned again", lambda: w.events("TaskAssigned", chain_id))
        now = s.assigned(task)
        must(len(again) == 1 and now["tx_hash"] == row["tx_hash"] and now["nonce"] == row["nonce"], "the same bytes")
        must(s.is_worked_on(task), "the node noticed nothing")
        w.one_each()


def claim_undone(w):
    """A payment whose block is no more is not final; when it comes again the task is settled as before, once."""
    with Scene(w, "claim") as s:
        price = int(w.demo.devnet("starknet_getBlockWithTxHashes", {"block_id": "latest"})["l2_gas_price"]["price_in_fri"], 16)
        wait_for("a price", lambda: s.estimate()["gas_estimate_fri"] == str(288000000 * price))
        chain_id = w.demo.create("--duration", "2h")
        had = w.demo.balance(PROVIDER)
        contract, treasury = w.demo.state()
        node = RealNode(w.node, w.demo.path("real_node"), s.relayer, w.demo, PROVIDER)
        try:
            task = s.post(chain_id)
            done = s.until(task, "settled", 240)
        finally:
            node.end()
        parts = {k: done["settlement"][k] for k in ("provider_payout", "gas_subsidy", "treasury_fee")}
        must(sum(int(v) for v in parts.values()) == AMOUNT, "the parts add up")
        fee = done["settlement"]["actual_fee"]
        receipt = w.demo.devnet("starknet_getTransactionReceipt", {"transaction_hash": done["settlement"]["claim_tx"]})
        must(int(receipt["actual_fee"]["amount"], 16) == int(fee) and s.estimate()["gas_estimate_fri"] == fee, "its fee")
        print("   the claim took %d L2 gas" % receipt["execution_resources"]["l2_gas"], flush=True)
        proof = s.relayer.call("GET", "/api/v1/tasks/%s/proof" % task, raw=True)[1]
        with open(w.demo.path("proof.undone"), "wb") as f:
            f.write(proof)
        block = w.events("TaskCompleted", chain_id)[0]["block_number"]
        w.demo.devnet("devnet_createBlock", {})
        w.demo.devnet("devnet_abortBlocks", {"starting_block_id": {"block_number": block}})
        must(w.demo.state() == (contract, treasury), "the chain has forgotten the payment")
        undone = wait_for("not final", lambda: s.show(task)["settlement"]["finality"] is None and s.show(task)["settlement"])
        must(undone["state"] == "claimed" and undone["reason"], str(undone))
        w.demo.done("claim", w.demo.path("proof.undone"), "--task", chain_id, who=PROVIDER)
        final = wait_for("settled again", lambda: s.show(task)["settlement"]["state"] == "settled" and s.show(task))
        must({k: final["settlement"][k] for k in parts} == parts, "the same parts")
        must(final["state"] == "settled" and final["settlement"]["finality"] == "ACCEPTED_ON_L2", str(final["settlement"]))
        events = s.relayer.call("GET", "/api/v1/tasks/%s/events" % task)[1]["items"]
        must(sum(1 for e in events if e["to"] == "settled") == 1, "settled once")
        must(w.demo.state() == (contract - AMOUNT, treasury + AMOUNT * 12 // 100), "paid once")
        must(w.demo.balance(PROVIDER) > had, "the provider has it")
        must(len(w.events("TaskAssigned", chain_id)) == 1 and len(w.events("TaskCompleted", chain_id)) == 1, "one of each")
        w.one_each()


def other_terms(w):
    """A contract with other shares or another verifier: no start; found later: tasks with an escrow stop."""
    def rule_of(name, change):
        selector = int(w.demo.raw.selector(name))

        def rule(method, params, forward):
            said = forward()
            if method == "starknet_call" and int(params["request"]["entry_point_selector"], 16) == selector:
                change(said["result"])
            return said
        return rule
    cases = (("get_fee_percent", lambda r: r.__setitem__(0, "0x10"), "get_fee_percent is 16"),
             ("get_gas_subsidy_percent", lambda r: r.__setitem__(0, "0x2"), "get_gas_subsidy_percent is 2"),
             ("get_verifier_params", lambda r: r.__setitem__(3, "0x123"), "another version"))
    for i, (name, change, text) in enumerate(cases):
        w.proxy.rule = rule_of(name, change)
        s = Scene(w, "terms%d" % i)
        s.relayer.start(wait=False)
        code = s.relayer.process.wait(60)
        must(code == 3 and text in s.relayer.log_text(), "%s: exit code %d, %s" % (name, code, s.relayer.log_text()[-500:]))
    w.proxy.rule = None
    s = Scene(w, "no_contract")
    s.relayer.settings.append("chain.contract=0x1234")
    s.relayer.start(wait=False)
    must(s.relayer.process.wait(60) == 3 and "no marketplace" in s.relayer.log_text(), "no contract there")
    s = Scene(w, "no_chain")
    s.relayer.settings.append("chain.chain_id=SN_MAIN")
    s.relayer.start(wait=False)
    must(s.relayer.process.wait(60) == 1 and "another chain" in s.relayer.log_text(), "another chain")
    w.proxy.rule = down
    with Scene(w, "terms_later") as s:
        chain_id = w.demo.create("--duration", "2h")
        task = s.post(chain_id)
        w.proxy.rule = rule_of(*cases[0][:2])
        h = wait_for("seen", lambda: s.health()["checks"]["starknet"]["status"] == "another contract" and s.health())
        must(h["status"] == "degraded" and "16" in h["checks"]["starknet"]["detail"], str(h))
        node = Scripted(w, s.relayer, w.provider)
        must(s.show(task)["state"] == "created", "its escrow is not looked at")
        s.post(w.demo.create("--duration", "2h"), 503)
        status, made, _ = s.relayer.call("POST", "/api/v1/tasks", {"payload": PAYLOAD, "requirements": REQUIREMENTS,
                                                                  "token_amount": "1"})
        must(status == 201, "tasks without an escrow go on: " + str(made))
        w.proxy.rule = None
        must(node.take(60)["task_id"] == task, "it is offered")
        wait_for("it goes on", lambda: s.is_worked_on(task) or s.show(task)["state"] == "offered", 60)
        must(s.health()["status"] == "ok", "well again")


def views(w):
    """The contract's views over REST."""
    with Scene(w, "views") as s:
        get = lambda path, key=False: s.relayer.call("GET", "/api/v1/chain/" + path, key=key)  # noqa: E731
        chain_id = w.demo.create("--duration", "2h")
        status, t, headers = get("tasks/" + chain_id)
        shown = w.demo.done("task", "show", chain_id)
        must(status == 200 and t["status"] == "created" and t["amount"] == str(AMOUNT) and t["max_cycles"] == "100000" and
             t["program_id"] == shown["program_id"] and t["input_commitment"] == shown["input_hash"] and
             int(t["creator"], 16) == int(w.demo.address(DEMANDER), 16) and t["provider"] is None, str(t))
        must("max-age=5" in headers["Cache-Control"], "it says how long it holds")
        must(get("tasks/999999")[0] == 404, "no such task")
        for path in ("tasks/x", "tasks/-1", "tasks/0x5", "tasks/" + "9" * 79, "users/xyz/tasks", "users/0x0/tasks",
                     "users/0x%x/tasks" % (2**251 + 17 * 2**192 + 1), "providers/12/earnings", "nodes/0xzz",
                     "users/0x1/tasks?limit=0", "users/0x1/tasks?limit=101", "users/0x1/tasks?offset=-1",
                     "providers/0x1/earnings?token=STRK", "tasks/1?block=2", "users/0x1/tasks?limit=1&limit=2"):
            status, body, _ = get(path)
            must(status == 400 and body["code"] in ("validation_failed", "unknown_field"), "%s: %d %s" % (path, status, body))
        status, u, _ = get("users/%s/tasks?limit=1" % w.demo.address(DEMANDER))
        must(status == 200 and u["items"] == ["1"] and u["next_offset"] == 1, str(u))
        status, u, _ = get("users/%s/tasks?offset=1000" % w.demo.address(DEMANDER))
        must(status == 200 and u["items"] == [] and u["next_offset"] is None, str(u))
        earned = w.demo.done("earnings", "--provider", w.provider)["earnings"]
        status, e, _ = get("providers/%s/earnings" % w.provider)
        must(status == 200 and e["earnings"] == earned and int(e["token"], 16) == int(devnet.STRK, 16), str(e))
        status, n, _ = get("nodes/" + w.provider)
        must(status == 200 and n["status"] == "active" and n["tier"] == 1, str(n))
        must(get("nodes/0x1234567")[1]["status"] == "inactive", "nobody")
        must(s.relayer.call("POST", "/api/v1/chain/tasks/1", key=False)[0] == 405, "views only")
        # Kept: the same question is not asked again at once.
        wait_for("quiet", lambda: get("tasks/" + chain_id)[0] == 200)
        asked = w.proxy.calls.count("starknet_call")
        for _ in range(5):
            must(get("tasks/" + chain_id)[1] == t, "the same")
        must(w.proxy.calls.count("starknet_call") - asked <= 10, "asked for each")
        # A node that hangs holds up this request for a while, and nothing else.
        event = w.hang()
        try:
            start = time.monotonic()
            status, body, headers = s.relayer.call("GET", "/api/v1/chain/tasks/2", key=False, timeout=30)
            must(status == 503 and body["code"] == "starknet_unavailable" and "Retry-After" in headers, str(body))
            must(get("nodes/0x77")[0] == 503, "told at once")
            must(s.relayer.call("GET", "/api/v1/tasks")[0] == 200, "the rest goes on")
            print("   a silent node: 503 after %.1f s" % (time.monotonic() - start), flush=True)
        finally:
            w.proxy.rule = None
            event.set()
        wait_for("well again", lambda: get("tasks/2")[0] == 200)
    with Scene(w, "views_without", with_account=False) as s:
        s.relayer.settings = [x for x in s.relayer.settings if not x.startswith("chain.")]
        s.relayer.stop()
        s.start()
        status, body, _ = s.relayer.call("GET", "/api/v1/chain/tasks/1", key=False)
        must(status == 503 and body["code"] == "starknet_unavailable", str(body))


SCENARIOS = [assigns, unpayable, capped, lost_answers, refusals, not_alone, outage, liars, killed, goes_back, other_terms, views, claim_undone]


def main():
    sprove, raw, relayer, node, faults, folder = sys.argv[1:7]
    chosen = sys.argv[7:]
    why = devnet.missing()
    if why:
        return devnet.skip(why)
    folder = os.path.abspath(folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    start = time.monotonic()
    with devnet.Devnet("--state-archive-capacity", "full") as chain_node:
        say("starknet-devnet at %s; deploying the contract" % chain_node.url)
        code, deployment = devnet.deploy(chain_node.url, folder, "--treasury", TREASURY)
        if code:
            return code
        demo = Demo(sprove, raw, folder, chain_node, deployment)
        with open(demo.path("input.json"), "w") as f:
            json.dump(PAYLOAD, f)
        for who in (PROVIDER, THIEF):
            demo.done("chain", "register", who=who)
        make_relayer(demo)
        w = World(demo, relayer, node, faults)
        for scenario in SCENARIOS:
            if chosen and scenario.__name__ not in chosen:
                continue
            begun = time.monotonic()
            if scenario is killed and os.environ.get("SPROVE_CRASH_POINTS", "1") == "0":
                print("  skipped: killed: this build has no crash points (SP_CRASH_POINTS)")
                continue
            say(scenario.__doc__)
            scenario(w)
            w.proxy.rule = None
            print("   %s: %.0f s" % (scenario.__name__, time.monotonic() - begun), flush=True)
    say("took %.0f s" % (time.monotonic() - start))
    return 0


if __name__ == "__main__":
    sys.exit(main())
