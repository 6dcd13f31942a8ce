#!/usr/bin/env python3
"""A walk by chance over everything that demanders, nodes and administrators may do, one step at a time, against a model of
each task. After each step what REST shows must be what the model says, or one of the few things that time alone may have
made of it; what must be refused is refused and changes nothing. Between steps the relayer is stopped and killed.

usage: test_walk.py RELAYER SPROVE [--walks N] [--steps N] [--seed N]"""
import argparse
import os
import random
import shutil
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import LOST, Relayer, fsck, rows, wait_for  # noqa: E402
from test_tasks import RELAYER, SEED, prove  # noqa: E402
from walk_demanders import Demanders  # noqa: E402
from walk_nodes import Nodes  # noqa: E402
from walk_world import FINAL, HELD, WAITING, Peer, Task, must  # noqa: E402
from wsclient import Closed  # noqa: E402

# Offers that a lost socket swallowed come back soon; nothing else ends by itself while a walk lasts.
TIMERS = ["ws.offer=2s", "ws.heartbeat=3s", "ws.resume_grace=4s", "ws.heartbeat_timeout=500s", "ws.lease=600s", "ws.start_by=700s",
          "ws.require_node_signature=no", "audit.rate_ppm=0", "limits.post_rate=100000", "limits.post_burst=100000",
          "limits.read_rate=100000", "limits.read_burst=100000"]


