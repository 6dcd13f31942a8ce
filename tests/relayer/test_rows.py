#!/usr/bin/env python3
"""Rows of what ended long ago go, a little at a time; what is still wanted stays, and so do totals. Time is moved by making
the database of a stopped relayer older.

usage: test_rows.py RELAYER SPROVE [TEST] [--tasks N]"""
import os
import random
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from aging import DAY, age, copies  # noqa: E402
from escrow_world import AMOUNT, Chain, World, of_chain  # noqa: E402
from fake_node import COMPLETED, CONTRACT  # noqa: E402
from relayer_process import Relayer, change, free_port, fsck, rows, run_tests, wait_for  # noqa: E402
from test_tasks import FAST, RELAYER, SEED, Node, post, prove, state  # noqa: E402

TASKS = int(sys.argv[sys.argv.index("--tasks") + 1]) if "--tasks" in sys.argv else 400
BASE = FAST + ["audit.rate_ppm=0", "storage.unused=1s", "storage.retention=1s", "storage.settled=1s", "limits.post_rate=100000", "limits.post_burst=100000"]
OF_TASK = {"attempt": "task_id", "task_event": "task_id", "settlement": "task_id", "audit": "task_id", "task": "id"}
TODAY = dict(SEED, requirements={"cpu_threads": 4000})


def forgotten(r, *tasks):
    for t in tasks:
        wait_for("forgotten", lambda: rows(r, "SELECT forgotten_at FROM task WHERE id = ?", t)[0][0])


def later(r, days=400, *settings):
    """The same relayer so many days later."""
    assert r.stop() == 0
    age(r.folder, days)
    r.settings = BASE + list(settings)
    r.start()


def is_gone(r, task):
    wait_for("its rows are gone", lambda: not rows(r, "SELECT 1 FROM task WHERE id = ?", task))
    for table, column in OF_TASK.items():
        assert rows(r, f"SELECT count(*) FROM {table} WHERE {column} = ?", task) == [(0,)], table


def deliver(node, proof, output):
    a = node.take(timeout=20)
    # A blob that is being removed is refused for a moment.
    wait_for("it is taken", lambda: node.upload(a, proof)[0] in (200, 201))
    assert node.result(a, proof, output)["accepted"]
    return a["task_id"]


def verified(r, name, proof, output):
    task, node = post(r), Node(r, name)
    assert deliver(node, proof, output) == task
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    return task, node


def over(r, body=TODAY, **headers):
    """A task that is cancelled."""
    task = post(r, body, **headers)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    return task


def totals(r):
    s = r.call("GET", "/api/v1/stats")[1]
    return {"tasks": s["tasks"]["by_state"], "settlement": s["settlement"]}


# ---- what goes ----

