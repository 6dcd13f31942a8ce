#!/usr/bin/env python3
"""Several relayers on one PostgreSQL database: tasks, nodes, keys and callbacks of one are those of all; one that is
killed or paused is replaced by the others.

usage: test_shared.py RELAYER SPROVE [NAME]    (SPROVE_TEST_DATABASE: an empty database, postgresql://...; SPROVE_ROUNDS=N: more of test_crowd)"""
import base64
import http.client
import os
import random
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from receiver import Receiver, genuine  # noqa: E402
from relayer_process import Relayer, free_port, wait_for  # noqa: E402
from shared_world import DATABASE, Shared, paused, resumed, sql  # noqa: E402
from test_tasks import RELAYER, SEED, Node, post, prove, sha256, state  # noqa: E402
from wsclient import Closed  # noqa: E402

LEASE = 15  # seconds, INSTANCE_LEASE_MS
ROUNDS = int(os.environ.get("SPROVE_ROUNDS", "4"))  # of test_crowd; every fourth pauses a relayer, the others kill one
SEED_OF_CHAOS = random.randrange(1 << 32)
LOST = (OSError, Closed, ValueError, AssertionError, http.client.HTTPException)  # a connection that ended in any way
# A node that lost its relayer is told by the database that another has taken over, and must then be back within the grace.
TIMERS = ["ws.offer=3s", "ws.heartbeat=3100ms", "ws.resume_grace=8s", "ws.heartbeat_timeout=10s", "ws.lease=12s", "ws.start_by=13s",
          "ws.require_node_signature=no"]
LIMITS = ["limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000", "webhooks.allow_private=yes"]


def serve(node, proof, output):
    """A whole attempt, as a node that does its work."""
    a = node.take()
    node.progress(a)
    assert node.upload(a, proof)[0] in (200, 201)
    assert node.result(a, proof, output)["accepted"]
    return a


def test_lives_across(w, proof, output):
    """Posted here, done by a node there; a real proof; each relayer knows all of it."""
    one, two = w.all[:2]
    node = Node(two, "far")
    for r in (one, two):
        task = post(r)
        serve(node, proof, output)
        for other in (one, two):
            t = wait_for("verified", lambda: (lambda t: t["state"] == "verified" and t)(state(other, task)))
            assert t["result"]["proof_sha256"]
        proofs = [other.call("GET", f"/api/v1/tasks/{task}/proof", raw=True)[1] for other in (one, two)]
        assert proofs == [proof, proof]
        assert sql(f"SELECT node_id, outcome FROM attempt WHERE task_id = '{task}'") == [["far", "verified"]]
    node.ws.close()


def test_replaced_elsewhere(w, proof, output):
    """One session of a node, wherever it is; the lease goes on."""
    one, two = w.all[:2]
    first = Node(one, "mover")
    task = post(one)
    a = first.take()
    first.progress(a)
    wait_for("running", lambda: state(two, task)["state"] == "running")
    second = Node(two, "mover")
    assert [l["task_id"] for l in second.registered["leases"]] == [task], second.registered
    try:
        while True:
            first.ws.recv()
    except Closed as e:
        assert e.code == 4409, e
    second.ws.send({"message_type": "heartbeat", "seq": 1, "cpu": 0.1, "mem": 0.1, "running": [second.fence(a)]})
    assert [l["task_id"] for l in second.ws.expect("heartbeat_ack")["leases"]] == [task]
    assert second.upload(a, proof)[0] in (200, 201)
    assert second.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(one, task)["state"] == "verified")
    assert sql("SELECT connected FROM node WHERE id = 'mover'") == [["1"]]
    second.ws.close()
    wait_for("gone", lambda: sql("SELECT connected FROM node WHERE id = 'mover'") == [["0"]])


def test_cancel_elsewhere(w, proof, output):
    one, two = w.all[:2]
    node = Node(one, "busy")
    task = post(two)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(two, task)["state"] == "running")
    assert two.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    m = node.expect("task_cancel")
    assert m["task_id"] == task and m["reason"] == "cancelled", m
    # The slot is free again for its relayer, too.
    task = post(two)
    serve(node, proof, output)
    wait_for("verified", lambda: state(one, task)["state"] == "verified")
    node.ws.close()


