#!/usr/bin/env python3
"""The restore drill: demanders and nodes at work, a backup, kill -9 and the data folder gone; restored, the relayer has every task
of before the backup and the nodes go on. Also: only the database lost; a copy of database and log after a kill.

usage: test_drill.py RELAYER NODE"""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import LOST, Relayer, wait_for  # noqa: E402

RELAYER, NODE = sys.argv[1], sys.argv[2]
TASK = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 600}, "token_amount": "1000"}
SETTINGS = ["ws.offer=2s", "ws.heartbeat=2500ms", "ws.resume_grace=5s", "ws.heartbeat_timeout=10s", "ws.lease=12s",
            "ws.start_by=15s", "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000",
            "limits.read_burst=100000"]


class Nodes:
    def __init__(self, r, n):
        self.folders = [tempfile.mkdtemp(prefix="node.") for _ in range(n)]
        self.all = [subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", f, "--no-bench", "--threads", "1"],
                                     stderr=open(os.path.join(f, "said"), "wb")) for f in self.folders]

    def count(self, event):
        return [open(os.path.join(f, "said"), errors="replace").read().count(f'"event":"{event}"') for f in self.folders]

    def end(self):
        for p in self.all:
            p.kill()
            p.wait()


class Load(threading.Thread):
    """Tasks, one after the other, each under a key of its own; what was acknowledged, and when."""

    def __init__(self, r):
        super().__init__(daemon=True)
        self.r, self.over, self.made = r, False, []

    def run(self):
        n = 0
        while not self.over:
            time.sleep(0.15)
            try:
                if self.r.call("GET", "/api/v1/stats")[1]["tasks"]["by_state"]["queued"] >= 4:
                    continue  # as many as a slow machine does in a while
                n += 1
                status, made, _ = self.r.call("POST", "/api/v1/tasks", TASK, {"Idempotency-Key": f"load{n}"})
                if status == 201:
                    self.made.append((n, made["task_id"], time.time()))
            except (*LOST, TypeError):
                pass  # the relayer is gone

    def stop(self):
        self.over = True
        self.join()


def run(r, *more):
    return subprocess.run([RELAYER, "--set", f"server.data={r.folder}", *more], capture_output=True, text=True, timeout=120)


def state(r, task):
    status, said, _ = r.call("GET", "/api/v1/tasks/" + task)
    return said["state"] if status == 200 else None


def n_verified(r):
    return r.call("GET", "/api/v1/stats")[1]["tasks"]["by_state"]["verified"]


def check_proofs(r, tasks):
    """Every verified task's proof is there and is the one that was verified."""
    n = 0
    for task in tasks:
        t = r.call("GET", "/api/v1/tasks/" + task)[1]
        if t["state"] == "verified":
            status, proof, _ = r.call("GET", f"/api/v1/tasks/{task}/proof", raw=True)
            assert status == 200 and hashlib.sha256(proof).hexdigest() == t["result"]["proof_sha256"], task
            n += 1
    return n


def lost_folder(top):
    r = Relayer(RELAYER, settings=[*SETTINGS, f"backup.dir={top}/backups", "backup.every=7d"]).start()
    nodes = Nodes(r, 2)
    load = Load(r)
    try:
        load.start()
        wait_for("work", lambda: n_verified(r) >= 4, 120)
        before = len(load.made)
        known, done = [t for _, t, _ in load.made], {t for _, t, _ in load.made if state(r, t) == "verified"}
        assert r.call("POST", "/api/v1/admin/backup")[0] == 202
        wait_for("the backup", lambda: r.call("GET", "/api/v1/admin/backup")[1]["state"] == "done", 60)
        file = r.call("GET", "/api/v1/admin/backup")[1]["file"]
        begun = len(load.made)  # of these it has some
        wait_for("tasks of after it", lambda: len(load.made) >= begun + 3, 120)
        old_key = r.key
        r.kill()
        load.stop()
        files = [f for f in os.listdir(r.folder) if f != "log"]
        assert "relayer.db" in files and "blobs" in files
        shutil.rmtree(r.folder)
        registered = nodes.count("registered")

        start = time.monotonic()
        p = run(r, "--restore", file)
        assert p.returncode == 0 and "0 missing" in p.stdout, p
        restored = time.monotonic()
        p = run(r, "--fsck")
        assert p.returncode == 0, p.stdout + p.stderr
        checked = time.monotonic()
        assert run(r, "--new-admin-key").returncode == 0
        again = time.monotonic()
        r.start()
        ready = time.monotonic()
        assert r.call("GET", "/api/v1/health/ready")[0] == 200
        for task in known:
            assert state(r, task) is not None, f"{task} was acknowledged before the backup and is gone"
        for task in done:
            assert state(r, task) == "verified", task
        assert check_proofs(r, done) == len(done) >= 1
        assert r.call("GET", "/api/v1/api-keys", key=old_key)[0] == 200, "keys of before hold"
        # What came after the backup is gone; clients that repeat it get it made.
        after = load.made[before:]
        lost = [(n, t) for n, t, _ in after if state(r, t) is None]
        assert lost, "everything of after the backup is there: then nothing was deleted"
        n, task = lost[-1]
        status, made, h = r.call("POST", "/api/v1/tasks", TASK, {"Idempotency-Key": f"load{n}"}, key=old_key)
        assert status == 201 and made["task_id"] != task and "Idempotency-Replayed" not in h, (status, made)
        n, task, _ = load.made[0]
        status, made, h = r.call("POST", "/api/v1/tasks", TASK, {"Idempotency-Key": f"load{n}"}, key=old_key)
        assert status == 201 and made["task_id"] == task and h["Idempotency-Replayed"] == "true", (status, made, h)
        # The nodes come back by themselves, and what is left is done.
        wait_for("nodes", lambda: all(a > b for a, b in zip(nodes.count("registered"), registered)), 60)
        try:
            wait_for("all done", lambda: all(state(r, t) == "verified" for t in known), 180)
        except AssertionError:
            for task in known:
                if state(r, task) != "verified":
                    print(r.call("GET", f"/api/v1/tasks/{task}")[1], r.call("GET", f"/api/v1/tasks/{task}/events")[1]["items"][-6:])
            print(r.call("GET", "/api/v1/nodes?all=1")[1])
            raise
        assert check_proofs(r, known) == len(known)
        assert all(p.poll() is None for p in nodes.all)
        p = run(r, "--fsck")
        assert p.returncode == 0, p.stdout + p.stderr
        assert r.stop() == 0
        print(f"ok   the data folder lost: {len(known)} tasks of before the backup are there, {len(lost)} of after it are not; "
              f"restored in {restored - start:.2f} s, fsck {checked - restored:.2f} s, ready in {ready - again:.2f} s", flush=True)
    finally:
        load.over = True
        nodes.end()
        if r.process.poll() is None:
            r.kill()


