#!/usr/bin/env python3
"""Rows of what ended long ago go from a database that two relayers share: one of them lets go, and when it is killed the
other goes on.

usage: test_rows_shared.py RELAYER SPROVE    (SPROVE_TEST_DATABASE: an empty database, postgresql://...)"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from aging import DAY, DAYS, SECONDS, TIME  # noqa: E402
from relayer_process import wait_for  # noqa: E402
from shared_world import Shared, sql  # noqa: E402
from test_audit import verified  # noqa: E402
from test_tasks import FAST, RELAYER, SEED, post, prove  # noqa: E402

SETTINGS = FAST + ["audit.rate_ppm=0", "storage.retention=1s", "limits.post_rate=100000", "limits.post_burst=100000"]
COPIES = 400


def age(days):
    for table, c, kind in sql("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"):
        if kind == "bigint" and c not in SECONDS and (TIME.search(c) or DAYS.search(c)):
            by = days if DAYS.search(c) else days * DAY
            sql(f"UPDATE {table} SET {c} = {c} - {by} WHERE {c} > {by}")


def copies(task, n):
    for table, key in (("task", "id"), ("task_event", "task_id")):
        names = [c for c, in sql(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position")]
        values = ["'0-' || i" if c == key else f"t.created_at - {2 * DAY}" if c == "created_at" and table == "task" else "t." + c for c in names]
        sql(f"INSERT INTO {table}({', '.join(names)}) SELECT {', '.join(values)} FROM {table} t, generate_series(1, {n}) i WHERE t.{key} = '{task}'")


def number(text):
    return int(sql(text)[0][0])


def main():
    proof, output = prove(SEED["payload"])
    w = Shared(RELAYER, 2, SETTINGS)
    try:
        done, node = verified(w.all[0], "worker", proof, output)
        node.ws.close()
        cancelled = post(w.all[1], dict(SEED, requirements={"cpu_threads": 4000}))
        assert w.all[0].call("POST", f"/api/v1/tasks/{cancelled}/cancel")[0] == 202
        wait_for("forgotten", lambda: number("SELECT count(*) FROM task WHERE forgotten_at IS NOT NULL") == 2)
        for r in w.all:
            assert r.stop() == 0
        copies(cancelled, COPIES)
        age(400)
        for r in w.all:
            w.start(r)
        held = w.holder("prune")
        wait_for("some are gone", lambda: number("SELECT count(*) FROM task") < COPIES)
        held.kill()
        other, = [r for r in w.all if r is not held]
        wait_for("the rest, too", lambda: number("SELECT count(*) FROM task") == 0, 60)
        for table in ("attempt", "task_event", "audit", "settlement"):
            assert number(f"SELECT count(*) FROM {table}") == 0, table
        assert sorted(sql("SELECT state, tasks FROM task_past")) == [["cancelled", str(COPIES + 1)], ["verified", "1"]]
        for t in (done, cancelled):
            assert other.call("GET", f"/api/v1/tasks/{t}")[0] == 404
        w.start(held)
        for r in w.all:
            by_state = r.call("GET", "/api/v1/stats")[1]["tasks"]["by_state"]
            assert (by_state["cancelled"], by_state["verified"]) == (COPIES + 1, 1), by_state
        assert sql("SELECT kind FROM reputation_event") == [["verified"]]
        w.stop()
        print("rows of a shared database: ok")
    except BaseException:
        for r in w.all:
            print(r.log_text()[-2000:], file=sys.stderr)
            r.process.kill()
        raise


if __name__ == "__main__":
    main()
