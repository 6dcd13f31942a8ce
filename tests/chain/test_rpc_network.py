"""A bad network between the relayer and the node of the chain, and between a provider's node and it: a chaosproxy before
each, and behind both an endpoint that counts transactions. Each fault in turn, answers of what was accepted lost, a
node killed meanwhile. Nobody is paid or assigned twice, no nonce has two transactions, the relayer sees all of it when the
network is back. Skipped where a tool is missing.
usage: test_rpc_network.py SPROVE CHAIN_RAW RELAYER NODE FAULTS DIRECTORY CHAOSPROXY [--rounds N] [--seed N]"""

import argparse
import json
import os
import random
import sys
import threading
import time

import devnet
from devnet_demo import must, say
from market_demo import PAYLOAD, REQUIREMENTS, Node as RealNode
from money_world import Scene, Scripted, over_devnet
from world import AMOUNT, PROVIDER

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from chaosnet import Net  # noqa: E402
from relayer_process import taken_once, wait_for  # noqa: E402
from wsclient import Closed  # noqa: E402

# Each call has a connection of its own; a signed assignment is some 2 kB, a claim some 300 kB, most answers less than one.
FAULTS = ("both latency 400", "both jitter 600", "both slice 5", "both rate 20000", "up cut 250", "up cut 1500", "up cut 50000",
          "down cut 20", "down cut 300", "up reset 300", "down reset 100", "up half 200", "down half 150", "both hole 1", "down hole 1",
          "refuse 1")


class Keeper(threading.Thread):
    """A node that takes tasks, keeps them, and does nothing for them."""

    def __init__(self, world, scene, key):
        super().__init__(daemon=True)
        self.node, self.held, self.over, self.wrong = Scripted(world, scene.relayer, world.provider, key), {}, False, None
        self.start()

    def run(self):
        beat = 0
        try:
            while not self.over:
                if time.monotonic() > beat:
                    beat = time.monotonic() + 2
                    self.node.ws.send({"message_type": "heartbeat", "seq": 1, "running": [self.node.fence(a) for a in self.held.values()]})
                    for a in self.held.values():
                        self.node.progress(a)
                try:
                    m = self.node.ws.recv(0.3)
                except TimeoutError:
                    continue
                if m["message_type"] == "task_assignment":
                    self.held[m["task_id"]] = m
                    self.node.ws.send(self.node.ack(m, True))
                elif m["message_type"] == "lease_revoked" and m["reason"] == "offer_timeout":  # its yes came too late: it never had it
                    if self.held.get(m["task_id"], m)["attempt"] == m["attempt"]:
                        self.held.pop(m["task_id"], None)
                elif m["message_type"] in ("task_cancel", "lease_revoked"):
                    self.wrong = m
        except (Closed, OSError) as e:
            self.wrong = not self.over and e
        except BaseException as e:
            self.wrong = e
            raise


class LostAnswers:
    """What this account sends is accepted, and nobody hears of it: from then on nothing comes back over its network."""

    def __init__(self, world, net, sender, most=1):
        self.world, self.net, self.sender, self.most = world, net, sender, most
        self.lost = threading.Semaphore(0)

    def __enter__(self):
        self.world.proxy.rule = self
        return self

    def __call__(self, method, params, forward):
        said = forward()
        if method == "starknet_addInvokeTransaction" and int(params["invoke_transaction"]["sender_address"], 16) == self.sender:
            if self.most > 0 and "result" in said:
                self.most -= 1
                self.net.say("down hole 1")
                self.lost.release()
        return said

    def wait(self, seconds):
        must(self.lost.acquire(timeout=seconds), "nothing was sent")

    def __exit__(self, *_):
        self.world.proxy.rule = None