def test_wait_elsewhere(w, proof, output):
    """A long poll and a stream at a relayer that has no part in what happens."""
    one, two = w.all[:2]
    task = post(one)
    answer = {}

    def poll():
        answer["wait"] = two.call("GET", f"/api/v1/tasks/{task}?wait=30", timeout=60)

    def stream():
        answer["events"] = two.call("GET", f"/api/v1/tasks/{task}/events", headers={"Accept": "text/event-stream"}, raw=True, timeout=60)[1]
    threads = [threading.Thread(target=f) for f in (poll, stream)]
    for t in threads:
        t.start()
    time.sleep(0.3)
    node = Node(one, "near")
    serve(node, proof, output)
    for t in threads:
        t.join(40)
        assert not t.is_alive(), answer
    assert answer["wait"][0] == 200 and answer["wait"][1]["state"] != "queued", answer["wait"]
    assert b"task.queued" in answer["events"] and b"task.verified" in answer["events"], answer["events"]
    node.ws.close()


def test_keys_and_bans(w, proof, output):
    """A key that was revoked, a node that was banned: at every relayer after a moment."""
    one, two = w.all[:2]
    s, made, _ = one.call("POST", "/api/v1/api-keys", {"name": "brief", "scopes": ["tasks:read"]})
    assert s == 201
    bearer = {"Authorization": "Bearer " + made["key"]}
    for _ in range(8):  # not without pause: ten wrong keys in a minute are too many
        time.sleep(2)
        if two.call("GET", "/api/v1/me", headers=bearer)[0] == 200:
            break
    else:
        raise AssertionError("the other never knew the key")
    assert two.call("DELETE", f"/api/v1/api-keys/{made['id']}")[0] == 204
    wait_for("revoked here, too", lambda: one.call("GET", "/api/v1/me", headers=bearer)[0] == 401)
    # A ban that is spoken at one closes the session at the other, and the node's work is another's.
    node, task = Node(one, "rogue"), post(one)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(two, task)["state"] == "running")
    s, said, _ = two.call("POST", "/api/v1/admin/nodes/rogue/ban", {"reason": "a test"})
    assert s == 200, (s, said)
    try:
        while True:
            node.ws.recv()
    except Closed as e:
        assert e.code == 4403, e
    other = Node(two, "honest")
    serve(other, proof, output)
    wait_for("verified", lambda: state(one, task)["state"] == "verified")
    other.ws.close()


def test_one_answer_to_one_key(w, proof, output):
    """The same Idempotency-Key at all relayers at the same moment is one task."""
    for i in range(20):
        answers = []

        def ask(r):
            answers.append(r.call("POST", "/api/v1/tasks", dict(SEED, requirements={"cpu_threads": 4000}), {"Idempotency-Key": f"same{i}"}))
        threads = [threading.Thread(target=ask, args=(r,)) for r in w.all for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(30)
        assert [s for s, _, _ in answers] == [201] * len(threads), answers
        assert len({t["task_id"] for _, t, _ in answers}) == 1, answers
        assert one_cancel(w, answers[0][1]["task_id"]) == 202


def one_cancel(w, task):
    return w.all[0].call("POST", f"/api/v1/tasks/{task}/cancel")[0]


def test_killed(w, proof, output):
    """kill -9 of the relayer that has the node, the duties, and a task under way: another goes on."""
    victim = w.holder("timers")
    other = next(r for r in w.all if r is not victim)
    node = Node(victim, "orphan")
    task = post(other)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(other, task)["state"] == "running")
    gone = w.id(victim)
    victim.kill()
    start = time.monotonic()
    wait_for("the duty changes hands", lambda: w.duty("timers") not in ("", gone), 10)
    print(f"  duties changed hands after {time.monotonic() - start:.1f} s", flush=True)
    assert sql(f"SELECT count(*) FROM instance WHERE id = '{gone}'") == [["0"]]
    again = Node(other, "orphan")
    assert [l["task_id"] for l in again.registered["leases"]] == [task]
    assert again.upload(a, proof)[0] in (200, 201)
    assert again.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(other, task)["state"] == "verified")
    again.ws.close()
    w.start(victim)


