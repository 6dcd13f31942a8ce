#!/usr/bin/env python3
"""Random audits: tasks are run again after they are verified; what differs bans the nodes that proved it.

A proof cannot be forged here, so that what an audit is to find is put into the database by hand, while the audit waits.

usage: test_audit.py RELAYER SPROVE [TEST]"""
import hashlib
import os
import shutil
import stat
import sys
import time
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, change, fsck, rows, run_tests, wait_for  # noqa: E402
from signing import is_signed, poseidon, short  # noqa: E402
from test_tasks import FAST, RELAYER, SEED, Node, post, prove, state  # noqa: E402

def digest(audit, verdict):
    """market/digest.h: AUDIT, without a chain."""
    task, proof = uuid.UUID(audit["task_id"]).int, int(audit["proof_sha256"], 16)
    return poseidon(short("SPROVE_V1"), short("AUDIT"), 0, task >> 64, task % 2**64, audit["attempt"], verdict,
                    proof >> 128, proof % 2**128, audit["signed"]["ts_ms"])


ALL = FAST + ["audit.rate_ppm=1000000"]


def deliver(node, proof, output):
    a = node.take()
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    return a["task_id"]


def verified(r, name, proof, output, **more):
    task = post(r, dict(SEED, **more))
    node = Node(r, name)
    assert deliver(node, proof, output) == task
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    return task, node


def audits(r, **filters):
    query = "&".join(f"{k}={v}" for k, v in filters.items())
    s, page, _ = r.call("GET", "/api/v1/audits" + ("?" + query if query else ""))
    assert s == 200, (s, page)
    return page["items"]


def done(r, task, n=1):
    return wait_for(f"audits of {task}", lambda: len(audits(r, task_id=task, state="done")) >= n and audits(r, task_id=task, state="done"))


def test_agrees(r, proof, output):
    """Each verified task of a new node is run again; the report is signed by the key in the data folder."""
    task, node = verified(r, "fresh", proof, output)
    audit, = done(r, task)
    assert audit["verdict"] == "agrees" and audit["drawn"] and audit["node_id"] == "fresh", audit
    found = audit["detail"]["found"]
    assert found == audit["claimed"] and found["cycles"] == "432", audit
    signed = audit["signed"]
    r_, s_ = (int(x, 16) for x in signed["signature"])
    assert is_signed(digest(audit, 1), int(signed["auditor"], 16), r_, s_)
    assert not is_signed(digest(audit, 0), int(signed["auditor"], 16), r_, s_)
    s, same, _ = r.call("GET", "/api/v1/audits/" + audit["audit_id"])
    assert s == 200 and same == audit
    key = os.stat(f"{r.folder}/auditor.key")
    assert stat.S_IMODE(key.st_mode) == 0o600 and key.st_size == 65
    assert rows(r, "SELECT kind FROM reputation_event WHERE node_id = 'fresh'") == [("verified",)]
    fsck(r)
    node.ws.close()


