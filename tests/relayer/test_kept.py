#!/usr/bin/env python3
"""What is kept and what is forgotten: payloads after their time, blobs without a use, what a kill left behind.

usage: test_kept.py RELAYER SPROVE [TEST]"""
import glob
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, change, fsck, rows, run_tests, wait_for  # noqa: E402
from test_tasks import FAST, RELAYER, SEED, Node, post, prove, sha256, state  # noqa: E402
from test_audit import audits, verified  # noqa: E402

BASE = FAST + ["audit.rate_ppm=0", "storage.unused=1s"]
BIG = dict(SEED, requirements={"cpu_threads": 4000}, payload={"algorithm": "sha256", "text": "b" * 100000, "iterations": 1})


def path(r, name):
    return f"{r.folder}/blobs/{name[:2]}/{name}"


def again(r, *settings):
    assert r.stop() == 0
    r.settings = BASE + list(settings)
    r.start()


def is_gone(r, name):
    return wait_for("the blob is removed", lambda: not rows(r, "SELECT 1 FROM blob WHERE sha256 = ?", name) and not os.path.exists(path(r, name)))


def test_forgotten(r, proof, output):
    """After the retention input, output and proof are gone, wherever they stood; hashes and signature stay."""
    task, node = verified(r, "one", proof, output)
    other, pair = post(r, dict(SEED, redundancy=2)), [Node(r, "two"), Node(r, "three")]
    node.ws.close()
    for n in pair:
        a = n.take()
        assert n.upload(a, proof)[0] in (200, 201) and n.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, other)["state"] == "verified")
    before = r.call("GET", f"/api/v1/tasks/{task}/result")[1]
    assert rows(r, "SELECT refs FROM blob WHERE sha256 = ?", sha256(proof)) == [(3,)]
    again(r, "storage.retention=1s")
    for t in (task, other):
        wait_for("forgotten", lambda: rows(r, "SELECT forgotten_at FROM task WHERE id = ?", t)[0][0])
        for what in ("proof", "output"):
            s, said, _ = r.call("GET", f"/api/v1/tasks/{t}/{what}")
            assert s == 410 and said["code"] == "gone", (s, said)
    s, after, _ = r.call("GET", f"/api/v1/tasks/{task}/result")
    assert s == 200 and after.pop("forgotten_at") and "output" not in after
    before.pop("output")
    assert after == before, (after, before)
    assert state(r, task)["result"]["proof_sha256"] == sha256(proof)
    for column in rows(r, "SELECT result FROM attempt"):
        assert column[0] is None or "inline_b64" not in column[0]
    is_gone(r, sha256(proof))
    s, said, _ = r.call("POST", "/api/v1/audits", {"task_id": task})
    assert s == 410 and said["code"] == "gone"
    fsck(r)


def test_input_of_a_failed_task(r, proof, output):
    """A long input is a blob until its task is forgotten; then the task cannot be tried again."""
    again(r, "storage.retention=1d")
    task = post(r, BIG)
    name = state(r, task)["job"]["input_sha256"]
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    expired = post(r, dict(BIG, deadline=soon))
    wait_for("expired", lambda: state(r, expired)["state"] == "expired")
    assert rows(r, "SELECT refs FROM blob WHERE sha256 = ?", name) == [(2,)]
    time.sleep(2.5)  # longer than an unused blob stays: this one is used
    assert os.path.exists(path(r, name))
    again(r, "storage.retention=1s")
    wait_for("forgotten", lambda: rows(r, "SELECT forgotten_at FROM task WHERE id = ?", expired)[0][0])
    assert rows(r, "SELECT refs FROM blob WHERE sha256 = ?", name) == [(1,)]
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    s, said, _ = r.call("POST", f"/api/v1/tasks/{expired}/retry", {"deadline": later})
    assert s == 410 and said["code"] == "gone", (s, said)
    assert rows(r, "SELECT forgotten_at FROM task WHERE id = ?", task) == [(None,)]  # it waits still
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    is_gone(r, name)
    fsck(r)


