"""The whole way over a starknet-devnet: classes declared, contract deployed, a task made, its proof made and
claimed, the amount divided; then what must fail. Skipped where a tool is missing: starknet-devnet, a Cairo compiler
(PATH, $CAIRO_HOME/bin), the Python package starknet-py. usage: devnet_demo.py SPROVE DIRECTORY"""

import asyncio
import json
import os
import subprocess
import sys

import devnet

TREASURY = "0x7ea5"
AMOUNT = 10**18 + 7  # no multiple of 100: the division rounds
PASSWORD = "demo"  # of keys that devnet publishes

try:
    from eth_keyfile import create_keyfile_json
    from starknet_py.hash.selector import get_selector_from_name
    from starknet_py.net.account.account import Account
    from starknet_py.net.client_models import Call, ResourceBounds, ResourceBoundsMapping
    from starknet_py.net.full_node_client import FullNodeClient
    from starknet_py.net.signer.key_pair import KeyPair
except ImportError as e:
    sys.exit(devnet.skip("no Python package %s (starknet-py 0.30)" % e.name))


def say(text):
    print("==", text, flush=True)


def must(holds, text):
    if not holds:
        sys.exit("devnet_demo: failed: " + text)


class Demo:
    def __init__(self, sprove, folder, node, deployment):
        self.sprove, self.folder, self.url = os.path.abspath(sprove), folder, node.url
        self.deployment, self.devnet, self.accounts = deployment, node.rpc, node.accounts
        with open(self.path("password"), "w") as f:
            f.write(PASSWORD + "\n")
        for i in (1, 2, 3):
            key = int(self.accounts[i]["private_key"], 16).to_bytes(32, "big")
            text = json.dumps(create_keyfile_json(key, PASSWORD.encode(), kdf="scrypt", iterations=1024))
            place = self.path("key%d.json" % i)
            if os.path.exists(place):
                os.remove(place)
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
                f.write(text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def address(self, who):
        return self.accounts[who]["address"]

    def run(self, *words):
        return subprocess.run([self.sprove, *words], capture_output=True, text=True, check=False)

    def chain(self, *words, who=None):
        """A command of the marketplace; who: the account that sends."""
        sender = []
        if who is not None:
            sender = ["--account", self.address(who), "--keystore", self.path("key%d.json" % who),
                      "--password-file", self.path("password")]
        return self.run(*words, "--rpc", self.url, "--deployment", self.deployment, "--json", *sender)

    def done(self, *words, who=None):
        r = self.chain(*words, who=who)
        must(r.returncode == 0, "%s: %s" % (" ".join(words), r.stderr))
        return json.loads(r.stdout)

    def refused(self, what, part, *words, who=None):
        r = self.chain(*words, who=who)
        must(r.returncode in (2, 3, 4, 7) and part in r.stderr, "%s: exit code %d, %s" % (what, r.returncode, r.stderr))
        must(r.stdout == "", what + ": something was printed")
        print("   refused: %s: %s" % (what, r.stderr.strip()), flush=True)

    def balance(self, who):
        return int(self.done("chain", "status", who=who)["account_balance"])

    def state(self):
        s = self.done("chain", "status")
        return int(s["contract_balance"]), int(s["treasury_balance"])

    def create(self, *words):
        r = self.done("task", "create", "--program", "matrix_multiplication", "--input", self.path("input.json"),
                      "--amount", str(AMOUNT), "--max-cycles", "100000", *words, who=1)
        print("   task %s, %d L2 gas" % (r["task"], r["l2_gas"]), flush=True)
        return r["task"]

    def sent(self, what, task, provider, felts, who):
        """A claim by another client, sent without asking whether it will pass: it must be reverted."""

        async def send():
            client = FullNodeClient(node_url=self.url)
            a = self.accounts[who]
            account = Account(client=client, address=int(a["address"], 16), chain=int(await client.get_chain_id(), 16),
                              key_pair=KeyPair.from_private_key(int(a["private_key"], 16)))
            bounds = ResourceBoundsMapping(l1_gas=ResourceBounds(0, 10**10), l2_gas=ResourceBounds(10**9, 10**10),
                                           l1_data_gas=ResourceBounds(10**6, 10**10))
            with open(self.deployment) as f:
                to = int(json.load(f)["contract"], 16)
            call = Call(to, get_selector_from_name("submit_proof_and_claim"),
                        [int(task), 0, int(provider, 16), self.result, len(felts), *felts])
            tx = await account.execute_v3(call, resource_bounds=bounds)
            while True:
                r = self.devnet("starknet_getTransactionReceipt", {"transaction_hash": hex(tx.transaction_hash)})
                if r["finality_status"] == "ACCEPTED_ON_L2":
                    return r
                await asyncio.sleep(0.2)

        before = self.state()
        r = asyncio.run(send())
        must(r["execution_status"] == "REVERTED", what + " was not reverted")
        must(self.state() == before, what + " moved money")
        print("   reverted: %s, %d L2 gas" % (what, r["execution_resources"]["l2_gas"]), flush=True)

    def altered(self, felts, at, task, provider):
        """A copy with the lowest bit of one felt changed."""
        copy = list(felts)
        copy[at] ^= 1
        with open(self.path("altered.felts"), "w") as f:
            f.writelines("%#x\n" % x for x in copy)
        name = "felt %d of %d altered" % (at, len(felts))
        r = self.chain("claim", self.path("altered.felts"), "--task", task, "--unchecked", who=2)
        must(r.returncode in (3, 7), "%s: exit code %d" % (name, r.returncode))
        print("   refused: %s: %s" % (name, r.stderr.strip()), flush=True)
        self.sent(name, task, provider, copy, 2)

    def show(self):
        provider, thief = self.address(2), self.address(3)
        with open(self.path("input.json"), "w") as f:
            f.write(self.run("jobs", "matrix_multiplication", "--example").stdout)
        say("a demander locks %d FRI for the product of two matrices, twice" % AMOUNT)
        had = [self.balance(i) for i in range(4)]
        one, two = self.create(), self.create()
        must(self.state() == (2 * AMOUNT, 0), "the contract holds both amounts")
        say("two providers register; one asks for the context of task %s and proves" % one)
        for who in (2, 3):
            self.done("chain", "register", who=who)
        task = self.done("task", "show", one, "--provider", provider)
        r = self.run("run", "matrix_multiplication", "--input", self.path("input.json"), "--output",
                     self.path("output.json"), "--proof", self.path("proof"), "--felts", self.path("felts"),
                     "--profile", "chain", "--context", task["context"], "--json")
        must(r.returncode == 0, "sprove run: " + r.stderr)
        proof = json.loads(r.stdout)
        must(proof["program_id"] == task["program_id"] and proof["h_in"] == task["input_hash"], "terms of the task")
        self.result = int.from_bytes(bytes.fromhex(proof["h_out"]), "little")
        with open(self.path("felts")) as f:
            felts = [int(x, 16) for x in f.read().split()]
        print("   %d cycles, %d felts, %.1f s" % (proof["cycles"], len(felts), proof["prove_ms"] / 1000), flush=True)

        say("what must fail: asked of `sprove claim`, then sent as transactions by starknet-py")
        copied = ["claim", self.path("proof"), "--task"]
        self.refused("copied proof, checked here", "context", *copied, one, who=3)
        self.refused("copied proof, for the thief", "refused: ", *copied, one, "--unchecked", who=3)
        self.sent("copied proof, for the thief", one, thief, felts, 3)
        self.refused("the proof for the other task", "refused: ", *copied, two, "--unchecked", who=2)
        self.sent("the proof for the other task", two, provider, felts, 2)
        for at in (0, 40, len(felts) // 2, len(felts) - 1):
            self.altered(felts, at, one, provider)
        self.sent("a proof without its last felt", one, provider, felts[:-1], 2)
        self.sent("no proof", one, provider, [], 2)
        self.refused("a fee above the cap", "max-fee", *copied, one, "--max-fee", "1000", who=2)
        must(self.state() == (2 * AMOUNT, 0), "the contract still holds both amounts")

        say("the claim")
        price = self.done(*copied, one, "--dry-run", who=2)
        must(price["sent"] is False and self.done("task", "show", one)["status"] == "created", "a dry run sends")
        before = self.balance(2)
        r = self.done(*copied, one, who=2)
        print("   %d felts of calldata, %d L2 gas, %d L1 data gas, fee %s FRI" %
              (r["calldata_felts"], r["l2_gas"], r["l1_data_gas"], r["fee"]))
        for e in r["events"]:
            print("   event", json.dumps(e))
        fee, subsidy = AMOUNT * 12 // 100, AMOUNT * 3 // 100
        must(self.state() == (AMOUNT, fee), "the contract pays task %s, the treasury gets 12 %%" % one)
        must(self.balance(2) == before + AMOUNT - fee - int(r["fee"]), "the provider gets 85 % and the subsidy")
        shown = self.done("task", "show", one)
        must(shown["status"] == "completed" and shown["output_hash"] == proof["h_out"], "the result is stored")
        must((shown["treasury_fee"], shown["gas_subsidy"]) == (str(fee), str(subsidy)), "the parts are stored")
        must(self.done("earnings", "--provider", provider)["earnings"] == str(AMOUNT - fee), "earnings")
        self.refused("the same claim again", "paid already", *copied, one, who=2)
        self.sent("the same claim again", one, provider, felts, 2)

        say("tasks that end without a proof")
        self.refused("cancelling another's task", "Only creator can cancel", "task", "cancel", two, who=3)
        self.done("task", "cancel", two, who=1)
        must(self.state() == (0, fee), "the amount of task %s went back" % two)
        three = self.create("--duration", "60")
        self.done("task", "assign", three, "--provider", provider, "--duration", "30", who=1)
        self.refused("taking an assigned task back", "Task cannot be cancelled", "task", "cancel", three, who=1)
        self.refused("refund before the deadline", "Deadline not passed", "task", "refund", three, who=3)
        self.devnet("devnet_increaseTime", {"time": 100})
        self.done("task", "refund", three, who=3)
        must(self.state() == (0, fee), "the amount of task %s went back" % three)
        self.refused("a task that is not there", "no such task", "task", "show", "99")

        say("balances in FRI, fees included")
        names = ("owner", "demander", "provider", "thief")
        for i in range(1, 4):
            print("   %-9s %25d -> %25d" % (names[i], had[i], self.balance(i)))
        print("   %-9s %25d -> %25d" % ("treasury", 0, self.state()[1]))
        say("done; the files are in " + self.folder)


def main():
    sprove, folder = sys.argv[1:]
    why = devnet.missing()
    if why:
        return devnet.skip(why)
    folder = os.path.abspath(folder)
    os.makedirs(folder, exist_ok=True)
    with devnet.Devnet() as node:
        say("starknet-devnet at %s; declaring the verifier and the contract, and deploying it" % node.url)
        code, deployment = devnet.deploy(node.url, folder, "--treasury", TREASURY)
        if code:
            return code
        Demo(sprove, folder, node, deployment).show()
        return 0


if __name__ == "__main__":
    sys.exit(main())
