"""fake_node.py - a Starknet node with the marketplace contract, as far as the command line asks; it answers what a
test tells it to, and remembers what it was asked. Nothing is verified and no fee is taken."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stark import context, invoke_hash, poseidon, selector, short

SEPOLIA, MAINNET = short("SN_SEPOLIA"), short("SN_MAIN")
STRK = 0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d
CONTRACT, ACCOUNT, TREASURY, CREATOR = 0xc0ffee, 0xacc, 0x7ea5, 0xdead
CREATED, ASSIGNED, COMPLETED, CANCELLED = range(4)


class Refused(Exception):
    """An error that the node reports."""

    def __init__(self, code, message="refused", data=None):
        super().__init__(message)
        self.error = {"code": code, "message": message, "data": data}


def panic(said):
    """A contract's refusal as starknet-devnet 0.10 answers starknet_call."""
    return Refused(40, "Contract error", {"revert_error": {
        "contract_address": hex(CONTRACT), "class_hash": "0x2e77ee61d4df3d988ee1f42ea5442e913862cc82c2584d212ecda76666498fc",
        "selector": hex(selector("get_task")), "error": '["%#x"]' % short(said)}})


def u256(x):
    return [x % 2**128, x >> 128]


class Node:
    def __init__(self, chain_id=SEPOLIA, port=0):
        self.chain_id, self.now = chain_id, int(time.time())
        self.asked = []  # (method, params)
        self.sent = []  # bodies of the transactions that arrived, as bytes
        self.pool = {}  # hash: transaction that the node knows
        self.nonce = 3
        self.say = {}  # method: what to do instead: a function of the parameters, an exception, or bytes to answer
        self.views = {}  # name: felts, a function of the calldata, or an exception
        self.reverts = None  # what the contract says of the next transactions
        self.in_block = True  # whether transactions get into a block
        self.known = True  # whether the node remembers what it took
        self.tasks = {7: self.task()}
        self.node_info = [1, 1, 1, 0]
        self.gas = 150_000_000
        self.price = 10**9  # of L2 gas; what offers less is refused
        self.stop_before = None  # from the call of this method on nothing is read any more
        self.stopped = threading.Event()
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                node.handle(self)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = "http://127.0.0.1:%d/rpc" % self.port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def task(self, **given):
        t = {"creator": CREATOR, "token": STRK, "amount": 10**18, "tier": 1, "status": CREATED, "provider": 0,
             "assign_deadline": 0, "deadline": self.now + 86400, "program_id": 0x11, "input": 0x22,
             "max_cycles": 1 << 20, "result": 0, "hash_only": False}
        t.update(given)
        return t

    # What arrives

    def handle(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        if self.stopped.is_set():
            time.sleep(60)
            return
        call = json.loads(body)
        method, params = call["method"].removeprefix("starknet_"), call["params"]
        if method == self.stop_before:
            self.stopped.set()
            time.sleep(60)
            return
        self.asked.append((method, params))
        try:
            do = self.say.get(method, getattr(self, method, None))
            if isinstance(do, Exception):
                raise do
            if isinstance(do, bytes):
                self.reply(request, do)
                return
            if not do:
                raise Refused(-32601, "Method not found")
            result = do(params)
            if result is None:  # the node goes away without an answer
                request.close_connection = True
                return
            if isinstance(result, bytes):
                self.reply(request, result)
                return
            answer = {"result": result}
        except Refused as e:
            answer = {"error": e.error}
        self.reply(request, json.dumps({"jsonrpc": "2.0", "id": call["id"], **answer}).encode())

    @staticmethod
    def reply(request, body):
        try:
            request.send_response(200)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)
        except OSError:
            pass  # the client went away

    def adds(self):
        return [m for m, _ in self.asked if m.startswith("add")]

    # The methods

    def chainId(self, _):
        return hex(self.chain_id)

    def blockNumber(self, _):
        return 9

    def getBlockWithTxHashes(self, _):
        return {"block_number": 9, "block_hash": "0x99", "timestamp": self.now, "transactions": []}

    def getNonce(self, _):
        return hex(self.nonce)

    def estimateFee(self, params):
        if self.reverts:
            raise Refused(41, "Transaction execution error", {"transaction_index": 0, "execution_error":
                          "0x%x ('%s')" % (short(self.reverts), self.reverts)})
        return [{"l1_gas_consumed": "0x0", "l1_gas_price": "0x1", "l2_gas_consumed": hex(self.gas),
                 "l2_gas_price": hex(self.price), "l1_data_gas_consumed": "0x80", "l1_data_gas_price": "0x2",
                 "overall_fee": hex(self.gas * self.price + 256), "unit": "FRI"}]

    def addInvokeTransaction(self, params):
        """Takes the transaction, if it is the next one of the account."""
        tx = params["invoke_transaction"]
        self.sent.append(json.dumps(tx))
        number = invoke_hash(tx, self.chain_id)
        if int(tx["resource_bounds"]["l2_gas"]["max_price_per_unit"], 16) < self.price and number not in self.pool:
            raise Refused(53, "The transaction's resources don't cover validation")
        if int(tx["nonce"], 16) != self.nonce:
            if number in self.pool:
                raise Refused(59)
            raise Refused(52)
        self.pool[number] = tx
        self.nonce += 1
        return {"transaction_hash": hex(number)}

    def status_of(self, params):
        number = int(params["transaction_hash"], 16)
        if number not in self.pool or not self.known:
            raise Refused(29)
        out = {"finality_status": "ACCEPTED_ON_L2" if self.in_block else "RECEIVED"}
        if self.in_block:
            out["execution_status"] = "REVERTED" if self.reverts else "SUCCEEDED"
        return number, out

    def getTransactionStatus(self, params):
        return self.status_of(params)[1]

    def getTransactionReceipt(self, params):
        number, out = self.status_of(params)
        if not self.in_block:
            raise Refused(29)
        if self.reverts and " max " in self.reverts:
            out["revert_reason"] = self.reverts
        elif self.reverts:
            out["revert_reason"] = "error in the called contract: 0x%x ('%s')" % (short(self.reverts), self.reverts)
        return {"type": "INVOKE", "transaction_hash": hex(number), "actual_fee": {"unit": "FRI", "amount": hex(10**15)},
                "messages_sent": [], "block_hash": "0x99", "block_number": 9,
                "events": [] if self.reverts else self.events(self.pool[number]),
                "execution_resources": {"l1_gas": 0, "l1_data_gas": 128, "l2_gas": self.gas}, **out}

    def call(self, params):
        request = params["request"]
        calldata = [int(x, 16) for x in request["calldata"]]
        wanted = int(request["entry_point_selector"], 16)
        if wanted == selector("is_valid_signature"):
            return self.is_valid_signature(int(request["contract_address"], 16), calldata)
        for name, value in self.views.items():
            if selector(name) == wanted:
                if isinstance(value, Exception):
                    raise value
                return [hex(x) for x in (value(calldata) if callable(value) else value)]
        for name in ("get_task", "get_task_ext", "statement_of", "get_node_info", "get_user_tasks", "get_user_earnings",
                     "balance_of", "get_task_count", "get_fee_percent", "get_gas_subsidy_percent", "get_treasury",
                     "get_verifier_params", "get_scheduled_upgrade", "get_scheduled_verifier"):
            if selector(name) == wanted:
                return [hex(x) for x in getattr(self, "view_" + name)(calldata)]
        raise Refused(21)

    def is_valid_signature(self, account, calldata):
        """Accounts here take any signature."""
        return [hex(short("VALID"))]

    # The contract's views

    def find(self, calldata):
        return self.tasks.get(calldata[0] + (calldata[1] << 128))

    def view_get_task(self, calldata):
        t = self.find(calldata)
        if not t:
            return [0] * 13
        amount = u256(t["amount"])
        digest = poseidon(t["program_id"], t["input"], t["max_cycles"])
        return [t["creator"], t["token"], *amount, *amount, 10000, 0, *amount, t["tier"], digest, t["status"]]

    def view_get_task_ext(self, calldata):
        t = self.find(calldata)
        whole = [0, 0, 0] if t["hash_only"] else [t["program_id"], t["input"], t["max_cycles"]]
        return [t["provider"], t["status"], 1, 0, t["assign_deadline"], t["deadline"], 0, *whole, t["result"], 0,
                *[0] * 6, 0]

    def view_statement_of(self, calldata):
        t = self.find(calldata)
        digest = context(self.chain_id, CONTRACT, calldata[0] + (calldata[1] << 128), calldata[2])
        return [t["program_id"], t["input"], t["max_cycles"], digest, calldata[3], 0x55, 0, 0x66]

    def view_get_node_info(self, _):
        return self.node_info

    def view_get_user_tasks(self, calldata):
        ids = sorted(self.tasks)[calldata[1]:calldata[1] + calldata[2]]
        return [len(ids)] + [x for i in ids for x in u256(i)]

    def view_get_user_earnings(self, _):
        return u256(5)

    def view_balance_of(self, calldata):
        return u256(calldata[0])

    def view_get_task_count(self, _):
        return u256(len(self.tasks))

    def view_get_fee_percent(self, _):
        return u256(15)

    def view_get_gas_subsidy_percent(self, _):
        return u256(3)

    def view_get_treasury(self, _):
        return [TREASURY]

    def view_get_verifier_params(self, _):
        return [0xc1a55, 1, 4, 0xa1d, 4, 20, 24, 0, 10, 4, 24, 5, 6]

    def view_get_scheduled_upgrade(self, _):
        return [0, 0]

    view_get_scheduled_verifier = view_get_scheduled_upgrade

    # What transactions do

    def events(self, tx):
        data = [int(x, 16) for x in tx["calldata"]]
        calls, out = data.pop(0), []
        for _ in range(calls):
            to, name, n = data[:3]
            args, data = data[3:3 + n], data[3 + n:]
            if to != CONTRACT:
                continue
            if name == selector("submit_proof_and_claim"):
                task = args[:2]
                out.append((["ProofVerified", *task], [0x66, 432]))
                out.append((["TaskCompleted", *task, args[2]], [args[3]]))
                out.append((["FeeCollected", *task], [12, 0, 3, 0, 85, 0]))
                out.append((["PayoutReleased", *task, args[2]], [88, 0, STRK]))
            elif name == selector("create_proved_task"):
                out.append((["TaskCreated", 8, 0, ACCOUNT], [args[0], *args[1:3], *args[1:3], *args[1:3], 1, 0x77]))
            elif name == selector("cancel_task"):
                out.append((["TaskCancelled", *args], []))
            elif name == selector("claim_expired"):
                out.append((["TaskExpired", *args], [9, 0]))
        return [{"from_address": hex(CONTRACT), "keys": [hex(selector(keys[0])), *map(hex, keys[1:])],
                 "data": [hex(x) for x in values]} for keys, values in out]
