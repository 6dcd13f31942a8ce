"""What the tests of escrows share: a chain of blocks that can be undone, which is a fake node (tests/cli/fake_node.py), a
relayer that watches it, and tasks with escrows. The arguments of such a test: RELAYER SPROVE [NAME]."""
import contextlib
import os
import re
import subprocess
import sys
import time

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import fake_node  # noqa: E402
from fake_node import COMPLETED, CONTRACT, u256  # noqa: E402
from relayer_process import Relayer, rows, run_tests, wait_for  # noqa: E402
from stark import selector  # noqa: E402

PAYLOAD = {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}
OTHER = dict(PAYLOAD, matrix_a=[[9, 9], [9, 9]])
AMOUNT = 10**18


def number(hexadecimal):
    return int.from_bytes(bytes.fromhex(hexadecimal), "little")


class Chain(fake_node.Node):
    """Blocks with hashes of their own, of which the latest may be undone, and events of the contract in them."""

    def __init__(self, sprove):
        """With a verifier of what this program proves."""
        version = subprocess.run([sprove, "version"], capture_output=True, text=True, check=True).stdout
        air = re.search(r"([0-9a-f]{56})", version)[1]
        self.head, self.fork, self.happened = 9, {}, []
        self.coming = 0
        self.accounts = {}  # address: status and tier
        self.page = 1000  # events that are answered at once, at most
        self.behind = None  # tasks as they were before the latest block, which views do not know yet: a server that is late
        super().__init__()
        self.tasks = {}
        self.views["get_verifier_params"] = [0xc1a55, 1, 4, number(air), 4, 20, 24, 0, 10, 4, 24, 5, 6]
        self.views["get_relayer"] = [0x1]

    def blockNumber(self, _):
        return self.head

    def hash_of(self, k):
        return hex(0x9900 + k + (self.fork.get(k, 0) << 20))

    def specVersion(self, _):
        return "0.9.0-rc.1"

    def getBlockWithTxHashes(self, params):
        at = params["block_id"]
        k = self.head if at == "latest" else at["block_number"]
        if k > self.head:
            raise fake_node.Refused(24)
        return {"block_number": k, "block_hash": self.hash_of(k), "timestamp": self.now,
                "transactions": [], "l2_gas_price": {"price_in_fri": "0x1", "price_in_wei": "0x1"}}

    def call(self, params):
        at = params["block_id"]
        if isinstance(at, dict):
            newest = self.head - (self.behind is not None)
            if all(at["block_hash"] != self.hash_of(k) for k in range(newest + 1)):
                raise fake_node.Refused(24, "Block not found")
        return super().call(params)

    def find(self, calldata):
        tasks = self.tasks if self.behind is None else self.behind
        return tasks.get(calldata[0] + (calldata[1] << 128))

    def getEvents(self, params):
        f = params["filter"]
        first, last = f["from_block"]["block_number"], f["to_block"]["block_number"]
        events, at = [e for e in self.happened if first <= e["block_number"] <= last], int(f.get("continuation_token", 0))
        end = at + min(self.page, f["chunk_size"])
        return {"events": events[at:end], **({"continuation_token": str(end)} if end < len(events) else {})}

    def view_get_node_info(self, calldata):
        status, tier = self.accounts.get(calldata[0], (1, 1))
        return [status, tier, tier, 0]

    def view_get_task_ext(self, calldata):
        view, t = super().view_get_task_ext(calldata), self.find(calldata)
        if t["status"] == COMPLETED:
            treasury, subsidy = t["amount"] * 12 // 100, t["amount"] * 3 // 100
            view[12:18] = [*u256(t["amount"] - treasury - subsidy), *u256(subsidy), *u256(treasury)]
        return view

    @contextlib.contextmanager
    def block(self):
        """A new block, there as soon as all is in it that happens meanwhile."""
        self.coming = 1
        yield
        self.head, self.coming = self.head + 1, 0

    def happens(self, name, task, *data, who=None, transaction=None):
        """An event in the latest block, or in the one that is coming."""
        at = self.head + self.coming
        keys = [selector(name), *u256(task)] + ([who] if who is not None else [])
        self.happened.append({"from_address": hex(CONTRACT), "keys": [hex(x) for x in keys], "data": [hex(x) for x in data],
                              "block_hash": self.hash_of(at), "block_number": at,
                              "transaction_hash": hex(transaction or 0x7000 + len(self.happened)),
                              "transaction_index": 0, "event_index": 0})

    def goes_back(self, to):
        """The blocks from this one on are others."""
        self.happened = [e for e in self.happened if e["block_number"] < to]
        for k in range(to, to + 100):
            self.fork[k] = self.fork.get(k, 0) + 1


