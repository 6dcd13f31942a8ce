"""The whole way over a starknet-devnet: classes declared, contract deployed, a task made, its proof made and
claimed, the amount divided; then six attacks, and tasks that end without a proof. Skipped where a tool is missing:
starknet-devnet, a Cairo compiler (PATH, $CAIRO_HOME/bin), the Python package starknet-py.
usage: devnet_demo.py SPROVE CHAIN_RAW DIRECTORY"""

import json
import os
import subprocess
import sys
import time

import devnet
from world import AMOUNT, DEMANDER, JOB, NAMES, PROVIDER, RELAYER, THIEF, TREASURY, Raw, u256

PASSWORD = "demo"  # of keys that devnet publishes
REFUSALS = (2, 3, 4, 7, 8)  # exit codes of sprove for what is refused, here or by the chain


def say(text):
    print("==", text, flush=True)


def must(holds, text):
    if not holds:
        sys.exit("devnet_demo: failed: " + text)


class Demo:
    def __init__(self, sprove, raw, folder, node, deployment):
        self.sprove, self.folder, self.url = os.path.abspath(sprove), folder, node.url
        self.deployment, self.devnet, self.accounts = deployment, node.rpc, node.accounts
        self.raw = Raw(os.path.abspath(raw), node.url)
        with open(deployment) as f:
            self.contract = int(json.load(f)["contract"], 16)
        # Nothing of the user's own settings.
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("SPROVE_", "STARKNET_", "XDG_"))}
        self.env["XDG_CONFIG_HOME"] = self.env["XDG_STATE_HOME"] = self.path("state")
        self.private("password", PASSWORD)
        for who in (DEMANDER, PROVIDER, THIEF, RELAYER):
            r = self.run("keys", "import", "--keystore", self.path(NAMES[who] + ".json"), "--key-file", "-",
                         "--password-file", self.path("password"), told=self.accounts[who]["private_key"] + "\n")
            must(r.returncode == 0, "sprove keys import: " + r.stderr)

    def path(self, name):
        return os.path.join(self.folder, name)

    def private(self, name, line):
        with os.fdopen(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            f.write(line + "\n")

    def address(self, who):
        return self.accounts[who]["address"]

    def run(self, *words, told=None):
        return subprocess.run([self.sprove, *words], input=told, capture_output=True, text=True, check=False,
                              env=self.env)

    def chain(self, *words, who=None):
        """A command of the marketplace; who: the account that sends."""
        sender = []
        if who is not None:
            sender = ["--account", self.address(who), "--keystore", self.path(NAMES[who] + ".json"),
                      "--password-file", self.path("password")]
        return self.run(*words, "--rpc", self.url, "--deployment", self.deployment, "--json", *sender)

    def done(self, *words, who=None):
        r = self.chain(*words, who=who)
        must(r.returncode == 0, "%s: %s" % (" ".join(words), r.stderr))
        return json.loads(r.stdout)

    def refused(self, what, part, *words, who=None):
        r = self.chain(*words, who=who)
        must(r.returncode in REFUSALS and part in r.stderr, "%s: exit code %d, %s" % (what, r.returncode, r.stderr))
        must(r.stdout == "", what + ": something was printed")
        print("   refused: %s: %s" % (what, r.stderr.strip()), flush=True)

    def balance(self, who):
        return int(self.done("chain", "status", who=who)["account_balance"])

    def state(self):
        s = self.done("chain", "status")
        return int(s["contract_balance"]), int(s["treasury_balance"])

    def create(self, *words):
        r = self.done("task", "create", "--program", JOB, "--input", self.path("input.json"), "--amount", str(AMOUNT),
                      "--max-cycles", "100000", *words, who=DEMANDER)
        print("   task %s, %d L2 gas" % (r["task"], r["l2_gas"]), flush=True)
        return r["task"]

    def prove(self, task):
        shown = self.done("task", "show", task, "--provider", self.address(PROVIDER))
        name = "proof" + task
        r = self.run("run", JOB, "--input", self.path("input.json"), "--output", self.path("output.json"), "--proof",
                     self.path(name), "--felts", self.path(name + ".felts"), "--profile", "chain", "--context",
                     shown["context"], "--json")
        must(r.returncode == 0, "sprove run: " + r.stderr)
        proof = json.loads(r.stdout)
        must(proof["program_id"] == shown["program_id"] and proof["h_in"] == shown["input_hash"], "terms of the task")
        with open(self.path(name + ".felts")) as f:
            felts = [int(x, 16) for x in f.read().split()]
        print("   %d cycles, %d felts, %.1f s" % (proof["cycles"], len(felts), proof["prove_ms"] / 1000), flush=True)
        return proof, felts

    def attack(self, what, said, who, name, data):
        """Sent past `sprove`, which would not send it: reverted for its reason, and nothing has moved."""
        self.n = getattr(self, "n", 0) + 1
        before = self.state()
        r = self.raw.send(self.accounts[who], (self.contract, name, data))
        must(r.get("reverted") is True, "%s: %s" % (what, str(r)[:500]))
        must(r["said"] == said, "%s: said '%s'" % (what, r["said"]))
        must(self.state() == before, what + " moved money")
        print("   %d. %s: reverted: %s (%d L2 gas)" % (self.n, what, r["said"], r["l2_gas"]), flush=True)

    def claim_data(self, task, payee, result, felts):
        return [*u256(int(task)), int(self.address(payee), 16), result, len(felts), *felts]

    def show(self):
        with open(self.path("input.json"), "w") as f:
            f.write(self.run("jobs", JOB, "--example").stdout)
        say("a demander locks %d FRI for the product of two matrices, twice" % AMOUNT)
        had = {i: self.balance(i) for i in (DEMANDER, PROVIDER, THIEF)}
        one, two = self.create(), self.create()
        must(self.state() == (2 * AMOUNT, 0), "the contract holds both amounts")
        say("two providers register; one asks for the context of task %s, and proves" % one)
        for who in (PROVIDER, THIEF):
            self.done("chain", "register", who=who)
        proof, felts = self.prove(one)
        claim = ["claim", self.path("proof" + one), "--task"]
        say("the claim")
        price = self.done(*claim, one, "--dry-run", who=PROVIDER)
        must(price["sent"] is False and self.done("task", "show", one)["status"] == "created", "a dry run sends")
        self.refused("a fee above the cap", "max-fee", *claim, one, "--max-fee", "1000", who=PROVIDER)
        before = self.balance(PROVIDER)
        r = self.done(*claim, one, who=PROVIDER)
        print("   %d felts of calldata, %d L2 gas, %d L1 data gas, fee %s FRI" %
              (r["calldata_felts"], r["l2_gas"], r["l1_data_gas"], r["fee"]))
        for e in r["events"]:
            print("   event", json.dumps(e))
        share, subsidy = AMOUNT * 12 // 100, AMOUNT * 3 // 100
        must(self.state() == (AMOUNT, share), "the contract pays task %s, the treasury gets 12 %%" % one)
        must(self.balance(PROVIDER) == before + AMOUNT - share - int(r["fee"]), "the provider gets 85 % and 3 %")
        shown = self.done("task", "show", one)
        must(shown["status"] == "completed" and shown["output_hash"] == proof["h_out"], "the result is stored")
        must((shown["treasury_fee"], shown["gas_subsidy"]) == (str(share), str(subsidy)), "the parts are stored")
        earned = self.done("earnings", "--provider", self.address(PROVIDER))["earnings"]
        must(earned == str(AMOUNT - share), "earnings")
        self.balances("balances in FRI, fees of the senders included", had)
        self.attacks(one, two, proof, felts, claim)
        self.without_a_proof(2 * share)
        self.balances("balances in FRI at the end", had)
        say("done; the files are in " + self.folder)

    def attacks(self, one, two, proof, felts, claim):
        result = int.from_bytes(bytes.fromhex(proof["h_out"]), "little")
        say("the provider proves for task %s; meanwhile, six attacks" % two)
        provider = self.address(PROVIDER)
        _, second = self.prove(two)
        submit = "submit_proof_and_claim"
        io = self.raw.call(self.contract, "statement_of", *u256(int(two)), int(self.address(THIEF), 16), result)[5]
        altered = [x ^ (i == len(second) // 2) for i, x in enumerate(second)]
        forged = [12, 16, 20, 8, io, *range(1, 42)]
        self.attack("the proof of task %s, for task %s" % (one, two), "context", PROVIDER, submit,
                    self.claim_data(two, PROVIDER, result, felts))
        self.attack("the proof of task %s, paid to who copied it" % two, "context", THIEF, submit,
                    self.claim_data(two, THIEF, result, second))
        self.attack("one bit of its %d felts altered" % len(second), "tree path", PROVIDER, submit,
                    self.claim_data(two, PROVIDER, result, altered))
        self.attack("%d felts that another verifier takes for a proof" % len(forged), "form", THIEF, submit,
                    self.claim_data(two, THIEF, result, forged))
        self.attack("task %s claimed again" % one, "Invalid task status", PROVIDER, submit,
                    self.claim_data(one, PROVIDER, result, felts))
        self.done("task", "assign", two, "--provider", provider, "--duration", "6h", who=DEMANDER)
        self.attack("task %s, now assigned, taken back by its demander" % two, "Task cannot be cancelled", DEMANDER,
                    "cancel_task", u256(int(two)))
        self.refused("by `sprove claim`, the first", "context", *claim, two, who=PROVIDER)
        self.refused("by `sprove claim`, the fifth", "paid already", *claim, one, who=PROVIDER)
        self.done("claim", self.path("proof" + two), "--task", two, who=PROVIDER)
        must(self.state() == (0, 2 * (AMOUNT * 12 // 100)), "the contract pays task %s" % two)
        print("   and the proof of task %s as it was made is paid" % two, flush=True)

    def without_a_proof(self, treasury):
        say("tasks that end without a proof")
        three, four = self.create(), self.create("--duration", "60")
        self.refused("cancelling another's task", "Only creator can cancel", "task", "cancel", three, who=THIEF)
        self.done("task", "cancel", three, who=DEMANDER)
        must(self.state() == (AMOUNT, treasury), "the amount of task %s went back" % three)
        self.refused("refund before the deadline", "Deadline not passed", "task", "refund", four, who=THIEF)
        self.devnet("devnet_increaseTime", {"time": 100})
        self.done("task", "refund", four, who=THIEF)
        must(self.state() == (0, treasury), "the amount of task %s went back" % four)
        self.refused("a task that is not there", "no such task", "task", "show", "99")

    def balances(self, title, had):
        say(title)
        for i in had:
            print("   %-9s %25d -> %25d" % (NAMES[i], had[i], self.balance(i)))
        print("   %-9s %25d -> %25d" % ("treasury", 0, self.state()[1]), flush=True)


def main():
    sprove, raw, folder = sys.argv[1:]
    why = devnet.missing()
    if why:
        return devnet.skip(why)
    folder = devnet.new_folder(folder)
    start = time.monotonic()
    with devnet.Devnet() as node:
        say("starknet-devnet at %s; declaring the verifier and the contract, and deploying it" % node.url)
        code, deployment = devnet.deploy(node.url, folder, "--treasury", TREASURY)
        if code:
            return code
        Demo(sprove, raw, folder, node, deployment).show()
    say("took %.0f s" % (time.monotonic() - start))
    return 0


if __name__ == "__main__":
    sys.exit(main())
