#!/usr/bin/env python3
"""The load generator against a relayer, in small: nothing is lost, each task ends once, and its figures are right.

usage: test_load.py RELAYER SPROVE BENCH_RELAYER_LOAD"""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, fsck, rows, wait_for  # noqa: E402
from wsclient import WebSocket  # noqa: E402

RELAYER, SPROVE, LOAD = sys.argv[1:4]
SETTINGS = ["limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000",
            "server.per_ip=2000", "server.upgrade_rate=1000000"]
PROFILE = "proven"  # the one that takes the least time for a small program


def command(r, mode, *more):
    return [LOAD, mode, "--url", f"http://127.0.0.1:{r.port}", "--key", f"{r.folder}/admin.key", "--pid",
            str(r.process.pid), *map(str, more)]


def load(r, mode, *more, good=True):
    """What it printed, by event."""
    done = subprocess.run(command(r, mode, *more), capture_output=True, text=True, timeout=240)
    assert (done.returncode == 0) == good, (done.returncode, done.stdout, done.stderr, r.log_text()[-2000:])
    return {e["event"]: e for e in map(json.loads, done.stdout.splitlines())}


def test_nodes(r):
    said = load(r, "nodes", "--nodes", 50, "--for", 2, "--heartbeat", 1, "--cuts", 2, "--threads", 2)
    assert said["connected"]["up"] == said["held"]["up"] == said["cut"]["up"] == 50, said
    assert said["cut"]["handshake"]["n"] == 150 and said["cut"]["refused"] == 0, said
    assert 1 <= said["held"]["heartbeat"]["n"] <= said["held"]["beats"] + 50, said
    assert rows(r, "SELECT count(*), count(DISTINCT pubkey) FROM node") == [(50, 50)]
    wait_for("all gone", lambda: rows(r, "SELECT count(*) FROM node WHERE connected = 1") == [(0,)])


def test_lives(r, folder):
    for i in (1, 2):
        at = os.path.join(folder, str(i))
        with open(at + ".json", "w") as f:
            json.dump({"algorithm": "matrix_multiplication", "matrix_a": [[i, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}, f)
        subprocess.run([SPROVE, "run", "matrix_multiplication", "--input", at + ".json", "--profile", PROFILE, "--proof",
                        at + ".proof", "--raw-input", at + ".in", "--raw-output", at + ".out"], capture_output=True, check=True)
    ids = os.path.join(folder, "lives")
    said = load(r, "lives", "--count", 20, "--nodes", 5, "--proofs", folder, "--profile", PROFILE, "--connections", 4,
                "--ids", ids)
    assert said["ended"]["verified"] == 20 and said["ended"]["failed"] == 0, said
    assert said["ended"]["rejected"] == 0 and said["lives"]["status"] == {"201": 20}, said
    made = open(ids).read().split()
    assert len(set(made)) == 20
    for task in made:
        assert rows(r, "SELECT state FROM task WHERE id = ?", task) == [("verified",)]
        outcomes = [o for o, in rows(r, "SELECT outcome FROM attempt WHERE task_id = ?", task)]
        assert outcomes.count("verified") == 1 and None not in outcomes, outcomes
        assert rows(r, "SELECT count(*) FROM task_event WHERE task_id = ? AND to_state = 'verified'", task) == [(1,)]


def test_false_results(r, folder):
    """Figures are not good by themselves: with a proof of something else nothing is verified."""
    other = os.path.join(folder, "other")
    os.mkdir(other)
    for kind in ("json", "in", "out", "proof"):
        source = 2 if kind in ("json", "in") else 1  # the output and the proof are those of the other input
        with open(os.path.join(folder, f"{source}.{kind}"), "rb") as a, open(os.path.join(other, "1." + kind), "wb") as b:
            b.write(a.read())
    said = subprocess.run(command(r, "lives", "--count", 1, "--nodes", 1, "--proofs", other, "--profile", PROFILE, "--wait",
                                  3), capture_output=True, text=True, timeout=200)
    assert said.returncode == 1 and '"verified":0' in said.stdout, (said.stdout, said.stderr)


def test_posts(r, folder):
    ids = os.path.join(folder, "posts")
    said = load(r, "post", "--count", 200, "--connections", 8, "--threads", 2, "--ids", ids)["post"]
    assert said["good"] == said["requests"] == said["latency"]["n"] == 200 and said["status"] == {"201": 200}, said
    made = open(ids).read().split()
    assert len(set(made)) == 200
    there = {i for i, in rows(r, "SELECT id FROM task")}
    assert set(made) <= there
    said = load(r, "get", "--count", 100, "--ids", ids)["get"]
    assert said["status"] == {"200": 100}, said
    said = load(r, "get", "--count", 10, "--path", "/api/v1/tasks/none", good=False)["get"]
    assert said["good"] == 0 and said["status"] == {"404": 10}, said
    said = load(r, "put", "--count", 20, "--bytes", 5000)["put"]
    assert said["status"] == {"201": 20}, said
    assert rows(r, "SELECT count(*) FROM blob WHERE size = 5000") == [(20,)]


def register(r, name, region):
    node = WebSocket(r.port, "/ws/node/" + name)
    node.expect("hello")
    node.send({"message_type": "register", "id": "r", "specs": {"cpu_threads": 8, "ram_gb": 16, "gpus": []}, "region": region,
               "price": {"base_fri": "1", "per_mcycle_fri": "1"}})
    node.expect("registered")
    return node


def test_needle(r):
    """Of 600 nodes the one that may have a task is found, though it is not among those that are compared first."""
    hay = subprocess.Popen(command(r, "nodes", "--nodes", 600, "--for", 120, "--heartbeat", 5), stdout=subprocess.DEVNULL)
    try:
        wait_for("600 nodes", lambda: rows(r, "SELECT count(*) FROM node WHERE connected = 1") == [(600,)], 60)
        node = register(r, "needle", "X")
        body = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[1]]},
                "requirements": {"regions": ["X"], "max_execution_time": 300}, "token_amount": "1000000000000000000"}
        for _ in range(3):
            status, made, _ = r.call("POST", "/api/v1/tasks", body)
            assert status == 201, made
            a = node.expect("task_assignment", 20)
            assert a["task_id"] == made["task_id"]
            node.send({"message_type": "task_ack", "task_id": a["task_id"], "attempt": a["attempt"],
                       "lease_token": a["lease_token"], "accept": True})
            assert r.call("POST", f"/api/v1/tasks/{a['task_id']}/cancel")[0] == 202
            node.expect("task_cancel", 20)
        node.close()
    finally:
        hay.terminate()
        hay.wait(60)