def test_paused(w, proof, output):
    """A relayer that sleeps through its lease is replaced; when it wakes it ends, and nothing that it knew is written."""
    victim = w.holder("timers")
    other = next(r for r in w.all if r is not victim)
    node = Node(victim, "sleepy")
    task = post(other)
    a = node.take()
    node.progress(a)
    wait_for("running", lambda: state(other, task)["state"] == "running")
    asleep = w.id(victim)
    paused(victim)
    try:
        wait_for("the duty changes hands", lambda: w.duty("timers") not in ("", asleep), LEASE + 15)
        again = Node(other, "sleepy")
        assert [l["task_id"] for l in again.registered["leases"]] == [task]
        # What the old session says is heard when its relayer wakes: too late.
        node.ws.send({"message_type": "task_result", **node.fence(a), "status": "failure",
                      "error": {"code": "out_of_memory", "detail": "said to a relayer that is no more"}})
    finally:
        resumed(victim)
    assert victim.process.wait(20) == 70, victim.log_text()[-1000:]
    assert "db_fatal" in victim.log_text()
    assert again.upload(a, proof)[0] in (200, 201)
    assert again.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(other, task)["state"] == "verified")
    again.ws.close()
    w.start(victim)


def test_callbacks_go_on(w, proof, output):
    """The relayer that sends callbacks is killed while a receiver keeps it waiting: another sends the message, with the same id."""
    first, killed = threading.Event(), threading.Event()

    def answer(handler, n):
        if n == 1:
            first.set()
            killed.wait(60)
        return 200
    receiver = Receiver(answer)
    victim = w.holder("callbacks")
    other = next(r for r in w.all if r is not victim)
    s, hook, _ = other.call("POST", "/api/v1/webhooks", {"url": receiver.url("/end")})
    assert s == 201, hook
    s, made, _ = other.call("POST", "/api/v1/tasks", {**SEED, "callback": {"webhook_id": hook["id"]}})
    assert s == 201 and other.call("POST", f"/api/v1/tasks/{made['task_id']}/cancel")[0] == 202
    assert first.wait(60), "no callback began"
    victim.kill()
    killed.set()
    got = receiver.wait("/end", 2)
    assert all(genuine(g, hook["secret"]) for g in got) and len({g[1]["webhook-id"] for g in got}) == 1, got
    wait_for("noted", lambda: sql("SELECT count(*) FROM webhook_outbox WHERE next_try_at IS NOT NULL") == [["0"]])
    receiver.close()
    w.start(victim)


def test_connection_lost(w, proof, output):
    """The server ends every connection, as a restart does: relayers end with 70; started again, they have what they acknowledged."""
    made, over = [], threading.Event()

    def ask():
        while not over.is_set():
            try:
                s, t, _ = w.all[0].call("POST", "/api/v1/tasks", dict(SEED, requirements={"cpu_threads": 4000}), timeout=5)
                if s == 201:
                    made.append(t["task_id"])
            except LOST:
                time.sleep(0.01)
    t = threading.Thread(target=ask)
    t.start()
    try:
        wait_for("some tasks", lambda: len(made) > 20)
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
        for r in w.all:
            assert r.process.wait(20) == 70, r.log_text()[-1000:]
    finally:
        over.set()
        t.join(20)
    for r in w.all:
        w.start(r)
    there = {row[0] for row in sql("SELECT id FROM task")}
    assert set(made) <= there, "acknowledged, and not there"
    for task in made:
        assert w.all[1].call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202


def refused(w, *settings, folder=None):
    """The last line of a relayer that does not start."""
    command = [RELAYER, "--set", f"server.data={folder or w.top + '/none'}", "--set", f"server.listen=127.0.0.1:{free_port()}", "--set", "server.metrics="]
    for one in settings:
        command += ["--set", one]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1, (done.returncode, done.stderr)
    return done.stderr.splitlines()[-1]


