#!/usr/bin/env python3
"""What a node signs of its results and failures: what a proof says is compared with it, and two that differ ban it.

usage: test_signed_results.py RELAYER SPROVE [TEST]"""
import io
import json
import os
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node_world import CYCLES, refused, run, signed_result, taken, view  # noqa: E402
from relayer_process import rows, wait_for  # noqa: E402
from signing import SignedNode, hexes, sign  # noqa: E402
from test_redundancy import is_state  # noqa: E402
from test_tasks import SEED, post, prove, state  # noqa: E402
from wsclient import Closed  # noqa: E402

SVERIFY = os.path.join(os.path.dirname(sys.argv[2]), "sverify")


def test_failures_are_signed(r, proof, output):
    node = SignedNode(r, 777)
    task = post(r, dict(SEED, max_attempts=1))
    a = taken(r, node)
    error = {"code": "input_unavailable", "class": "infra"}
    good = signed_result(node, a, proof, output, status="failure", error=error)
    for bad in ({**good, "signature": hexes(sign(5, node.key))}, {k: v for k, v in good.items() if k != "signature"},
                {**good, "signature": signed_result(node, a, proof, output)["signature"]}):
        refused(node, bad, "invalid_signature")
        assert state(r, task)["state"] == "leased"
    node.ws.send(good)
    assert node.ws.expect("result_ack")["accepted"]
    is_state(r, task, "failed")
    ((outcome, signed),) = rows(r, "SELECT outcome, signed FROM attempt WHERE task_id = ?", task)
    assert (outcome, json.loads(signed)) == ("infra_failed", good["signature"])
    node.ws.close()


def test_what_is_seen_in_the_proof(r, proof, output):
    """Its rows are those that an estimate counts, whatever the node says; and which program found it good."""
    counted = wait_for("counted", lambda: (e := r.call("POST", "/api/v1/estimate", {k: SEED[k] for k in ("payload", "job")}, timeout=60)[1])["rows_counted"] and e)
    node = SignedNode(r, 780)
    task = post(r)
    a = taken(r, node)
    assert node.upload(a, proof)[0] in (200, 201)
    said = signed_result(node, a, proof, output)
    said["usage"]["trace_rows"] = 7
    node.ws.send(said)
    assert node.ws.expect("result_ack")["accepted"]
    t = is_state(r, task, "verified")
    assert t["result"]["usage"]["trace_rows"] == counted["padded_rows"], (t, counted)
    assert t["result"]["usage"]["cycles"] == counted["cycles"] and "job_commitment" not in t["job"]
    assert t["result"]["verifier_version"] == r.call("GET", "/api/v1/version")[1]["version"], t
    node.ws.close()


def test_what_is_signed_is_what_the_proof_says(r, proof, output):
    """A proof that holds does not make good what its node signed of it: auditors compare the two."""
    for key, other in enumerate(({"cycles": CYCLES + 1}, {"cycles": -1}, {"size": len(proof) + 1}, {"commitment": b"\1" * 31}), 785):
        node = SignedNode(r, key)
        task = post(r, dict(SEED, max_attempts=1))
        a = taken(r, node)
        assert node.upload(a, proof)[0] in (200, 201)
        node.ws.send(signed_result(node, a, proof, output, **other))
        if other.get("cycles") == -1:
            assert node.ws.expect("error")["code"] == "invalid_signature"
            assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
        else:
            assert node.ws.expect("result_ack")["accepted"]
            is_state(r, task, "failed")
            ((outcome, why),) = rows(r, "SELECT outcome, failure_detail FROM attempt WHERE task_id = ?", task)
            assert outcome == "proof_invalid" and "signed" in why, (outcome, why)
        node.ws.close()


def sverify(data, code):
    p = subprocess.run([SVERIFY, "--bundle", "-", "--json"], input=data, capture_output=True, timeout=60)
    assert p.returncode == code, (code, p)
    return json.loads(p.stdout)


