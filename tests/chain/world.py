"""What the attacks share: a devnet that outlives the program which started it, two deployments of the contract, a
token that misbehaves, tasks, and proofs that a provider and attackers made for them. Groups of attacks take it up
from its folder."""

import hashlib
import json
import os
import subprocess
import sys
import time

import devnet

OWNER, DEMANDER, PROVIDER, THIEF, RELAYER = range(5)  # accounts of the devnet
NAMES = ("owner", "demander", "provider", "thief", "relayer")
TREASURY = "0x7ea5"
AMOUNT = 10**18 + 7  # no multiple of 100
MAX_CYCLES = 100000
DAY = 86400
JOB = "matrix_multiplication"
LONGEST = 3600  # seconds: after them the devnet ends, whatever became of the tests


def number(hexadecimal):
    """The felt of a digest: the number of its bytes, little endian."""
    return int.from_bytes(bytes.fromhex(hexadecimal), "little")


def context(chain, contract, task, provider):
    """docs/chain.md 1."""
    message = b"sprove ctx".ljust(32, b"\0")
    for n in (chain, contract, task % 2**128, task >> 128, provider):
        message += n.to_bytes(32, "little")
    return hashlib.blake2s(message).digest()[:28].hex()


def u256(n):
    return [n % 2**128, n >> 128]


