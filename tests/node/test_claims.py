#!/usr/bin/env python3
"""What the contract would pay is claimed, whatever the relayer says of the lease. Between node and relayer is a gate that
cuts the node's socket and holds its uploads up.

usage: test_claims.py RELAYER SPROVE [NAME]"""
import shutil
import sys
import tempfile
import time

from provider import PAYLOAD, RELAYER, Provider, chain, felt, keystore  # before the others: it says where they are
from fake_node import ACCOUNT, ASSIGNED, CONTRACT, u256
from gate import Gate
from relayer_process import Relayer, rows, wait_for
from stark import selector

LAST = 300  # seconds before the deadline in which a claim waits for nothing (node/parts.h)
WHILE = 900  # seconds that an assignment lasts


class World:
    def __init__(self):
        self.theirs, self.ours, self.last = chain(), chain(), 100  # the relayer's chain and the node's
        self.folder = tempfile.mkdtemp(prefix="keys.")
        key, password = keystore(self.folder)
        # Its account assigns, and the node's chain never shows that.
        self.r = Relayer(RELAYER, settings=[
            "chain.account=0xabc", "chain.keystore=" + key, "chain.password_file=" + password,
            "chain.rpc=" + self.theirs.url, "chain.chain_id=SN_SEPOLIA", f"chain.contract={CONTRACT:#x}", "chain.poll=100ms",
            "limits.read_rate=10000", "limits.read_burst=10000", "limits.post_rate=10000", "limits.post_burst=10000", "ws.offer=5s",
            "ws.heartbeat=5500ms", "ws.resume_grace=6s", "ws.heartbeat_timeout=8s", "ws.lease=10s", "ws.start_by=12s"])
        self.r.start(wait=False).wait_ready(60)  # its keystore takes a while to open
        self.gate = Gate(self.r.port)
        self.node = Provider(self.gate, self.ours.url, "--max-concurrent", "1")

    def close(self):
        for p in (self.node.process, self.r.process):
            if p.poll() is None:
                p.kill()
        shutil.rmtree(self.folder)
        for x in (self.gate, self.theirs, self.ours):
            x.close()

    def post(self, deadline, **other):
        """A task with an escrow; `other` is of the node's chain."""
        self.last += 1
        s, made, _ = self.r.call("POST", "/api/v1/tasks", {
            "payload": PAYLOAD, "token_amount": "1000000", "job": {"max_cycles": 100000, "profile": "chain"},
            "deadline": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(deadline)), "chain": {"task_id": str(self.last)}})
        assert s == 201, made
        job = self.r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["job"]
        of = dict(program_id=felt(job["program_id"]), input=felt(job["input_commitment"]), max_cycles=100000, deadline=deadline,
                  amount=1000000)
        self.ours.tasks[self.last] = self.ours.task(**of, **other)
        self.theirs.tasks[self.last] = self.theirs.task(**of)
        return made["task_id"], self.last

    def said(self, event, id):
        return [e for e in self.node.events(event) if e["task_id"] == id]

    def waits(self, event, id):
        return wait_for(event, lambda: self.said(event, id), 120)[0]

    def assigned(self):
        """A task that is the node's account's on the chain, and that the node has taken."""
        now = int(time.time())
        id, number = self.post(now + 86400, status=ASSIGNED, provider=ACCOUNT, assign_deadline=now + WHILE)
        self.waits("task_taken", id)
        return id, number

    def is_lost(self, id):
        """The relayer has let the lease end, and nobody else gets the task."""
        def ended():
            return [o for (o,) in rows(self.r, "SELECT outcome FROM attempt WHERE task_id = ?", id) if o in ("node_lost", "lease_expired")]
        wait_for("the lease is over", ended)
        assert self.r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202

    def claimed(self, id, number):
        tx = int(self.waits("claimed", id)["tx"], 16)
        data = [int(x, 16) for x in self.ours.pool[tx]["calldata"]]
        assert data[2] == selector("submit_proof_and_claim") and data[4:7] == [*u256(number), ACCOUNT], data[:8]


def test_a_result_for_a_lease_that_is_over(w):
    """The node is gone, comes back with a proof, and hears that the lease is over: the contract pays it all the same."""
    id, number = w.assigned()
    w.gate.shut()
    w.waits("task_finished", id)
    w.is_lost(id)
    assert not w.said("claimed", id)
    w.gate.is_shut = False
    w.waits("result_refused", id)
    w.claimed(id, number)


def test_a_proof_that_cannot_be_brought(w):
    """The same, when the relayer does not even take the proof any more."""
    w.gate.goes.clear()
    id, number = w.assigned()
    w.gate.shut()
    w.is_lost(id)
    w.gate.goes.set()
    assert w.waits("task_finished", id)["code"] == "lease_expired"
    w.gate.is_shut = False
    w.waits("result_refused", id)
    w.claimed(id, number)


def test_a_lease_that_is_gone_during_the_upload(w):
    """The node is told that the lease is gone while its proof is on its way."""
    w.gate.goes.clear()
    id, number = w.assigned()
    wait_for("it is proved", lambda: "upload" in w.node.ask("status", "--json").stdout)
    w.gate.shut()
    w.is_lost(id)
    w.gate.is_shut = False
    w.waits("lease_gone", id)
    w.gate.goes.set()
    w.claimed(id, number)


def test_an_assignment_that_does_not_come(w):
    """The relayer has promised an assignment by a time that the deadline comes before: the task is claimed as it is, in time."""
    id, number = w.post(int(time.time()) + LAST + 45)
    w.waits("task_taken", id)
    w.claimed(id, number)
    assert all("not assigned yet" in e["reason"] for e in w.said("claim_failed", id)), w.said("claim_failed", id)
    shown = w.r.call("GET", "/api/v1/tasks/" + id)[1]
    assert shown["state"] == "verified", shown


def main():
    w = World()
    try:
        wait_for("the node", lambda: w.node.events("account_proven"))
        for name, test in list(globals().items()):
            if name.startswith("test_") and (len(sys.argv) < 4 or sys.argv[3] in name):
                begun = time.monotonic()
                test(w)
                print(f"{name}: ok ({time.monotonic() - begun:.1f} s)", flush=True)
        w.node.process.terminate()
        assert w.node.process.wait(30) == 0 and w.r.stop() == 0
    except BaseException:
        print(w.r.log_text()[-3000:], file=sys.stderr)
        with open(w.node.log) as f:
            print(f.read()[-5000:], file=sys.stderr)
        raise
    finally:
        w.close()


main()
