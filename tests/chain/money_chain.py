"""money_chain.py - what the relayer makes of the node of the chain: of one that is away, of two that contradict each other, of another
contract; and the contract's views over REST."""

import os
import sys
import time

import devnet
from devnet_demo import must
from market_demo import PAYLOAD, REQUIREMENTS
from money_world import Scene, Scripted
from proxy import Proxy, down
from world import AMOUNT, DEMANDER, u256

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from relayer_process import wait_for  # noqa: E402


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
        node = Scripted(w, s.relayer, w.provider).is_proven()
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
        must(node.take(timeout=60)["task_id"] == task, "it is offered")
        wait_for("it goes on", lambda: s.is_worked_on(task) or s.show(task)["state"] == "offered", 60)
        wait_for("well again", lambda: s.health()["status"] == "ok")


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
