#!/usr/bin/env python3
"""sprove-relayer --fsck: silent about a database with everything in it; names each violation, broken by SQL alone.

usage: test_fsck.py RELAYER SPROVE"""
import glob
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, wait_for  # noqa: E402
from test_tasks import FAST, RELAYER, SEED, Node, post, prove, sha256, state  # noqa: E402


def fsck(folder, *more):
    done = subprocess.run([RELAYER, "--set", f"server.data={folder}", "--fsck", *more], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.splitlines(), done.stderr


def deliver(r, name, proof, output):
    node = Node(r, name)
    a = node.take()
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    return node


def fill(r, proof, output):
    """Two verified tasks (one after a false proof), one queued, one running, one cancelled while it ran."""
    ids = {"V": post(r, **{"Idempotency-Key": "one"})}
    altered = proof[:100] + bytes([proof[100] ^ 1]) + proof[101:]
    liar = deliver(r, "liar", altered, output)
    wait_for("the lie is found", lambda: state(r, ids["V"])["state"] == "queued")
    good = deliver(r, "good", proof, output)
    wait_for("verified", lambda: state(r, ids["V"])["state"] == "verified")
    ids["W"] = post(r, **{"Idempotency-Key": "two"})
    worker = deliver(r, "worker", proof, output)
    wait_for("verified", lambda: state(r, ids["W"])["state"] == "verified")
    for n in (liar, good, worker):
        n.ws.close()
    audit = r.call("POST", "/api/v1/audits", {"task_id": ids["W"]})[1]["audit_id"]
    wait_for("audited", lambda: r.call("GET", "/api/v1/audits/" + audit)[1]["verdict"] == "agrees")
    for name in ("C", "R"):
        ids[name] = post(r)
        node = Node(r, "runner" + name)
        a = node.take()
        assert a["task_id"] == ids[name]
        node.progress(a)
        wait_for("running", lambda: state(r, ids[name])["state"] == "running")
        if name == "C":
            assert r.call("POST", f"/api/v1/tasks/{ids[name]}/cancel")[0] == 202
            node.ws.close()
    ids["Q"] = post(r, dict(SEED, requirements={"cpu_threads": 4000}))
    # An input too long for its row is kept as a blob, before anybody hears that the task is there.
    ids["L"] = post(r, dict(SEED, requirements={"cpu_threads": 4000}, payload={"algorithm": "sha256", "text": "a" * 100000,
                                                                                 "iterations": 1}))
    name = state(r, ids["L"])["job"]["input_sha256"]
    status, data, _ = r.call("GET", "/api/v1/blobs/" + name, raw=True)
    assert status == 200 and sha256(data) == name and len(data) >= 100000, (status, data[:200])
    Node(r, "idle")
    return ids


def copy_first_attempt(task, **change):
    names = ["task_id", "n", "slot", "node_id", "account", "session", "lease_token", "offered_at", "offer_until", "acked_at",
             "start_by", "lease_until", "outcome", "ended_at"]
    values = ", ".join(str(change.get(c, c)) for c in names)
    return f"INSERT INTO attempt({', '.join(names)}) SELECT {values} FROM attempt WHERE task_id = '{task}' AND n = 1"


EVENT = "INSERT INTO task_event(task_id, seq, at, actor, to_state) VALUES('nobody', 1, 1, 'x', 'created')"
OUTBOX = "INSERT INTO webhook_outbox(id, webhook_id, type, body, created_at, tries, next_try_at, done_at) VALUES('o', 'w', 't', '', 1, 0, {})"


NO_INDEX = ["DROP INDEX chain_outbox_act", "DROP INDEX chain_outbox_nonce"]


def outbox(task, attempt, row, nonce="NULL", n=1, state="broadcast", replaced="NULL", final=0):
    """A transaction of the relayer's, as it must be."""
    bytes_of = "NULL, NULL" if nonce == "NULL" or state == "foreign" else f"'0x{row}', '{{}}'"
    account = "NULL" if task is None else f"(SELECT account FROM attempt WHERE task_id = '{task}' AND n = {attempt})"
    task = "NULL" if task is None else f"'{task}'"
    return ("INSERT INTO chain_outbox(id, kind, task_id, attempt, provider, sender, state, created_at, nonce, n_nonces, tx_hash,"
            f" signed_tx, tries, next_try_at, final, replaced, updated_at) VALUES({row}, 'assign', {task}, {attempt or 'NULL'},"
            f" {account}, '0x1', '{state}', 1, {nonce}, {n}, {bytes_of}, 0, 0, {final}, {replaced}, 1)")


def settled(task, *parts):
    """A task with an escrow of 1000 that was paid in these parts."""
    paid = ", ".join("NULL" if p is None else f"'{p}'" for p in parts)
    seq = f"(SELECT max(seq) FROM task_event WHERE task_id = '{task}')"
    event = ("INSERT INTO task_event(task_id, seq, at, actor, from_state, to_state) SELECT '{0}', {1} + 1, 1, 'chain', '{2}', '{3}'")
    return ["UPDATE quota SET day_tasks = NULL, day = NULL, day_spend = NULL",
            event.format(task, seq, "verified", "settling"), event.format(task, seq, "settling", "settled"),
            f"UPDATE task SET chain_contract = '0x1', chain_task_id = '5', amount = '1000', state = 'settled', version = version + 2"
            f" WHERE id = '{task}'",
            f"INSERT INTO settlement(task_id, state, payout, subsidy, treasury, updated_at) VALUES('{task}', 'settled', {paid}, 1)"]


def breaks(i):
    """(what is done, in which order every line of the answer contains these)"""
    e, a, t = "UPDATE task_event SET ", "UPDATE attempt SET ", "UPDATE task SET "
    v, c, q, run = (f" WHERE id = '{i[k]}'" for k in "VCQR")
    of = {k: f" WHERE task_id = '{i[k]}'" for k in i}
    return [
        # tasks and their events
        (t + "state = 'funded'" + q, ["is funded, its events end with queued"]),
        (t + "state = 'x'" + q, ["is x, its events", "no state x", "open tasks"]),
        (t + "version = version + 1" + v, ["has version"]),
        (t + "max_attempts = 0" + v, ["more tries than it may have"]),
        (t + "refusals = 1" + q, ["more refusals than refused offers"]),
        (a + "spared = 1" + of["V"] + " AND outcome = 'verified'", ["is spared, but"]),
        ("DELETE FROM task_event" + of["Q"] + " AND seq = 2",
         ["follows 1: the numbers have a gap", "from funded, but the task was created", "from created to queued is not allowed"]),
        ("DELETE FROM task_event" + of["Q"] + " AND seq = 3", ["its events end with funded", "has version 3 and 2 events"]),
        ([e + "to_state = 'running'" + of["Q"] + " AND seq = 2", e + "from_state = 'running'" + of["Q"] + " AND seq = 3"],
         ["from created to running is not allowed"]),
        (e + "from_state = 'leased'" + of["Q"] + " AND seq = 3", ["from leased, but the task was funded"]),
        ([e + "to_state = 'x'" + of["Q"] + " AND seq = 2", e + "from_state = 'x'" + of["Q"] + " AND seq = 3"],
         ["to x: there is no such state", "from x to queued is not allowed"]),
        (EVENT, ["task_event nobody: an event of no task"]),
        ([e + "to_state = 'expired'" + of["C"] + " AND to_state = 'cancelled'", t + "state = 'expired', failure_code = NULL" + c],
         ["has failed, but not why"]),
        (t + "attempts = attempts + 1" + q, ["has 1 attempts and was offered 0 times", "has another number of attempts"]),
        # attempts
        (a + "n = 3" + of["V"] + " AND n = 2",
         ["follows 1: the numbers have a gap", "no attempt is verified", "ended verified and counts 0 times",
          "verified, but no attempt of the node ended so"]),
        ([copy_first_attempt(i["R"], n=2), t + "attempts = 2" + run], ["was offered 1 times", "more than one is open"]),
        (a + "outcome = NULL, ended_at = NULL, lease_until = 1" + of["C"], ["is open and accepted, but its task is cancelled"]),
        (a + "acked_at = NULL" + of["R"], ["is open and offered, but its task is running"]),
        (a + "result = '{}', lease_until = NULL" + of["R"], ["is open and delivered, but its task is running"]),
        (a + "outcome = 'x'" + of["C"], ["there is no outcome x"]),
        (a + "ended_at = NULL" + of["C"], ["has an outcome without an end"]),
        (a + "ended_at = 1" + of["R"], ["or an end without one"]),
        (a + "lease_until = 1" + of["C"], ["is over and has a lease"]),
        (a + "lease_until = NULL" + of["R"], ["has not either a lease or a result"]),
        (a + "outcome = 'cancelled', ended_at = 1, lease_until = NULL" + of["R"], ["under way, but none is open"]),
        (copy_first_attempt(i["C"], task_id="'nobody'"), ["attempt nobody: an attempt at no task"]),
        (t + "deadline = 1" + run, ["has a lease beyond the deadline"]),
        (a + "lease_until = (SELECT deadline + 1 FROM task WHERE id = task_id)" + of["R"], ["has a lease beyond the deadline"]),
        # what was paid
        (settled(i["V"], "850", "30", "120"), []),
        (settled(i["V"], "850", "30", "121"), ["what was paid is not the amount"]),
        (settled(i["V"], "850", "30", None), ["what was paid is not the amount"]),
        (settled(i["V"], "8x", "30", "120"), ["what was paid is not the amount"]),
        # results
        (t + "verified_attempt = 1" + v, ["no attempt is verified"]),
        (t + "proof_bytes = proof_bytes + 1" + v, ["its proof is no blob of its length"]),
        ("UPDATE blob SET refs = 1 WHERE refs = 2", ["has 1 refs, 2 need it"]),
        ("UPDATE blob SET refs = 3 WHERE refs = 2", ["has 3 refs, 2 need it"]),
        ("UPDATE blob SET refs = -1 WHERE refs = 2", ["its proof is no blob", "its proof is no blob", "has -1 refs, 2 need it"]),
        (a + "proof_blob = NULL" + of["V"] + " AND n = 2", ["has 2 refs, 1 need it"]),
        (a + "output_blob = 'x'" + of["V"] + " AND n = 2", ["needs a blob that is not there"]),
        (a + "cycles = cycles + 1" + of["V"] + " AND n = 2", ["a slot holds another result than the task"]),
        (t + "redundancy = 2" + v, ["has not a verified attempt for each slot"]),
        (a + "slot = 1" + of["C"], ["is in slot 1 of 1"]),
        (t + "redundancy = 2" + run, ["is running, but its slots are as far as queued"]),
        (t + "forgotten_at = 1" + v, ["is forgotten, but its input or output is there"]),
        (t + "forgotten_at = 1, input = NULL" + q, ["is forgotten, but not over"]),
        (t + "output = NULL" + v, ["its output is neither in its row nor a blob"]),
        (t + "output = X'00'" + v, ["its output has another length or SHA-256"]),
        (t + "output = zeroblob(length(output))" + v, ["its output has another length or SHA-256"]),
        (t + "input = NULL" + q, ["its input is neither in its row nor a blob"]),
        ("UPDATE blob SET refs = 0 WHERE sha256 = (SELECT input_sha256 FROM task" + " WHERE id = '" + i["L"] + "')", ["its input is neither in its row nor a blob", "has 0 refs, 1 need it"]),
        (t + "input = X'00'" + q, ["its input has another length or SHA-256"]),
        # counters
        ("UPDATE quota SET open_tasks = open_tasks + 1", ["says 4 open tasks, there are 3"]),
        ("DELETE FROM quota", ["says 0 open tasks, there are 3", "says 0 stored bytes"]),
        ("INSERT INTO quota VALUES('nobody', 1, 0, NULL, NULL, NULL)", ["says open tasks, there are none"]),
        ("INSERT INTO quota VALUES('nobody', 0, 1, NULL, NULL, NULL)", ["says stored bytes, there are none"]),
        ("UPDATE quota SET stored_bytes = stored_bytes - 1", ["stored bytes, there are"]),
        ("UPDATE blob SET key_id = 'other' WHERE sha256 = (SELECT input_sha256 FROM task WHERE id = '" + i["L"] + "')",
         ["stored bytes, there are", "says 0 stored bytes"]),
        ("UPDATE quota SET day_tasks = day_tasks + 1", ["says 7 tasks of its day, there are 6"]),
        ("UPDATE quota SET day_spend = day_spend || '0'", ["was spent on its day"]),
        (t + "created_at = created_at - 86400000" + q, ["says 6 tasks of its day, there are 5", "was spent on its day"]),
        ("UPDATE node SET rep_good = rep_good + 1 WHERE id = 'good'", ["node good: its reputation is not the sum"]),
        ("UPDATE node SET rep_bad = rep_bad - 1 WHERE id = 'liar'", ["node liar: its reputation is not the sum"]),
        ("UPDATE node SET clean = 7 WHERE id = 'good'", ["node good: its tries are not the sum"]),
        ("UPDATE node SET clean = 7 WHERE id = 'idle'", ["has a reputation without events"]),
        ("UPDATE reputation_event SET at = at + 1 WHERE node_id = 'good'", ["its reputation is not the sum"]),
        ("UPDATE reputation_event SET seq = 5 WHERE node_id = 'good'", ["follows 0: the numbers have a gap"]),
        ("UPDATE reputation_event SET kind = 'x' WHERE node_id = 'good'",
         ["there is no kind x", "node good: its reputation", "counts 0 times", "x, but no attempt of the node ended so"]),
        ("INSERT INTO reputation_base VALUES('good', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 0)", ["is followed by fewer events"]),
        ("INSERT INTO earning_past VALUES('nobody', 1, '1', '1')", ["of no node"]),
        ("INSERT INTO reputation_event VALUES('nobody', 1, 1, 'late', NULL, NULL)", ["an event of no node", "late, but no result"]),
        (a + "late = 1" + of["V"] + " AND outcome = 'verified'", ["came late and counts so"]),
        (["DELETE FROM reputation_event WHERE node_id = 'good'",
          "UPDATE node SET rep_good = 0, tries_good = 0, tries_all = 0, clean = 0 WHERE id = 'good'"],
         ["ended verified and counts 0", "node good: has 1001 tasks a day, its events make 1000"]),
        ("UPDATE node SET quota_left = quota_left - 1 WHERE id = 'good'", ["of 1001 tasks left today and was offered"]),
        ("UPDATE node SET quota_left = 1002 WHERE id = 'good'", ["node good: has more tasks left today than a day has"]),
        ("UPDATE node SET quota_daily = 1000 WHERE id = 'good'", ["node good: has 1000 tasks a day, its events make 1001"]),
        ("UPDATE node SET quota_left = 999 WHERE id = 'idle'", ["of 1000 tasks left today and was offered"]),
        ("UPDATE attempt SET quota_day = NULL WHERE node_id = 'good'", ["of 1001 tasks left today and was offered 0"]),
        # accounts of nodes
        ("UPDATE node SET address = '0x5', pubkey = '0x6', payee_state = 'proven', payee_proof = '[]', payee_until = 5, payee_due = 6 WHERE id = 'idle'", []),
        ("UPDATE node SET pubkey = '0x6', payee_state = 'proven', payee_proof = '[]', payee_until = 5 WHERE id = 'idle'", ["its account is proven by nothing"]),
        ("UPDATE node SET address = '0x5', payee_state = 'proven', payee_proof = '[]', payee_until = 5 WHERE id = 'idle'", ["its account is proven by nothing"]),
        ("UPDATE node SET address = '0x5', pubkey = '0x6', payee_state = 'proven', payee_until = 5 WHERE id = 'idle'", ["its account is proven by nothing"]),
        ("UPDATE node SET address = '0x5', pubkey = '0x6', payee_state = 'proven', payee_proof = '[]' WHERE id = 'idle'", ["its account is proven by nothing"]),
        ("UPDATE node SET payee_state = 'pending' WHERE id = 'idle'", ["its account waits for an answer, and is not asked"]),
        ("UPDATE node SET payee_state = 'disputed' WHERE id = 'idle'", ["its account waits for an answer, and is not asked"]),
        ("UPDATE node SET payee_due = 5 WHERE id = 'idle'", ["its account is asked for nothing"]),
        # audits: one, of W, which agrees
        ("UPDATE audit SET state = 'waiting'", ["is done without a verdict, or not done with one"]),
        ("UPDATE audit SET sig_s = NULL", ["has a verdict that is not signed"]),
        ("UPDATE audit SET node_id = 'good'", ["is of no attempt that is verified"]),
        ("UPDATE audit SET verdict = 'differs'", ["an audit differs, and its node is not held to it once"]),
        (["UPDATE audit SET verdict = 'differs'", t + f"forgotten_at = 1, input = NULL, output = NULL WHERE id = '{i['W']}'",
          "INSERT INTO reputation_event SELECT node_id, seq + 1, at, 'audit_failed', task_id, attempt FROM reputation_event"
          " WHERE node_id = 'worker'"], ["is forgotten, and is evidence", "reputation is not the sum"]),
        ("INSERT INTO reputation_event SELECT node_id, seq + 1, at, 'audit_failed', task_id, attempt FROM reputation_event WHERE"
         " node_id = 'worker'", ["audit_failed, but no audit differs", "reputation is not the sum"]),
        ("INSERT INTO reputation_event SELECT node_id, seq + 1, at, 'false_fault', task_id, attempt FROM reputation_event WHERE"
         " node_id = 'worker'", ["false_fault, but no fault was said", "reputation is not the sum"]),
        # the relayer's transactions
        (outbox(i["V"], 2, 1, nonce=0), []),
        ([outbox(i["V"], 2, 1, nonce=0), outbox(i["R"], 1, 2, nonce=1)], []),
        ([outbox(i["V"], 2, 1, nonce=0), outbox(i["R"], 1, 2, nonce=2)], ["has the nonce 2 and follows 0: there is a gap"]),
        ([outbox(i["V"], 2, 1, nonce=0), outbox(i["R"], 1, 2, nonce=1, state="refused", replaced=3, final=1),
          outbox(i["R"], 1, 3, nonce=2)], []),
        ([outbox(i["V"], 2, 1, nonce=0, state="refused", replaced=2, final=1), outbox(i["V"], 2, 2, nonce=4)], []),
        ([NO_INDEX, outbox(i["V"], 2, 1, nonce=4), outbox(i["R"], 1, 2, nonce=4)], ["another row has the nonce 4"]),
        ([outbox(i["V"], 2, 1, nonce=4), outbox(None, None, 2, nonce=5, n=3, state="foreign", final=1), outbox(i["R"], 1, 3, nonce=8)], []),
        ([outbox(i["V"], 2, 1, nonce=4, state="refused", replaced=2), outbox(i["V"], 2, 2, nonce=4)], []),
        ([outbox(i["V"], 2, 1, nonce=4, state="signed", replaced=2), outbox(i["V"], 2, 2, nonce=5)], ["is replaced and signed"]),
        ([NO_INDEX, outbox(i["V"], 2, 1, nonce=4), outbox(i["V"], 2, 2, nonce=5)], ["more than one assignment for a lease"]),
        ([outbox(i["V"], 2, 1, nonce=4), outbox(i["R"], 1, 2, nonce=5), "UPDATE chain_outbox SET tx_hash = '0x1'"],
         ["the same transaction twice"]),
        ([outbox(i["V"], 2, 1, nonce=4), "UPDATE chain_outbox SET signed_tx = NULL"], ["is broadcast without nonce, hash and bytes"]),
        ([outbox(i["V"], 2, 1, state="wanted"), "UPDATE chain_outbox SET signed_tx = '{}'"], ["is wanted and has bytes"]),
        (outbox(i["Q"], 1, 1, nonce=4), ["is of a lease that there was not"]),
        ([outbox(i["V"], 2, 1, nonce=4), "UPDATE chain_outbox SET provider = '0x77'"], ["assigns another account than the lease has"]),
        # the rest
        ("UPDATE idem SET location = '/api/v1/tasks/none' WHERE name = 'one'", ["idem one: its task is not there"]),
        ("UPDATE idem SET location = (SELECT location FROM idem WHERE name = 'one')", ["its task belongs to another key"]),
        (t + "chain_contract = '0x1', chain_task_id = '5'" + q, ["is on a chain and has none"]),
        (OUTBOX.format("NULL, NULL"), ["is neither done nor waiting"]),
        (OUTBOX.format("1, 1"), ["is done and waiting"]),
        (["PRAGMA writable_schema = ON", "DELETE FROM sqlite_schema WHERE name = 'audit_order'"], ["database file: "]),
    ]


def compare(what, answer, wanted):
    code, lines, err = answer
    if not wanted:
        assert (code, lines, err) == (0, [], ""), (what, answer)
        return
    assert code == 1 and err == "", (what, answer)
    left = list(lines)
    for w in wanted:
        hit = [n for n in left if w in n]
        assert hit, f"{what}\nwanted: {w}\ngot: {lines}"
        left.remove(hit[0])
    assert not left, f"{what}\nbeyond {wanted}: {left}"


def hashes(folder):
    return {p: hashlib.sha256(open(p, "rb").read()).hexdigest() for p in glob.glob(folder + "/relayer.db*") if not p.endswith("-shm")}


def main():
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=FAST + ["audit.rate_ppm=0"]).start()
    try:
        ids = fill(r, proof, output)
        assert fsck(r.folder) == (0, [], ""), fsck(r.folder)  # beside the running relayer
    except BaseException:
        print(r.log_text()[-3000:], file=sys.stderr)
        raise
    finally:
        r.kill()
    before = hashes(r.folder)
    assert fsck(r.folder) == (0, [], ""), fsck(r.folder)  # after kill -9, with the log of writes as it was left
    assert hashes(r.folder) == before

    scratch = tempfile.mkdtemp(prefix="fsck.")
    cases = breaks(ids)
    for sql, wanted in cases:
        shutil.rmtree(scratch)
        shutil.copytree(r.folder, scratch)
        d = sqlite3.connect(scratch + "/relayer.db", isolation_level=None)
        for s in [sql] if isinstance(sql, str) else sql:
            for one in s if isinstance(s, list) else [s]:
                d.execute(one)
        d.close()
        compare(sql, fsck(scratch), wanted)

    def broken_file(change):
        shutil.rmtree(scratch)
        shutil.copytree(r.folder, scratch)
        path = f"{scratch}/blobs/{sha256(proof)[:2]}/{sha256(proof)}"
        change(path)
        return fsck(scratch)

    def flip(path):
        with open(path, "r+b") as f:
            f.seek(1000)
            byte = f.read(1)[0]
            f.seek(1000)
            f.write(bytes([byte ^ 1]))

    compare("removed", broken_file(os.remove), ["its file is not there"])
    compare("cut", broken_file(lambda p: os.truncate(p, 10)), [f"its file has 10 bytes, not {len(proof)}"])
    compare("flipped", broken_file(flip), ["its file has another SHA-256"])

    # Where everything else agrees only the proof itself tells: --proofs.
    assert fsck(r.folder, "--proofs") == (0, [], ""), fsck(r.folder, "--proofs")
    assert subprocess.run([RELAYER, "--proofs"], capture_output=True).returncode == 2
    v = f" WHERE id = '{ids['V']}'"
    of_v = f" WHERE task_id = '{ids['V']}' AND outcome = 'verified'"
    altered = proof[:5000] + bytes([proof[5000] ^ 1]) + proof[5001:]
    another = [f"UPDATE attempt SET proof_blob = '{sha256(altered)}', result = replace(result, '{sha256(proof)}', '{sha256(altered)}')" + of_v,
               f"UPDATE task SET proof_sha256 = '{sha256(altered)}'" + v,
               f"UPDATE blob SET refs = refs - 1 WHERE sha256 = '{sha256(proof)}'",
               f"INSERT INTO blob(sha256, size, refs, touched_at, key_id) SELECT '{sha256(altered)}', {len(proof)}, 1, touched_at, key_id"
               f" FROM blob WHERE sha256 = '{sha256(proof)}'", f"UPDATE quota SET stored_bytes = stored_bytes + {len(proof)}"]
    io = "'" + "0" * 62 + "'"
    for sql, wanted in ((["UPDATE task SET profile = 'balanced'" + v], "its proof does not verify"),
                        (["UPDATE task SET program_id = '" + "0" * 56 + "'" + v], "its proof does not verify"),
                        ([f"UPDATE task SET io_commitment = {io}" + v, f"UPDATE attempt SET io_commitment = {io}" + of_v], "its proof does not verify"),
                        (["UPDATE task SET cycles = 433" + v, "UPDATE attempt SET cycles = 433" + of_v], "its proof has 432 cycles"),
                        (["UPDATE task SET trace_rows = trace_rows - 1" + v], "its proof has 432 cycles"),
                        (another, "its proof does not verify")):
        shutil.rmtree(scratch)
        shutil.copytree(r.folder, scratch)
        os.makedirs(f"{scratch}/blobs/{sha256(altered)[:2]}", exist_ok=True)
        with open(f"{scratch}/blobs/{sha256(altered)[:2]}/{sha256(altered)}", "wb") as f:
            f.write(altered)
        d = sqlite3.connect(scratch + "/relayer.db", isolation_level=None)
        for s in sql:
            d.execute(s)
        d.close()
        assert fsck(scratch) == (0, [], ""), (sql, fsck(scratch))
        code, lines, err = fsck(scratch, "--proofs")
        assert code == 1 and len(lines) == 1 and lines[0].startswith(f"task {ids['V']}: {wanted}") and not err, (sql, code, lines, err)

    # What cannot be read at all is no success.
    d = sqlite3.connect(scratch + "/relayer.db", isolation_level=None)
    d.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    d.close()
    code, lines, err = fsck(scratch)
    assert code == 1 and not lines and "version" in err, (code, lines, err)
    code, lines, err = fsck(scratch + "/none")
    assert code == 1 and not lines and "relayer.db" in err, (code, lines, err)
    assert not os.path.exists(scratch + "/none")
    shutil.rmtree(scratch)
    shutil.rmtree(r.folder)
    print(f"{len(cases) + 5} ways to break it: each is named, and nothing else")


main()