def lost_database(top):
    """The database and its log are gone, the blobs are not: the backup's database, and blobs that are there stay."""
    r = Relayer(RELAYER, settings=[*SETTINGS, f"backup.dir={top}/backups2", "backup.every=7d"]).start()
    nodes = Nodes(r, 1)
    try:
        tasks = [r.call("POST", "/api/v1/tasks", TASK)[1]["task_id"] for _ in range(3)]
        wait_for("done", lambda: n_verified(r) == 3, 120)
        assert r.call("POST", "/api/v1/admin/backup")[0] == 202
        wait_for("the backup", lambda: r.call("GET", "/api/v1/admin/backup")[1]["state"] == "done", 60)
        file = r.call("GET", "/api/v1/admin/backup")[1]["file"]
        proof = r.call("GET", "/api/v1/tasks/" + tasks[0])[1]["result"]["proof_sha256"]
        r.kill()
        refused = run(r, "--restore", file)
        assert refused.returncode == 1 and os.path.getsize(f"{r.folder}/relayer.db") > 0, "a database is never written over"
        for name in os.listdir(r.folder):
            if name.startswith("relayer.db"):
                os.unlink(os.path.join(r.folder, name))
        blobs = [os.path.join(p, f) for p, _, names in os.walk(f"{r.folder}/blobs") for f in names]
        gone = [path for path in blobs if proof in path.replace("/", "")][0]
        os.unlink(gone)  # one of them did not survive either
        p = run(r, "--restore", file)
        assert p.returncode == 0 and "1 blobs copied, 0 missing" in p.stdout, p
        assert os.path.exists(gone)
        assert run(r, "--fsck").returncode == 0
        r.start()
        assert check_proofs(r, tasks) == 3
        assert r.stop() == 0
        print("ok   the database lost, its blobs there", flush=True)
    finally:
        nodes.end()
        if r.process.poll() is None:
            r.kill()


def copied_log(top):
    """After kill -9: database and log copied together have everything that was acknowledged; the database alone has not."""
    r = Relayer(RELAYER, settings=SETTINGS).start()
    tasks = [r.call("POST", "/api/v1/tasks", TASK)[1]["task_id"] for _ in range(30)]
    r.kill()
    assert os.path.getsize(f"{r.folder}/relayer.db-wal") > 0
    whole, part = f"{top}/whole", f"{top}/part"
    shutil.copytree(r.folder, whole, ignore=shutil.ignore_patterns("*-shm"))
    shutil.copytree(r.folder, part, ignore=shutil.ignore_patterns("*-shm", "*-wal"))
    with sqlite3.connect(f"{part}/relayer.db") as d:
        try:
            n = d.execute("SELECT count(*) FROM task").fetchone()[0]
        except sqlite3.OperationalError:
            n = 0  # not even the tables
    assert n < 30, "all was in the database: this shows nothing"
    s = Relayer(RELAYER, folder=whole, settings=SETTINGS).start()
    try:
        assert all(state(s, t) == "queued" for t in tasks)
        assert s.stop() == 0
        assert run(s, "--fsck").returncode == 0
        print(f"ok   database and log copied: all of 30 tasks; without its log the database has {n}", flush=True)
    finally:
        if s.process.poll() is None:
            s.kill()


def main():
    top = tempfile.mkdtemp(prefix="drill.")
    try:
        lost_folder(top)
        lost_database(top)
        copied_log(top)
    finally:
        shutil.rmtree(top, True)


main()