class Raw:
    """chain_raw: views and transactions without the checks of `sprove`."""

    def __init__(self, program, node_url):
        self.process = subprocess.Popen([program, node_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=devnet.ends_with_parent)

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def call(self, to, name, *data):
        """The felts that a view returns; None where it is refused."""
        a = self.ask(do="call", to=hex(to), name=name, data=[hex(x) for x in data])
        return [int(x, 16) for x in a["result"]] if "result" in a else None

    def send(self, account, *calls, do="send"):
        """calls: (contract, name, felts)."""
        return self.ask(do=do, account=account["address"], key=account["private_key"],
                        calls=[[hex(to), name, [hex(x) for x in data]] for to, name, data in calls])

    def selector(self, name):
        return int(self.ask(do="selector", name=name)["result"][0], 16)

    def poseidon(self, *data):
        return int(self.ask(do="poseidon", data=[hex(x) for x in data])["result"][0], 16)


class World:
    """Taken up from the folder in which Maker left it."""

    def __init__(self, folder, raw):
        self.folder = folder
        with open(self.path("world.json")) as f:
            self.__dict__.update(json.load(f))
        self.raw = Raw(raw, self.url)
        self.strk = int(devnet.STRK, 16)
        self.at = [int(a["address"], 16) for a in self.accounts]

    def path(self, name):
        return os.path.join(self.folder, name)

    def felts(self, name):
        with open(self.path(name + ".felts")) as f:
            return [int(x, 16) for x in f.read().split()]

    def rpc(self, method, params):
        return devnet.rpc(self.url, method, params)

    def now(self):
        return self.rpc("starknet_getBlockWithTxHashes", {"block_id": "latest"})["timestamp"]

    def pass_time(self, until):
        self.rpc("devnet_increaseTime", {"time": until - self.now()})

    def claim(self, task, provider, felts, result=None, contract=None):
        """A claim as it stands, by whomever."""
        data = [*u256(task), provider, self.result if result is None else result, len(felts), *felts]
        return (contract or self.contract, "submit_proof_and_claim", data)

    def create(self, token=None, program=None, h_in=None, duration=300 * DAY, contract=None):
        """The two calls that make a task."""
        to, token = contract or self.contract, token or self.strk
        terms = [token, *u256(AMOUNT), program or self.program, h_in or self.h_in, MAX_CYCLES, self.now() + duration, 1]
        return [(token, "approve", [to, *u256(AMOUNT)]), (to, "create_proved_task", terms)]

    def view(self, name, *data):
        return self.raw.call(self.contract, name, *data)

    def status(self, task):
        return self.view("get_task_ext", *u256(task))[1]

    def balance(self, token, of):
        low, high = self.raw.call(token, "balance_of", of)
        return low + (high << 128)

    def state(self):
        """All that an attack could be after: balances of both tokens, every task, providers, who may do what."""
        s = {}
        parties = [("contract", self.contract), ("second contract", self.second), ("treasury", int(TREASURY, 16)),
                   *((name, self.at[i]) for i, name in enumerate(NAMES))]
        for name, party in parties:
            s[name, "STRK"] = self.balance(self.strk, party)
            s[name, "token"] = self.balance(self.token, party)
        for contract in (self.contract, self.second):
            for name in ("get_task_count", "get_verified_count", "owner", "get_treasury", "get_relayer", "is_paused",
                         "get_verifier_params"):
                s[contract, name] = self.raw.call(contract, name)
            for task in range(1, 1 + s[contract, "get_task_count"][0]):
                s[contract, "task", task] = self.raw.call(contract, "get_task_ext", *u256(task))
            for who in (PROVIDER, THIEF):
                s[contract, NAMES[who], "node"] = self.raw.call(contract, "get_node_info", self.at[who])
                for token in (self.strk, self.token):
                    s[contract, NAMES[who], token] = self.raw.call(contract, "get_user_earnings", self.at[who], token)
            at = {"block_id": "latest", "contract_address": hex(contract)}
            s[contract, "class"] = self.rpc("starknet_getClassHashAt", at)
        return s


class Maker:
    """Makes the world."""

    def __init__(self, folder, sprove, raw, weak):
        self.folder, self.sprove, self.raw_program, self.weak = folder, sprove, raw, weak

    def path(self, name):
        return os.path.join(self.folder, name)

    def say(self, text):
        print("== %s" % text, flush=True)

    def sent(self, who, *calls):
        r = self.raw.send(self.accounts[who], *calls)
        if r.get("reverted") is not False:
            sys.exit("world: not done: %s" % json.dumps(r)[:2000])
        return r

    def deploy(self):
        code, out = devnet.deploy(self.url, self.folder, "--treasury", TREASURY)
        if code:
            return code
        with open(out) as f:
            d = json.load(f)
        self.contract, self.escrow_class = int(d["contract"], 16), int(d["escrow_class"], 16)
        self.verifier_class, self.chain = int(d["verifier_class"], 16), int(d["chain_id"], 16)
        # The same class with the same arguments at another address.
        strk, owner = int(devnet.STRK, 16), int(self.accounts[OWNER]["address"], 16)
        self.second = self.instance(self.escrow_class, owner, int(TREASURY, 16), self.verifier_class, 1, strk)
        self.token = self.instance(self.declare_token())
        return 0

    def declare_token(self):
        """Here alone starknet-py is needed, and in deploy.py."""
        import asyncio

        sys.path.insert(0, os.path.dirname(devnet.DEPLOY))
        import classes
        from starknet_py.net.account.account import Account
        from starknet_py.net.full_node_client import FullNodeClient
        from starknet_py.net.signer.key_pair import KeyPair

        package = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cairo")
        made = classes.compile_package(package, {"token": "bad_token::BadToken"}, self.path("token"))["token"]
        owner = self.accounts[OWNER]

        async def declare():
            account = Account(client=FullNodeClient(node_url=self.url), address=int(owner["address"], 16),
                              chain=self.chain,
                              key_pair=KeyPair.from_private_key(int(owner["private_key"], 16)))
            await classes.declare(account, made, 10**20)

        asyncio.run(declare())
        return made.hash

    def instance(self, class_hash, *arguments):
        deployer = 0x2CEED65A4BD731034C01113685C831B01C15D7D432F71AFB1CF1634B53A2125
        self.n = getattr(self, "n", 0) + 1
        r = self.sent(OWNER, (deployer, "deployContract", [class_hash, self.n, 0, len(arguments), *arguments]))
        return int(next(e["data"][0] for e in r["events"] if int(e["from"], 16) == deployer), 16)

    def prove(self, name, task, chain=None):
        """A proof of the job for this task and the provider."""
        told = context(chain or self.chain, self.contract, task, int(self.accounts[PROVIDER]["address"], 16))
        start = time.monotonic()
        r = subprocess.run([self.sprove, "run", JOB, "--input", self.path("input.json"), "--output", os.devnull,
                            "--felts",
                            self.path(name + ".felts"), "--profile", "chain", "--context", told, "--json"],
                           capture_output=True, text=True, check=False)
        if r.returncode:
            sys.exit("world: sprove run: " + r.stderr)
        print("   proof %-8s %.0f s" % (name, time.monotonic() - start), flush=True)
        return json.loads(r.stdout)

    def prove_weakly(self, name, task, queries, work):
        told = context(self.chain, self.contract, task, int(self.accounts[PROVIDER]["address"], 16))
        with open(self.path("input.json")) as payload, open(self.path(name + ".felts"), "w") as out:
            subprocess.run([self.weak, JOB, str(queries), work, told], stdin=payload, stdout=out, check=True)
        print("   proof %-8s by the weak prover" % name, flush=True)

    def make(self, node):
        self.url, self.accounts = node["url"], node["accounts"]
        self.raw = Raw(self.raw_program, self.url)
        self.say("deploying")
        code = self.deploy()
        if code:
            return code
        example = subprocess.run([self.sprove, "jobs", JOB, "--example"], capture_output=True, text=True,
                                 check=True).stdout
        with open(self.path("input.json"), "w") as f:
            f.write(example)
        self.say("proofs")
        self.tasks = dict(one=1, other=2, program=3, input=4, late=5, assigned=6, thiefs=7, token=8, refund=9, old=10,
                          paused=11, expired=12, leaving=13)
        proof = self.prove("one", self.tasks["one"])
        self.program, self.h_in, self.result = (number(proof[k]) for k in ("program_id", "h_in", "h_out"))
        for name in ("program", "input", "late", "token"):
            self.prove(name, self.tasks[name])
        self.prove("chain", self.tasks["one"], int.from_bytes(b"SN_MAIN", "big"))
        self.prove_weakly("queries", self.tasks["one"], 10, "work")
        self.prove_weakly("idle", self.tasks["one"], 20, "idle")
        self.write()
        self.say("tasks")
        self.make_tasks(World(self.folder, self.raw_program))
        return 0

    def make_tasks(self, w):
        strk, token, to, thief = w.strk, self.token, self.contract, w.at[THIEF]
        old = self.raw.poseidon(self.program, self.h_in, MAX_CYCLES)
        self.sent(OWNER, *((c, "set_token_allowed", [token, 1]) for c in (to, self.second)),
                  (token, "mint", [w.at[DEMANDER], *u256(10 * AMOUNT)]))
        for who in (PROVIDER, THIEF):
            self.sent(who, (to, "register_node", []), (self.second, "register_node", []))
        calls = []
        for name in self.tasks:
            if name == "old":
                calls += [(strk, "approve", [to, *u256(AMOUNT)]), (to, "create_task", [strk, *u256(AMOUNT), old])]
            else:
                calls += w.create(token if name in ("token", "refund") else None,
                                  program=self.program + 1 if name == "program" else None,
                                  h_in=self.h_in + 1 if name == "input" else None,
                                  duration=dict(late=DAY, expired=2 * DAY).get(name, 300 * DAY))
        for task, whom in (("assigned", w.at[PROVIDER]), ("thiefs", thief)):
            calls.append((to, "assign_task", [*u256(self.tasks[task]), whom, w.now() + 200 * DAY]))
        self.sent(DEMANDER, *calls, *w.create(contract=self.second))
        if w.view("get_task_count")[0] != len(self.tasks):
            sys.exit("world: not all tasks were made")

    def write(self):
        kept = ("url", "accounts", "contract", "second", "token", "escrow_class", "verifier_class", "chain", "tasks",
                "program", "h_in", "result")
        draft = self.path("world.json.new")
        with open(draft, "w") as f:
            json.dump({name: getattr(self, name) for name in kept}, f)
        os.replace(draft, self.path("world.json"))


def keep(folder):
    """The devnet, until the tests are done with it and take the note of it away, or for LONGEST."""
    path = os.path.join(folder, "devnet.json")
    with devnet.Devnet() as node:
        note = json.dumps({"url": node.url, "accounts": node.accounts, "keeper": os.getpid()})
        with open(path + ".new", "w") as f:
            f.write(note)
        os.replace(path + ".new", path)
        end = time.monotonic() + LONGEST
        while read(path) == note and time.monotonic() < end and node.process.poll() is None:
            time.sleep(0.2)


def read(path):
    try:
        with open(path) as f:
            return f.read()
    except FileNotFoundError:
        return None


def start(folder):
    """A keeper, in a process of its own that no test waits for; what it wrote."""
    keeper = subprocess.Popen([sys.executable, os.path.abspath(__file__), folder], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while True:
        note = read(os.path.join(folder, "devnet.json"))
        if note:
            return json.loads(note)
        if keeper.poll() is not None:
            sys.exit("world: no devnet")
        time.sleep(0.1)


def stop(folder):
    for name in ("devnet.json", "world.json"):
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))


if __name__ == "__main__":
    keep(sys.argv[1])
