#!/usr/bin/env python3
"""The REST API of a whole relayer: what is there to be read, in lists and one by one, and what the relayer says of itself.

usage: test_rest.py RELAYER [NAME]"""
import http.client
import json
import os
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, free_port, wait_for  # noqa: E402
from rest_client import TASK, code_of, everything, get, give_up, ids, post, run  # noqa: E402
from scripted import SPECS, Node  # noqa: E402

RELAYER = sys.argv[1]


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


def test_nodes(r):
    one, two = Node(r, "one", price="7", specs={**SPECS, "hostname": "secret"}), Node(r, "two", region="US")
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
    give_up(one)
    wait_for("failed", lambda: get(r, f"/tasks/{task}")[0]["state"] == "failed")
    tried = get(r, "/nodes/one/tasks")[0]["items"]
    assert len(tried) == 1 and tried[0]["task_id"] == task and tried[0]["outcome"] == "aborted", tried
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

    def sessions():
        return get(r, "/health")[0]["checks"]["websocket"]["sessions"]
    wait_for("the nodes of other tests are gone", lambda: sessions() == 0)
    node = Node(r, "counted")
    assert sessions() == 1

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


def test_metrics(r):
    port = free_port()
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
    # The tests' settings switch the listener off; the last one given holds.
    with Relayer(RELAYER, settings=[f"server.metrics=127.0.0.1:{port}"]).start() as s:
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


def test_programs(r):
    programs = r.call("GET", "/api/v1/programs", key=False)[1]["items"]
    assert "matrix_multiplication" in [p["name"] for p in programs] and len(programs) >= 5
    for p in programs:
        assert isinstance(p["input_schema"], dict) and isinstance(p["example"], dict) and len(p["elf_sha256"]) == 64
        # The example is a task.
        made = r.call("POST", "/api/v1/tasks", dict(TASK, payload=p["example"]))
        assert made[0] == 201, (p["name"], made)
        # By its hash, it is the same program.
        named = {"sha256": p["elf_sha256"]}
        assert r.call("GET", f"/api/v1/programs/{named['sha256']}", key=False)[1]["name"] == p["name"]
        for program in (named, {**named, "name": p["name"]}):
            body = {"job": {"program": program, "inline_input_b64": ""}, "token_amount": "1"}
            status, made, _ = r.call("POST", "/api/v1/tasks", body)
            assert status == 201 and get(r, f"/tasks/{made['task_id']}")[0]["job"]["program"] == p["name"], made
        for wrong, at in (({"name": "none"}, ""), ({"version": "1"}, "/version"), ({"sha256": "0" * 64}, "")):
            body = {"job": {"program": {**named, **wrong}, "inline_input_b64": ""}, "token_amount": "1"}
            status, said, _ = r.call("POST", "/api/v1/tasks", body)
            assert (status, said["code"], said["errors"][0]["pointer"]) == (422, "program_unknown", "/job/program" + at), said
    one = r.call("GET", "/api/v1/programs/matrix_multiplication?profile=proven&io=digest", key=False)[1]
    assert one["program_id"]["profile"] == "proven" and len(one["program_id"]["id"]) == 56
    task = post(r, job={"profile": "proven", "io": "digest"})
    assert get(r, f"/tasks/{task}")[0]["job"]["program_id"] == one["program_id"]["id"]
    assert code_of(r, "/programs/none", 404) == "not_found"
    assert code_of(r, "/programs/hash?profile=none", 400) == "validation_failed"


run(globals(), RELAYER)
