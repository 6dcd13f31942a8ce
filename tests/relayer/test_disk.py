#!/usr/bin/env python3
"""A disk that refuses syncs and writes, the relayer's and a node's: whatever was acknowledged is there afterwards, and
nothing half-done.

usage: test_disk.py RELAYER NODE LIBRARY [TEST] [--long]"""
import errno
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scripted  # noqa: E402
from fault_world import LIBRARY, LONG, SIMPLE, WORK, Node, again, everything, over, post, relayer, run, try_post, verified  # noqa: E402
from faults import Faults  # noqa: E402
from relayer_process import fsck, rows, wait_for  # noqa: E402
from scripted import sha256  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402


def ids(r):
    return {x for x, in rows(r, "SELECT id FROM task")}


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
        fsck(r)
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
    node = scripted.Node(r, "simple", capacity={"max_concurrent": 1})
    # Offers that are undone are not counted as work of the node.
    assert node.take(accept=False)["task_id"] == task
    more = post(r)
    f.refuse_writes()
    time.sleep(1)
    f.nothing()
    assert node.expect("task_assignment")["task_id"] in (more, task)
    node.ws.close()
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


if __name__ == "__main__":
    run(globals())
