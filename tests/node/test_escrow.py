#!/usr/bin/env python3
"""A node looks at the escrow itself before it takes a task: the relayer's chain and the node's are two here, so the
relayer may say what it likes. Before that its account has signed for it, by itself.

usage: test_escrow.py RELAYER SPROVE"""
import json
import os
import re
import subprocess
import sys
import time

from provider import PAYLOAD, RELAYER, SPROVE, Provider, chain, felt  # before the others: it says where they are
from fake_node import ACCOUNT, ASSIGNED, CANCELLED, CONTRACT, CREATED, Refused
from relayer_process import Relayer, wait_for
from signing import is_signed, payee_digest
from stark import short


class Accounts:
    """What the accounts of the relayer's chain say; each has the key that it is given, when it is."""

    def __init__(self, chain):
        self.public, self.asked = {}, []
        chain.is_valid_signature = self.answer

    def answer(self, account, calldata):
        self.asked.append((account, calldata))
        if account not in self.public:
            raise Refused(20, "Contract not found")
        z, n, r, s = calldata
        return [hex(short("VALID") if n == 2 and is_signed(z, self.public[account], r, s) else 0)]


def owned(r, accounts, node):
    """The account is not there yet; when it is, it takes what the node has signed with its keystore, once."""
    said = wait_for("it is told", lambda: node.events("account_refused"))[0]
    assert said["code"] == "account_not_deployed", said
    s = json.loads(node.ask("status", "--json").stdout)
    assert s["account"]["code"] == "account_not_deployed" and "account_not_proven" in [e["code"] for e in s["eligibility"]], s
    accounts.public[ACCOUNT] = node.public
    wait_for("proven", lambda: node.events("account_proven"), 60)
    [shown] = r.call("GET", "/api/v1/nodes")[1]["items"]
    assert shown["account_proof"]["state"] == "proven" and shown["account"] == hex(ACCOUNT), shown
    s = json.loads(node.ask("status", "--json").stdout)
    assert s["account"]["state"] == "proven" and s["account"]["required"], s
    assert 29 * 86400 < s["account"]["expires_at"] / 1000 - time.time() <= 30 * 86400, s
    assert "account_not_proven" not in [e["code"] for e in s["eligibility"]] and "proven until" in node.ask("status").stdout
    assert len({str(c) for _, c in accounts.asked}) == 1, "one signature"
    hello = r.call("GET", "/api/v1/version")[1]
    expires = s["account"]["expires_at"] // 1000
    z = payee_digest(short("SN_SEPOLIA"), int(hello["relayer_id"], 16), int(shown["node_id"], 16), ACCOUNT, expires - 30 * 86400 - 60, expires)
    assert accounts.asked[0][1][0] == z, "what it signed"


def not_owned(r, accounts, rpc):
    """An account whose key is another: the node says so, and gets no task with an escrow."""
    accounts.public[0xbad1] = 0x1ef15c18599971b7beced415a40f0c7deacfd9b0d1819e03d723d8bc943cfca
    node = Provider(r, rpc, account=0xbad1)
    try:
        said = wait_for("it is refused", lambda: node.events("account_refused"))[0]
        assert said["code"] == "signature_refused", said
        text = node.ask("status").stdout
        assert "unproven: the account does not take" in text and "escrow go past it" in text, text
        checks = {c["check"]: c for c in json.loads(node.ask("doctor", "--json").stdout)["checks"]}
        assert checks["account proof"]["verdict"] == "fail" and "does not take" in checks["account proof"]["text"], checks
        assert len([c for a, c in accounts.asked if a == 0xbad1]) == 1, "it does not try again at once"
    finally:
        node.process.terminate()
        node.process.wait(30)


def opened_to_others(r, node):
    """The password of a node that runs: nothing is signed with it any more, and the log names the file. What wants a
    signature is another relayer in the place of the one that was."""
    assert not node.events("account_not_signed")
    os.chmod(node.password, 0o640)
    other = Relayer(RELAYER, settings=r.settings)
    other.port = r.port
    try:
        other.start()
        said = wait_for("it does not sign", lambda: node.events("account_not_signed"), 120)[0]
        assert said["reason"] == f"--password-file: {node.password} must be its owner's alone (chmod 600)", said
    finally:
        other.kill()