def test_whose_folders(w, proof, output):
    """A folder without the blobs of this database, one of another database, and a data folder in use are refused."""
    database = f"db.database={DATABASE}"
    said = refused(w, database, f"storage.blobs={w.top}/elsewhere")
    assert "storage.blobs" in said and not os.path.exists(f"{w.top}/elsewhere/.database"), said
    os.makedirs(f"{w.top}/other")
    with open(f"{w.top}/other/.database", "w") as f:
        f.write("0" * 32)
    said = refused(w, database, f"storage.blobs={w.top}/other")
    assert "blobs of another database" in said, said
    said = refused(w, database, f"storage.blobs={w.top}/blobs", folder=w.all[0].folder)
    assert "another relayer uses this data folder" in said, said
    # What it says how to begin anew is so.
    mark = sql("SELECT value FROM meta WHERE name = 'database_id'")[0][0]
    assert open(f"{w.top}/blobs/.database").read() == mark
    # One file, one relayer, whatever data folder the second has.
    alone = Relayer(RELAYER, settings=[f"db.database={w.top}/one.db"]).start()
    said = refused(w, f"db.database={w.top}/one.db")
    assert "another relayer uses this database" in said and "PostgreSQL" in said, said
    assert alone.stop() == 0
    shutil.rmtree(alone.folder)




class Crowd:
    """Demanders and nodes that go from relayer to relayer, and note what they were told."""

    def __init__(self, w, proof, output, seed):
        self.w, self.proof, self.output, self.draw = w, proof, output, random.Random(seed)
        self.posting, self.over = True, False
        self.made, self.accepted, self.offers = {}, {}, []
        self.broken = []

    def any(self):
        return self.draw.choice(self.w.all)

    def call(self, *args):
        while not self.over:
            try:
                s, body, h = self.any().call(*args, timeout=8)
                if s not in (503, 500):
                    return s, body, h
            except LOST:
                pass
            time.sleep(0.02)
        raise AssertionError("no answer until the end")

    def client(self, number):
        i = 0
        while self.posting:
            key, tasks = f"c{number}-{i}", set()
            i += 1
            for _ in range(1 + (self.draw.random() < 0.4)):
                s, made, _ = self.call("POST", "/api/v1/tasks", dict(SEED, max_attempts=9, description=key), {"Idempotency-Key": key})
                assert s == 201, (s, made)
                tasks.add(made["task_id"])
            assert len(tasks) == 1, f"{key}: {tasks}"
            self.made[key] = tasks.pop()
            if self.draw.random() < 0.1:
                s = self.call("POST", f"/api/v1/tasks/{self.made[key]}/cancel")[0]
                assert s in (202, 409), s
            time.sleep(self.draw.uniform(0, 0.1))

    def node(self, number):
        held = {}
        while not self.over:
            try:
                self.session(f"n{number}", held)
            except LOST:
                time.sleep(0.1)

    def session(self, name, held):
        n = Node(self.any(), name)
        until = time.monotonic() + self.draw.uniform(2, 8)
        try:
            for a in list(held.values()):
                self.deliver(n, a)
            beat = 0
            while not self.over and time.monotonic() < until:
                if time.monotonic() > beat:
                    beat = time.monotonic() + 0.4
                    n.ws.send({"message_type": "heartbeat", "seq": 1, "cpu": 0.5, "mem": 0.5, "running": [n.fence(a) for a in held.values()]})
                try:
                    m = n.ws.recv(0.2)
                except TimeoutError:
                    continue
                self.hear(n, held, m)
        finally:
            n.ws.socket.close()

    def hear(self, n, held, m):
        key = (m.get("task_id"), m.get("attempt"))
        if m["message_type"] == "task_assignment":
            self.offers.append((*key, n.name))
            held[key] = m
            n.ws.send({"message_type": "task_ack", **n.fence(m), "accept": True})
            n.progress(m)
            self.deliver(n, m)
        elif m["message_type"] == "result_ack":
            if m["accepted"]:
                self.accepted[key] = n.name
            if m["accepted"] or m["duplicate"]:
                held.pop(key, None)
        elif m["message_type"] in ("task_cancel", "lease_revoked"):
            held.pop(key, None)
        elif m["message_type"] == "error" and m["code"] == "stale_lease":
            for k in [k for k in held if k[0] == m.get("re")]:
                del held[k]

    def deliver(self, n, a):
        if n.upload(a, self.proof)[0] in (200, 201):
            n.ws.send({"message_type": "task_result", "id": a["task_id"], **n.fence(a), "status": "success",
                       "output": {"sha256": sha256(self.output), "inline_b64": base64.b64encode(self.output).decode()}, "io_commitment": "00" * 31,
                       "proof": {"sha256": sha256(self.proof), "size": len(self.proof)}, "usage": {"cycles": 1, "exec_ms": 1, "prove_ms": 2}})

    def run(self, what, number):
        def guarded():
            try:
                what(number)
            except BaseException as e:
                self.broken.append(f"{what.__name__}: {e!r}")
                raise
        t = threading.Thread(target=guarded, daemon=True)
        t.start()
        return t


