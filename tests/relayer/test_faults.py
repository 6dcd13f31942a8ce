#!/usr/bin/env python3
"""A disk that refuses syncs and writes, a wall clock that is set, processes that die at the worst moments: for the relayer
and for nodes. Whatever was acknowledged is there afterwards, and every task comes to its end.

usage: test_faults.py RELAYER NODE LIBRARY [TEST] [--long]"""
import errno
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import Faults  # noqa: E402
from receiver import Receiver  # noqa: E402
from relayer_process import Relayer, wait_for  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

LONG = "--long" in sys.argv
RELAYER, NODE, LIBRARY = [a for a in sys.argv if a != "--long"][1:4]
SEED = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1}, "token_amount": "1000", "max_attempts": 9}
WORK = dict(SEED, payload={"algorithm": "fibonacci", "n": 200000})  # there is time to do something meanwhile
FAST = ["ws.offer=500ms", "ws.heartbeat=700ms", "ws.resume_grace=3s", "ws.heartbeat_timeout=6s", "ws.lease=7s", "ws.start_by=9s",
        "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000"]
SIMPLE = FAST + ["ws.require_node_signature=no"]
LOST = (OSError, ValueError, Closed)
everything = []  # processes that a failed test leaves
folders = []


class Node:
    def __init__(self, r, folder=None, faults=None, wait=True):
        self.folder = folder or tempfile.mkdtemp(prefix="node.")
        folders.append(self.folder)
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", self.folder, "--no-bench"],
                                            stderr=log, env={**os.environ, **(faults.environment if faults else {})})
        everything.append(self.process)
        if wait:
            wait_for("registered", lambda: self.said("registered"))

    def said(self, event):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            lines = [json.loads(x) for x in f.read().splitlines() if x.startswith("{") and x.endswith("}")]
        return [x for x in lines if x["event"] == event]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        everything.remove(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def ended(self, seconds=30):
        code = self.process.wait(seconds)
        everything.remove(self.process)
        return code


def relayer(faults=None, settings=FAST, start=True, folder=None):
    r = Relayer(RELAYER, settings=settings, folder=folder, environment=faults.environment if faults else {})
    folders.append(r.folder)
    if faults:
        faults.path(r.folder)
    if start:
        r.start()
        everything.append(r.process)
    return r


def again(r):
    """After its end, without faults."""
    r.environment = {}
    r.start()
    everything.append(r.process)


def fsck(folder):
    done = subprocess.run([RELAYER, "--set", f"server.data={folder}", "--fsck"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stdout, f"fsck: {done.returncode}\n{done.stdout}{done.stderr}"


def over(r, *more):
    assert r.stop() == 0
    fsck(r.folder)
    shutil.rmtree(r.folder)
    for x in more:
        x.close()


def try_post(r, body=SEED, **headers):
    try:
        status, made, _ = r.call("POST", "/api/v1/tasks", body, headers, timeout=10)
        return status, made.get("task_id"), made
    except LOST:
        return 0, None, None


def fresh():
    """A task whose proof is like no other's."""
    return dict(SEED, payload=dict(SEED["payload"], matrix_a=[[int.from_bytes(os.urandom(3), "big"), 2], [3, 4]]))


def post(r, body=SEED):
    status, task, made = try_post(r, body)
    assert status == 201, (status, made)
    return task


def state(r, task):
    try:
        return r.call("GET", "/api/v1/tasks/" + task)[1]
    except LOST:
        return {"state": "unknown"}


def verified(r, task, seconds=60):
    return wait_for("verified", lambda: state(r, task)["state"] == "verified" and state(r, task), seconds)


def ids(r):
    with sqlite3.connect(f"file:{r.folder}/relayer.db?mode=ro", uri=True, timeout=10) as d:
        return {x for x, in d.execute("SELECT id FROM task")}


def rows(r, sql):
    with sqlite3.connect(f"file:{r.folder}/relayer.db?mode=ro", uri=True, timeout=10) as d:
        return d.execute(sql).fetchall()


def sha256(b):
    return hashlib.sha256(b).hexdigest()


# ---- the disk of the relayer ----

def test_sync_is_refused(draw):
    """The relayer ends with 70 at the first sync that fails; what it acknowledged is what comes back."""
    for after in ([0, 1, draw.randrange(2, 30)] if not LONG else [draw.randrange(200) for _ in range(50)]):
        f = Faults(LIBRARY)
        r = relayer(f)
        kept, stopped = set(), threading.Event()

        def poster():
            while not stopped.is_set():
                status, task, _ = try_post(r)
                if status == 201:
                    kept.add(task)
                elif status == 0:
                    return
        threads = [threading.Thread(target=poster) for _ in range(3)]
        for t in threads:
            t.start()
        wait_for("some are there", lambda: len(kept) > 2)
        f.refuse_syncs(after)
        code = r.process.wait(20)
        stopped.set()
        for t in threads:
            t.join()
        assert code == 70, (code, r.log_text()[-500:])
        assert "db_fatal" in r.log_text()
        f.nothing()
        fsck(r.folder)
        again(r)
        assert kept <= ids(r), kept - ids(r)
        assert kept
        over(r, f)


def test_disk_full(draw):
    """Without room a task is refused with 507 and nothing is lost; when there is room again, all goes on: also a node
    that can do one task at a time, to whom tasks were offered in vain."""
    f = Faults(LIBRARY)
    r = relayer(f, SIMPLE)
    node = WebSocket(r.port, "/ws/node/simple")
    node.expect("hello")
    task = post(r)
    f.refuse_writes()
    for _ in range(5):
        status, _, said = try_post(r)
        assert status == 507 and said["code"] == "storage_full", (status, said)
    assert r.call("GET", f"/api/v1/tasks/{task}")[0] == 200
    # What a node says cannot be written: it is told to come again.
    node.send({"message_type": "register", "id": "r1", "specs": {"cpu_threads": 8, "ram_gb": 16}})
    try:
        node.expect("registered")
        raise AssertionError("registered on a full disk")
    except Closed as e:
        assert e.code == 4500, e
    f.nothing()
    node = WebSocket(r.port, "/ws/node/simple")
    node.expect("hello")
    node.send({"message_type": "register", "id": "r1", "specs": {"cpu_threads": 8, "ram_gb": 16}, "capacity": {"max_concurrent": 1}})
    node.expect("registered")
    a = node.expect("task_assignment")
    assert a["task_id"] == task
    fence = {"task_id": task, "attempt": a["attempt"], "lease_token": a["lease_token"]}
    # Offers that are undone are not counted as work of the node.
    node.send({"message_type": "task_ack", **fence, "accept": False})
    more = post(r)
    f.refuse_writes()
    time.sleep(1)
    f.nothing()
    assert node.expect("task_assignment", 15)["task_id"] in (more, task)
    node.close()
    status, _, _ = try_post(r)
    assert status == 201
    assert r.process.poll() is None
    over(r, f)


def test_blobs(draw):
    """A blob that the disk does not take is not there; one that it takes byte by byte is whole."""
    f = Faults(LIBRARY)
    r = relayer(f)
    f.path(r.folder + "/blobs")
    big = draw.randbytes(400000)
    for name, fault, status, code in (("full", lambda: f.refuse_writes(3), 507, "storage_full"),
                                      ("error", lambda: f.refuse_writes(3, errno.EIO), 507, "storage_full"),
                                      ("sync", lambda: f.refuse_syncs(), 507, "storage_full"),
                                      ("folder", lambda: f.refuse_syncs(1), 507, "storage_full")):
        data = name.encode() + big
        fault()
        got, said, _ = r.call("PUT", "/api/v1/blobs/" + sha256(data), data)
        assert (got, said["code"]) == (status, code), (name, got, said)
        f.nothing()
        assert not rows(r, f"SELECT 1 FROM blob WHERE sha256 = '{sha256(data)}'"), name
        assert r.call("PUT", "/api/v1/blobs/" + sha256(data), data)[0] == 201, name
        assert r.call("GET", "/api/v1/blobs/" + sha256(data), raw=True)[1] == data, name
    f.set(write_short=1000)
    data = b"short" + big
    assert r.call("PUT", "/api/v1/blobs/" + sha256(data), data)[0] == 201
    f.path(r.folder)
    f.set(write_short=100)  # of the database too
    task = post(r)
    f.nothing()
    assert r.call("GET", "/api/v1/blobs/" + sha256(data), raw=True)[1] == data
    # A body that is long is kept in a file while it comes.
    f.path(r.folder + "/spool")
    f.refuse_writes()
    data = b"spool" + big
    status, said, _ = r.call("PUT", "/api/v1/blobs/" + sha256(data), data)
    assert status == 507 and said["code"] == "storage_full", (status, said)
    f.nothing()
    assert task in ids(r)
    assert r.process.poll() is None
    over(r, f)


def test_first_start(draw):
    """The first start without room says so and leaves nothing half-done behind."""
    for refuse in (lambda f: f.refuse_writes(), lambda f: f.refuse_syncs(), lambda f: f.refuse_writes(draw.randrange(1, 30)),
                   lambda f: f.refuse_syncs(draw.randrange(1, 6))):
        f = Faults(LIBRARY)
        r = relayer(f, start=False)
        refuse(f)
        r.start(wait=False)
        everything.append(r.process)
        try:
            code = r.process.wait(5)
            assert code in (1, 70), (code, r.log_text())
        except subprocess.TimeoutExpired:  # all of its syncs and writes went well
            r.kill()
        f.nothing()
        again(r)
        post(r)
        over(r, f)


# ---- the disk of a node ----

def test_node_disk(draw):
    """A task that cannot be written down is declined; a disk that refuses a sync ends the node with 70, and after its
    next start the task is done."""
    r = relayer()
    f = Faults(LIBRARY)
    n = Node(r, faults=f)
    f.path(n.folder + "/node.db")
    f.refuse_writes()
    task = post(r)
    wait_for("declined", lambda: any(x["reason"] == "disk" for x in n.said("task_declined")), 30)
    f.nothing()
    other = Node(r)
    verified(r, task)
    assert other.stop() == 0
    assert not n.said("journal_broken")
    f.refuse_syncs()
    task = post(r)
    assert n.ended() == 70
    f.nothing()
    n = Node(r, n.folder)
    other = Node(r)
    verified(r, task)
    assert other.stop() == 0
    # Refused when the result is there.
    assert n.stop() == 0
    n = Node(r, faults=f)
    f.path(n.folder + "/node.db")
    task = post(r, WORK)
    wait_for("taken", lambda: n.said("task_taken"), 30)
    f.refuse_syncs()
    assert n.ended(60) == 70
    n = Node(r, n.folder)
    verified(r, task)
    assert n.stop() == 0
    over(r, f)


def test_node_results(draw):
    """Without room for input, proof or output the attempt fails, and another node does the task."""
    r = relayer()
    f = Faults(LIBRARY)
    n = Node(r, faults=f)
    f.path(n.folder + "/results")
    f.refuse_writes()
    task = post(r)
    wait_for("failed", lambda: any(x["status"] == "failure" for x in n.said("task_finished")), 60)
    other = Node(r)
    verified(r, task)
    f.nothing()
    assert n.process.poll() is None
    assert n.stop() == 0 and other.stop() == 0
    over(r, f)


def test_node_key(draw):
    """A node whose key cannot be written does not start, and has no half of a key afterwards."""
    r = relayer()
    for refuse in (lambda f: f.refuse_writes(), lambda f: f.refuse_syncs()):
        f = Faults(LIBRARY)
        folder = tempfile.mkdtemp(prefix="node.")
        f.path(folder)
        refuse(f)
        n = Node(r, folder, f, wait=False)
        assert n.ended() == 1
        assert not os.path.exists(folder + "/node.key")
        f.close()
        n = Node(r, folder)
        assert n.stop() == 0
    f = Faults(LIBRARY)  # byte by byte it is whole, too
    folder = tempfile.mkdtemp(prefix="node.")
    f.path(folder)
    f.set(write_short=10)
    n = Node(r, folder, f)
    assert os.path.getsize(folder + "/node.key") == 65
    assert n.stop() == 0
    over(r, f)


# ---- the clock ----

HOUR = 3600000


def test_clock_of_the_relayer(draw):
    """The wall clock is set forwards and back by an hour while a node works: it keeps its lease and its connection."""
    f, same = Faults(LIBRARY), Faults(LIBRARY)
    r = relayer(f)
    n = Node(r)
    task = post(r, WORK)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    jumps = (HOUR, 0, -HOUR, HOUR, 0) if not LONG else [draw.randrange(-30, 30) * HOUR for _ in range(40)] + [0]
    last, wanted = 0, 0
    for at in jumps:
        f.set(clock_ms=at)
        wanted += at != last
        last = at
        time.sleep(0.5)
    t = verified(r, task)
    assert t["attempt"] == 1, t
    assert len([x for x in r.log_text().splitlines() if "clock_jumped" in x]) == wanted, "each jump is heeded once"
    assert len(n.said("connected")) == 1 and "node_closed" not in r.log_text()
    assert rows(r, "SELECT count(*) FROM reputation_event WHERE kind <> 'verified'") == [(0,)]
    # Back by an hour: what waits for its time does not wait for an hour longer.
    assert n.stop() == 0
    task = post(r)
    time.sleep(1.5)
    f.set(clock_ms=-HOUR)
    same.set(clock_ms=-HOUR)
    n = Node(r, faults=same)
    verified(r, task, 20)
    # What was promised as a time of the clock is one: a deadline.
    assert n.stop() == 0
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600 + 1800))
    task = post(r, dict(SEED, deadline=soon))
    time.sleep(0.5)
    assert state(r, task)["state"] == "queued"
    f.set(clock_ms=0)
    t = wait_for("expired", lambda: state(r, task)["state"] == "expired" and state(r, task))
    assert t["failure"]["code"] == "deadline"
    over(r, f)


def test_clock_between_starts(draw):
    """The clock was set back while the relayer was down: the lease of a node that is gone lasts no hour longer."""
    f = Faults(LIBRARY)
    r = relayer(f, SIMPLE)
    f.set(clock_ms=HOUR)
    node = WebSocket(r.port, "/ws/node/simple")
    node.expect("hello")
    node.send({"message_type": "register", "id": "r1", "specs": {"cpu_threads": 8, "ram_gb": 16}})
    node.expect("registered")
    task = post(r)
    a = node.expect("task_assignment")
    node.send({"message_type": "task_ack", "task_id": task, "attempt": 1, "lease_token": a["lease_token"], "accept": True})
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    r.kill()
    f.set(clock_ms=0)
    r.start()
    everything.append(r.process)
    n = Node(r)
    verified(r, task, 60)
    assert n.stop() == 0
    over(r, f)


def test_clock_of_callbacks(draw):
    """A callback that failed is tried again after its pause, wherever the clock goes."""
    f = Faults(LIBRARY)
    got = Receiver(lambda handler, n: 500 if n == 1 else 200)
    r = relayer(f, FAST + ["webhooks.allow_private=yes", "webhooks.first_retry=1500ms"])
    task = post(r, dict(SEED, callback={"url": got.url("/x"), "events": ["task.cancelled"]}))
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    got.wait("/x", 1)
    wait_for("noted", lambda: rows(r, "SELECT tries FROM webhook_outbox") == [(1,)])
    f.set(clock_ms=-HOUR)
    got.wait("/x", 2)
    got.close()
    over(r, f)


def test_clock_of_a_node(draw):
    """The node's own clock is set while it works and while it is away."""
    r = relayer()
    f = Faults(LIBRARY)
    n = Node(r, faults=f)
    task = post(r, WORK)
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    for at in (HOUR // 2, -HOUR, 0):
        f.set(clock_ms=at)
        time.sleep(0.5)
    assert verified(r, task)["attempt"] == 1
    assert len(n.said("connected")) == 1
    f.set(clock_ms=60000)  # below what is taken as a wrong clock
    r.kill()
    again(r)
    wait_for("back", lambda: len(n.said("registered")) == 2, 30)
    verified(r, post(r))
    assert n.stop() == 0
    over(r, f)


# ---- moments ----

def test_relayer_dies_at(draw):
    """At each of these moments, once early and once later: started again, everything that was acknowledged is there,
    tasks are verified, callbacks come."""
    for point in ("before_commit", "after_commit_before_reply", "after_blob", "after_verify", "after_callback"):
        for after in ([draw.randrange(20)] if not LONG else [draw.randrange(40) for _ in range(20)]):
            f = Faults(LIBRARY)
            got = Receiver()
            r = relayer(f, FAST + ["webhooks.allow_private=yes", "webhooks.first_retry=200ms"])
            n = Node(r)
            f.crash(point, after if "commit" in point else after % 2)
            kept, bodies = {}, {}
            end = time.monotonic() + 40
            i = 0
            while r.process.poll() is None and time.monotonic() < end:
                if i == 3:
                    time.sleep(0.05)
                    continue
                key = f"k{i}"
                bodies.setdefault(key, dict(fresh(), callback={"url": got.url("/" + key)}))
                status, task, _ = try_post(r, bodies[key], **{"Idempotency-Key": key})
                if status == 201:
                    kept[key] = task
                    i += 1
            assert r.process.poll() == -signal.SIGKILL, (point, r.process.poll())
            f.nothing()
            fsck(r.folder)
            again(r)
            for key, task in kept.items():
                status, made, _ = try_post(r, bodies[key], **{"Idempotency-Key": key})
                assert (status, made) == (201, task), (point, key)
            for key, task in kept.items():
                t = verified(r, task, 90)
                assert [a for a, in rows(r, f"SELECT n FROM attempt WHERE task_id = '{task}' AND outcome = 'verified'")] == [t["attempt"]]
                got.wait("/" + key, 1, seconds=30)
            assert n.stop() == 0
            got.close()
            over(r, f)
            print(f"   {point}: {len(kept)} tasks", flush=True)


def test_node_dies_at(draw):
    """At each of these moments: started again, the same node delivers what it promised, under the same lease."""
    r = relayer()
    for point in ("before_ack", "before_upload", "after_upload", "before_result", "after_result_ack"):
        f = Faults(LIBRARY)
        n = Node(r, faults=f)
        f.crash(point)
        task = post(r)
        assert n.ended(60) == -signal.SIGKILL, point
        f.close()
        n = Node(r, n.folder)
        if point == "before_ack":
            other = Node(r)
        t = verified(r, task, 90)
        # What was not said may go to anybody; what was accepted is done by who accepted it.
        assert t["attempt"] == 1 or point == "before_ack", (point, t)
        if point == "before_ack":
            assert other.stop() == 0
        else:
            wait_for("told", lambda: n.said("result_accepted"))
        assert n.stop() == 0
    over(r)


def main():
    names = [a for a in sys.argv[4:] if a != "--long"]
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    draw = random.Random(seed)
    for name in [n for n in globals() if n.startswith("test_") and (not names or any(x in n for x in names))]:
        start = time.monotonic()
        if name.endswith("_dies_at") and os.environ.get("SPROVE_CRASH_POINTS", "1") == "0":
            print(f"  skipped: {name}: this build has no crash points (SP_CRASH_POINTS)")
            continue
        try:
            globals()[name](draw)
        except BaseException:
            for p in everything:
                if p.poll() is None:
                    p.kill()
            for d in dict.fromkeys(folders):
                if os.path.exists(d + "/log"):
                    with open(d + "/log", errors="replace") as f:
                        lines = [x for x in f.read().splitlines() if '"event":"http"' not in x]
                    print("\n".join([f"--- {d}"] + lines[-40:]), file=sys.stderr)
            raise
        print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)


main()