def test_damage_is_found(r, proof, output):
    """Output hash, io commitment, cycles: each alone is found; its node is banned, its session closed, the evidence kept."""
    for i, (column, value) in enumerate((("output_sha256", "00" * 32), ("io_commitment", "00" * 31), ("cycles", 431))):
        task, node = verified(r, f"cheat{i}", proof, output)
        done(r, task)
        # The same for its attempt and its task: as if a proof had said so.
        change(r, f"UPDATE task SET {column} = ? WHERE id = ?", value, task)
        change(r, f"UPDATE attempt SET {column} = ? WHERE task_id = ?", value, task)
        s, made, headers = r.call("POST", "/api/v1/audits", {"task_id": task})
        assert s == 201 and headers["Location"].endswith(made["audit_id"]) and not made["drawn"], (s, made)
        wait_for("it is found", lambda: r.call("GET", headers["Location"])[1]["verdict"] == "differs")
        audit = r.call("GET", headers["Location"])[1]
        assert audit["detail"]["found"][column] != str(value) == audit["claimed"][column], audit
        assert rows(r, "SELECT state FROM node WHERE id = ?", f"cheat{i}") == [("banned",)]
        kinds = [k for k, in rows(r, "SELECT kind FROM reputation_event WHERE node_id = ? ORDER BY seq", f"cheat{i}")]
        assert kinds == ["verified", "audit_failed"], kinds
        try:
            while True:
                node.ws.recv(5)
        except Exception as e:
            assert getattr(e, "code", None) == 4403, repr(e)
        try:
            Node(r, f"cheat{i}")
            raise AssertionError("a banned node is registered")
        except AssertionError as e:
            assert "node_banned" in str(e), repr(e)
        # Looked at once more, it counts once.
        assert r.call("POST", "/api/v1/audits", {"task_id": task})[0] == 201
        done(r, task, 3)
        assert len(rows(r, "SELECT 1 FROM reputation_event WHERE node_id = ? AND kind = 'audit_failed'", f"cheat{i}")) == 1
        if column == "cycles":
            fsck(r)  # the other two break what else is checked of a result
        change(r, "DELETE FROM reputation_event WHERE task_id = ?", task)  # for the checks of the tests that follow
        change(r, "DELETE FROM audit WHERE task_id = ?", task)
        for table in ("task_event", "attempt"):
            change(r, f"DELETE FROM {table} WHERE task_id = ?", task)
        change(r, "DELETE FROM task WHERE id = ?", task)
        change(r, "UPDATE quota SET day_tasks = day_tasks - 1, day_spend = (SELECT count(*) FROM task) || substr(day_spend, -18)")
        change(r, "UPDATE blob SET refs = refs - 1 WHERE refs > 0")
        change(r, "DELETE FROM node WHERE id = ?", f"cheat{i}")
        fsck(r)


def test_what_else_a_banned_node_proved(r, proof, output):
    """One result of it differs: those that nobody has looked at are run again, as far as they are kept."""
    task, node = verified(r, "suspect", proof, output)
    node.ws.close()
    tasks = [task] + [verified(r, "suspect", proof, output)[0] for _ in range(2)]
    for t in tasks:
        done(r, t)
    for t in tasks[:2]:  # as if chance had left them out
        change(r, "DELETE FROM audit WHERE task_id = ?", t)
    change(r, "UPDATE task SET forgotten_at = 1 WHERE id = ?", tasks[1])
    change(r, "UPDATE task SET cycles = 7 WHERE id = ?", tasks[2])
    change(r, "UPDATE attempt SET cycles = 7 WHERE task_id = ?", tasks[2])
    assert not audits(r, task_id=tasks[0])
    r.call("POST", "/api/v1/audits", {"task_id": tasks[2]})
    wait_for("found", lambda: audits(r, task_id=tasks[2], verdict="differs"))
    audit, = wait_for("looked at", lambda: audits(r, task_id=tasks[0], verdict="agrees"))
    assert audit["drawn"] and not audits(r, task_id=tasks[1]) and len(audits(r, task_id=tasks[2])) == 2, audit
    change(r, "UPDATE task SET forgotten_at = NULL WHERE id = ?", tasks[1])
    fsck(r)


def test_a_program_that_fails(r, proof, output):
    """A stored input under which the program does not succeed is found, too; one that is damaged is our own fault."""
    task, node = verified(r, "input", proof, output)
    done(r, task)
    bad = b"\xff" * 40
    old = rows(r, "SELECT input, input_sha256, input_bytes FROM task WHERE id = ?", task)[0]
    change(r, "UPDATE task SET input = ? WHERE id = ?", bad, task)
    r.call("POST", "/api/v1/audits", {"task_id": task})
    audit = wait_for("looked at", lambda: audits(r, task_id=task, verdict="inconclusive"))[0]
    assert "damaged" in audit["detail"]["text"] and "signed" not in audit, audit
    assert rows(r, "SELECT state FROM node WHERE id = 'input'") == [("probation",)]
    change(r, "UPDATE task SET input_sha256 = ?, input_bytes = 40 WHERE id = ?", hashlib.sha256(bad).hexdigest(), task)
    r.call("POST", "/api/v1/audits", {"task_id": task})
    audit = wait_for("looked at", lambda: audits(r, task_id=task, verdict="differs"))[0]
    assert audit["detail"]["found"]["code"] == "nonzero_exit", audit
    change(r, "UPDATE task SET input = ?, input_sha256 = ?, input_bytes = ? WHERE id = ?", *old, task)
    fsck(r)
    node.ws.close()


