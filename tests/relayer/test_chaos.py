#!/usr/bin/env python3
"""kill -9 of the relayer at any moment, again and again, while demanders post and nodes work, lie and vanish.

Each round ends with a kill and --fsck. When the killing stops every task that was acknowledged is there once for each
Idempotency-Key, every accepted result has been decided by its proof, and every task comes to an end.

usage: test_chaos.py RELAYER SPROVE [--rounds N] [--seed N]"""
import argparse
import base64
import http.client
import os
import queue
import random
import shutil
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import PLAYED, Relayer, fsck, rows, wait_for  # noqa: E402
from test_tasks import RELAYER, SEED, Node, post, prove, sha256, state  # noqa: E402
from wsclient import Closed  # noqa: E402

SHORT = ["ws.offer=300ms", "ws.heartbeat=400ms", "ws.resume_grace=600ms", "ws.heartbeat_timeout=3s", "ws.lease=4s", "ws.start_by=5s",
         "ws.require_node_signature=no", "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000",
         "limits.read_burst=100000"]
LOST = (OSError, Closed, ValueError, AssertionError, http.client.HTTPException)  # a connection that ended in any way; ValueError: half an answer
MOST_OPEN = 24  # tasks that clients keep under way
FINAL = ("verified", "failed", "cancelled", "expired")


class Broken(Exception):
    """Something that must not be, unlike a connection that ends."""




def altered(proof):
    return proof[:500] + bytes([proof[500] ^ 1]) + proof[501:]


def last_attempt(r, proof, output):
    """A task whose only try ends with a lie has failed; declined or ignored it goes on, and so do others."""
    task = post(r, dict(SEED, max_attempts=1))
    for name in ("decliner", "sleeper", "liar"):
        node = Node(r, name)
        if name == "sleeper":
            node.expect("task_assignment")
        else:
            a = node.take(accept=name == "liar", timeout=20)
        if name == "liar":
            node.upload(a, altered(proof))
            assert node.result(a, altered(proof), output)["accepted"]
            t = wait_for("failed", lambda: state(r, task)["state"] == "failed" and state(r, task))
            assert t["failure"]["code"] == "proof_invalid" and t["tries"] == 1 and t["attempt"] >= 3, t
        else:
            wait_for(f"{name}: over", lambda: state(r, task)["assignment"]["outcome"] in ("declined", "offer_timeout"))
            assert state(r, task)["tries"] == 0
        node.ws.close()
    fsck(r)


def lost_proof(r, proof, output):
    """A proof that the disk lost is nobody's fault: the node's standing is as before, another attempt delivers it again."""
    task = post(r)
    first, path = Node(r, "first"), f"{r.folder}/blobs/{sha256(proof)[:2]}/{sha256(proof)}"
    a = first.take()
    assert first.upload(a, proof)[0] in (200, 201)
    os.remove(path)
    assert first.result(a, proof, output)["accepted"]
    wait_for("tried again", lambda: state(r, task)["state"] == "queued", 30)
    assert rows(r, f"SELECT outcome, failure_code FROM attempt WHERE task_id = '{task}'") == [("infra", "internal")]
    assert rows(r, "SELECT rep_bad, tries_all FROM node WHERE id = 'first'") == [(0, 0)]
    second = Node(r, "second")
    a = second.take()
    assert second.upload(a, proof)[0] == 200
    assert second.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    for n in (first, second):
        n.ws.close()
    fsck(r)


