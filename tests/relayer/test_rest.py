#!/usr/bin/env python3
"""The REST API of a whole relayer: lists and cursors, calls that wait, streams of events.

usage: test_rest.py RELAYER [NAME]"""
import http.client
import json
import os
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, free_port, wait_for  # noqa: E402
from wsclient import WebSocket  # noqa: E402

RELAYER = sys.argv[1]
TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "token_amount": "1000", "requirements": {"cpu_threads": 4000}}  # more than any node here has
SETTINGS = ["ws.require_node_signature=no", "limits.read_rate=100000", "limits.read_burst=100000", "limits.post_rate=100000",
            "limits.post_burst=100000"]


def post(r, **more):
    status, made, _ = r.call("POST", "/api/v1/tasks", dict(TASK, **more))
    assert status == 201, (status, made)
    return made["task_id"]


def get(r, path, status=200, **headers):
    s, said, h = r.call("GET", "/api/v1" + path, headers=headers)
    assert s == status, (path, s, said)
    return said, h


def code_of(r, path, status):
    return get(r, path, status)[0]["code"]


def ids(page):
    return [t["task_id"] for t in page["items"]]


def test_list(r):
    made = [post(r, description=f"task {i}") for i in range(7)]
    all_of_them = [t["task_id"] for t in everything(r)]
    assert all_of_them[:7] == made[::-1]
    assert len(get(r, "/tasks")[0]["items"]) == min(50, len(all_of_them))
    assert ids(get(r, "/tasks?order=asc&limit=200")[0])[-7:] == made
    for order, wanted in (("desc", all_of_them), ("asc", all_of_them[::-1])):
        for limit in (1, 3, 7, 200):
            seen, path, pages = [], f"/tasks?limit={limit}&order={order}", 0
            while path:
                page, headers = get(r, path)
                assert len(page["items"]) <= limit
                seen += ids(page)
                pages += 1
                assert page["has_more"] == (page["next_cursor"] is not None)
                path = None
                if page["has_more"]:
                    assert len(page["items"]) == limit
                    link = headers["Link"]
                    assert link.endswith('>; rel="next"') and link.startswith("</api/v1/tasks?"), link
                    path = link[len("</api/v1"):link.index(">")]
                    assert f"cursor={page['next_cursor']}" in path
                else:
                    assert "Link" not in headers
            assert seen == wanted, (order, limit)
            assert pages == -(-len(wanted) // limit)
    # A task made meanwhile moves no page: what follows a cursor stays.
    page = get(r, "/tasks?limit=2")[0]
    post(r)
    assert ids(get(r, f"/tasks?limit=2&cursor={page['next_cursor']}")[0]) == all_of_them[2:4]


def test_filters(r):
    first = post(r)
    at = get(r, f"/tasks/{first}")[0]["created_at"]
    time.sleep(0.005)
    second = post(r)
    assert r.call("POST", f"/api/v1/tasks/{second}/cancel")[0] == 202
    quoted = urllib.parse.quote(at)
    assert ids(get(r, f"/tasks?created_after={quoted}")[0]) == [second]
    before = ids(get(r, f"/tasks?created_before={quoted}")[0])
    assert first not in before and second not in before
    cancelled = get(r, "/tasks?state=cancelled")[0]["items"]
    assert second in [t["task_id"] for t in cancelled] and all(t["state"] == "cancelled" for t in cancelled)
    assert second not in ids(get(r, "/tasks?state=queued")[0])
    assert first in ids(get(r, "/tasks?program=matrix_multiplication&state=queued")[0])
    assert get(r, "/tasks?program=nothing")[0]["items"] == []
    assert get(r, "/tasks?node_id=nobody")[0]["items"] == []
    for path in ("/tasks?limit=0", "/tasks?limit=201", "/tasks?limit=-1", "/tasks?limit=x", "/tasks?limit=", "/tasks?order=up",
                 "/tasks?state=nothing", "/tasks?created_after=yesterday", "/tasks?limit=1&limit=2"):
        assert code_of(r, path, 400) == "validation_failed", path
    assert code_of(r, "/tasks?colour=red", 400) == "unknown_field"


def test_cursors_are_ours(r):
    post(r), post(r), post(r)
    cursor = get(r, "/tasks?limit=1")[0]["next_cursor"]
    assert get(r, f"/tasks?limit=2&cursor={cursor}")[0]["items"]  # another length is no other list
    bad = [cursor[:-1], cursor + "A", "", "AAAA", ("B" if cursor[20] != "B" else "C").join([cursor[:20], cursor[21:]])]
    for c in bad:
        assert code_of(r, f"/tasks?limit=1&cursor={c}", 400) == "bad_cursor", c
    for other in ("order=asc", "state=queued", "program=hash"):
        assert code_of(r, f"/tasks?limit=1&{other}&cursor={cursor}", 400) == "bad_cursor", other
    # It holds after a start.
    following = ids(get(r, f"/tasks?limit=1&cursor={cursor}")[0])
    r.kill()
    r.start()
    assert ids(get(r, f"/tasks?limit=1&cursor={cursor}")[0]) == following


def in_background(f):
    out = []
    t = threading.Thread(target=lambda: out.append(f()))
    t.start()
    return t, out


def test_long_poll(r):
    task = post(r)
    _, headers = get(r, f"/tasks/{task}")
    etag = headers["ETag"]
    # Nothing changes: at its time the same is said again, or 304.
    assert get(r, f"/tasks/{task}?wait=1")[0]["state"] == "queued"
    s, _, h = r.call("GET", f"/api/v1/tasks/{task}?wait=1", headers={"If-None-Match": etag})
    assert s == 304 and h["ETag"] == etag
    # What is known is older: the answer does not wait.
    assert get(r, f"/tasks/{task}?wait=60", **{"If-None-Match": '"v1"'})[0]["version"] == 3
    # A change ends it, for everybody who waits.
    waiting = [in_background(lambda: get(r, f"/tasks/{task}?wait=60")[0]) for _ in range(8)]
    waiting += [in_background(lambda: get(r, f"/tasks/{task}?wait=60", **{"If-None-Match": etag})[0]) for _ in range(8)]
    time.sleep(0.3)
    assert all(t.is_alive() for t, _ in waiting)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for t, out in waiting:
        t.join(20)
        assert out and out[0]["state"] == "cancelled" and out[0]["version"] == 4, out
    # Nothing will follow an end.
    assert get(r, f"/tasks/{task}?wait=60")[0]["state"] == "cancelled"
    for wrong in ("61", "-1", "x", "1.5", ""):
        assert code_of(r, f"/tasks/{task}?wait={wrong}", 400) == "validation_failed"
    assert code_of(r, "/tasks/none?wait=60", 404) == "not_found"


class Node:
    """Registers, takes what it is offered, and gives up."""

    def __init__(self, r, name, region="EU", **more):
        self.ws = WebSocket(r.port, f"/ws/node/{name}")
        self.ws.expect("hello")
        self.ws.send({"message_type": "register", "node_id": name, "specs": {"cpu_threads": 8, "ram_gb": 16, "disk_gb": 10, "gpus": [],
                      "cpu_model": "test", "hostname": "secret"}, "bench": {"exec_mcycles_s": 100, "prove_krows_s": 1000},
                      "price": {"base_fri": "7", "per_mcycle_fri": "1"}, "region": region, "capacity": {"max_concurrent": 4}, **more})
        self.ws.expect("registered")

    def give_up(self):
        a = self.ws.expect("task_assignment")
        fence = {k: a[k] for k in ("task_id", "attempt", "lease_token")}
        self.ws.send({"message_type": "task_ack", **fence, "accept": True})
        self.ws.send({"message_type": "task_result", **fence, "status": "failure", "error": {"code": "internal", "detail": "no"}})
        self.ws.expect("result_ack")


def test_nodes(r):
    one, two = Node(r, "one"), Node(r, "two", region="US")
    names = [n["node_id"] for n in get(r, "/nodes?order=asc")[0]["items"]]
    assert names == ["one", "two"], names
    assert [n["node_id"] for n in get(r, "/nodes?region=US")[0]["items"]] == ["two"]
    page = get(r, "/nodes?order=asc&limit=1")[0]
    assert page["has_more"] and page["items"][0]["node_id"] == "one"
    rest = get(r, f"/nodes?order=asc&limit=1&cursor={page['next_cursor']}")[0]
    assert not rest["has_more"] and rest["items"][0]["node_id"] == "two"
    node, headers = get(r, "/nodes/one")
    assert node["price"] == {"base_fri": "7", "per_mcycle_fri": "1"} and node["running"] == 0 and node["connected"]
    assert node["specs"] == {"cpu_model": "test", "cpu_threads": 8, "ram_gb": 16, "disk_gb": 10, "gpus": []}
    assert headers["ETag"] == f'"v{node["version"]}"'
    assert "127.0.0.1" not in json.dumps(node) and "secret" not in json.dumps(node)
    two.ws.close()
    wait_for("gone", lambda: [n["node_id"] for n in get(r, "/nodes")[0]["items"]] == ["one"])
    assert [n["node_id"] for n in get(r, "/nodes?all=1&order=asc")[0]["items"]][-2:] == ["one", "two"]
    assert not get(r, "/nodes/two")[0]["connected"]
    for path in ("/nodes/none", "/nodes/none/tasks", "/nodes/none/reputation"):
        assert code_of(r, path, 404) == "not_found"
    assert code_of(r, "/nodes?all=2", 400) == "validation_failed"
    # What it did: an attempt that it gave up, and what that cost it.
    before = get(r, "/nodes/one/reputation")[0]
    assert before["items"] == [] and before["clean_results"] == 0
    task = post(r, requirements={}, token_amount="1000000", max_attempts=1)
    one.give_up()
    wait_for("failed", lambda: get(r, f"/tasks/{task}")[0]["state"] == "failed")
    tried = get(r, "/nodes/one/tasks")[0]["items"]
    assert len(tried) == 1 and tried[0]["task_id"] == task and tried[0]["outcome"] == "aborted"
    assert tried[0]["task_state"] == "failed" and tried[0]["attempt"] == 1
    assert ids(get(r, "/tasks?node_id=one")[0]) == [task]
    after = get(r, "/nodes/one/reputation")[0]
    assert [e["kind"] for e in after["items"]] == ["aborted"] and after["reputation_ppm"] < before["reputation_ppm"]
    one.ws.close()


def test_health_and_stats(r):
    health, _ = get(r, "/health")
    checks = health["checks"]
    assert health["status"] == "ok" and sorted(checks) == ["db", "starknet", "storage", "verifier", "websocket"]
    assert checks["starknet"]["status"] == "not configured" and all(c["ok"] for c in checks.values())
    assert checks["db"]["wal_bytes"] > 0 and checks["storage"]["free_bytes"] > 0 and checks["verifier"]["workers"] == 2
    sessions = checks["websocket"]["sessions"]
    node = Node(r, "counted")
    assert get(r, "/health")[0]["checks"]["websocket"]["sessions"] == sessions + 1

    def stats():
        said = r.call("GET", "/api/v1/stats", key=False)[1]
        by_state = {}
        for t in everything(r):
            by_state[t["state"]] = by_state.get(t["state"], 0) + 1
        assert {k: v for k, v in said["tasks"]["by_state"].items() if v} == by_state
        assert said["tasks"]["total"] == sum(by_state.values())
        return said
    before = stats()
    assert before["settlement"] == {"volume": "0", "provider_payout": "0", "gas_subsidy": "0", "treasury_fee": "0"}
    one, _ = post(r), post(r)
    r.call("POST", f"/api/v1/tasks/{one}/cancel")
    assert r.call("POST", f"/api/v1/tasks/{one}/cancel", headers={"If-Match": '"v1"'})[0] == 412  # changes nothing
    after = stats()
    assert after["tasks"]["by_state"]["cancelled"] == before["tasks"]["by_state"]["cancelled"] + 1
    assert after["throughput"]["created"]["24h"] == before["throughput"]["created"]["24h"] + 2
    assert 2 <= after["throughput"]["created"]["1m"] <= after["throughput"]["created"]["1h"]
    wait_for("the node is counted", lambda: stats()["nodes"]["active"] >= 1)
    node.ws.close()
    # They are counted again at a start.
    r.kill()
    r.start()
    again = stats()
    assert again["tasks"] == after["tasks"] and again["throughput"]["created"]["24h"] == after["throughput"]["created"]["24h"]


def everything(r):
    path, items = "/tasks?limit=200", []
    while path:
        page = get(r, path)[0]
        items += page["items"]
        path = f"/tasks?limit=200&cursor={page['next_cursor']}" if page["has_more"] else None
    return items


def make_key(r, *scopes, **more):
    status, made, headers = r.call("POST", "/api/v1/api-keys", {"name": "a key", "scopes": list(scopes), **more})
    assert status == 201 and headers["Location"] == "/api/v1/api-keys/" + made["id"], made
    return made


def test_keys(r):
    made = make_key(r, "tasks:read", "tasks:write")
    key = made["key"]
    status, me, _ = r.call("GET", "/api/v1/me", key=key)
    assert status == 200 and me == {"id": made["id"], "name": "a key", "scopes": ["tasks:read", "tasks:write"], "expires_at": None}
    assert r.call("GET", "/api/v1/me", key=False, headers={"Authorization": ""})[0] == 401
    for path in ("/api/v1/api-keys", "/api/v1/nodes"):
        status, said, _ = r.call("GET", path, key=key)
        assert status == 403 and said["code"] == "insufficient_scope"
    # A key sees its own tasks, and others that are public.
    others = post(r)
    public = post(r, visibility="public")
    status, mine, _ = r.call("POST", "/api/v1/tasks", TASK, key=key)
    assert status == 201
    mine = mine["task_id"]
    assert [t["task_id"] for t in r.call("GET", "/api/v1/tasks", key=key)[1]["items"]] == [mine]
    assert [r.call("GET", "/api/v1/tasks/" + t, key=key)[0] for t in (others, public, mine)] == [404, 200, 200]
    assert r.call("GET", f"/api/v1/tasks/{public}/events", key=key)[0] == 404
    assert r.call("POST", f"/api/v1/tasks/{others}/cancel", key=key)[0] == 404
    # A cursor of one key's list is not one of another's.
    cursor = get(r, "/tasks?limit=1")[0]["next_cursor"]
    assert r.call("GET", f"/api/v1/tasks?limit=1&cursor={cursor}", key=key)[1]["code"] == "bad_cursor"
    used = r.call("GET", "/api/v1/me/usage", key=key)[1]
    assert used["open_tasks"]["used"] == 1 and used["rates"]["read"] == {"per_second": 100000, "burst": 100000}
    r.call("POST", f"/api/v1/tasks/{mine}/cancel", key=key)
    assert r.call("GET", "/api/v1/me/usage", key=key)[1]["open_tasks"]["used"] == 0
    listed = get(r, "/api-keys")[0]["items"]
    assert made["id"] in [k["id"] for k in listed] and key not in json.dumps(listed)
    assert r.call("DELETE", "/api/v1/api-keys/" + made["id"])[:2] == (204, b"")
    assert r.call("GET", "/api/v1/me", key=key)[0] == 401 and r.call("GET", "/api/v1/tasks", key=key)[0] == 401
    assert r.call("DELETE", "/api/v1/api-keys/" + made["id"])[0] == 404
    assert made["id"] not in [k["id"] for k in get(r, "/api-keys")[0]["items"]]
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    short = make_key(r, "tasks:read", expires_at=soon)["key"]
    assert r.call("GET", "/api/v1/tasks", key=short)[0] == 200
    wait_for("expired", lambda: r.call("GET", "/api/v1/tasks", key=short)[1].get("code") == "expired_key")
    last = r.call("GET", "/api/v1/me")[1]["id"]
    status, said, _ = r.call("DELETE", "/api/v1/api-keys/" + last)
    assert status == 409 and said["code"] == "conflict_state"
    assert r.call("GET", "/api/v1/me")[0] == 200  # it was not
    second = make_key(r, "admin")
    assert r.call("DELETE", "/api/v1/api-keys/" + second["id"], key=second["key"])[0] == 204
    for body in ({}, {"name": "x"}, {"name": "x", "scopes": []}, {"name": "x", "scopes": ["all"]}, {"name": "x", "scopes": ["admin"], "y": 1},
                 {"name": "x", "scopes": ["admin"], "expires_at": "2020-01-01T00:00:00Z"}, {"name": "x" * 65, "scopes": ["admin"]}):
        assert r.call("POST", "/api/v1/api-keys", body)[0] == 400, body


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
    s = Relayer(RELAYER, settings=["limits.open_tasks=3"]).start()
    try:
        said = s.call("POST", "/api/v1/tasks:batch", {"tasks": [good] * 5}, {"Idempotency-Key": "b"})[1]
        assert [i["status"] for i in said["items"]] == [201, 201, 201, 429, 429]
        assert s.stop() == 0
    finally:
        s.process.kill()


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
    node = Node(r, "again", requirements={})
    node.give_up()
    wait_for("failed", lambda: get(r, f"/tasks/{task}")[0]["state"] == "failed")
    assert r.call("POST", f"/api/v1/tasks/{task}/retry", {"deadline": later})[0] == 202
    other = Node(r, "another")
    assert other.ws.expect("task_assignment")["attempt"] == 2
    r.call("POST", f"/api/v1/tasks/{task}/cancel")
    node.ws.close()
    other.ws.close()
    assert r.call("POST", "/api/v1/tasks/none/retry", {"deadline": later})[0] == 404


def test_estimate(r):
    def ask(status=200, **more):
        body = dict(TASK, requirements={}, **more)
        s, said, h = r.call("POST", "/api/v1/estimate", body, key=make_key(r, "tasks:read")["key"])
        assert s == status, said
        return said
    first, second, third = (Node(r, f"quote{i}", price={"base_fri": p, "per_mcycle_fri": "1000000"}) for i, p in enumerate(("10", "20", "1000")))
    said = ask()
    # Run: the cycles that its proof has (test_tasks.py).
    assert said["executed"] and said["cycles"] == "432" and said["padded_rows"] == "4096" and said["eligible_nodes"] >= 3, said
    total, cost, fee, gas, treasury = (int(said[k]) for k in ("total", "compute_cost", "network_fee", "gas_subsidy", "treasury_fee"))
    assert cost + fee == total and gas + treasury == fee and cost >= int(said["price_p50"])
    assert treasury == total * 1200 // 10000 and gas == total * 300 // 10000
    assert int(said["price_p90"]) == 1000 + 4096
    assert int(said["eta_ms_p50"]) >= 1 and int(said["eta_ms_p90"]) >= int(said["eta_ms_p50"])
    said = ask(cycles=10 ** 8)
    assert not said["executed"] and said["cycles"] == str(10 ** 8) and int(said["padded_rows"]) == 2 ** 29
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


def test_metrics(r):
    port = free_port()
    s = Relayer(RELAYER, settings=[f"server.metrics=127.0.0.1:{port}"])
    # The tests' settings switch the listener off; the last one given holds.
    s.start()

    def ask(method="GET", path="/metrics"):
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        c.request(method, path)
        answer = c.getresponse()
        text = answer.read().decode()
        c.close()
        return answer.status, text

    def values():
        status, text = ask()
        assert status == 200
        found, typed = {}, set()
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                typed.add(line.split()[2])
            elif not line.startswith("#"):
                name, v = line.rsplit(" ", 1)
                base = name.split("{")[0]
                assert name not in found and {base, base.rsplit("_", 1)[0]} & typed, line
                found[name] = float(v)
        return found
    try:
        before = values()
        made = post(s)
        assert s.call("GET", "/api/v1/tasks/none")[0] == 404
        after = values()
        assert after['sprove_tasks{state="queued"}'] == 1 and before['sprove_tasks{state="queued"}'] == 0
        assert after['sprove_task_transitions_total{from="",to="queued"}'] == 1
        assert after['sprove_http_requests_total{route="/api/v1/tasks",method="POST",code="2xx"}'] == 1
        name = 'sprove_http_requests_total{route="/api/v1/tasks/{}",method="GET",code="4xx"}'
        assert after[name] == before.get(name, 0) + 1
        assert after["sprove_db_jobs_total"] > before["sprove_db_jobs_total"] and made not in ask()[1]
        for method, path in (("GET", "/"), ("POST", "/metrics"), ("GET", "/metricsx"), ("GET", "/api/v1/version")):
            assert ask(method, path)[0] == 404
        assert s.call("GET", "/metrics")[0] == 404  # not where everybody is
        # What is no request is let go; the listener goes on.
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        idle[0].sendall(b"x" * 5000)
        idle[0].settimeout(20)
        try:
            assert idle[0].recv(1) == b""
        except ConnectionResetError:
            pass
        for i in idle:
            i.close()
        assert wait_for("answers again", lambda: values())
        # Somebody who says nothing does not keep the relayer from stopping.
        quiet = socket.create_connection(("127.0.0.1", port))
        assert s.stop() == 0
        quiet.close()
    finally:
        s.process.kill()


def test_programs(r):
    programs = r.call("GET", "/api/v1/programs", key=False)[1]["items"]
    assert "matrix_multiplication" in [p["name"] for p in programs] and len(programs) >= 5
    for p in programs:
        assert isinstance(p["input_schema"], dict) and isinstance(p["example"], dict) and len(p["elf_sha256"]) == 64
        # The example is a task.
        made = r.call("POST", "/api/v1/tasks", dict(TASK, payload=p["example"]))
        assert made[0] == 201, (p["name"], made)
    one = r.call("GET", "/api/v1/programs/matrix_multiplication?profile=proven&io=digest", key=False)[1]
    assert one["program_id"]["profile"] == "proven" and len(one["program_id"]["id"]) == 56
    task = post(r, job={"profile": "proven", "io": "digest"})
    assert get(r, f"/tasks/{task}")[0]["job"]["program_id"] == one["program_id"]["id"]
    assert code_of(r, "/programs/none", 404) == "not_found"
    assert code_of(r, "/programs/hash?profile=none", 400) == "validation_failed"


def test_limits(r):
    """Another relayer, with little patience."""
    s = Relayer(RELAYER, settings=["limits.read_rate=1", "limits.read_burst=20", "limits.post_rate=1", "limits.post_burst=3"]).start()
    try:
        # An address without a key, and each key, have a bucket of their own; a start took some of the first key's.
        for _ in range(20):
            status, _, h = s.call("GET", "/api/v1/stats", key=False)
            assert status == 200 and h["RateLimit-Policy"] == '"read";q=20;w=20' and h["RateLimit"].startswith('"read";r=')
        wait_for("limited", lambda: s.call("GET", "/api/v1/stats", key=False)[0] == 429)
        status, said, h = s.call("GET", "/api/v1/stats", key=False)
        assert status == 429 and said["code"] == "rate_limited" and int(h["Retry-After"]) >= 1 and '"read";r=0;' in h["RateLimit"]
        assert s.call("GET", "/api/v1/health/live", key=False)[0] == 200  # never limited
        key = s.call("POST", "/api/v1/api-keys", {"name": "k", "scopes": ["tasks:read", "tasks:write"]})[1]["key"]
        assert s.call("GET", "/api/v1/stats", key=key)[0] == 200
        made = [s.call("POST", "/api/v1/tasks", TASK, key=key)[0] for _ in range(4)]
        assert made[:3] == [201] * 3 and made[3] in (201, 429), made
        wait_for("limited", lambda: s.call("POST", "/api/v1/tasks", TASK, key=key)[0] == 429)
        assert s.call("GET", "/api/v1/stats", key=key)[0] == 200  # reading is another bucket
        # Wrong keys: the tenth closes the door, for a right one too.
        wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
        codes = [s.call("GET", "/api/v1/tasks", key=wrong)[0] for _ in range(12)]
        assert codes == [401] * 10 + [429] * 2, codes
        status, _, h = s.call("GET", "/api/v1/me", key=key)
        assert status == 429 and 200 < int(h["Retry-After"]) <= 360, h
        assert s.call("GET", "/api/v1/health/ready", key=False)[0] == 200
        assert s.stop() == 0
    finally:
        s.process.kill()


class Stream:
    """Server-sent events as a client reads them."""

    def __init__(self, r, task, last=None, method="GET"):
        self.c = http.client.HTTPConnection("127.0.0.1", r.port, timeout=20)
        h = {"Accept": "text/event-stream", "Authorization": "Bearer " + r.key}
        if last is not None:
            h["Last-Event-ID"] = str(last)
        self.c.request(method, f"/api/v1/tasks/{task}/events", None, h)
        self.reply = self.c.getresponse()

    def event(self):
        """(id, name, data), or None at the end."""
        fields = {}
        while True:
            line = self.reply.readline()
            if not line:
                return None
            line = line.decode().rstrip("\n")
            if line == "" and "id" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])
            if line == "" or line.startswith(":"):
                fields = {}
                continue
            name, value = line.split(": ", 1)
            fields[name] = value