def test_crowd(w, proof, output):
    """Relayers are killed or paused for longer than their lease, one after the other, under load; nothing is lost or done twice."""
    while len(w.all) < 3:
        w.all.append(w.new(len(w.all)))
    c = Crowd(w, proof, output, SEED_OF_CHAOS)
    clients = [c.run(c.client, i) for i in range(2)]
    nodes = [c.run(c.node, i) for i in range(5)]
    for n in range(ROUNDS):
        time.sleep(c.draw.uniform(0.5, 2))
        victim = c.any()
        if n % 4 == 3:
            asleep = w.id(victim)
            paused(victim)
            wait_for("it is taken over", lambda: sql(f"SELECT 1 FROM instance WHERE id = '{asleep}'") == [], LEASE + 15)
            resumed(victim)
            assert victim.process.wait(20) == 70, victim.log_text()[-1000:]
        else:
            victim.kill()
            time.sleep(c.draw.uniform(0, 1.5))
        w.start(victim)
        assert not c.broken, c.broken
    c.posting = False
    for t in clients:
        t.join(40)
        assert not t.is_alive()
    open_states = "SELECT count(*) FROM task WHERE state NOT IN ('verified', 'failed', 'cancelled', 'expired')"
    try:
        wait_for("every task comes to an end", lambda: sql(open_states) == [["0"]], 90)
    except AssertionError:
        print(sql("SELECT state, count(*) FROM task GROUP BY state"))
        raise
    c.over = True
    for t in nodes:
        t.join(20)
    assert not c.broken, c.broken
    w.fsck()
    mine = "'" + "', '".join(c.made.values()) + "'"
    there = dict(sql(f"SELECT id, state FROM task WHERE id IN ({mine})"))
    assert set(there) == set(c.made.values()), "acknowledged, and not there"
    assert sql("SELECT description FROM task WHERE description LIKE 'c%-%' GROUP BY description HAVING count(*) > 1") == [], "one key, several tasks"
    assert len({o[:2] for o in c.offers}) == len(c.offers), "an attempt was offered twice"
    outcome = {(t, int(n)): (o, node) for t, n, o, node in sql("SELECT task_id, n, outcome, node_id FROM attempt")}
    for key, name in c.accepted.items():
        assert outcome[key] in (("verified", name), ("cancelled", name)), (key, name, outcome[key])
    states = list(there.values())
    assert "verified" in states
    print(f"  {ROUNDS} rounds, {len(states)} tasks: " + ", ".join(f"{states.count(s)} {s}" for s in sorted(set(states))) +
          f"; {len(c.offers)} offers, {len(c.accepted)} results accepted; attempts "
          + str(sql("SELECT outcome, count(*) FROM attempt GROUP BY outcome ORDER BY 1")), flush=True)