class Market:
    """The scene with both networks, a real node and nodes that only hold."""

    def __init__(self, world, scene, relayer_net, node_net):
        self.w, self.s, self.nets = world, scene, (relayer_net, node_net)
        self.tasks = {}  # id: (number on the chain, whether it is the real node's)
        self.keepers = []
        self.real = self.node()
        wait_for("registered", lambda: self.said("registered"), 60)

    def node(self):
        demo = self.w.demo
        url, demo.url = demo.url, "http://127.0.0.1:%d/rpc" % self.nets[1].port
        try:
            return RealNode(self.w.node, demo.path("behind_a_bad_network"), self.s.relayer, demo, PROVIDER)
        finally:
            demo.url = url

    def said(self, event):
        return [e for e in self.real.events() if e["event"] == event]

    def post(self, real):
        chain_id = self.w.demo.create("--duration", "2h")  # by a good network
        names = [k.node.name for k in self.keepers] if real else [self.said("registered")[0]["node_id"]]
        status, made, _ = self.s.relayer.call("POST", "/api/v1/tasks", {
            "payload": PAYLOAD, "requirements": dict(REQUIREMENTS, node_deny=names), "token_amount": str(AMOUNT),
            "job": {"max_cycles": "100000"}, "chain": {"contract": hex(self.w.demo.contract), "task_id": chain_id}})
        must(status == 201, "POST /api/v1/tasks: %d %s" % (status, made))
        self.tasks[made["task_id"]] = (chain_id, real)
        return made["task_id"]

    def clear(self):
        for net in self.nets:
            net.clear()

    def settled(self, task, seconds=240):
        return self.s.until(task, "settled", seconds)

    def end(self):
        if self.real.process.poll() is None:
            self.real.end()
        for k in self.keepers:
            k.over = True


def every_fault(m, draw, rounds):
    """Each fault on both networks, while tasks are assigned and paid."""
    claims = [m.post(True) for _ in range(2)]
    for fault in FAULTS * rounds:
        begun = m.w.proxy.calls[:]
        task = None
        for net in m.nets:
            net.say(fault)
        if "hole" in fault or draw.random() < 0.3:
            for net in m.nets:
                net.say("kill")
        if draw.random() < 0.5:
            task = m.post(False)
        time.sleep(draw.uniform(1, 2.5))
        m.clear()
        time.sleep(draw.uniform(0, 0.7))
        print("   %-16s %3d calls came through%s" % (fault, len(m.w.proxy.calls) - len(begun), "" if task is None else ", a task"), flush=True)
    for task in claims:
        paid = m.settled(task)["settlement"]
        told = wait_for("the node knows", lambda: [e for e in m.said("claimed") + m.said("claim_over") if e["task_id"] == task], 120)
        if told[0]["event"] == "claimed":
            wait_for("its word of its transaction", lambda: m.s.show(task)["settlement"]["reported_tx"])
            must(int(m.s.show(task)["settlement"]["reported_tx"], 16) == int(paid["claim_tx"], 16) == int(told[0]["tx"], 16),
                 "the transaction that paid: %s, %s" % (paid, told))


def silent_assignment(m):
    """The node of the chain takes the relayer's transaction, and then nothing is heard for longer than a call may take."""
    wait_for("those before it are sent", lambda: not m.s.rows(
        "SELECT 1 FROM task t WHERE state IN ('created', 'funded', 'queued', 'offered') UNION SELECT 1 FROM chain_outbox"
        " WHERE state IN ('wanted', 'signed', 'broadcast')"), 300)
    with LostAnswers(m.w, m.nets[0], m.w.sender) as lost:
        task = m.post(False)
        lost.wait(120)
        time.sleep(11)  # sender.c: a call may take 10 s
        must(m.s.outbox(task)[0]["state"] in ("signed", "broadcast"), "nobody has told it yet")
        wait_for("/health says that nothing is heard", lambda: not m.s.health()["checks"]["starknet"]["ok"], 60)
        m.clear()
        m.s.assigned(task)


def silent_claim(m):
    """The same for the claim of a node that is then killed."""
    task = m.post(True)
    with LostAnswers(m.w, m.nets[1], int(m.w.provider, 16)) as lost:
        lost.wait(300)
        m.real.end(kill=True)
        time.sleep(1)
        m.nets[1].say("kill")
        m.clear()
        m.real = m.node()
        m.settled(task)
        # The node that came after it may have had nothing left to claim: it sees that, and does not ask for ever.
        wait_for("the node knows", lambda: [e for e in m.said("claimed") + m.said("claim_over") if e["task_id"] == task], 120)


