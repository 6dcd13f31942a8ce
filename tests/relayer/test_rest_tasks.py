#!/usr/bin/env python3
"""Tasks as REST takes them: many at once, with another's escrow, once more after their end, and priced before.

usage: test_rest_tasks.py RELAYER [NAME]"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, free_port, wait_for  # noqa: E402
from rest_client import SETTINGS, TASK, everything, get, give_up, ids, make_key, post, run  # noqa: E402
from scripted import Node  # noqa: E402

RELAYER = sys.argv[1]


def test_batch(r):
    good, bad = dict(TASK), dict(TASK, token_amount="-1")
    body = {"tasks": [good, bad, dict(TASK, payload={"algorithm": "none"}), 7, dict(TASK, description="last")]}
    before = len(everything(r))
    status, said, _ = r.call("POST", "/api/v1/tasks:batch", body)
    assert status == 400 and said["code"] == "bad_idempotency_key"
    status, said, _ = r.call("POST", "/api/v1/tasks:batch", body, {"Idempotency-Key": "batch 1".replace(" ", "-")})
    assert status == 207 and (said["created"], said["refused"]) == (2, 3), said
    assert [(i["index"], i["status"]) for i in said["items"]] == [(0, 201), (1, 400), (2, 422), (3, 400), (4, 201)]
    assert said["items"][1]["error"]["errors"][0]["pointer"] == "/token_amount"
    assert said["items"][2]["error"]["code"] == "program_unknown"
    assert len(everything(r)) == before + 2
    assert get(r, "/tasks/" + said["items"][4]["task"]["task_id"])[0]["description"] == "last"
    # Sent again it is answered again; with another body it is refused.
    again = r.call("POST", "/api/v1/tasks:batch", body, {"Idempotency-Key": "batch-1"})
    assert again[1] == said and again[2]["Idempotency-Replayed"] == "true" and len(everything(r)) == before + 2
    assert r.call("POST", "/api/v1/tasks:batch", {"tasks": [good]}, {"Idempotency-Key": "batch-1"})[1]["code"] == "idempotency_key_reused"
    for wrong in ({}, {"tasks": []}, {"tasks": {}}, {"tasks": [good] * 101}, {"tasks": [good], "more": 1}):
        assert r.call("POST", "/api/v1/tasks:batch", wrong, {"Idempotency-Key": "w"})[0] == 400
    status, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [good] * 100}, {"Idempotency-Key": "batch-100"})
    assert status == 207 and said["created"] == 100
    made = [i["task"]["task_id"] for i in said["items"]]
    assert ids(get(r, "/tasks?limit=100")[0]) == made[::-1], "in the order in which they came"
    # A key that may open no more: the rest is refused, each for itself.
    with Relayer(RELAYER, settings=["limits.open_tasks=3"]).start() as s:
        said = s.call("POST", "/api/v1/tasks:batch", {"tasks": [good] * 5}, {"Idempotency-Key": "b"})[1]
        assert [i["status"] for i in said["items"]] == [201, 201, 201, 429, 429]
        assert s.stop() == 0


def test_escrows_of_others(r):
    """A task whose escrow nobody here would look for is refused at once, and leaves nothing."""
    def of(contract=None, number="7"):
        return dict(TASK, job={"profile": "chain"}, chain={"task_id": number, **({"contract": contract} if contract else {})})

    def refused(at, body, pointer, code, detail):
        s, said, _ = at.call("POST", "/api/v1/tasks", body)
        assert s == 422 and said["code"] == "escrow_not_served", (s, said)
        assert [(e["pointer"], e["code"]) for e in said["errors"]] == [(pointer, code)] and detail in said["detail"], said
        s, said, _ = at.call("POST", "/api/v1/tasks:batch", {"tasks": [body, TASK]},
                             {"Idempotency-Key": "escrow-" + body["chain"].get("contract", "none")})
        assert s == 207 and said["created"] == 1, (s, said)
        first = said["items"][0]
        assert first["status"] == 422 and first["error"]["code"] == "escrow_not_served", first
        assert first["error"]["errors"][0]["pointer"] == pointer, first

    for contract in (None, "0x1"):
        refused(r, of(contract), "/chain", "no_chain", "no chain")
    chain = [f"chain.rpc=http://127.0.0.1:{free_port()}", "chain.chain_id=SN_SEPOLIA", "chain.contract=0x0AbC"]
    with Relayer(RELAYER, settings=SETTINGS + chain).start() as other:
        for contract in ("0x0", "0x1", "0xabcd"):
            refused(other, of(contract), "/chain/contract", "other_contract", "0xabc")
        assert len(everything(other)) == 3  # those of the batches
        # Its own, however it is written, and where none is named.
        for n, contract in enumerate((None, "0xabc", "0x00aBC")):
            s, made, _ = other.call("POST", "/api/v1/tasks", of(contract, str(n)))
            assert s == 201, (s, made)
            assert other.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]["settlement"]["contract"] == "0xabc"
            s, said, _ = other.call("POST", "/api/v1/tasks", of("0xabc", str(n)))
            assert (s, said["code"]) == (409, "already_exists"), (s, said)
        assert other.stop() == 0


def test_retry(r):
    soon = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 4)) + ".500Z"
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    open_tasks = r.call("GET", "/api/v1/me/usage")[1]["open_tasks"]["used"]
    task = post(r, deadline=soon)
    path = f"/api/v1/tasks/{task}/retry"
    status, said, _ = r.call("POST", path, {"deadline": later})
    assert status == 409 and said["code"] == "conflict_state"
    wait_for("expired", lambda: get(r, f"/tasks/{task}")[0]["state"] == "expired")
    assert r.call("GET", "/api/v1/me/usage")[1]["open_tasks"]["used"] == open_tasks
    for wrong in ({}, {"deadline": soon}, {"deadline": "9999-01-01T00:00:00Z"}, {"deadline": later, "x": 1}):
        assert r.call("POST", path, wrong)[0] == 400, wrong
    status, said, _ = r.call("POST", path, {"deadline": later})
    assert status == 202 and said["state"] == "queued" and said["version"] == 5, said
    t = get(r, f"/tasks/{task}")[0]
    assert t["state"] == "queued" and t["failure"] is None and t["deadline"][:19] + "Z" == later
    assert [e["to"] for e in get(r, f"/tasks/{task}/events")[0]["items"]][-2:] == ["expired", "queued"]
    assert r.call("GET", "/api/v1/me/usage")[1]["open_tasks"]["used"] == open_tasks + 1
    assert r.call("POST", path, {"deadline": later})[0] == 409
    # One that failed has attempts again.
    task = post(r, requirements={}, token_amount="1000000", max_attempts=1)
    node = Node(r, "again")
    give_up(node)
    wait_for("failed", lambda: get(r, f"/tasks/{task}")[0]["state"] == "failed")
    assert r.call("POST", f"/api/v1/tasks/{task}/retry", {"deadline": later})[0] == 202
    other = Node(r, "another")
    assert other.ws.expect("task_assignment")["attempt"] == 2
    r.call("POST", f"/api/v1/tasks/{task}/cancel")
    node.ws.close()
    other.ws.close()
    assert r.call("POST", "/api/v1/tasks/none/retry", {"deadline": later})[0] == 404


def test_estimate(r):
    def ask(status=200, **more):  # each with a key of its own: one may ask ten times at once
        s, said, _ = r.call("POST", "/api/v1/estimate", {**TASK, "requirements": {}, **more}, key=make_key(r, "tasks:read")["key"])
        assert s == status, (more, said)
        return said
    first, second, third = (Node(r, f"quote{i}", price=p, mcycle="1000000") for i, p in enumerate(("10", "20", "1000")))
    # Who is counted meets every requirement, as when it is offered a task.
    for need, n in (({"cpu_threads": 9}, 0), ({"disk_gb": 11}, 0), ({"gpu_required": True}, 0), ({"regions": ["XX"]}, 0),
                    ({"node_allow": ["quote0", "nobody"]}, 1), ({"node_allow": ["quote0", "quote1"], "node_deny": ["quote1"]}, 1),
                    ({"min_reputation": "0.9"}, 0), ({"node_allow": ["quote2"], "min_reputation": "0.01"}, 1)):
        assert ask(requirements=need, cycles=432)["eligible_nodes"] == n, (need, n)
    for price, n in (("1000000", 1), ("999999", 0)):
        assert ask(requirements={"node_allow": ["quote2"]}, cycles=432, max_price_per_mcycle=price)["eligible_nodes"] == n, price
    said = ask()
    # Run: the cycles that its proof has (test_tasks.py).
    assert said["executed"] and said["cycles"] == "432" and said["rows_counted"] and said["eligible_nodes"] >= 3, said
    # As the proof of the job: its own tables, and those of every proof (tests/relayer/estimate_rows.c).
    rows = int(said["padded_rows"])
    assert 2 ** 18 + 2 ** 13 < rows < 2 ** 18 + 2 ** 14 and int(said["committed_cells"]) > 10 * rows, said
    total, cost, fee, gas, treasury = (int(said[k]) for k in ("total", "compute_cost", "network_fee", "gas_subsidy", "treasury_fee"))
    assert cost + fee == total and gas + treasury == fee and cost >= int(said["price_p50"])
    assert treasury == total * 1200 // 10000 and gas == total * 300 // 10000
    assert int(said["price_p90"]) == 1000 + rows
    assert int(said["eta_ms_p50"]) >= 1 and int(said["eta_ms_p90"]) >= int(said["eta_ms_p50"])
    said = ask(cycles=10 ** 8)
    assert not said["executed"] and said["cycles"] == str(10 ** 8) and int(said["padded_rows"]) == 2 ** 18 + 2 ** 13 + 11 * 10 ** 7
    assert not said["rows_counted"] and said["committed_cells"] is None
    # One table to a chip, for the contract; and what is too long for one proof there is told before it is asked for.
    assert int(ask(cycles=10 ** 6, job={"profile": "chain"})["padded_rows"]) == 2 ** 18 + 2 ** 13 + 1550 * 10 ** 3
    long = dict(TASK, requirements={}, payload={"algorithm": "mixed", "rounds": 30000})
    # Counted where the machine is quick enough at the moment.
    wait_for("told", lambda: r.call("POST", "/api/v1/estimate", dict(long, job={"profile": "chain"}), timeout=60)[1].get("code") ==
             "proof_limit_exceeded", 120)
    wait_for("counted", lambda: r.call("POST", "/api/v1/estimate", long, timeout=60)[1].get("rows_counted"), 120)
    assert ask(422, job={"max_cycles": "100"})["code"] == "cycle_limit_exceeded"
    assert ask(400, cycles=0)["code"] == "validation_failed"
    assert ask(400, token_amount="x")["code"] == "validation_failed"
    for n in (first, second, third):
        n.ws.close()
    # Nobody is there who could: the work is known, the price is not.
    body = dict(TASK, requirements={"cpu_threads": 4000}, cycles=5)
    del body["token_amount"]
    s, said, h = r.call("POST", "/api/v1/estimate", body, key=False)
    assert s == 200 and said["eligible_nodes"] == 0 and said["total"] is None and said["eta_ms_p50"] is None
    assert h["RateLimit-Policy"] == '"estimate";q=10;w=2'


run(globals(), RELAYER)
