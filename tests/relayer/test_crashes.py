#!/usr/bin/env python3
"""Processes that die at the worst moments, the relayer and a node: whatever was acknowledged is there afterwards, and every
task comes to its end. Skipped where a build has no such moments.

usage: test_crashes.py RELAYER NODE LIBRARY [TEST] [--long]"""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from aging import age, copies  # noqa: E402
from fault_world import FAST, LIBRARY, LONG, SEED, Node, again, everything, over, post, relayer, run, try_post, verified  # noqa: E402
from faults import Faults  # noqa: E402
from receiver import Receiver  # noqa: E402
from relayer_process import PATIENT, fsck, rows, taken_once, wait_for  # noqa: E402


def fresh():
    """A task whose proof is like no other's."""
    return dict(SEED, payload=dict(SEED["payload"], matrix_a=[[int.from_bytes(os.urandom(3), "big"), 2], [3, 4]]))


def test_relayer_dies_at(draw):
    """At each of these moments, once early and once later: started again, everything that was acknowledged is there,
    tasks are verified, callbacks come."""
    for point in ("before_commit", "after_commit_before_reply", "after_blob", "after_verify", "after_callback"):
        for after in ([draw.randrange(20)] if not LONG else [draw.randrange(40) for _ in range(20)]):
            f = Faults(LIBRARY)
            got = Receiver()
            r = relayer(f, FAST + PATIENT + ["webhooks.allow_private=yes", "webhooks.first_retry=200ms"])
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
            fsck(r)
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


def test_relayer_letting_go_dies_at(draw):
    """While rows of old tasks go, in one unit for each portion: it is gone whole, or there whole."""
    for point in ("rows_half_gone", "before_commit", "after_commit_before_reply"):
        r = relayer(settings=FAST + ["storage.retention=1s"])
        task = try_post(r, dict(SEED, requirements={"cpu_threads": 4000}))[1]
        assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202

        def number(sql):
            return rows(r, sql)[0][0]

        wait_for("forgotten", lambda: number("SELECT count(*) FROM task WHERE forgotten_at IS NOT NULL"))
        assert r.stop() == 0
        copies(r.folder, task, 100, lambda i: f"copy-{i:03}")
        age(r.folder, 400)
        f = Faults(LIBRARY, r.folder)
        f.crash(point, draw.randrange(3))
        r.environment = f.environment
        r.start(wait=False)
        everything.append(r.process)
        assert r.process.wait(60) == -signal.SIGKILL, point
        f.close()
        fsck(r)
        left = number("SELECT count(*) FROM task")
        assert left + number("SELECT coalesce(sum(tasks), 0) FROM task_past") == 101 and (101 - left) % 32 == 0, (point, left)
        assert number("SELECT count(*) FROM task_event") == 4 * left
        again(r)
        wait_for("the rest goes", lambda: number("SELECT count(*) FROM task") == 0)
        assert r.call("GET", "/api/v1/stats")[1]["tasks"]["by_state"]["cancelled"] == 101
        over(r)


def test_node_dies_at(draw):
    """At each of these moments: started again, the same node delivers what it promised, under the same lease."""
    r = relayer(settings=FAST + PATIENT)
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
        assert point == "before_ack" or taken_once(r, task), (point, t)
        if point == "before_ack":
            assert other.stop() == 0
        else:
            wait_for("told", lambda: n.said("result_accepted"))
        assert n.stop() == 0
    over(r)


def test_node_dies_before_it_answers(draw):
    """What it promised itself and did not say: it comes back within the offer, is told again, and does it as its first attempt."""
    patient = [f"ws.{name}={100 + i}s" for i, name in enumerate(("offer", "heartbeat", "resume_grace", "heartbeat_timeout", "lease", "start_by"))]
    r = relayer(settings=patient)
    f = Faults(LIBRARY)
    n = Node(r, faults=f)
    f.crash("before_ack")
    task = post(r)
    assert n.ended(60) == -signal.SIGKILL
    f.close()
    n = Node(r, n.folder)
    t = verified(r, task, 90)
    assert t["attempt"] == 1, t
    assert n.stop() == 0
    over(r)


if __name__ == "__main__":
    if os.environ.get("SPROVE_CRASH_POINTS", "1") == "0":
        print("  skipped: this build has no crash points (SP_CRASH_POINTS)")
        sys.exit(77)
    run(globals())
