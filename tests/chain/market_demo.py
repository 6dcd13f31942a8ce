"""The market on one machine: a starknet-devnet with the contract, a relayer, two nodes, a demander who sends the request of the
README and locks its amount. The first node is killed while it works, the relayer too; the work is done, verified and paid all the same.
Skipped where a tool is missing. usage: market_demo.py SPROVE CHAIN_RAW RELAYER NODE DIRECTORY"""

import json
import os
import shutil
import subprocess
import sys
import time

import devnet
from devnet_demo import PASSWORD, Demo, must, say
from world import AMOUNT, DEMANDER, JOB, NAMES, PROVIDER, THIEF, TREASURY

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from relayer_process import Relayer, wait_for  # noqa: E402

PAYLOAD = {"algorithm": JOB, "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}
REQUIREMENTS = {"cpu_threads": 1, "ram_gb": 1, "gpu_required": False, "max_execution_time": 300}
TIMERS = ["ws.offer=2s", "ws.heartbeat=3s", "ws.resume_grace=6s", "ws.heartbeat_timeout=15s", "ws.lease=20s",
          "ws.start_by=30s", "chain.poll=500ms"]


class Node:
    def __init__(self, program, folder, relayer, demo, who):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.log = open(os.path.join(folder, "log"), "ab")
        self.process = subprocess.Popen(
            [program, "--relayer", "http://127.0.0.1:%d" % relayer.port, "--data", folder, "--no-bench", "--address",
             demo.address(who), "--keystore", demo.path(NAMES[who] + ".json"), "--password-file", demo.path("password"),
             "--rpc", demo.url, "--deployment", demo.deployment, "--sprove", demo.sprove, "--memory", "6"],
            stderr=self.log, env=demo.env)

    def events(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return [json.loads(x) for x in f if x.startswith("{")]

    def end(self, kill=False):
        (self.process.kill if kill else self.process.terminate)()
        return self.process.wait(30)


class Market:
    def __init__(self, demo, relayer_program, node_program, folder):
        self.demo, self.node_program, self.folder = demo, node_program, folder
        self.relayer = Relayer(relayer_program, os.path.join(folder, "relayer"), TIMERS + [
            "chain.rpc=" + demo.url, "chain.chain_id=SN_SEPOLIA", "chain.contract=" + hex(demo.contract)])
        os.makedirs(self.relayer.folder)
        self.relayer.start()
        self.nodes = {}

    def node(self, who):
        self.nodes[who] = Node(self.node_program, os.path.join(self.folder, "node_" + NAMES[who]), self.relayer, self.demo, who)
        return self.nodes[who]

    def task(self, chain_id, payload=PAYLOAD):
        body = {"payload": payload, "requirements": REQUIREMENTS, "token_amount": str(AMOUNT),
                "job": {"max_cycles": "100000"}, "description": "Matrix multiplication task",
                "chain": {"contract": hex(self.demo.contract), "task_id": chain_id}}
        status, made, _ = self.relayer.call("POST", "/api/v1/tasks", body)
        must(status == 201, "POST /api/v1/tasks: %d %s" % (status, made))
        return made["task_id"]

    def state(self, task):
        return self.relayer.call("GET", "/api/v1/tasks/" + task)[1]

    def until(self, task, state, seconds=120):
        return wait_for("task is " + state, lambda: self.state(task)["state"] == state and self.state(task), seconds)

    def close(self):
        for n in self.nodes.values():
            if n.process.poll() is None:
                n.end()
        return self.relayer.stop()


def show(market):
    demo = market.demo
    with open(demo.path("input.json"), "w") as f:
        json.dump(PAYLOAD, f)
    for who in (PROVIDER, THIEF):
        demo.done("chain", "register", who=who)
    say("the demander locks %d FRI and posts the task" % AMOUNT)
    chain_id = demo.create("--duration", "2h")
    had = demo.balance(PROVIDER)
    task = market.task(chain_id)
    market.until(task, "queued")
    print("   task %s: the relayer has seen its escrow" % task, flush=True)
    say("a node takes it, is killed while it proves, and starts again; so does the relayer")
    node = market.node(PROVIDER)
    market.until(task, "running")
    node.end(kill=True)
    market.relayer.kill()
    market.relayer.start()
    market.node(PROVIDER)
    done = market.until(task, "settled")
    for e in market.relayer.call("GET", "/api/v1/tasks/%s/events" % task)[1]["items"]:
        print("   %s %s -> %s %s" % (e["at"], e["from"], e["to"], e["detail"] or ""), flush=True)
    share, subsidy = AMOUNT * 12 // 100, AMOUNT * 3 // 100
    s = done["settlement"]
    print("   settlement: %s" % json.dumps(s), flush=True)
    must((s["treasury_fee"], s["gas_subsidy"], s["provider_payout"]) ==
         (str(share), str(subsidy), str(AMOUNT - share - subsidy)), "the parts of the settlement")
    must(int(s["provider"], 16) == int(demo.address(PROVIDER), 16), "the provider of the settlement")
    must(demo.state() == (0, share), "the contract has paid, the treasury has 12 %")
    must(demo.balance(PROVIDER) > had, "the provider has earned more than the claim cost")
    result = market.relayer.call("GET", "/api/v1/tasks/%s/result" % task)[1]
    must(result["output"] == {"result": [[19, 22], [43, 50]]}, "the result")
    print("   result: %s" % json.dumps(result["output"]), flush=True)

    say("a task whose escrow is another's: refused; one that is cancelled on the chain: refunded")
    lie = demo.create("--duration", "2h")
    task = market.task(lie, dict(PAYLOAD, matrix_a=[[1, 2], [3, 5]]))
    failed = market.until(task, "failed")
    must(failed["failure"]["code"] == "escrow_mismatch", "escrow of another input: " + str(failed["failure"]))
    print("   " + failed["failure"]["detail"], flush=True)
    market.nodes[PROVIDER].end()
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
    folder = os.path.abspath(folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    start = time.monotonic()
    with devnet.Devnet() as chain:
        say("starknet-devnet at %s; deploying the contract" % chain.url)
        code, deployment = devnet.deploy(chain.url, folder, "--treasury", TREASURY)
        if code:
            return code
        demo = Demo(sprove, raw, folder, chain, deployment)
        market = Market(demo, os.path.abspath(relayer), os.path.abspath(node), folder)
        try:
            show(market)
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