def balanced(m, before):
    w, s = m.w, m.s
    for task, (chain_id, real) in m.tasks.items():
        if not real:
            s.assigned(task)
        events = w.events("TaskAssigned", chain_id), w.events("TaskCompleted", chain_id)
        must(len(events[0]) <= 1 if real else len(events[0]) == 1, "%s was assigned %d times" % (chain_id, len(events[0])))
        must(len(events[1]) == (1 if real else 0), "%s was paid %d times" % (chain_id, len(events[1])))
        shown = s.show(task)
        # A node that cannot ask the chain declines; nobody loses what was taken.
        must(shown["state"] == ("settled" if real else shown["state"]) and taken_once(s.relayer, task), str(shown))
    paid = sum(real for _, real in m.tasks.values())
    held, fees = w.demo.state()
    must((held - before[0], fees - before[1]) == ((len(m.tasks) - paid) * AMOUNT, paid * (AMOUNT * 12 // 100)), "what the contract paid")
    for who in (w.sender, int(w.provider, 16)):
        for nonce, txs in w.proxy.under(who).items():
            must(len(txs) == 1, "%d transactions of %x under the nonce %d" % (len(txs), who, nonce))
    sent = sorted(w.proxy.under(w.sender))
    must(sent == list(range(sent[0], w.nonce())), "nonces without a gap: %s" % sent)
    must(not s.rows("SELECT 1 FROM chain_outbox WHERE state = 'foreign'"), "a nonce of its own is taken for another's")
    # The watcher has caught up, and sees what comes from now on.
    newest = int(w.demo.devnet("starknet_blockNumber", {}))
    wait_for("well", lambda: s.health()["checks"]["starknet"]["ok"] and s.health()["checks"]["starknet"]["block"] >= newest)
    must(not [k.wrong for k in m.keepers if k.wrong], "a lease was taken away: %s" % [k.wrong for k in m.keepers])
    brought = sum(1 for who, _, _ in w.proxy.sent if who in (w.sender, int(w.provider, 16)))
    print("   %d tasks, %d of them paid; %d transactions, brought %d times" %
          (len(m.tasks), paid, sum(len(w.proxy.under(who)) for who in (w.sender, int(w.provider, 16))), brought), flush=True)


def main():
    p = argparse.ArgumentParser()
    for name in ("sprove", "raw", "relayer", "node", "faults", "folder", "chaosproxy"):
        p.add_argument(name)
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--seed", type=int, default=None)
    o = p.parse_args()
    seed = o.seed if o.seed is not None else random.randrange(1 << 32)
    print("seed %d" % seed, flush=True)
    draw = random.Random(seed)

    def act(w):
        target = w.proxy.server.server_address[1]
        nets = Net(o.chaosproxy, target), Net(o.chaosproxy, target)
        try:
            with Scene(w, "network", url="http://127.0.0.1:%d/rpc" % nets[0].port) as s:
                before = w.demo.state()
                m = Market(w, s, *nets)
                try:
                    # A node has at most eight at once.
                    m.keepers = [Keeper(w, s, key) for key in range(1, 2 + (len(FAULTS) * o.rounds + 8) // 8)]
                    for name, what in (("every fault", lambda: every_fault(m, draw, o.rounds)), ("a silent assignment", lambda: silent_assignment(m)),
                                       ("a silent claim", lambda: silent_claim(m))):
                        begun = time.monotonic()
                        what()
                        print("   %s: %.0f s" % (name, time.monotonic() - begun), flush=True)
                    balanced(m, before)
                except BaseException:
                    print(json.dumps(m.real.events()[-25:], indent=0), file=sys.stderr)
                    raise
                finally:
                    m.end()
        finally:
            for net in nets:
                net.close()
    say(__doc__.split(":")[0])
    return over_devnet(o.sprove, o.raw, o.relayer, o.node, o.faults, o.folder, act)


if __name__ == "__main__":
    sys.exit(main())