def test_all_slots(r, proof, output):
    """Of a task with redundancy everybody whose proof held is held to it."""
    nodes = [Node(r, "pair0"), Node(r, "pair1")]
    task = post(r, dict(SEED, redundancy=2))
    for n in nodes:
        deliver(n, proof, output)
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    done(r, task)
    change(r, "UPDATE task SET cycles = 7 WHERE id = ?", task)
    change(r, "UPDATE attempt SET cycles = 7 WHERE task_id = ?", task)
    r.call("POST", "/api/v1/audits", {"task_id": task})
    wait_for("found", lambda: audits(r, task_id=task, verdict="differs"))
    assert rows(r, "SELECT state FROM node WHERE id LIKE 'pair_'") == [("banned",), ("banned",)]
    fsck(r)


def test_killed(r, proof, output):
    """A relayer that is killed during an audit repeats it."""
    task, node = verified(r, "steady", proof, output)
    done(r, task)
    for _ in range(3):
        made = r.call("POST", "/api/v1/audits", {"task_id": task})[1]
        r.kill()
        # As it may have been left.
        change(r, "UPDATE audit SET state = 'running', verdict = NULL, detail = NULL, ended_at = NULL, sig_r = NULL, sig_s = NULL,"
               " auditor = NULL, instance = (SELECT id FROM instance) WHERE id = ?", made["audit_id"])
        r.start()
        wait_for("it is repeated", lambda: r.call("GET", "/api/v1/audits/" + made["audit_id"])[1]["verdict"] == "agrees")
    fsck(r)


def test_time_limit(r, proof, output):
    """What takes longer than an audit may is inconclusive, nobody's fault."""
    r.stop()
    r.settings += ["audit.timeout=100ms"]
    r.start()
    s, p, _ = r.call("GET", "/api/v1/programs")
    task = post(r, dict(SEED, payload={"algorithm": "sha256", "text": "a" * 200, "iterations": 100000}, requirements={"cpu_threads": 4000}))
    # Verified by hand: proving it would take long.
    node = Node(r, "slow")
    change(r, "UPDATE task SET requirements = '{}' WHERE id = ?", task)
    a = node.take()
    assert a["task_id"] == task
    node.ws.close()
    r.kill()
    now = int(time.time() * 1000)
    change(r, "UPDATE attempt SET outcome = 'verified', ended_at = ?, lease_until = NULL WHERE task_id = ?", now, task)
    change(r, "UPDATE task SET state = 'verified', verified_attempt = 1, output_sha256 = ?, io_commitment = ?, cycles = 1, proof_sha256 = ?,"
           " verified_at = ? WHERE id = ?", "00" * 32, "00" * 31, "00" * 32, now, task)
    r.start()
    made = r.call("POST", "/api/v1/audits", {"task_id": task})[1]
    wait_for("inconclusive", lambda: r.call("GET", "/api/v1/audits/" + made["audit_id"])[1]["verdict"] == "inconclusive", 60)
    assert rows(r, "SELECT state FROM node WHERE id = 'slow'") == [("probation",)]
    r.stop()
    r.settings = list(ALL)
    shutil.rmtree(r.folder)  # its rows are not as they would have become
    os.mkdir(r.folder)
    r.start()