def test_settled_sooner(r, proof, output):
    """What the contract has paid goes sooner than what has only been verified; keep_payloads keeps all."""
    again(r, "storage.retention=1d", "storage.settled=1s", "storage.keep_payloads=yes")
    paid, node = verified(r, "paid", proof, output)
    node.ws.close()
    unpaid, node = verified(r, "unpaid", proof, output)
    node.ws.close()
    change(r, "UPDATE task SET state = 'settled' WHERE id = ?", paid)
    time.sleep(2.5)
    assert rows(r, "SELECT count(*) FROM task WHERE id IN (?, ?) AND forgotten_at IS NULL", paid, unpaid) == [(2,)]
    again(r, "storage.retention=1d", "storage.settled=1s")
    wait_for("forgotten", lambda: rows(r, "SELECT forgotten_at FROM task WHERE id = ?", paid)[0][0])
    assert rows(r, "SELECT forgotten_at FROM task WHERE id = ?", unpaid) == [(None,)]
    assert r.call("GET", f"/api/v1/tasks/{unpaid}/proof", raw=True)[1] == proof
    change(r, "UPDATE task SET state = 'verified' WHERE id = ?", paid)
    fsck(r)


def test_evidence_stays(r, proof, output):
    """A task that an audit found wrong is kept beyond the retention."""
    again(r, "storage.retention=1d")
    task, node = verified(r, "wrong", proof, output)
    for table, column in (("task", "id"), ("attempt", "task_id")):
        change(r, f"UPDATE {table} SET cycles = 5 WHERE {column} = ?", task)
    assert r.call("POST", "/api/v1/audits", {"task_id": task})[0] == 201
    wait_for("found", lambda: audits(r, task_id=task, verdict="differs"))
    clean, other = verified(r, "right", proof, output)
    other.ws.close()
    again(r, "storage.retention=1s")
    wait_for("forgotten", lambda: rows(r, "SELECT forgotten_at FROM task WHERE id = ?", clean)[0][0])
    time.sleep(1.5)
    assert rows(r, "SELECT forgotten_at FROM task WHERE id = ?", task) == [(None,)]
    assert r.call("GET", f"/api/v1/tasks/{task}/proof", raw=True)[1] == proof
    fsck(r)


def test_unused_blobs(r, proof, output):
    """What nobody needs goes after its time; sent again in time it stays; while it is being removed it is refused."""
    again(r)
    data = os.urandom(5000)
    name = sha256(data)
    assert r.call("PUT", "/api/v1/blobs/" + name, data)[0] == 201
    for _ in range(5):  # five times half the time
        time.sleep(0.5)
        assert r.call("PUT", "/api/v1/blobs/" + name, data)[0] == 200
    assert r.call("GET", "/api/v1/blobs/" + name, raw=True)[1] == data
    is_gone(r, name)
    assert r.call("GET", "/api/v1/blobs/" + name)[0] == 404
    for _ in range(50):
        assert r.call("PUT", "/api/v1/blobs/" + name, data)[0] in (200, 201, 503)
        change(r, "UPDATE blob SET refs = -1 WHERE sha256 = ? OR 1 = 0", name)
        s, said, headers = r.call("PUT", "/api/v1/blobs/" + name, data)
        if s == 503:
            assert said["code"] == "overloaded" and headers["Retry-After"] == "1"
            break
    assert s == 503, "it was never refused"
    wait_for("it can be sent again", lambda: r.call("PUT", "/api/v1/blobs/" + name, data)[0] == 201)
    assert r.call("GET", "/api/v1/blobs/" + name, raw=True)[1] == data
    fsck(r)


def test_killed_in_between(r, proof, output):
    """A kill before the file is removed, after it, and before a row was written: all is cleared away, and fsck is content."""
    data = [bytes([i]) * 3000 for i in range(2)]
    for d in data:
        assert r.call("PUT", "/api/v1/blobs/" + sha256(d), d)[0] in (200, 201)
    r.kill()
    os.makedirs(f"{r.folder}/blobs/00", exist_ok=True)
    old, young = "00" + "a" * 62, "00" + "b" * 62
    for name in (old, young, old + ".x1Y2z3", "00stranger"):
        with open(f"{r.folder}/blobs/00/{name}", "w") as f:
            f.write("x")
        if name != young:
            os.utime(f"{r.folder}/blobs/00/{name}", (1, 1))
    os.utime(f"{r.folder}/blobs/00/{young}", (time.time() + 1000, time.time() + 1000))
    for i, d in enumerate(data):
        change(r, "UPDATE blob SET refs = -1 WHERE sha256 = ?", sha256(d))
        if i == 1:
            os.remove(path(r, sha256(d)))
    fsck(r)
    r.start()
    for d in data:
        is_gone(r, sha256(d))
    wait_for("files without a row", lambda: sorted(os.path.basename(p) for p in glob.glob(f"{r.folder}/blobs/00/*")) == ["00" + "b" * 62, "00stranger"])
    fsck(r)


def main():
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=BASE).start()
    run_tests(globals(), r, proof, output, only=2)


if __name__ == "__main__":
    main()