class Endless(fake_node.Node):
    """Another node of a chain, which never comes to the end of its events."""

    def __init__(self, chain):
        super().__init__()
        self.say = {m: getattr(chain, m) for m in ("chainId", "blockNumber", "getBlockWithTxHashes", "specVersion", "call")}
        self.say["getEvents"] = lambda _: {"events": [], "continuation_token": "more"}


class World:
    def __init__(self, r, chain):
        self.r, self.chain, self.last = r, chain, 100
        _, made, _ = r.call("POST", "/api/v1/api-keys", {"name": "other", "scopes": ["tasks:write", "tasks:read"]})
        self.other = made["key"]
        self.jobs = {}

    def new(self):
        self.last += 1
        return self.last

    def ask(self, escrow, payload=PAYLOAD, key=True, **more):
        body = {"payload": payload, "token_amount": str(AMOUNT), "job": {"max_cycles": 100000},
                "chain": {"contract": "%#x" % CONTRACT, "task_id": str(escrow)}, **more}
        headers = {} if key is True else {"Authorization": "Bearer " + key}
        # The first of a program takes the commitment to the program.
        return self.r.call("POST", "/api/v1/tasks", body, headers, key=key, timeout=120)

    def post(self, escrow, *a, **k):
        s, said, _ = self.ask(escrow, *a, **k)
        assert s == 201, (s, said)
        return said["task_id"]

    def refused(self, escrow, status, *a, **k):
        s, said, _ = self.ask(escrow, *a, **k)
        assert s == status, (s, said)
        return said["code"]

    def show(self, id):
        return self.r.call("GET", "/api/v1/tasks/" + id)[1]

    def cancel(self, id):
        assert self.r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202

    def job(self, payload=PAYLOAD):
        """Program and input as the contract has them."""
        if str(payload) not in self.jobs:
            id = self.post(self.new(), payload)
            j = self.show(id)["job"]
            self.jobs[str(payload)] = number(j["program_id"]), number(j["input_commitment"])
            self.cancel(id)
        return self.jobs[str(payload)]

    def fund(self, escrow, payload=PAYLOAD, **more):
        program, h_in = self.job(payload)
        self.chain.tasks[escrow] = self.chain.task(program_id=program, input=h_in, max_cycles=1 << 20, amount=AMOUNT,
                                                   deadline=int(time.time()) + 9 * 86400, **more)

    def until(self, id, state, seconds=20):
        return wait_for(f"{id} is {state}", lambda: self.show(id)["state"] == state and self.show(id), seconds)

    def settlement(self, id, state, seconds=20):
        return wait_for(f"its settlement is {state}", lambda: self.show(id)["settlement"]["state"] == state and self.show(id), seconds)

    def seen(self, escrow, **more):
        self.fund(escrow, **more)
        id = self.post(escrow)
        wait_for(f"{id} has its escrow", lambda: self.show(id)["state"] != "created")
        return id

    def rows(self, sql, *values):
        return rows(self.r, sql, *values)

    def looked(self):
        return sum(m == "call" and int(p["request"]["entry_point_selector"], 16) == selector("get_task_ext")
                   for m, p in list(self.chain.asked))


def of_chain(chain, *more):
    """Settings of a relayer that watches it."""
    return ["chain.rpc=" + chain.url, "chain.chain_id=SN_SEPOLIA", "chain.contract=%#x" % CONTRACT, "chain.poll=100ms", *more]


def run(tests, *settings, late=0):
    """The tests of a module, with a relayer and a World; late: seconds that the newest block is old at the first start."""
    program, sprove = sys.argv[1:3]
    chain = Chain(sprove)
    database = os.environ.get("SPROVE_TEST_DATABASE")  # then not of tests that read rows
    settings += ("db.database=" + database,) if database else ()
    r = Relayer(program, settings=of_chain(chain, "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000",
                                           "limits.read_burst=100000", *settings))
    chain.now -= late
    r.start()
    wait_for("the chain is there", lambda: r.call("GET", "/api/v1/health")[1]["checks"]["starknet"].get("lag_s") is not None)
    run_tests(tests, r, World(r, chain), only=2, whole=not database)
    chain.close()