def test_rates(r, proof, output):
    """0: none is drawn. Any other: all of a node on probation, by chance of one that has proved itself."""
    r.stop()
    r.settings = FAST + ["audit.rate_ppm=0"]
    r.start()
    task, node = verified(r, "rates", proof, output)
    node.ws.close()
    time.sleep(0.5)
    assert not audits(r)
    assert r.call("POST", "/api/v1/audits", {"task_id": task})[0] == 201  # by hand always
    done(r, task)
    r.stop()
    r.settings = FAST + ["audit.rate_ppm=1"]  # as good as never, but on probation
    r.start()
    change(r, "UPDATE node SET clean = 8, tries_good = 8 WHERE id = 'rates'")
    node = Node(r, "rates")
    tasks = []
    for _ in range(3):
        tasks.append(post(r))
        assert deliver(node, proof, output) == tasks[-1]
        wait_for("verified", lambda: state(r, tasks[-1])["state"] == "verified")
    # The ninth and the tenth; the eleventh of an active node is one of four.
    wait_for("two or three", lambda: len(rows(r, "SELECT 1 FROM audit WHERE asked_by IS NULL")) >= 2)
    salt = rows(r, "SELECT value FROM meta WHERE name = 'audit_salt'")[0][0]
    assert len(salt) == 64
    order = [t for t, in rows(r, "SELECT task_id FROM reputation_event WHERE node_id = 'rates' AND task_id IN (?, ?, ?) ORDER BY seq", *tasks)]
    drawn = {t for t, in rows(r, "SELECT task_id FROM audit WHERE asked_by IS NULL")}
    first = int.from_bytes(hashlib.sha256(bytes.fromhex(salt) + uuid.UUID(order[2]).bytes).digest()[:8], "big")
    wanted = set(order[:2]) | ({order[2]} if first * 1000000 < 250000 << 64 else set())
    assert drawn == wanted, (drawn, order, first)
    node.ws.close()


def test_api(r, proof, output):
    s, made, _ = r.call("POST", "/api/v1/api-keys", {"name": "auditor", "scopes": ["audits"]})
    assert s == 201, made
    auditor, demander = made["key"], r.call("POST", "/api/v1/api-keys", {"name": "d", "scopes": ["tasks:read", "tasks:write"]})[1]["key"]
    h = {"Authorization": "Bearer " + auditor}
    for method, path in (("GET", "/audits"), ("GET", "/audits/x"), ("POST", "/audits")):
        body = {"task_id": "x"} if method == "POST" else None
        assert r.call(method, "/api/v1" + path, body, {"Authorization": "Bearer " + demander})[0] == 403
        assert r.call(method, "/api/v1" + path, body, key=False)[0] == 401
    assert r.call("GET", "/api/v1/audits/none", headers=h)[0] == 404
    for bad, code in (({}, "missing"), ({"task_id": 1}, "wrong_type"), ({"task_id": "x" * 100}, "too_long")):
        s, said, _ = r.call("POST", "/api/v1/audits", bad, h)
        assert s == 400 and said["errors"][0]["code"] == code, said
    s, said, _ = r.call("POST", "/api/v1/audits", {"task_id": "x", "more": 1}, h)
    assert s == 400 and said["code"] == "unknown_field"
    assert r.call("POST", "/api/v1/audits", {"task_id": "none"}, h)[0] == 404
    task = post(r, dict(SEED, requirements={"cpu_threads": 4000}))
    s, said, _ = r.call("POST", "/api/v1/audits", {"task_id": task}, h)
    assert s == 409 and said["code"] == "conflict_state", said
    assert r.call("GET", "/api/v1/audits?wrong=1", headers=h)[0] == 400
    s, page, headers = r.call("GET", "/api/v1/audits?limit=1", headers=h)
    assert s == 200 and page["has_more"] and len(page["items"]) == 1 and "next" in headers["Link"], page
    s, rest, _ = r.call("GET", "/api/v1/audits?limit=200&cursor=" + page["next_cursor"], headers=h)
    assert s == 200 and page["items"][0]["audit_id"] not in [a["audit_id"] for a in rest["items"]]
    assert all(a["verdict"] == "agrees" for a in r.call("GET", "/api/v1/audits?verdict=agrees", headers=h)[1]["items"])


def test_key_file(r, proof, output):
    """A key that others can read, or that is none, keeps the relayer from starting."""
    r.stop()
    path = f"{r.folder}/auditor.key"
    os.chmod(path, 0o644)
    r.start(wait=False)
    assert r.process.wait(20) != 0 and "can be read by others" in r.log_text()[-600:], r.log_text()[-600:]
    os.chmod(path, 0o600)
    old = open(path).read()
    with open(path, "w") as f:
        f.write("no key\n")
    r.start(wait=False)
    assert r.process.wait(20) != 0 and "is no auditor's key" in r.log_text()[-600:]
    with open(path, "w") as f:
        f.write(old)
    r.start()


def main():
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=ALL).start()
    run_tests(globals(), r, proof, output, only=2, whole=False)


if __name__ == "__main__":
    main()
