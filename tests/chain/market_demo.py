"""The market on one machine: a starknet-devnet with the contract, a relayer with an account of its own, two nodes, a
receiver of callbacks, and a demander who sends the request of the README and locks its amount. The relayer has the node
that works assigned on the chain. That node is killed while it works, and so is the relayer: the other node does the work,
is assigned when the first one's time is over, and is paid.
Skipped where a tool is missing. usage: market_demo.py SPROVE CHAIN_RAW RELAYER NODE DIRECTORY"""

import json
import os
import subprocess
import sys
import time

import devnet
from devnet_demo import PASSWORD, Demo, must, say
from world import AMOUNT, DEMANDER, JOB, NAMES, OWNER, PROVIDER, RELAYER, THIEF, TREASURY

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from receiver import Receiver, genuine  # noqa: E402
from relayer_process import Relayer, taken_once, wait_for  # noqa: E402

PAYLOAD = {"algorithm": JOB, "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}
REQUIREMENTS = {"cpu_threads": 1, "ram_gb": 1, "gpu_required": False, "max_execution_time": 300}
TIMERS = ["ws.offer=2s", "ws.heartbeat=3s", "ws.resume_grace=6s", "ws.heartbeat_timeout=15s", "ws.lease=20s",
          "ws.start_by=30s", "chain.poll=300ms"]
SECOND = THIEF  # the other provider; it steals nothing here


class Node:
    def __init__(self, program, folder, relayer, demo, who):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.log = open(os.path.join(folder, "log"), "ab")
        self.env = demo.env
        self.command = [
            program, "--relayer", "http://127.0.0.1:%d" % relayer.port, "--data", folder, "--no-bench", "--address",
             demo.address(who), "--keystore", demo.path(NAMES[who] + ".json"), "--password-file", demo.path("password"),
             "--rpc", demo.url, "--deployment", demo.deployment, "--sprove", demo.sprove, "--memory", "6"]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=self.log, env=self.env)

    def events(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return [json.loads(x) for x in f if x.startswith("{") and x.endswith("}\n")]

    def end(self, kill=False):
        (self.process.kill if kill else self.process.terminate)()
        return self.process.wait(30)


def make_relayer(demo):
    """The contract's owner lets the relayer's account assign."""
    r = demo.raw.send(demo.accounts[OWNER], (demo.contract, "set_relayer", [int(demo.address(RELAYER), 16)]))
    must(r.get("reverted") is False, "set_relayer: " + str(r)[:500])


def account(demo):
    """Settings of a relayer that assigns."""
    return ["chain.account=" + demo.address(RELAYER), "chain.keystore=" + demo.path(NAMES[RELAYER] + ".json"),
            "chain.password_file=" + demo.path("password")]


def chain(demo, url=None):
    return ["chain.rpc=" + (url or demo.url), "chain.chain_id=SN_SEPOLIA", "chain.contract=" + hex(demo.contract)]


class Market:
    def __init__(self, demo, relayer_program, node_program, folder, *settings):
        self.demo, self.node_program, self.folder = demo, node_program, folder
        self.relayer = Relayer(relayer_program, os.path.join(folder, "relayer"), TIMERS + chain(demo) + list(settings))
        os.makedirs(self.relayer.folder)
        self.nodes = {}
        self.start()

    def start(self):
        self.relayer.start(wait=False)
        self.relayer.wait_ready(60)  # its keystore takes a while to open

    def node(self, who):
        self.nodes[who] = Node(self.node_program, os.path.join(self.folder, "node_" + NAMES[who]), self.relayer, self.demo, who)
        return self.nodes[who]

    def task(self, chain_id, payload=PAYLOAD, **more):
        body = {"payload": payload, "requirements": REQUIREMENTS, "token_amount": str(AMOUNT),
                "job": {"max_cycles": "100000"}, "description": "Matrix multiplication task",
                "chain": {"contract": hex(self.demo.contract), "task_id": chain_id}, **more}
        status, made, _ = self.relayer.call("POST", "/api/v1/tasks", body)
        must(status == 201, "POST /api/v1/tasks: %d %s" % (status, made))
        self.made = made
        return made["task_id"]

    def state(self, task):
        return self.relayer.call("GET", "/api/v1/tasks/" + task)[1]

    def until(self, task, state, seconds=120):
        return wait_for("task is " + state, lambda: self.state(task)["state"] == state and self.state(task), seconds)

    def settled(self, task, seconds=200):
        """It, with what was paid to whom: that is said by another event of the same transaction."""
        return wait_for("settled, and its parts", lambda: (lambda t: t["state"] == "settled" and t["settlement"]["provider_payout"] and t)(
            self.state(task)), seconds)

    def assigned(self, task, who, seconds=120):
        """The chain's word, as the relayer read it."""
        def looked():
            s = self.state(task)["settlement"]
            return s.get("assigned_to") and int(s["assigned_to"], 16) == int(self.demo.address(who), 16) and s
        return wait_for("the chain shows the assignment", looked, seconds)

    def fsck(self):
        """What holds, holds, the proofs included: each is for the account that claimed, on this chain and no other."""
        for chain_id, code, said in (("SN_SEPOLIA", 0, ""), ("SN_MAIN", 1, "does not verify"), ("", 1, "without chain.chain_id")):
            r = subprocess.run([self.relayer.program, "--fsck", "--proofs", "--set", "server.data=" + self.relayer.folder, "--set",
                                "chain.chain_id=" + chain_id], capture_output=True, text=True, check=False)
            must(r.returncode == code and said in r.stdout and (said or not r.stdout), "--fsck: %r %s%s" % (chain_id, r.stdout, r.stderr))

    def close(self):
        for n in self.nodes.values():
            if n.process.poll() is None:
                n.end()
        code = self.relayer.stop()
        self.fsck()
        return code


def show(market, receiver):
    demo = market.demo
    with open(demo.path("input.json"), "w") as f:
        json.dump(PAYLOAD, f)
    for who in (PROVIDER, SECOND):
        demo.done("chain", "register", who=who)
    make_relayer(demo)
    held, fees = demo.state()
    say("the demander locks %d FRI and posts the task" % AMOUNT)
    chain_id = demo.create("--duration", "2h")
    had = {who: demo.balance(who) for who in (PROVIDER, SECOND, RELAYER)}
    task = market.task(chain_id, callback={"url": receiver.url("/done"), "events": ["task.verified", "task.settled"]})
    secret = market.made["callback"]["secret"]
    market.until(task, "queued")
    print("   task %s: the relayer has seen its escrow" % task, flush=True)
    say("a node takes it, the relayer has it assigned; both are killed, and another node comes")
    node = market.node(PROVIDER)
    market.until(task, "running")
    s = market.assigned(task, PROVIDER)
    print("   assigned to %s by %s" % (s["assigned_to"], s["assign_tx"]), flush=True)
    node.end(kill=True)
    market.relayer.kill()
    market.start()
    market.node(SECOND)
    # The first one's assignment is over after max_execution_time.
    demo.devnet("devnet_increaseTime", {"time": REQUIREMENTS["max_execution_time"] + 60})
    done = market.settled(task)
    for e in market.relayer.call("GET", "/api/v1/tasks/%s/events" % task)[1]["items"]:
        print("   %s %s -> %s %s" % (e["at"], e["from"], e["to"], e["detail"] or ""), flush=True)
    share, subsidy = AMOUNT * 12 // 100, AMOUNT * 3 // 100
    s = done["settlement"]
    print("   settlement: %s" % json.dumps(s), flush=True)
    must((s["treasury_fee"], s["gas_subsidy"], s["provider_payout"]) ==
         (str(share), str(subsidy), str(AMOUNT - share - subsidy)), "the parts of the settlement")
    must(int(s["provider"], 16) == int(s["assigned_to"], 16) == int(demo.address(SECOND), 16),
         "the provider of the settlement is the one that was assigned")
    must(demo.state() == (held, fees + share), "the contract has paid, the treasury has 12 %")
    must(demo.balance(SECOND) > had[SECOND], "the provider has earned more than the claim cost")
    must(demo.balance(PROVIDER) == had[PROVIDER], "the node that was killed has neither paid nor earned")
    cost = had[RELAYER] - demo.balance(RELAYER)
    must(0 < cost < 2 * 10**18, "the relayer has paid for its two assignments")
    print("   the relayer's two assignments cost it %d FRI" % cost, flush=True)
    result = market.relayer.call("GET", "/api/v1/tasks/%s/result" % task)[1]
    must(result["output"] == {"result": [[19, 22], [43, 50]]}, "the result")
    print("   result: %s" % json.dumps(result["output"]), flush=True)
    got = receiver.wait("/done", 2)
    must(all(genuine(g, secret) for g in got), "the callbacks are signed")
    told = {json.loads(g[2])["type"] for g in got}
    must(told == {"task.verified", "task.settled"}, "callbacks: " + str(told))
    print("   callbacks: %s" % ", ".join(sorted(told)), flush=True)

    say("a task that the demander has assigned himself goes to that node alone")
    market.node(PROVIDER)
    own = demo.create("--duration", "2h")
    demo.done("task", "assign", own, "--provider", demo.address(SECOND), "--duration", "1h", who=DEMANDER)
    task = market.task(own)
    done = market.settled(task)
    must(int(done["settlement"]["provider"], 16) == int(demo.address(SECOND), 16), "paid as the demander chose")
    must(taken_once(market.relayer, task) and demo.state() == (held, fees + 2 * share), "one node, one payment")

    say("a task whose escrow is another's: refused; one that is cancelled on the chain: refunded")
    lie = demo.create("--duration", "2h")
    task = market.task(lie, dict(PAYLOAD, matrix_a=[[1, 2], [3, 5]]))
    failed = market.until(task, "failed")
    must(failed["failure"]["code"] == "escrow_mismatch", "escrow of another input: " + str(failed["failure"]))
    print("   " + failed["failure"]["detail"], flush=True)
    for n in market.nodes.values():
        n.end()
    gone = demo.create("--duration", "2h")
    task = market.task(gone)
    market.until(task, "queued")
    demo.done("task", "cancel", gone, who=DEMANDER)
    market.until(task, "refunded")
    print("   refunded", flush=True)


def main():
    sprove, raw, relayer, node, folder = sys.argv[1:]
    why = devnet.missing()
    if why:
        return devnet.skip(why)
    folder = devnet.new_folder(folder)
    start = time.monotonic()
    with devnet.Devnet() as chain_node:
        say("starknet-devnet at %s; deploying the contract" % chain_node.url)
        code, deployment = devnet.deploy(chain_node.url, folder, "--treasury", TREASURY)
        if code:
            return code
        demo = Demo(sprove, raw, folder, chain_node, deployment)
        receiver = Receiver()
        market = Market(demo, os.path.abspath(relayer), os.path.abspath(node), folder, *account(demo),
                        "chain.assign_for=60s", "webhooks.allow_private=yes")
        try:
            with devnet.Blocks(chain_node):
                show(market, receiver)
            must(market.close() == 0, "the relayer stops as asked")
        except BaseException:
            print("\n".join(x for x in market.relayer.log_text().splitlines() if '"http"' not in x)[-3000:], file=sys.stderr)
            for n in market.nodes.values():
                print(json.dumps(n.events()[-12:], indent=0), file=sys.stderr)
            market.relayer.process.kill()
            for n in market.nodes.values():
                n.process.kill()
            raise
    say("took %.0f s; the files are in %s" % (time.monotonic() - start, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
