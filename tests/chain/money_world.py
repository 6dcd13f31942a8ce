"""money_world.py - what the scenarios of the relayer's money share: a devnet with the contract, relayers over it that send with an
account of their own, an endpoint before the devnet that counts and lies, and nodes that take tasks."""

import json
import os
import sqlite3
import sys
import threading
import time

import devnet
from devnet_demo import Demo, must, say
from market_demo import PAYLOAD, REQUIREMENTS, account, chain, make_relayer
from payee import account_proof
from proxy import Proxy
from world import AMOUNT, PROVIDER, RELAYER, THIEF, TREASURY, u256

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from relayer_process import Relayer, fsck, wait_for  # noqa: E402
from signing import SignedNode  # noqa: E402

FAST = ["ws.offer=3s", "ws.heartbeat=4s", "ws.resume_grace=8s", "ws.heartbeat_timeout=60s", "ws.lease=80s",
        "ws.start_by=90s", "chain.poll=100ms"]


class Scripted(SignedNode):
    """A node that takes tasks and does nothing for them. key: its node key, any number. An account of the devnet signs for it."""

    def __init__(self, world, relayer, address, key=1):
        keys = {int(a["address"], 16): int(a["private_key"], 16) for a in world.demo.accounts}
        super().__init__(relayer, key, address, keys.get(int(address, 16)), prove=False, capacity={"max_concurrent": 8})
        if self.registered["account"]["state"] != "proven" and self.account in keys:
            self.ws.send(account_proof(self.hello, self.name, self.account, self.account_key))

    def is_proven(self):
        """Waits until the relayer knows that its account is its own."""
        while self.ws.expect("account", 30)["state"] != "proven":
            pass
        return self


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
            fsck(self.relayer)

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

    def settled(self, task, seconds=240):
        """It, with what was paid to whom: that is said by another event of the same transaction."""
        return wait_for("settled, and its parts", lambda: (lambda t: t["state"] == "settled" and t["settlement"]["provider_payout"] and t)(
            self.show(task)), seconds)

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


def over_devnet(sprove, raw, relayer, node, faults, folder, act):
    """act(World) over a devnet that has the contract, two providers and the relayer's account; an exit code."""
    why = devnet.missing()
    if why:
        return devnet.skip(why)
    folder = devnet.new_folder(folder)
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
        act(World(demo, relayer, node, faults))
    say("took %.0f s" % (time.monotonic() - start))
    return 0
