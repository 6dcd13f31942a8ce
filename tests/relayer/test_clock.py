#!/usr/bin/env python3
"""A wall clock that is set forwards and back: the relayer's, a node's, while they run and while they are away. Leases,
pauses and tries keep their lengths, and deadlines their time.

usage: test_clock.py RELAYER NODE LIBRARY [TEST] [--long]"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scripted  # noqa: E402
from fault_world import (FAST, LIBRARY, LONG, SEED, SIMPLE, WORK, Node, again, everything, over, post, relayer, run, state,  # noqa: E402
                         verified)
from faults import Faults  # noqa: E402
from receiver import Receiver  # noqa: E402
from relayer_process import change, rows, taken_once, wait_for  # noqa: E402

HOUR = 3600000
WAITS = "SELECT (SELECT max(others_at) FROM task WHERE state = 'queued'), (SELECT max(rests_until) FROM node)"


def waits(r, others_at, rests_until):
    change(r, "UPDATE task SET others_at = ? WHERE state = 'queued'", others_at)
    change(r, "UPDATE node SET rests_until = ?", rests_until)


def time_of(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def test_clock_of_the_relayer(draw):
    """The wall clock is set forwards and back by an hour while a node works: it keeps its lease and its connection."""
    f, same = Faults(LIBRARY), Faults(LIBRARY)
    r = relayer(f)
    n = Node(r)
    task = post(r, dict(WORK, deadline=time_of(time.time() + 100 * 3600)))  # beyond every jump
    wait_for("running", lambda: state(r, task)["state"] == "running", 30)
    jumps = (HOUR, 0, -HOUR, HOUR, 0) if not LONG else [draw.randrange(-30, 30) * HOUR for _ in range(40)] + [0]
    last, wanted = 0, 0

    def jumped():
        return r.log_text().count("clock_jumped")

    for at in jumps:
        f.set(clock_ms=at)
        wanted += at != last
        last = at
        wait_for("heeded", lambda: jumped() >= wanted)
        time.sleep(0.5)
    t = verified(r, task)
    assert taken_once(r, task), t
    assert jumped() == wanted, "each jump is heeded once"
    assert len(n.said("connected")) == 1 and "node_closed" not in r.log_text()
    assert rows(r, "SELECT count(*) FROM reputation_event WHERE kind <> 'verified'") == [(0,)]
    # Back by an hour: what waits for its time does not wait for an hour longer.
    assert n.stop() == 0
    task = post(r)
    time.sleep(1.5)
    waits(r, int(time.time() * 1000) + 5000, int(time.time() * 1000) + 5000)  # for others (patience.h)
    before, = rows(r, WAITS)
    f.set(clock_ms=-HOUR)
    same.set(clock_ms=-HOUR)
    wait_for("moved along", lambda: all(abs(x - y + HOUR) < 60000 for x, y in zip(rows(r, WAITS)[0], before)))
    n = Node(r, faults=same)
    verified(r, task, 20)
    # What was promised as a time of the clock is one: a deadline.
    assert n.stop() == 0
    task = post(r, dict(SEED, deadline=time_of(time.time() - 3600 + 1800)))
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
    node = scripted.Node(r, "simple")
    task = post(r)
    node.take()
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    other = post(r, dict(SEED, requirements={"cpu_threads": 4000}))
    waits(r, int(time.time() * 1000) + 9 * HOUR, int(time.time() * 1000) + 9 * HOUR)
    r.kill()
    f.set(clock_ms=0)
    r.start()
    everything.append(r.process)
    wait_for("the one before is taken over", lambda: rows(r, "SELECT count(*) FROM instance") == [(1,)])
    task_wait, node_wait = rows(r, WAITS)[0]
    now = int(time.time() * 1000)
    assert now < task_wait <= now + HOUR and task_wait - node_wait == HOUR - 300000, (now, task_wait, node_wait)
    assert r.call("POST", f"/api/v1/tasks/{other}/cancel")[0] == 202
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
    verified(r, task)
    assert taken_once(r, task)
    assert len(n.said("connected")) == 1
    f.set(clock_ms=60000)  # below what is taken as a wrong clock
    r.kill()
    again(r)
    wait_for("back", lambda: len(n.said("registered")) == 2, 30)
    verified(r, post(r))
    assert n.stop() == 0
    over(r, f)


if __name__ == "__main__":
    run(globals())