class World:
    def __init__(self, r, proof, output, seed):
        self.r, self.proof, self.output, self.lie = r, proof, output, altered(proof)
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.posting, self.peaceful, self.over = True, False, False
        self.history = {}  # Idempotency-Key: ids of every 201
        self.cancelled = set()
        self.accepted = {}  # (task, attempt): whether its proof holds
        self.counts = {"posts": 0, "lost answers": 0, "sessions": 0, "lost sessions": 0, "stale": 0, "duplicates": 0,
                       "tried again": 0}
        self.names = 0
        self.moments = {"posted": threading.Event(), "accepted": threading.Event()}
        self.broken = queue.Queue()

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def guarded(self, f, *args):
        def run():
            try:
                f(*args)
            except BaseException as e:
                self.broken.put(f"{f.__name__}: {e!r}")
                raise
        t = threading.Thread(target=run, daemon=True)
        t.start()
        return t

    # ---- demanders ----

    def call(self, *args, **more):
        """Until there is an answer; an overloaded or draining relayer is asked again."""
        while not self.over:
            try:
                self.count("posts")
                s, body, headers = self.r.call(*args, timeout=5, **more)
                if s != 503:
                    return s, body, headers
            except LOST:
                self.count("lost answers")
            time.sleep(0.03)
        raise AssertionError("no answer until the end")

    def open_tasks(self):
        with self.lock:
            return len(self.history) - self.done

    done = 0

    def client(self, number, seed):
        draw = random.Random(seed)
        i = 0
        while self.posting:
            if self.open_tasks() >= MOST_OPEN:
                time.sleep(0.05)
                continue
            key, body = f"k{number}-{i}", dict(SEED, max_attempts=draw.choice((1, 2, 3, 4)), description=f"{number} {i}")
            if draw.random() < 0.25:  # the same by several nodes
                body["redundancy"] = draw.choice((2, 3))
                body["max_attempts"] = draw.choice((3, 6))
            i += 1
            for _ in range(1 + (draw.random() < 0.3)):  # some are sent again after their 201
                s, made, _ = self.call("POST", "/api/v1/tasks", body, {"Idempotency-Key": key})
                assert s == 201, (s, made)
                self.moments["posted"].set()
                with self.lock:
                    self.history.setdefault(key, []).append((made["task_id"], body))
            if draw.random() < 0.1:
                s, _, _ = self.call("POST", f"/api/v1/tasks/{made['task_id']}/cancel")
                assert s in (202, 409), s
                if s == 202:
                    self.cancelled.add(made["task_id"])
            if draw.random() < 0.2:  # a task that has failed gets another life
                with self.lock:
                    old = draw.choice(list(self.history.values()))[0][0]
                later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
                s, _, _ = self.call("POST", f"/api/v1/tasks/{old}/retry", {"deadline": later})
                assert s in (202, 409), s
                if s == 202:
                    self.count("tried again")
            time.sleep(draw.uniform(0, 0.2))

    # ---- nodes ----

    def node(self, number, seed):
        draw = random.Random(seed)
        while not self.over:
            with self.lock:
                self.names += 1
                name = f"n{number}x{self.names}"
            kind = "good" if self.peaceful else draw.choice(("good", "good", "good", "liar", "vanisher", "decliner", "sleeper"))
            held = {}  # (task, attempt): assignment; kept over sessions until it is decided
            until = time.monotonic() + draw.uniform(2, 6)
            while not self.over and time.monotonic() < until and not (self.peaceful and kind != "good"):
                try:
                    self.count("sessions")
                    self.session(name, kind, held, until, draw)
                except LOST:
                    self.count("lost sessions")
                    time.sleep(0.03)

    def session(self, name, kind, held, until, draw):
        n = Node(self.r, name)
        try:
            for a in list(held.values()):
                self.deliver(n, kind, a)
            beat = 0
            while not self.over and (time.monotonic() < until or held):
                if time.monotonic() > beat:
                    beat = time.monotonic() + 0.4
                    n.ws.send({"message_type": "heartbeat", "seq": 1, "cpu": 0.5, "mem": 0.5,
                               "running": [n.fence(a) for a in held.values()]})
                try:
                    m = n.ws.recv(0.1)
                except TimeoutError:
                    continue
                self.hear(n, kind, held, m, draw)
        finally:
            n.ws.socket.close()

    def hear(self, n, kind, held, m, draw):
        key = (m.get("task_id"), m.get("attempt"))
        if m["message_type"] == "task_assignment":
            if kind == "decliner":
                n.ws.send({"message_type": "task_ack", **n.fence(m), "accept": False})
            elif kind != "sleeper":
                held[key] = m
                n.ws.send({"message_type": "task_ack", **n.fence(m), "accept": True})
                n.progress(m)
                if kind == "vanisher":
                    held.clear()
                    raise Closed(None, "vanishes")
                time.sleep(draw.uniform(0, 0.1))
                self.deliver(n, kind, m)
        elif m["message_type"] == "result_ack":
            if m["duplicate"]:
                self.count("duplicates")
            if m["accepted"]:
                self.moments["accepted"].set()
                with self.lock:
                    if self.accepted.setdefault(key, kind != "liar") != (kind != "liar"):
                        raise Broken(f"{key} was accepted from two nodes")
                held.pop(key, None)
            elif m["duplicate"]:
                held.pop(key, None)
        elif m["message_type"] in ("task_cancel", "lease_revoked"):
            held.pop(key, None)
        elif m["message_type"] == "error" and m["code"] == "stale_lease":
            self.count("stale")
            for k in [k for k, a in held.items() if a["task_id"] == m.get("re")]:
                del held[k]

    def deliver(self, n, kind, a):
        proof = self.lie if kind == "liar" else self.proof
        s = n.upload(a, proof)[0]  # 401: the lease is over, which the result's answer says, too
        if s not in (200, 201, 401, 503):
            raise Broken(f"an upload is answered with {s}")
        n.ws.send({"message_type": "task_result", "id": a["task_id"], **n.fence(a), "status": "success",
                   "output": {"sha256": sha256(self.output), "inline_b64": base64.b64encode(self.output).decode()}, "io_commitment": "00" * 31,
                   "proof": {"sha256": sha256(proof), "size": len(proof)}, "usage": {"cycles": 1, "exec_ms": 1, "prove_ms": 2}})

    # ---- the moment of a kill ----

    def wait_for_moment(self, kind):
        """Just after an answer, or while a proof is verified; not for long, since it may not come."""
        end = time.monotonic() + 1
        if kind in self.moments:
            self.moments[kind].clear()
            self.moments[kind].wait(1)
        while kind == "verifying" and time.monotonic() < end and not rows(self.r, "SELECT 1 FROM task WHERE state = 'verifying' LIMIT 1"):
            time.sleep(0.001)

    # ---- the end ----

    def given_up(self, there, task):
        """What one slot delivered is not needed any more when another has had its attempts; another life may follow."""
        return there[task][3] > 1 and rows(self.r, f"SELECT 1 FROM task_event WHERE task_id = '{task}' AND to_state = 'failed'")

    def check(self):
        ids = {}
        for key, answers in self.history.items():
            assert len({i for i, _ in answers}) == 1, f"{key}: one key, several tasks: {answers}"
            ids[key] = answers[0][0]
        assert len(set(ids.values())) == len(ids), "two keys, one task"
        there = {t: (s, n, most, slots) for t, s, n, most, slots in rows(self.r, "SELECT id, state, (SELECT count(*) FROM attempt a WHERE a.task_id = t.id AND acked_at IS NOT NULL AND spared IS NULL), max_attempts, redundancy FROM task t")}
        assert set(ids.values()) == set(there), (set(ids.values()) ^ set(there), "acknowledged or there, not both")
        for key, answers in self.history.items():
            s, again, headers = self.r.call("POST", "/api/v1/tasks", answers[0][1], {"Idempotency-Key": key})
            assert s == 201 and again["task_id"] == ids[key] and headers.get("Idempotency-Replayed") == "true", (key, s, again)
            assert state(self.r, ids[key])["state"] == there[ids[key]][0]
        for t, (s, n, most, slots) in there.items():
            assert s != "expired" and (s == "cancelled") == (t in self.cancelled), (t, s)
            assert s != "failed" or most - slots < n <= most, (t, s, n, most, slots, "failed before its last try")
        outcome = {(t, n): o for t, n, o in rows(self.r, "SELECT task_id, n, outcome FROM attempt")}
        for key, holds in self.accepted.items():
            wanted = "verified" if holds else "proof_invalid"
            assert outcome[key] == wanted or (outcome[key] == "cancelled" and (key[0] in self.cancelled or self.given_up(there, key[0]))), (key, holds, outcome[key])
        return there