def test_logins(w, proof, output):
    """A challenge of one relayer is good at another, once among all; a token is; and whose tasks they are is the same."""
    import test_auth as auth

    chain = auth.Accounts()
    address, other = 0x501, 0x502
    chain.keys.update({address: 1, other: 2})
    pair = []
    for i in range(2):
        r = Relayer(w.program, folder=f"{w.top}/login{i}", settings=w.settings + auth.settings(chain.url))
        os.mkdir(r.folder)
        w.start(r)
        pair.append(r)
    one, two = pair
    c = auth.ask(one, address)
    good = auth.sign(auth.digest(c["typed_data"], address), 1)
    both = [None, None]

    def show(i):
        both[i] = auth.show(pair[i], address, c["challenge"], good)[0]

    threads = [threading.Thread(target=show, args=(i,)) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(both) == [200, 401], both
    auth.denied(auth.show(one, address, c["challenge"], good), 401, "challenge_used")
    auth.denied(auth.show(two, address, c["challenge"], good), 401, "challenge_used")
    # The address is known to both now, or soon; every later token is at once.
    first = auth.log_in(one, address, 1)
    wait_for("the other knows the account", lambda: two.call("GET", "/api/v1/me", key=first["token"])[0] == 200)
    task = one.call("POST", "/api/v1/tasks", auth.TASK, key=first["token"])[1]["task_id"]
    second = auth.log_in(two, address, 1)
    assert second["id"] == first["id"]
    for r in pair:
        assert r.call("GET", f"/api/v1/tasks/{task}", key=second["token"])[0] == 200
    # The first login of an account at both at once makes one row.
    asked = [auth.ask(r, other) for r in pair]

    def come(i):
        both[i] = auth.show(pair[i], other, asked[i]["challenge"], auth.sign(auth.digest(asked[i]["typed_data"], other), 2))

    threads = [threading.Thread(target=come, args=(i,)) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert [b[0] for b in both] == [200, 200] and both[0][1]["id"] == both[1][1]["id"], both
    assert sql(f"SELECT count(*) FROM api_key WHERE address = '{hex(other)}'") == [["1"]]
    # Ended here, ended there.
    assert one.call("DELETE", "/api/v1/auth/token", key=second["token"])[0] == 204
    assert one.call("GET", "/api/v1/me", key=first["token"])[0] == 401
    wait_for("the other has heard of it", lambda: two.call("GET", "/api/v1/me", key=second["token"])[0] == 401)
    assert w.all[0].call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    assert [r.stop() for r in pair] == [0, 0]


def test_accounts(w, proof, output):
    """What an account has signed for its node at one relayer is known to the other, which asks nobody; what becomes known to one
    of a node that has moved on meanwhile is told there."""
    import test_auth as auth
    from signing import SignedNode

    chain = auth.Accounts()
    chain.answers[0x601] = [hex(auth.short("VALID"))]
    pair = []
    for i in range(2):
        r = Relayer(w.program, folder=f"{w.top}/account{i}", settings=w.settings + auth.settings(chain.url))
        os.mkdir(r.folder)
        w.start(r)
        pair.append(r)
    one, two = pair
    node = SignedNode(one, 601, "0x601")
    assert node.ws.expect("account")["state"] in ("pending", "proven")
    shown = lambda r: r.call("GET", "/api/v1/nodes/" + node.name)[1]["account_proof"]["state"]  # noqa: E731
    wait_for("proven", lambda: shown(one) == "proven" == shown(two))
    assert chain.asked == 1
    there = SignedNode(two, 601, "0x601", prove=False)
    assert there.registered["account"]["state"] == "proven" and chain.asked == 1, there.registered
    # Asked again it is by who has it now.
    chain.answers[0x601] = ["0x0"]
    sql(f"UPDATE node SET payee_due = 1 WHERE id = '{node.name}'")
    m = there.expect("account")
    assert (m["state"], m["code"]) == ("unproven", "signature_refused"), m
    assert chain.asked == 2 and shown(one) == shown(two) == "unproven"
    # Slots of what is not proven are one owner's, also over two relayers.
    node = SignedNode(one, 602, "0x602", prove=False)
    task = one.call("POST", "/api/v1/tasks", dict(SEED, redundancy=2))[1]["task_id"]
    wait_for("one slot", lambda: sql(f"SELECT DISTINCT proven FROM attempt WHERE task_id = '{task}'") == [["0"]])
    time.sleep(1)
    assert sql(f"SELECT proven FROM attempt WHERE task_id = '{task}' AND outcome IS NULL") in ([["0"]], [])
    assert two.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for n in (node, there):
        n.ws.close()
    assert [r.stop() for r in pair] == [0, 0]


def main():
    if not os.environ.get("SPROVE_TEST_DATABASE"):
        print("skipped: no PostgreSQL")
        sys.exit(77)
    proof, output = prove(SEED["payload"])
    names = [n for n in globals() if n.startswith("test_")]
    chosen = [n for n in names if len(sys.argv) < 4 or sys.argv[3] in n]
    w = Shared(RELAYER, 2, TIMERS + LIMITS)
    try:
        for name in chosen:
            start = time.monotonic()
            globals()[name](w, proof, output)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
            w.fsck()
        w.stop()
    except BaseException:
        for r in w.all:
            print(f"---- {r.folder}\n{r.log_text()[-2500:]}", file=sys.stderr)
            if r.process.poll() is None:
                resumed(r)
                r.kill()
        raise


main()
