"""money_undone.py - blocks that are no more: of an assignment, and of a payment."""

import os
import sys

import devnet
from devnet_demo import must
from market_demo import Node as RealNode
from money_world import Scene
from proxy import down
from world import AMOUNT, PROVIDER

sys.path.insert(0, os.path.join(devnet.SOURCE, "tests", "relayer"))
from relayer_process import wait_for  # noqa: E402


def goes_back(w):
    """Blocks that are no more: an assignment is sent again, the same bytes."""
    with Scene(w, "back") as s:
        chain_id, task, _, _ = w.leased(s)
        row = s.assigned(task)
        block = w.events("TaskAssigned", chain_id)[0]["block_number"]
        w.demo.devnet("devnet_createBlock", {})
        before = w.nonce()
        w.proxy.rule = down  # else it may be sent again at once
        w.demo.devnet("devnet_abortBlocks", {"starting_block_id": {"block_number": block}})
        must(w.nonce() == before - 1 and not w.events("TaskAssigned", chain_id), "the chain has forgotten it")
        w.proxy.rule = None
        wait_for("noticed", lambda: s.logged("chain_went_back") or s.logged("tx_undone"))
        again = wait_for("assigned again", lambda: w.events("TaskAssigned", chain_id))
        now = s.assigned(task)
        must(len(again) == 1 and now["tx_hash"] == row["tx_hash"] and now["nonce"] == row["nonce"], "the same bytes")
        must(s.is_worked_on(task), "the node noticed nothing")
        w.one_each()


def claim_undone(w):
    """A payment whose block is no more is not final; its node sends the same bytes again, killed meanwhile or not, and the task
    is settled as before, once."""
    with Scene(w, "claim") as s:
        price = int(w.demo.devnet("starknet_getBlockWithTxHashes", {"block_id": "latest"})["l2_gas_price"]["price_in_fri"], 16)
        wait_for("a price", lambda: s.estimate()["gas_estimate_fri"] == str(288000000 * price))
        chain_id = w.demo.create("--duration", "2h")
        had = w.demo.balance(PROVIDER)
        contract, treasury = w.demo.state()
        node = RealNode(w.node, w.demo.path("real_node"), s.relayer, w.demo, PROVIDER)
        try:
            task = s.post(chain_id)
            done = s.settled(task)
            claim_comes_again(w, s, node, chain_id, task, done, had, contract, treasury)
        finally:
            node.end()


def runs_claim(node):
    """Whether it has a child."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid, encoding="utf-8", errors="replace") as f:
                if int(f.read().rsplit(")", 1)[1].split()[1]) == node.process.pid:
                    return True
        except OSError:
            pass
    return False


def claim_comes_again(w, s, node, chain_id, task, done, had, contract, treasury):
    parts = {k: done["settlement"][k] for k in ("provider_payout", "gas_subsidy", "treasury_fee")}
    must(sum(int(v) for v in parts.values()) == AMOUNT, "the parts add up")
    fee = done["settlement"]["actual_fee"]
    receipt = w.demo.devnet("starknet_getTransactionReceipt", {"transaction_hash": done["settlement"]["claim_tx"]})
    must(int(receipt["actual_fee"]["amount"], 16) == int(fee) and s.estimate()["gas_estimate_fri"] == fee, "its fee")
    print("   the claim took %d L2 gas" % receipt["execution_resources"]["l2_gas"], flush=True)
    wait_for("claimed", lambda: any(e["event"] == "claimed" for e in node.events()))
    node.end()  # what it has claimed is in its journal
    block = w.events("TaskCompleted", chain_id)[0]["block_number"]
    w.demo.devnet("devnet_createBlock", {})
    w.demo.devnet("devnet_abortBlocks", {"starting_block_id": {"block_number": block}})
    must(w.demo.state() == (contract, treasury), "the chain has forgotten the payment")
    undone = wait_for("not final", lambda: (lambda x: x["finality"] is None and x)(s.show(task)["settlement"]))
    must(undone["state"] == "claimed" and undone["reason"], str(undone))
    node.start()
    final = wait_for("settled again", lambda: (lambda t: t["settlement"]["state"] == "settled" and t)(s.show(task)), 120)
    must(final["settlement"]["claim_tx"] == done["settlement"]["claim_tx"], "the same transaction")
    # And once more, without a restart: it is looked at again. Not by the claim that has sent it, which may still look on.
    wait_for("the claim is over", lambda: not runs_claim(node))
    again = w.events("TaskCompleted", chain_id)[0]["block_number"]
    w.demo.devnet("devnet_abortBlocks", {"starting_block_id": {"block_number": again}})
    must(w.demo.state() == (contract, treasury), "forgotten again")
    wait_for("not final", lambda: s.show(task)["settlement"]["finality"] is None)
    final = wait_for("settled once more", lambda: (lambda t: t["settlement"]["state"] == "settled" and t)(s.show(task)), 120)
    must(final["settlement"]["claim_tx"] == done["settlement"]["claim_tx"], "the same transaction")
    must({k: final["settlement"][k] for k in parts} == parts, "the same parts")
    must(final["state"] == "settled" and final["settlement"]["finality"] == "ACCEPTED_ON_L2", str(final["settlement"]))
    events = s.relayer.call("GET", "/api/v1/tasks/%s/events" % task)[1]["items"]
    must(sum(1 for e in events if e["to"] == "settled") == 1, "settled once")
    must(w.demo.state() == (contract - AMOUNT, treasury + AMOUNT * 12 // 100), "paid once")
    must(w.demo.balance(PROVIDER) > had, "the provider has it")
    must(len(w.events("TaskAssigned", chain_id)) == 1 and len(w.events("TaskCompleted", chain_id)) == 1, "one of each")
    w.one_each()