def test_all_of_it_goes(r, proof, output):
    """With its attempts, events, audits and the administrator's actions; totals and what nodes are held to stay, a list goes
    on where it was, and its key's Idempotency-Key is free."""
    done, node = verified(r, "worker", proof, output)
    audit = r.call("POST", "/api/v1/audits", {"task_id": done})[1]["audit_id"]
    wait_for("audited", lambda: r.call("GET", "/api/v1/audits/" + audit)[1]["verdict"] == "agrees")
    node.ws.close()
    liar = Node(r, "liar")
    lie = post(r)
    assert deliver(liar, proof[:100] + bytes([proof[100] ^ 1]) + proof[101:], output) == lie
    wait_for("the lie is found", lambda: state(r, lie)["state"] == "queued")
    liar.ws.close()
    assert r.call("POST", f"/api/v1/tasks/{lie}/cancel")[0] == 202
    said = dict(TODAY, description="the same")
    cancelled, witness = over(r, said, **{"Idempotency-Key": "once"}), over(r)
    expired = post(r, dict(TODAY, deadline=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))))
    wait_for("expired", lambda: state(r, expired)["state"] == "expired")
    s, banned, _ = r.call("POST", "/api/v1/admin/nodes/worker/ban", {"reason": "for its row"})
    assert s == 200, banned
    assert r.call("DELETE", "/api/v1/admin/nodes/worker/ban")[0] == 204
    assert len(r.call("GET", "/api/v1/admin/actions")[1]["items"]) == 2
    old = [done, lie, cancelled, expired]
    forgotten(r, witness, *old)
    page = r.call("GET", "/api/v1/tasks?limit=1&order=asc")[1]
    assert page["has_more"] and page["items"][0]["task_id"] in old
    columns = "SELECT id, rep_good, rep_bad, tries_good, tries_all, clean, quota_daily FROM node ORDER BY id"
    before, sums = totals(r), rows(r, columns)
    assert sorted(rows(r, "SELECT node_id, kind FROM reputation_event")) == [("liar", "proof_invalid"), ("worker", "verified")]
    assert before["tasks"]["cancelled"] == 3 and before["tasks"]["verified"] == 1, before
    # A day too early: what is older goes, they stay.
    change(r, "UPDATE task SET updated_at = updated_at - 864000000 WHERE id = ?", witness)
    later(r, 364)
    is_gone(r, witness)
    assert rows(r, "SELECT count(*) FROM task WHERE id IN (?, ?, ?, ?)", *old) == [(4,)]
    fsck(r)
    later(r, 2)
    for t in old:
        is_gone(r, t)
        for path in ("", "/events", "/result", "/proof", "/bundle"):
            assert r.call("GET", f"/api/v1/tasks/{t}{path}")[0] == 404, path
    assert r.call("GET", "/api/v1/audits/" + audit)[0] == 404
    wait_for("actions", lambda: r.call("GET", "/api/v1/admin/actions")[1]["items"] == [])
    assert totals(r) == before and rows(r, columns) == sums
    young = over(r)
    s, rest, _ = r.call("GET", "/api/v1/tasks?limit=1&order=asc&cursor=" + page["next_cursor"])
    assert s == 200 and [t["task_id"] for t in rest["items"]] == [young], rest
    again = over(r, said, **{"Idempotency-Key": "once"})
    assert again not in old
    fsck(r)
    later(r, 0)  # and after a start, which counts what is there
    before["tasks"]["cancelled"] += 2
    assert totals(r) == before
    assert rows(r, "SELECT value FROM meta WHERE name = 'rows_gone_until'")
    # What is missing and is younger than that was lost.
    change(r, "DELETE FROM task_event WHERE task_id = ?", young)
    change(r, "DELETE FROM task WHERE id = ?", young)
    lost = subprocess.run([RELAYER, "--set", f"server.data={r.folder}", "--fsck"], capture_output=True, text=True, timeout=60)
    assert lost.returncode == 1 and "tasks of its day" in lost.stdout, lost
    change(r, "UPDATE quota SET day = NULL, day_tasks = NULL, day_spend = NULL")


def test_reputation_is_summed_up(r, proof, output):
    """All but the last fifty events of a node become a sum, from which what it is held to goes on, bit for bit."""
    # Fifty-three results of one moment, whose sums are plain; of tasks that are gone.
    n, at = 53, int(time.time() * 1000) - 400 * DAY
    Node(r, "steady").ws.close()
    assert r.stop() == 0
    change(r, "UPDATE node SET rep_good = ?, rep_at = ?, tries_good = ?, tries_all = ?, tries_at = ?, clean = ?, quota_left = ?,"
           " quota_daily = ? WHERE id = 'steady'", n << 40, at, n << 40, n << 40, at, n, 1000 + n, 1000 + n)
    for seq in range(1, n + 1):
        change(r, "INSERT INTO reputation_event VALUES('steady', ?, ?, 'verified', 'gone', 1)", seq, at)
    change(r, "INSERT INTO meta VALUES('rows_gone_until', ?) ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)", str(at))
    fsck(r)
    r.settings = BASE + ["storage.rows=36500d"]
    r.start()
    view = lambda: r.call("GET", "/api/v1/nodes/steady/reputation?limit=200")[1]  # noqa: E731
    assert view()["summed_up"] == {"events": 0, "until": None} and len(view()["items"]) == n
    columns = "SELECT rep_good, rep_bad, tries_good, tries_all, clean, quota_daily FROM node WHERE id = 'steady'"
    before = rows(r, columns)
    later(r, 0)
    wait_for("summed up", lambda: view()["summed_up"]["events"] == n - 50)
    assert [e["seq"] for e in view()["items"]] == list(range(n, n - 50, -1)) and view()["summed_up"]["until"]
    assert rows(r, columns) == before
    fsck(r)
    task, node = verified(r, "steady", proof, output)
    node.ws.close()
    assert view()["items"][0]["seq"] == n + 1 and rows(r, columns)[0][4] == n + 1
    fsck(r)