def check_bundle(r, node, task, a):
    """A bundle has what its nodes have signed twice, and sverify believes the two signatures and nothing else of it."""
    status, data, _ = r.call("GET", f"/api/v1/tasks/{task}/bundle", raw=True)
    assert status == 200
    with tarfile.open(fileobj=io.BytesIO(data)) as t:
        at = {m.name: (m.offset, m.size) for m in t.getmembers()}
        said = json.loads(t.extractfile("contradictions.json").read())
    (one,) = said["contradictions"]

    def changed(text):
        start, n = at["contradictions.json"]
        head = data[start:start + 512]
        head = head[:124] + b"%011o" % len(text) + head[135:]
        head = head[:148] + b" " * 8 + head[156:]
        head = head[:148] + b"%06o\0 " % sum(head) + head[156:]
        return data[:start] + head + text + b"\0" * (-len(text) % 512) + data[start + 512 + (n + 511) // 512 * 512:]

    def of(*list, **more):
        return changed(json.dumps({"contradictions": [*list], **more}).encode())

    def side(name, **new):
        return of({**one, name: {**one[name], **new}})
    good = sverify(data, 0)
    assert good["bundle"]["contradictions"] == [{"node_id": node.name, "attempt": a["attempt"]}], good
    assert sverify(of(one, one), 0)["bundle"]["contradictions"] == good["bundle"]["contradictions"] * 2
    assert sverify(of(), 0)["bundle"]["contradictions"] == []
    third = signed_result(node, a, b"another proof", b"another output", cycles=5)
    assert sverify(side("second", **{k: third[k] for k in ("output", "io_commitment", "proof", "usage", "signature")}), 0)["accepted"]
    same = signed_result(node, a, b"another proof", prove(SEED["payload"])[1], cycles=CYCLES)
    other = SignedNode(r, 779)
    foreign = signed_result(other, a, b"p", b"o", cycles=5)
    other.ws.close()
    zeros = "0" * 64
    for bundle, code in (
            (of({**one, "second": one["first"]}), 1), (of({**one, "first": one["second"]}), 1), (of({**one, "attempt": one["attempt"] + 1}), 1),
            (of({**one, "node_id": "0x1"}), 1), (of({**one, "node_pubkey": "0x1"}), 1), (of({**one, "node_id": other.name, "node_pubkey": hex(other.public)}), 1),
            (side("second", signature=one["first"]["signature"]), 1), (side("first", signature=["0x1", "0x1"]), 1),
            (side("second", output={"sha256": zeros}), 1), (side("first", io_commitment=zeros[:62]), 1), (side("first", proof={"sha256": zeros, "size": 1}), 1),
            (side("second", usage={"cycles": 3}), 1), (side("second", **{k: same[k] for k in ("output", "io_commitment", "proof", "usage", "signature")}), 1),
            (side("second", **{k: foreign[k] for k in ("output", "io_commitment", "proof", "usage", "signature")}), 1), (of(one, {**one, "node_id": "0x1"}), 1),
            (side("second", status="failure"), 3), (side("second", signature=[]), 3), (side("first", output={}), 3), (of({**one, "first": None}), 3),
            (of({k: v for k, v in one.items() if k != "at"}), 3), (of({**one, "more": 1}), 3), (of(one, more=1), 3), (of(1), 3), (of({**one, "attempt": -1}), 3),
            (of({**one, "attempt": 2**33}), 3), (changed(b"[]"), 3), (changed(b"{}"), 3), (changed(b""), 3), (changed(b'{"contradictions":{}}'), 3),
            (changed(b'{"contradictions":[],"contradictions":[]}'), 3)):
        rejection = sverify(bundle, code)["rejection"]
        assert rejection["check"] == "contradictions.json", rejection


def test_two_signed_results_that_differ(r, proof, output):
    """Both are kept, and the node is banned; another proof of the same is no contradiction."""
    node = SignedNode(r, 778)
    task = post(r)
    a = taken(r, node)
    assert node.upload(a, proof)[0] in (200, 201)
    first = signed_result(node, a, proof, output, cycles=CYCLES)
    node.ws.send(first)
    assert node.ws.expect("result_ack")["accepted"]
    is_state(r, task, "verified")
    for same in (first, signed_result(node, a, proof + b"x", output, cycles=CYCLES), {**signed_result(node, a, proof, output + b"x"), "signature": ["0x1", "0x2"]},
                 signed_result(node, a, proof, output, status="failure", error={"code": "internal"})):
        node.ws.send(same)
        assert node.ws.expect("result_ack")["duplicate"]
    assert rows(r, "SELECT * FROM contradiction") == [] and view(r, node.name)["state"] == "probation"
    other = post(r)
    taken(r, node)
    second = signed_result(node, a, proof, output, cycles=2)
    node.ws.send(second)
    try:
        while True:
            node.ws.recv()
    except Closed as e:
        assert e.code == 4403, e
    (said,) = rows(r, "SELECT node_id, first, second FROM contradiction WHERE task_id = ?", task)
    assert said[0] == node.name and [json.loads(x)["signature"] for x in said[1:]] == [first["signature"], second["signature"]], said
    assert [json.loads(x)["usage"]["cycles"] for x in said[1:]] == [CYCLES, 2] and "inline_b64" not in said[1] + said[2]
    assert view(r, node.name)["state"] == "banned" and state(r, task)["state"] == "verified"
    assert rows(r, "SELECT kind FROM reputation_event WHERE node_id = ? ORDER BY seq", node.name) == [("verified",), ("contradiction",)]
    # Auditors see it, and nobody else; with the audit of that attempt, too.
    auditor, demander = (r.call("POST", "/api/v1/api-keys", {"name": "a", "scopes": scopes})[1]["key"] for scopes in (["audits"], ["tasks:read"]))
    assert r.call("GET", "/api/v1/contradictions", key=demander)[0] == 403
    for filters, n in (("", 1), (f"?task_id={task}", 1), (f"?node_id={node.name}", 1), (f"?task_id={other}", 0), ("?node_id=0x1", 0)):
        s, seen, _ = r.call("GET", "/api/v1/contradictions" + filters, key=auditor)
        assert s == 200 and len(seen["items"]) == n and not seen["has_more"], (filters, s, seen)
    assert r.call("GET", "/api/v1/contradictions?x=1", key=auditor)[0] == 400
    (item,) = r.call("GET", "/api/v1/contradictions?limit=1", key=auditor)[1]["items"]
    assert (item["task_id"], item["attempt"], item["node_id"], item["node_pubkey"]) == (task, a["attempt"], node.name, hex(node.public)), item
    assert item["first"]["signature"] == first["signature"] and item["second"]["signature"] == second["signature"]
    audit = r.call("POST", "/api/v1/audits", {"task_id": task}, key=auditor)[1]
    assert audit["contradiction"]["second"]["usage"]["cycles"] == 2, audit
    check_bundle(r, node, task, a)
    is_state(r, other, "queued")  # what it had else goes to others
    assert r.call("POST", f"/api/v1/tasks/{other}/cancel")[0] == 202


if __name__ == "__main__":
    run(globals())