class Walk(Demanders, Nodes):
    """With what administrators do, and with accidents."""

    def requeue(self):
        t = self.one(t for t in self.tasks.values() if t.phase not in ("failed",))
        if t is None:
            return None
        status, said, _ = self.call("POST", f"/api/v1/admin/tasks/{t.id}/requeue", {"reason": "chance"})
        if t.phase == WAITING:
            must(status in (202, 409), status, said)
            return t
        must(status == (202 if t.phase in HELD else 409), t.phase, status, said)
        if status == 202:
            peer = self.peers[t.node]
            if peer.at:
                self.reply(peer, "task_cancel", task=t.id)
            self.given_back(t)
        return t

    def given_back(self, t):
        """It is nobody's fault, and costs no try."""
        t.waits()
        t.tries -= 1
        self.check(t)

    def ban(self):
        peer = self.one(self.connected())
        if peer is None or self.draw.random() < 0.5:
            return None
        status, said, _ = self.call("POST", f"/api/v1/admin/nodes/{peer.name}/ban", {"reason": "chance"})
        must(status == 200, status, said)
        try:
            while True:
                self.take_down(peer, peer.at.ws.recv(20))
        except Closed as e:
            must(e.code == 4403, e)
        peer.trusted = False
        self.gone(peer)
        for t in self.leased_to(peer):
            self.given_back(t)
        return None

    def stop(self):
        must(self.r.stop() == 0, "it stops as asked")
        self.begin_again()

    def kill(self):
        self.r.kill()
        self.r.log.close()
        self.begin_again()

    def kill_while_posting(self):
        """Whether the answer came or not, the key names one task, and that only if it is there."""
        t = Task(f"killed-{self.steps}", dict(SEED, max_attempts=3))

        def post():
            try:
                status, made, _ = self.call("POST", "/api/v1/tasks", t.body, {"Idempotency-Key": t.key})
                if status == 201:
                    t.id = made["task_id"]
            except LOST:
                pass
        poster = threading.Thread(target=post)
        poster.start()
        time.sleep(self.draw.uniform(0, 0.012))
        self.kill()
        poster.join()
        answered = t.id
        if answered:
            self.tasks[t.id] = t
            self.posted(t, True)
        else:
            self.posted(t)
        return t

    def kill_while_judging(self):
        t = self.deliver()
        if t is None:
            return None
        time.sleep(self.draw.uniform(0, 0.03))
        self.kill()
        return self.judged(t, True)

    def begin_again(self):
        self.all_gone()
        fsck(self.r)
        self.r.start()
        must({x for x, in rows(self.r, "SELECT id FROM task")} >= set(self.tasks), "a task is gone")

    # ---- the walk ----

    OFTEN = {"post": 9, "connect": 10, "accept": 30, "decline": 2, "progress": 6, "good_result": 6, "false_proof": 2, "failure": 6, "stale": 10,
             "beat": 3, "cancel": 2, "retry": 3, "requeue": 2, "post_again": 2, "results": 2, "strangers": 1, "bad_post": 1, "disconnect": 3,
             "replace": 2, "ban": 1, "stop": 0.5, "kill": 2, "kill_while_posting": 1, "kill_while_judging": 1}

    def walk(self, steps):
        names, weights = zip(*self.OFTEN.items())
        for _ in range(steps):
            self.steps += 1
            name = self.draw.choices(names, weights)[0]
            self.log.append(name)
            t = getattr(self, name)()
            self.log[-1] += f" {t.id} {t.phase} {t.attempt} {t.node}" if isinstance(t, Task) else ""
            for p in self.connected():
                self.hear(p)
            if isinstance(t, Task):
                self.check(t, self.draw.random() < 0.3)
            other = self.one(self.tasks.values())
            if other is not None:
                self.check(other)
        self.end()

    def end(self):
        """Everything comes to an end: held tasks are delivered, waiting ones are taken by somebody, or cancelled."""
        for p in self.peers.values():
            if not p.at and self.leased_to(p):
                self.join(p)
        while self.held():
            self.good_result()
        left = [t for t in self.tasks.values() if t.phase == WAITING]
        for t in left[3:]:
            status, _, _ = self.call("POST", f"/api/v1/tasks/{t.id}/cancel")
            must(status == 202, status)
            t.phase = "cancelled"
        for p in self.connected():
            self.gone(p)
        self.names += 1
        fresh = self.peers[f"last{self.names}"] = Peer(f"last{self.names}")
        self.join(fresh)

        def taken():
            if self.accept() and self.held():
                self.good_result()
            for t in left[:3]:
                self.check(t)
            return all(t.phase in FINAL for t in left[:3])
        wait_for("the last tasks are done", taken, 300)  # a pause is some minutes at most
        for t in self.tasks.values():
            self.check(t, True)
        there = dict(rows(self.r, "SELECT id, state FROM task"))
        must(there == {t.id: t.phase for t in self.tasks.values()}, "others than the model knows")
        self.all_gone()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("relayer")
    p.add_argument("sprove")
    p.add_argument("--walks", type=int, default=1)
    p.add_argument("--steps", type=int, default=200)
    p.add_argument("--seed", type=int, default=None)
    o = p.parse_args()
    seed = o.seed if o.seed is not None else random.randrange(1 << 32)
    proof, output = prove(SEED["payload"])
    for n in range(o.walks):
        print(f"seed {seed + n}", flush=True)
        start, r = time.monotonic(), Relayer(RELAYER, settings=TIMERS).start()
        w = Walk(r, proof, output, seed + n)
        try:
            w.walk(o.steps)
            must(r.stop() == 0, "it stops as asked")
            fsck(r)
        except BaseException:
            print("\n".join(w.log[-60:]), file=sys.stderr)
            print("\n".join(x for x in r.log_text().splitlines() if '"event":"http"' not in x)[-2000:], file=sys.stderr)
            print(f"its data: {r.folder}", file=sys.stderr)
            r.process.kill()
            raise
        shutil.rmtree(r.folder)
        phases = [t.phase for t in w.tasks.values()]
        kinds = [x.split()[0] for x in w.log]
        print(f"   {len(w.log)} steps, {len(phases)} tasks: " + ", ".join(f"{phases.count(x)} {x}" for x in FINAL) +
              f"; {sum(k.startswith(('kill', 'stop')) for k in kinds)} ends of the relayer, {time.monotonic() - start:.1f} s", flush=True)


main()