def test_counted(r, proof, output):
    """/metrics says how many rows of which table."""
    port, task = free_port(), over(r)
    forgotten(r, task)
    later(r, 400, f"server.metrics=127.0.0.1:{port}")
    r.settings = BASE

    def number(table):
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
        found = re.search(r'^sprove_rows_deleted_total\{table="%s"\} (\d+)$' % table, text, re.M)
        return found and int(found[1])

    wait_for("counted", lambda: number("task"))
    assert number("task_event") >= 4 and number("settlement") is None


def test_old_callbacks(r, proof, output):
    """Messages that are over go by the thousand, not one thousand in ten minutes."""
    assert r.stop() == 0
    with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:
        d.executemany("INSERT INTO webhook_outbox(id, webhook_id, type, body, created_at, tries, done_at) VALUES(?, 'w', 't', '{}', 1, 1, 1)",
                      ((f"msg_00000000-0000-7000-8000-{i:012x}",) for i in range(2500)))
    r.start()
    wait_for("they are gone", lambda: rows(r, "SELECT count(*) FROM webhook_outbox") == [(0,)])


# ---- what stays ----

def test_what_is_wanted_stays(r, proof, output):
    """Payloads that are kept, evidence, an audit or a callback that waits, a transaction under way: each alone is enough."""
    names = ("payload", "evidence", "audit", "young audit", "callback", "transaction", "contradiction", "attempt", "blob", "nothing")
    made = {name: over(r) for name in names}
    forgotten(r, *made.values())
    assert r.stop() == 0
    age(r.folder, 400)
    audit = ("INSERT INTO audit(id, task_id, attempt, node_id, state, verdict, ended_at, tries, next_at, created_at) VALUES('{0}', '{1}',"
             " 1, 'n', '{2}', {3}, {4}, 0, {5}, 1)")
    attempt = ("INSERT INTO attempt(task_id, n, slot, node_id, account, session, lease_token, offered_at, offer_until, start_by, outcome,"
               " acked_at, result, verifier, proof_blob) VALUES('{}', 1, 0, 'n', '', '', '', 1, 1, 1, {}, 1, '{{}}', 'x', {})")
    never, now = 2**52, int(time.time() * 1000)
    for sql in ("UPDATE task SET forgotten_at = NULL WHERE id = '%s'" % made["payload"],
                audit.format("a1", made["evidence"], "done", "'differs'", 1, 1),
                audit.format("a2", made["audit"], "waiting", "NULL", "NULL", never),
                audit.format("a3", made["young audit"], "done", "'agrees'", now, 1),
                "INSERT INTO webhook_outbox(id, webhook_id, task_id, type, body, created_at, tries, next_try_at) VALUES('msg_z', 'w', '%s',"
                " 't', '{}', 1, 0, %d)" % (made["callback"], never),
                "INSERT INTO chain_outbox(id, kind, task_id, attempt, sender, state, created_at, n_nonces, tries, next_try_at, final,"
                " updated_at) VALUES(1, 'assign', '%s', 1, '0x1', 'wanted', 1, 1, 0, %d, 0, 1)" % (made["transaction"], never),
                "INSERT INTO contradiction VALUES('%s', 1, 'n', 1, '', '')" % made["contradiction"],
                attempt.format(made["attempt"], "NULL", "NULL"), attempt.format(made["blob"], "'declined'", "'x'")):
        change(r, sql)
    r.settings = BASE + ["storage.keep_payloads=yes"]
    r.start()
    # The last by its time: whoever was before it was looked at before, or with it.
    is_gone(r, made.pop("nothing"))
    left = {t for t, in rows(r, "SELECT id FROM task")}
    assert {n for n, t in made.items() if t not in left} == set()
    # They go when they are wanted no longer.
    assert r.stop() == 0
    with sqlite3.connect(f"{r.folder}/relayer.db", timeout=10) as d:
        for table in ("audit", "webhook_outbox", "chain_outbox", "contradiction", "attempt"):
            assert d.execute(f"DELETE FROM {table} WHERE task_id IN ({', '.join('?' * len(made))})", list(made.values())).rowcount > 0
        d.execute("UPDATE task SET forgotten_at = 1 WHERE id = ?", (made["payload"],))
    r.start()
    for t in made.values():
        is_gone(r, t)
    fsck(r)
    later(r, 0)