def test_stream(r):
    task = post(r)
    s = Stream(r, task)
    assert s.reply.status == 200 and s.reply.headers["Content-Type"] == "text/event-stream"
    assert [s.event()[:2] for _ in range(3)] == [(1, "task.created"), (2, "task.funded"), (3, "task.queued")]
    later = Stream(r, task, last=2)
    assert later.event()[:2] == (3, "task.queued")
    thread, out = in_background(s.event)
    time.sleep(0.2)
    assert thread.is_alive()
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    thread.join(20)
    number, name, data = out[0]
    assert (number, name, data["from"], data["to"]) == (4, "task.cancelled", "queued", "cancelled")
    assert s.event() is None, "an end ends the stream"
    assert later.event()[1] == "task.cancelled" and later.event() is None
    # The same as a list.
    items = get(r, f"/tasks/{task}/events")[0]["items"]
    assert [e["seq"] for e in items] == [1, 2, 3, 4] and items[3] == data
    over = Stream(r, task, last=3)
    assert over.event()[0] == 4 and over.event() is None
    assert Stream(r, task, last=4).event() is None
    assert Stream(r, "none").reply.status == 404
    assert Stream(r, task, method="HEAD").reply.status == 200


def test_waiting_is_bounded(r):
    """More calls of one key than may wait are refused, and those that wait are not harmed."""
    task = post(r)
    streams = [Stream(r, task) for _ in range(256)]
    assert all(s.reply.status == 200 for s in streams)
    one_more = Stream(r, task)
    assert one_more.reply.status == 503 and one_more.reply.headers["Retry-After"] == "5"
    assert get(r, f"/tasks/{task}")[0]["state"] == "queued"
    for s in streams[:100]:
        s.reply.close()
        s.c.close()
    # A client that went is noticed at the next change, or by the signs of life.
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for s in streams[100:]:
        assert [s.event()[0] for _ in range(4)] == [1, 2, 3, 4] and s.event() is None
    other = post(r)
    again = wait_for("room", lambda: (lambda s: s if s.reply.status == 200 else None)(Stream(r, other)))
    assert again.event()[0] == 1


def test_zz_drain(r):
    """A relayer that is stopped answers those who wait."""
    task = post(r)
    poll, out = in_background(lambda: get(r, f"/tasks/{task}?wait=60")[0])
    stream = Stream(r, task)
    assert [stream.event()[0] for _ in range(3)] == [1, 2, 3]
    time.sleep(0.3)
    assert poll.is_alive()
    assert r.stop() == 0
    poll.join(20)
    assert out and out[0]["state"] == "queued"
    assert stream.event() is None
    r.start()


def main():
    r = Relayer(RELAYER, settings=SETTINGS).start()
    names = sorted(n for n in globals() if n.startswith("test_"))
    try:
        for name in names:
            if len(sys.argv) > 2 and sys.argv[2] not in name:
                continue
            start = time.monotonic()
            globals()[name](r)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
        assert r.stop() == 0
    except BaseException:
        print(r.log_text()[-3000:], file=sys.stderr)
        r.process.kill()
        raise


main()