def test_renewals(r):
    """A sign of life that says nothing new writes no row: the lease stays what it was, and is said so."""
    node = register(r, "steady", "Y")
    body = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[1]]},
            "requirements": {"regions": ["Y"], "max_execution_time": 3000}, "token_amount": "1000000000000000000"}
    assert r.call("POST", "/api/v1/tasks", body)[0] == 201
    a = node.expect("task_assignment", 20)
    fence = {"task_id": a["task_id"], "attempt": a["attempt"], "lease_token": a["lease_token"]}
    node.send({"message_type": "task_ack", **fence, "accept": True})

    def beat(phase, ppm):
        node.send({"message_type": "heartbeat", "seq": 1, "running": [{**fence, "phase": phase, "progress_ppm": ppm}]})
        lease, = node.expect("heartbeat_ack", 20)["leases"]
        stored, = rows(r, "SELECT lease_until, phase, progress_ppm FROM attempt WHERE task_id = ?", a["task_id"])
        assert stored[0] == lease["lease_until"], (stored, lease)
        return stored

    first = beat("prove", 20000)
    assert first[1:] == ("prove", 20000)
    time.sleep(0.01)
    assert beat("prove", 29999) == first  # within half of the lease, which is a minute
    more = beat("prove", 30000)
    assert more[0] > first[0] and more[1:] == ("prove", 30000)
    time.sleep(0.01)
    other = beat("upload", 30000)
    assert other[0] > more[0] and other[1:] == ("upload", 30000)
    assert r.call("POST", f"/api/v1/tasks/{a['task_id']}/cancel")[0] == 202
    node.expect("task_cancel", 20)
    node.close()


def test_behind_what_waits(r, folder):
    """Tasks that nobody can take hold up none behind them, are not written again and again, and are found later."""
    body = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[1]]},
            "requirements": {"regions": ["NOWHERE"], "max_execution_time": 3000}, "token_amount": "1000000000000000000"}
    path, ids = os.path.join(folder, "nowhere"), os.path.join(folder, "waiting")
    with open(path, "w") as f:
        json.dump(body, f)
    node = register(r, "front", "Z")
    load(r, "post", "--count", 600, "--connections", 8, "--body", path, "--ids", ids)  # more than one look takes
    waiting = set(open(ids).read().split())
    body["requirements"]["regions"] = ["Z"]
    status, made, _ = r.call("POST", "/api/v1/tasks", body)
    assert status == 201 and node.expect("task_assignment", 30)["task_id"] == made["task_id"]
    assert rows(r, "SELECT count(*) FROM task WHERE state = 'queued' AND next_run_at = created_at") == [(600,)]
    late = register(r, "late", "NOWHERE")
    assert late.expect("task_assignment", 30)["task_id"] in waiting
    for ws in (node, late):
        ws.close()
    for task in waiting | {made["task_id"]}:
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] in (200, 202)


def main():
    r = Relayer(RELAYER, settings=SETTINGS + ["ws.require_node_signature=no"]).start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            test_nodes(r)
            test_needle(r)
            test_renewals(r)
            test_behind_what_waits(r, folder)
            test_lives(r, folder)
            test_false_results(r, folder)
            test_posts(r, folder)
        assert r.stop() == 0
    except BaseException:
        r.process.kill()  # it would hold the test's output open
        raise
    fsck(r)
    print("ok")


if __name__ == "__main__":
    main()