# ---- sudden ends ----

def test_kill(r, proof, output):
    """kill -9 while rows go: each task is there whole or gone whole, and counted once."""
    task = over(r)
    forgotten(r, task)
    assert r.stop() == 0
    copies(r.folder, task, TASKS, lambda i: str(uuid.UUID(int=7 << 76 | 2 << 62 | i)))
    age(r.folder, 400)
    r.start()
    whole = sum(totals(r)["tasks"].values())
    assert whole > TASKS
    left = lambda: rows(r, "SELECT count(*) FROM task WHERE forgotten_at IS NOT NULL")[0][0]  # noqa: E731
    rounds, last = 0, None
    while last != 0 and rounds < 8:
        time.sleep(random.random() / 3)
        r.kill()
        rounds += 1
        fsck(r)
        now = left()
        assert last is None or now <= last
        assert now + rows(r, "SELECT coalesce(sum(tasks), 0) FROM task_past")[0][0] + rows(
            r, "SELECT count(*) FROM task WHERE forgotten_at IS NULL")[0][0] == whole
        last = now
        r.start()
    wait_for("all are gone", lambda: left() == 0, 120 + TASKS / 50)
    assert sum(totals(r)["tasks"].values()) == whole
    young = over(r)
    forgotten(r, young)
    # The room is used again.
    pages = rows(r, "PRAGMA page_count")
    assert r.stop() == 0
    assert rows(r, "PRAGMA freelist_count")[0][0] > 0
    copies(r.folder, young, TASKS // 2, lambda i: str(uuid.UUID(int=7 << 76 | 2 << 62 | i)))
    assert rows(r, "PRAGMA page_count") <= pages
    r.start()


# ---- money ----

def test_escrow(r, proof, output):
    """The rows of a paid task go: what was paid is counted still, and the escrow earns nobody anything a second time, since
    the contract says that it is over. What the contract still holds, and what the watcher could take back, stays."""
    chain = Chain(sys.argv[2])
    chain.head = 20000
    e = Relayer(RELAYER, settings=BASE).start()
    tasks = {}
    tasks["paid"], node = verified(e, "node0", proof, output)
    node.ws.close()
    # Of each: the task's state, the settlement's and its block, and what is different with it.
    kinds = {"paid": ("settled", "settled", 3, {}), "held": ("verified", "escrowed", None, {}), "claimed": ("verified", "claimed", 3, {}),
             "refunded": ("refunded", "refunded", 3, {}), "unseen": ("cancelled", "pending", None, {"seen_block": None}),
             "near": ("settled", "settled", 15000, {}), "young": ("refunded", "refunded", 3, {"updated_at": int(time.time() * 1000)}),
             "wanted": ("cancelled", "pending", None, {"seen_block": None, "look_at": 2**52}), "seen": ("refunded", "refunded", 3, {"seen_block": 15000}),
             "assigned": ("refunded", "refunded", 3, {"assigned_block": 15000}), "sent": ("refunded", "refunded", 3, {}),
             "doubted": ("cancelled", "pending", 3, {}),
             "halfway": ("verified", "settled", 3, {})}
    for name in kinds:
        if name != "paid":
            tasks[name] = over(e)
    forgotten(e, *tasks.values())
    assert e.stop() == 0
    age(e.folder, 400)
    parts = [str(AMOUNT * p // 100) for p in (85, 3, 12)]
    with sqlite3.connect(f"{e.folder}/relayer.db") as d:
        d.execute("UPDATE quota SET day_spend = NULL, day = NULL, day_tasks = NULL")
        for i, (name, t) in enumerate(tasks.items()):
            now, state_of, block, more = kinds[name]
            d.execute("UPDATE task SET chain_contract = ?, chain_task_id = ?, amount = ?, state = ? WHERE id = ?",
                      ("%#x" % CONTRACT, str(70 + i), str(AMOUNT), now, t))
            row = {"task_id": t, "state": state_of, "block_number": block, "seen_block": 2, "updated_at": 1, **more}
            if now == "settled":
                row.update(payout=parts[0], subsidy=parts[1], treasury=parts[2])
            d.execute(f"INSERT INTO settlement({', '.join(row)}) VALUES({', '.join('?' * len(row))})", list(row.values()))
            d.execute("INSERT INTO chain_event VALUES(?, 0, ?, 'completed', ?, 1)", (hex(i), 3 if i else 10**6, str(70 + i)))
        d.execute("INSERT INTO chain_event VALUES('0xff', 0, 3, 'completed', '70', ?)", (int(time.time() * 1000),))
        # The relayer's own transactions: the first two of an account, one of a task that stays, and one after it; two of another.
        for row, (sender, nonce, kind, of) in enumerate((("0x1", 0, "confirmed", "paid"), ("0x1", 1, "foreign", None), ("0x1", 2, "confirmed", "held"),
                                                         ("0x1", 3, "confirmed", None), ("0x1", 3, "refused", "paid"), ("0x2", 7, "confirmed", None),
                                                         ("0x2", 8, "confirmed", None), ("0x4", 8, "confirmed", "sent"), ("0x3", 1, "confirmed", None), ("0x3", 2, "broadcast", None))):
            d.execute("INSERT INTO chain_outbox(id, kind, task_id, attempt, sender, state, created_at, nonce, n_nonces, tries, next_try_at, final,"
                      " block_number, replaced, updated_at) VALUES(?, 'assign', ?, 1, ?, ?, 1, ?, 1, 0, ?, ?, ?, ?, 1)",
                      (row + 1, tasks.get(of), sender, kind, nonce, 2**52, kind != "broadcast", 15000 if sender in ("0x3", "0x4") else 3, 1 if kind == "refused" else None))
    e.settings = BASE + of_chain(chain)
    e.start()
    wait_for("the chain is there", lambda: e.call("GET", "/api/v1/health")[1]["checks"]["starknet"]["ok"])
    earned, before = e.call("GET", "/api/v1/nodes/node0/earnings")[1], totals(e)
    assert earned["settled"] == {"tasks": 1, "provider_payout": parts[0], "gas_subsidy": parts[1], "total": str(AMOUNT * 88 // 100)}, earned
    w = World(e, chain)
    for name in ("paid", "refunded", "unseen"):
        is_gone(e, tasks[name])
    left = {t for t, in rows(e, "SELECT id FROM task")}
    assert {n for n, t in tasks.items() if t in left} == set(kinds) - {"paid", "refunded", "unseen"}
    wait_for("events of the contract", lambda: rows(e, "SELECT tx_hash FROM chain_event ORDER BY 1") == [("0x0",), ("0xff",)])
    wait_for("transactions", lambda: rows(e, "SELECT sender, nonce FROM chain_outbox ORDER BY sender, nonce") == [
        ("0x1", 2), ("0x1", 3), ("0x2", 8), ("0x3", 1), ("0x3", 2), ("0x4", 8)])
    assert e.call("GET", "/api/v1/nodes/node0/earnings")[1] == earned and totals(e) == before
    # The escrow that was paid, again: by its owner and by somebody else.
    w.fund(70, status=COMPLETED)
    for key in (True, w.other):
        task = w.post(70, key=key)
        failed = w.until(task, "failed")["failure"]
        assert failed["code"] == "escrow_mismatch" and "over already" in failed["detail"], failed
        assert rows(e, "SELECT count(*) FROM attempt WHERE task_id = ?", task) == [(0,)]
    # Of the one that is there it is known without the contract.
    assert w.refused(70 + list(tasks).index("near"), 409) == "already_exists"
    assert totals(e)["settlement"] == before["settlement"]
    assert e.stop() == 0
    # The next start counts the same.
    e.start()
    assert totals(e)["settlement"] == before["settlement"]
    assert e.call("GET", "/api/v1/nodes/node0/earnings")[1] == earned
    assert e.stop() == 0
    chain.close()


def main():
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=BASE).start()
    run_tests(globals(), r, proof, output, only=2)


if __name__ == "__main__":
    main()
