#!/usr/bin/env python3
"""What a node says of its machine, what is seen of it besides, and which of several nodes is asked for it.

usage: test_vitals.py RELAYER SPROVE [TEST]"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node_world import refused, run, view  # noqa: E402
from relayer_process import change, rows, wait_for  # noqa: E402
from test_tasks import SEED, Node, post  # noqa: E402
from wsclient import WebSocket  # noqa: E402


def beat(node, **more):
    node.ws.send({"message_type": "heartbeat", "seq": 3, **more})
    return node.expect("heartbeat_ack")


def all_to(r, best, *others, n=2, **requirements):
    """The next tasks, one after the other, are offered to this node; they stay with it."""
    tasks = [post(r, dict(SEED, requirements=dict(SEED["requirements"], **requirements))) for _ in range(n)]
    assert {best.take()["task_id"] for _ in range(n)} == set(tasks)
    for t in tasks:
        assert rows(r, "SELECT node_id FROM attempt WHERE task_id = ? AND n = 1", t) == [(best.name,)]
        assert r.call("POST", f"/api/v1/tasks/{t}/cancel")[0] == 202
    for node in (best, *others):
        node.ws.close()
    wait_for("closed", lambda: not any(view(r, node.name)["connected"] for node in (best, *others)))


def test_what_a_node_says_of_its_machine(r, proof, output):
    """Anybody can make a node: what it says is bounded and has its form, and nothing else of it is kept."""
    base = {"cpu_model": "m", "cpu_threads": 2, "ram_gb": 3, "disk_gb": 4, "gpus": []}

    def register(**more):
        ws = WebSocket(r.port, "/ws/node/boaster")
        ws.expect("hello")
        ws.send({"message_type": "register", "id": "r1", "ts": int(time.time() * 1000), "node_id": "boaster", "specs": base, **more})
        said = ws.recv()
        ws.close()
        return said
    many = [{"name": "g", "vram_gb": 1}] * 65
    for wrong, what in (({"specs": {**base, "cpu_model": "x" * 129}}, "specs/cpu_model"), ({"specs": {**base, "cpu_model": {"a": 1}}}, "specs/cpu_model"),
                        ({"specs": {**base, "cpu_model": "a\x1b[31m"}}, "specs/cpu_model"), ({"specs": {**base, "gpus": "x"}}, "specs/gpus"),
                        ({"specs": {**base, "gpus": [1]}}, "specs/gpus/0"), ({"specs": {**base, "gpus": many}}, "specs/gpus"),
                        ({"specs": {**base, "gpus": [{"name": "x" * 129}]}}, "specs/gpus/0/name"), ({"specs": {**base, "cpu_features": [1]}}, "specs/cpu_features"),
                        ({"specs": {**base, "cpu_features": ["x"] * 65}}, "specs/cpu_features"), ({"software": {"git": 1}}, "software/git"),
                        ({"bench": {"date": "x" * 129}}, "bench/date")):
        said = register(**wrong)
        assert said["message_type"] == "error" and said["code"] == "malformed" and said["fatal"] and said["detail"].startswith(what + " "), (wrong, said)
    assert r.call("GET", "/api/v1/nodes/boaster")[0] == 404
    gpu = {"name": "g", "vram_gb": "24", "cc": "9.0"}
    said = register(specs={**base, "ram_gb": "3", "gpus": [{**gpu, "z": 1}], "cpu_features": ["avx2"], "other": "x" * 1000},
                    bench={"exec_mcycles_s": 5, "prove_krows_s": 6, "date": "d", "other": 1}, software={"sprove": "1", "other": 1})
    assert said["message_type"] == "registered", said
    node = r.call("GET", "/api/v1/nodes/boaster")[1]
    assert node["specs"] == {**base, "gpus": [{**gpu, "vram_gb": 24}]} and node["bench"] == {"exec_mcycles_s": 5, "prove_krows_s": 6}, node
    kept, = rows(r, "SELECT specs, bench, software FROM node WHERE id = 'boaster'")
    assert [json.loads(k) for k in kept] == [{**node["specs"], "cpu_features": ["avx2"]}, {**node["bench"], "date": "d"}, {"sprove": "1"}], kept


def test_a_heartbeat_says_how_the_machine_is(r, proof, output):
    node = Node(r, "vital")
    assert view(r, "vital")["vitals"] is None
    said = {"cpu_ppm": 1000000, "mem_ppm": 0, "load1_milli": 1250, "disk_free_gb": 7, "gpu": [{"util_ppm": 5, "mem_ppm": 6}, {}]}
    beat(node, **said)
    got = view(r, "vital")["vitals"]
    assert {k: v for k, v in got.items() if k in said} == said and got["at"].endswith("Z"), got
    for bad in ({"cpu_ppm": 1000001}, {"mem_ppm": -1}, {"load1_milli": "x"}, {"disk_free_gb": 1.5}, {"disk_free_gb": 2 ** 40}, {"gpu": {}},
                {"gpu": [{"util_ppm": 2000000}]}, {"gpu": [7]}, {"gpu": [{}] * 17}, {"cpu": "much"}, {"mem": []}):
        refused(node, {"message_type": "heartbeat", "seq": 4, **bad}, "malformed")
        assert view(r, "vital")["vitals"] == got, bad
    beat(node, cpu=0.5, mem=1)  # as the older protocol has it
    assert set(view(r, "vital")["vitals"]) <= {"at", "rtt_us"}
    again = Node(r, "vital")
    assert view(r, "vital")["vitals"] is None  # of the older session
    beat(again, mem_ppm=9)
    wait_for("replaced", lambda: r.log_text().count('"event":"node_registered","node_id":"vital"') == 2)
    node.ws.close()
    assert view(r, "vital")["vitals"]["mem_ppm"] == 9
    again.ws.close()
    wait_for("forgotten", lambda: view(r, "vital")["vitals"] is None)


def test_a_disk_that_is_full_takes_nothing(r, proof, output):
    node = Node(r, "disky")  # with 10 GB, it said
    task = post(r, dict(SEED, requirements={"disk_gb": 5}))
    a = node.expect("task_assignment")
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    node.expect("task_cancel")
    for free, need in ((4, 5), (100, 11)):  # what is free, but no more than it offers
        beat(node, disk_free_gb=free)
        task = post(r, dict(SEED, requirements={"disk_gb": need}))
        node.ws.never("task_assignment", 0.7)
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    beat(node, disk_free_gb=5)
    task = post(r, dict(SEED, requirements={"disk_gb": 5}))
    a = node.take()
    assert a["task_id"] == task and r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    node.ws.close()


def test_the_nearer_node_is_asked(r, proof, output):
    """How far a node is says how long its socket takes to answer a ping, not the node."""
    near, far = Node(r, "near"), Node(r, "far")
    end = time.monotonic() + 4.2  # pings come after a third of nine seconds
    while time.monotonic() < end:
        try:
            near.ws.recv(0.1)
        except TimeoutError:
            pass
    far.ws.frame(b"?", 10)  # a late answer, and one that nobody asked for before it
    beat(far)
    beat(near)
    times = [view(r, n.name)["vitals"]["rtt_us"] for n in (near, far)]
    assert times[0] + 100000 < times[1], times
    all_to(r, near, far, n=3)


def test_how_much_a_node_was_there(r, proof, output):
    day = 86400000
    for name in ("steady", "rare"):
        Node(r, name).ws.close()
    wait_for("gone", lambda: rows(r, "SELECT count(*) FROM node WHERE up_since IS NULL AND id IN ('steady', 'rare')") == [(2,)])
    for up, in rows(r, "SELECT sum(up_ms) FROM node_day WHERE node_id IN ('steady', 'rare') GROUP BY node_id"):
        assert 0 < up < 60000, up
    now = int(time.time() * 1000)
    change(r, "UPDATE node SET created_at = ? WHERE id IN ('steady', 'rare')", now // day * day - 20 * day)
    for name, days in (("steady", range(1, 21)), ("rare", range(31, 40))):  # the latter too long ago
        for k in days:
            change(r, "INSERT INTO node_day VALUES(?, ?, ?)", name, now // day - k, day)
    assert 950000 <= view(r, "steady")["uptime_ppm"] <= 1000000 and view(r, "rare")["uptime_ppm"] < 1000
    steady, rare = Node(r, "steady"), Node(r, "rare")
    r.kill()
    r.start()  # a session that a crash ended is over, with the first round of the next relayer
    wait_for("over", lambda: rows(r, "SELECT 1 FROM node WHERE up_since IS NOT NULL OR connected = 1") == [])
    assert rows(r, "SELECT 1 FROM node_day WHERE node_id = 'rare' AND day <= ?", now // day - 31) == []
    steady, rare = Node(r, "steady"), Node(r, "rare")
    all_to(r, steady, rare, n=3)


def test_a_region_that_is_wanted_first(r, proof, output):
    for first, second in (("EU-West", "EU-North"), ("EU-North", "EU-West")):
        # New ones each time: of the little time since they came both were there all of it.
        west, north = (Node(r, f"{region}-{first}", region=region) for region in ("EU-West", "EU-North"))
        best, other = (west, north) if first == "EU-West" else (north, west)
        all_to(r, best, other, regions=[first, second])



if __name__ == "__main__":
    run(globals())
