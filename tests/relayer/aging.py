"""Makes a stopped relayer's database older: every time in it, by whole days."""
import re
import sqlite3

TIME = re.compile(r"(_at|_until|_by)$|^(at|until|deadline|last_seen|up_since)$")
DAYS = re.compile(r"^(day|quota_day)$")
SECONDS = {"assigned_until", "assign_until"}  # the chain's
DAY = 86400000


def age(folder, days):
    with sqlite3.connect(f"{folder}/relayer.db", timeout=10) as d:
        for table, in d.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall():
            for _, c, kind, *_ in d.execute(f"PRAGMA table_info({table})").fetchall():
                if kind == "INTEGER" and c not in SECONDS and (TIME.search(c) or DAYS.search(c)):
                    by = days if DAYS.search(c) else days * DAY
                    d.execute(f"UPDATE {table} SET {c} = {c} - {by} WHERE {c} > {by}")


def columns(d, table):
    return [r[1] for r in d.execute(f"PRAGMA table_info({table})")]


def copies(folder, task, n, ids):
    """More of a task that is over, without attempts: its rows with other ids, each of a key's own day before."""
    with sqlite3.connect(f"{folder}/relayer.db", timeout=10) as d:
        names, of = columns(d, "task"), {}
        for table, key in (("task", "id"), ("task_event", "task_id")):
            of[table] = columns(d, table), d.execute(f"SELECT * FROM {table} WHERE {key} = ?", (task,)).fetchall()
        for table, (names, found) in of.items():
            at = names.index("id" if table == "task" else "task_id")
            made = names.index("created_at") if table == "task" else None
            for row in found:
                d.executemany(f"INSERT INTO {table} VALUES({', '.join('?' * len(names))})",
                              ([ids(i) if k == at else v - 2 * DAY if k == made else v for k, v in enumerate(row)] for i in range(n)))