def chaos(r, proof, output, rounds, seed):
    w = World(r, proof, output, seed)
    clients = [w.guarded(w.client, i, w.random.random()) for i in range(3)]
    nodes = [w.guarded(w.node, i, w.random.random()) for i in range(6)]

    def refresh():
        states = dict(rows(r, "SELECT state, count(*) FROM task GROUP BY state"))
        w.done = sum(states.pop(s, 0) for s in FINAL)
        assert w.broken.empty(), w.broken.get()
        return not states
    for n in range(rounds):
        end = time.monotonic() + w.random.uniform(0.2, 2)
        while time.monotonic() < end:
            refresh()
            time.sleep(min(0.1, max(0, end - time.monotonic())))
        w.wait_for_moment(("any", "posted", "accepted", "verifying")[n % 4])
        r.kill()
        r.log.close()
        fsck(r)
        r.start()
        if rounds > 20 and n % 20 == 19:
            print(f"round {n + 1}: {len(w.history)} tasks, {w.done} over", flush=True)
    w.posting = False
    for c in clients:
        c.join(30)
        assert not c.is_alive()
    w.peaceful = True
    try:
        wait_for("every task comes to an end", refresh, 300)  # a pause is some minutes at the most
    except AssertionError:
        print(rows(r, f"SELECT id, state, version, attempts, max_attempts, next_run_at FROM task WHERE state NOT IN {FINAL}"))
        raise
    # What the kills left goes on with redundant tasks, too, however many of those failed under them.
    body = dict(SEED, redundancy=2, max_attempts=20)
    status, last, _ = r.call("POST", "/api/v1/tasks", body, {"Idempotency-Key": "last"})
    assert status == 201, last
    w.history["last"] = [(last["task_id"], body)]
    wait_for("a redundant task is verified", lambda: state(r, last["task_id"])["state"] == "verified", 150)
    fsck(r)
    there = w.check()
    w.over = True
    for t in nodes:
        t.join(20)
    assert w.broken.empty(), w.broken.get()
    assert r.stop() == 0
    fsck(r)
    states = [s for s, _, _, _ in there.values()]
    assert "verified" in states and True in w.accepted.values() and len(states) >= rounds
    twice = [s for s, _, _, slots in there.values() if slots > 1]
    print(f"{rounds} kills, {len(there)} tasks ({len(twice)} with redundancy, {twice.count('verified')} of them verified): " + ", ".join(f"{states.count(s)} {s}" for s in FINAL if s in states) +
          f"; {len(w.accepted)} results accepted, {list(w.accepted.values()).count(False)} of them lies; {w.counts}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("relayer")
    p.add_argument("sprove")
    p.add_argument("--rounds", type=int, default=12)
    p.add_argument("--seed", type=int, default=None)
    o = p.parse_args()
    seed = o.seed if o.seed is not None else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)  # the relayer's own timing is not repeated by it
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=SHORT + PLAYED).start()
    try:
        last_attempt(r, proof, output)
        lost_proof(r, proof, output)
        assert r.stop() == 0
        shutil.rmtree(r.folder)
        r = Relayer(RELAYER, settings=SHORT).start()
        chaos(r, proof, output, o.rounds, seed)
        shutil.rmtree(r.folder)
    except BaseException:
        print(r.log_text()[-4000:], file=sys.stderr)
        print(f"its data: {r.folder}", file=sys.stderr)
        r.process.kill()
        raise


main()
