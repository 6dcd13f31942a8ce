#!/usr/bin/env python3
"""The power goes. With SQLite: of the database and its log whatever had come to the disk - the log cut anywhere, altered,
gone, its index full of nonsense - opens as a beginning of the history, and --fsck finds nothing wrong. With PostgreSQL
(where SPROVE_TEST_DATABASE names one): its server dies under load again and again; the relayer ends, is started again,
and has every task that it acknowledged.

usage: test_power.py RELAYER [--long]"""
import http.client
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, wait_for  # noqa: E402

RELAYER, LONG = sys.argv[1], "--long" in sys.argv
SEED = {"job": {"profile": "proven"}, "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[2]]},
        "token_amount": "1"}
FAST = ["limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000"]
LOST = (OSError, ValueError, http.client.HTTPException)


class Posters:
    def __init__(self, r, n=3):
        self.r, self.kept, self.lock, self.stopped, self.wrong = r, {}, threading.Lock(), False, []
        self.threads = [threading.Thread(target=self.run, args=(i,), daemon=True) for i in range(n)]
        for t in self.threads:
            t.start()

    def run(self, number):
        i = 0
        while not self.stopped:
            key = f"p{number}-{i}"
            try:
                status, made, _ = self.r.call("POST", "/api/v1/tasks", SEED, {"Idempotency-Key": key}, timeout=5)
            except LOST:
                time.sleep(0.02)
                continue
            if status == 201:
                with self.lock:
                    if self.kept.setdefault(key, made["task_id"]) != made["task_id"]:
                        self.wrong.append((key, made))
                i += 1
            elif status not in (500, 503, 507):
                self.wrong.append((status, made))
                return

    def stop(self):
        self.stopped = True
        for t in self.threads:
            t.join(10)
        assert not self.wrong, self.wrong


def fsck(folder):
    done = subprocess.run([RELAYER, "--set", f"server.data={folder}", "--fsck"], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def tasks(folder):
    import sqlite3
    d = sqlite3.connect(folder + "/relayer.db")
    try:
        return [x for x, in d.execute("SELECT id FROM task ORDER BY id")]
    finally:
        d.close()


def test_sqlite(draw):
    r = Relayer(RELAYER, settings=FAST).start()
    p = Posters(r)
    wait_for("some tasks", lambda: len(p.kept) > (60 if not LONG else 600))
    r.kill()
    p.stopped = True
    everything = tasks_of_copy(r.folder, lambda folder: None)
    assert set(p.kept.values()) <= set(everything)
    size = os.path.getsize(r.folder + "/relayer.db-wal")
    assert size > 100000, size
    seen = set()

    def cut(folder):
        os.truncate(folder + "/relayer.db-wal", draw.randrange(size + 1))

    def alter(folder):
        with open(folder + "/relayer.db-wal", "r+b") as f:
            f.seek(draw.randrange(size))
            f.write(draw.randbytes(draw.choice((1, 8, 512, 4096))))

    def forget(folder):
        os.unlink(folder + "/relayer.db-wal")

    def nonsense(folder):
        with open(folder + "/relayer.db-shm", "wb") as f:
            f.write(draw.randbytes(32768))
    for damage in [forget, nonsense] + [cut, alter] * (15 if not LONG else 500):
        there = tasks_of_copy(r.folder, damage)
        assert there == everything[:len(there)], f"{damage.__name__}: no beginning of the history"
        assert damage is not nonsense or there == everything
        seen.add(len(there))
    assert len(seen) > 3, seen
    r.start()
    for key, task in p.kept.items():
        status, made, _ = r.call("POST", "/api/v1/tasks", SEED, {"Idempotency-Key": key})
        assert (status, made["task_id"]) == (201, task)
    assert r.stop() == 0
    shutil.rmtree(r.folder)


def tasks_of_copy(folder, damage):
    with tempfile.TemporaryDirectory() as d:
        for name in ("relayer.db", "relayer.db-wal"):
            shutil.copy(f"{folder}/{name}", d)
        damage(d)
        if os.path.getsize(d + "/relayer.db") == 0 or not os.path.exists(d + "/relayer.db-wal") or \
                os.path.getsize(d + "/relayer.db-wal") == 0:
            # Before the first checkpoint nothing is in the database itself: there are no tables to look at.
            import sqlite3
            c = sqlite3.connect(d + "/relayer.db")
            empty = c.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
            c.close()
            if empty:
                return []
        try:
            code, said = fsck(d)
            there = tasks(d)
        except Exception as e:
            if "no such table" in str(e):
                return []
            raise
        assert code == 0 or not there, (code, said)
        return there


def test_postgres(draw):
    database, restart = os.environ.get("SPROVE_TEST_DATABASE"), os.environ.get("SPROVE_TEST_PG_RESTART")
    if not database:
        print("   no PostgreSQL")
        return
    r = Relayer(RELAYER, settings=FAST + [f"db.database={database}"]).start()
    p = Posters(r)
    ends = []
    for _ in range(3 if not LONG else 50):
        before = len(p.kept)
        wait_for("some tasks", lambda: len(p.kept) > before + 20, 30)
        time.sleep(draw.uniform(0, 0.5))
        subprocess.run(restart, shell=True, check=True, stdout=subprocess.DEVNULL, timeout=60)
        try:
            ends.append(r.process.wait(20))
        except subprocess.TimeoutExpired:
            raise AssertionError("the relayer goes on with a connection that is gone")
        r.log.close()
        for _ in range(20):  # as its supervisor does: the server may not be ready yet
            try:
                r.start()
                break
            except AssertionError:
                time.sleep(0.3)
    p.stop()
    assert set(ends) == {70}, ends
    for key, task in p.kept.items():
        status, made, headers = r.call("POST", "/api/v1/tasks", SEED, {"Idempotency-Key": key})
        assert (status, made["task_id"]) == (201, task) and headers.get("Idempotency-Replayed") == "true", (key, status, made)
    done = subprocess.run([RELAYER, "--set", f"server.data={r.folder}", "--set", f"db.database={database}", "--fsck"], capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done
    print(f"   {len(p.kept)} tasks over {len(ends)} ends of the server")
    assert r.stop() == 0
    shutil.rmtree(r.folder)


def main():
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    for test in (test_sqlite, test_postgres):
        start = time.monotonic()
        test(random.Random(seed))
        print(f"{test.__name__}: ok ({time.monotonic() - start:.1f} s)", flush=True)


main()
