#!/usr/bin/env python3
"""Fills a relayer's database (SQLite, made by a stopped relayer) with tasks as the relayer itself writes them: rows of
tasks with their events, attempts and quota. Left out, as the start does not read it: the nodes' reputation, and the blobs.

usage: seed.py DATABASE --tasks N"""
import argparse
import hashlib
import json
import sqlite3
import time
import uuid


def uuid7(ms, n):
    value = (ms & (1 << 48) - 1) << 80 | 7 << 76 | (n & 0xFFF) << 64 | 2 << 62 | (n * 0x9E3779B97F4A7C15 & (1 << 62) - 1)
    return str(uuid.UUID(int=value))


def columns(d, table):
    return [r[1] for r in d.execute(f"PRAGMA table_info({table})")]


def insert(d, table, row):
    return f"INSERT INTO {table}({', '.join(row)}) VALUES({', '.join('?' * len(row))})"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("database")
    p.add_argument("--tasks", type=int, default=1000000)
    a = p.parse_args()
    d = sqlite3.connect(a.database, isolation_level=None)
    d.execute("PRAGMA synchronous=OFF")
    d.execute("PRAGMA cache_size=-262144")
    key, = d.execute("SELECT id FROM api_key LIMIT 1").fetchone()
    now = int(time.time() * 1000)
    first = now - 36 * 3600 * 1000  # the last day and a half
    # One real task is the pattern: what the relayer wrote for it is written again, with other ids and times.
    pattern = dict(zip(columns(d, "task"), d.execute("SELECT * FROM task WHERE state = 'queued' LIMIT 1").fetchone()))
    events = ["created", "funded", "queued", "offered", "leased", "running", "result_received", "verifying", "verified"]
    d.execute("BEGIN")
    proof = {s: hashlib.sha256(s.encode()).hexdigest() for s in "p"}
    open_tasks = 0
    for i in range(a.tasks):
        at = first + i * (36 * 3600 * 1000) // a.tasks
        # 90 % verified, 5 % cancelled, 5 % waiting
        kind = "verified" if i % 20 < 18 else "cancelled" if i % 20 == 18 else "queued"
        t = dict(pattern)
        t["id"] = uuid7(at, i)
        t["key_id"], t["created_at"], t["updated_at"], t["state"] = key, at, at + 1000, kind
        t["deadline"] = now + 10 * 86400 * 1000
        t["next_run_at"] = at
        path = events if kind == "verified" else ["created", "funded", "queued"]
        if kind == "cancelled":
            path = path + ["cancelled"]
        t["version"] = len(path)
        if kind == "verified":
            t["attempts"] = 1
            t.update(output_sha256=proof["p"], output_bytes=40, output=b"\0" * 40, io_commitment="00" * 31,
                     proof_sha256=proof["p"], proof_bytes=1000, cycles=432, exec_ms=1, prove_ms=1, verified_at=at + 900,
                     verified_attempt=1)
            d.execute("INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token, offered_at, offer_until,"
                      " acked_at, started_at, start_by, progress_ppm, outcome, ended_at) VALUES(?, 1, 0, ?, '', '', ?, ?, ?, ?,"
                      " ?, ?, 1000000, 'verified', ?)",
                      (t["id"], "0x%x" % (i % 1000 + 1), "0" * 32, at, at + 10000, at + 1, at + 2, at + 180000, at + 900))
        else:
            open_tasks += kind == "queued"
        d.execute(insert(d, "task", t), list(t.values()))
        if i % 20000 == 19999:
            d.execute("COMMIT")
            d.execute("BEGIN")
        d.executemany("INSERT INTO task_event(task_id, seq, at, actor, from_state, to_state, detail) VALUES(?, ?, ?, ?, ?, ?,"
                      " NULL)", [(t["id"], n + 1, at + n * 100, "relayer", path[n - 1] if n else None, to)
                                 for n, to in enumerate(path)])
    d.execute("UPDATE quota SET open_tasks = open_tasks + ? WHERE key_id = ?", (open_tasks, key))
    d.execute("COMMIT")
    print(json.dumps({"tasks": d.execute("SELECT count(*) FROM task").fetchone()[0], "queued": open_tasks}))


if __name__ == "__main__":
    main()