def main():
    theirs, ours = chain(), chain()
    accounts = Accounts(theirs)
    r = Relayer(RELAYER, settings=["chain.rpc=" + theirs.url, "chain.chain_id=SN_SEPOLIA", f"chain.contract={CONTRACT:#x}",
                                   "chain.poll=100ms", "limits.read_rate=10000", "limits.read_burst=10000",
                                   "limits.post_rate=10000", "limits.post_burst=10000", "ws.offer=8s"]).start()
    # Measured, as a node is that is not told otherwise: also how fast it makes the proofs that contracts take.
    node = Provider(r, ours.url, "--price-base", "1000", "--max-concurrent", "2", bench=())
    deadline = theirs.now + 86400
    try:
        wait_for("the node", lambda: r.call("GET", "/api/v1/nodes")[1]["items"], 120)
        assert node.events("measuring") and not node.events("not_measured")
        with open(os.path.join(node.folder, "bench.json")) as f:
            assert json.load(f)["chain_rows_s"] > 0
        owned(r, accounts, node)
        not_owned(r, accounts, ours.url)

        def task(number, **other):
            """Posted with an escrow that the relayer's chain has; on the node's it is `other`. The events about it."""
            s, made, _ = r.call("POST", "/api/v1/tasks", {
                "payload": PAYLOAD, "token_amount": "1000000", "job": {"max_cycles": 100000, "profile": "chain"},
                "chain": {"task_id": str(number)}})
            assert s == 201, made
            job = r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["job"]
            of = dict(program_id=felt(job["program_id"]), input=felt(job["input_commitment"]), max_cycles=100000,
                      deadline=deadline, amount=1000000)
            if other.pop("there", True):
                ours.tasks[number] = ours.task(**{**of, **other})
            theirs.tasks[number] = theirs.task(**of)
            return made["task_id"]

        def declined(id, event, reason):
            said = wait_for(f"{event} {reason}", lambda: [e for e in node.events(event) if e["task_id"] == id])
            assert re.search(reason, said[0]["reason"]), said
            wait_for("it is declined", lambda: [e for e in node.events("task_declined") if e["task_id"] == id])
            assert not [e for e in node.events("task_taken") if e["task_id"] == id]
            assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202

        cases = [({"there": False}, "chain_not_asked", "no such task"),
                 ({"status": CANCELLED}, "escrow_refused", "cancelled"),
                 ({"status": ASSIGNED, "provider": 0xbad, "assign_deadline": deadline}, "escrow_refused", "another provider"),
                 ({"program_id": 7}, "escrow_refused", "another program"),
                 ({"input": 7}, "escrow_refused", "another input"),
                 ({"max_cycles": 99999}, "escrow_refused", "fewer cycles"),
                 ({"token": 0xbad}, "escrow_refused", "another token"),
                 ({"amount": 1100}, "escrow_refused", "pays less"),
                 ({"deadline": deadline - 86400 + 60}, "escrow_refused", "deadline is earlier"),
                 ({"tier": 2}, "escrow_refused", "higher tier")]

        n_plain = 0

        def takes_one():
            """A node that declines again and again rests; one that takes a task does not."""
            s, made, _ = r.call("POST", "/api/v1/tasks", {"payload": PAYLOAD, "token_amount": "1000000", "job": {"profile": "fast"}})
            assert s == 201, made
            wait_for("done", lambda: r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["state"] == "verified", 60)
            return 1

        for k, (other, event, reason) in enumerate(cases):
            if k % 3 == 2:
                n_plain += takes_one()
            declined(task(100 + k, status=other.pop("status", CREATED), **other), event, reason)
        # Its chain does not answer: nothing is promised that may not be paid.
        ours.say["call"] = Refused(-32000, "come back later")
        n_plain += takes_one()
        declined(task(200), "chain_not_asked", "come back later")
        del ours.say["call"]
        # As the relayer says: also when it is assigned to this account already.
        taken = [task(300), task(301, status=ASSIGNED, provider=ACCOUNT, assign_deadline=deadline)]
        for id in taken:
            wait_for("it is taken", lambda: [e for e in node.events("task_taken") if e["task_id"] == id], 60)
        assert len(node.events("task_taken")) == 2 + n_plain
        assert r.stop() == 0
        p = subprocess.run([RELAYER, "--set", f"server.data={r.folder}", "--fsck"], capture_output=True, text=True, timeout=60)
        assert p.returncode == 0 and p.stdout == "", p
        opened_to_others(r, node)
        node.process.terminate()
        assert node.process.wait(30) == 0
        print(f"{len(cases) + 1} escrows refused, 2 taken")
    except BaseException:
        print(r.log_text()[-3000:], file=sys.stderr)
        with open(node.log) as f:
            print(f.read()[-3000:], file=sys.stderr)
        raise
    finally:
        for p in (node.process, r.process):
            if p.poll() is None:
                p.kill()
        theirs.close()
        ours.close()


main()
