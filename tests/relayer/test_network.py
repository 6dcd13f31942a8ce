#!/usr/bin/env python3
"""Whole lives of tasks over a bad network: between nodes and relayer, demanders and relayer, relayer and receivers of
callbacks. Each fault in turn, then all of them with kill -9 of both. Every 201 is there, every task is verified once, every
node hears what became of its results, every callback comes, nothing leaks.

usage: test_network.py RELAYER SPROVE NODE CHAOSPROXY [--long] [TEST]"""
import base64
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chaosnet import Net  # noqa: E402
from receiver import Receiver  # noqa: E402
from relayer_process import Relayer, fsck, rows, wait_for  # noqa: E402
from scripted import prove, sha256  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

LONG = "--long" in sys.argv
RELAYER, SPROVE, NODE, PROXY = [a for a in sys.argv if a != "--long"][1:5]
FAST = ["ws.offer=1500ms", "ws.heartbeat=1600ms", "ws.resume_grace=3s", "ws.heartbeat_timeout=6s", "ws.lease=12s", "ws.start_by=14s",
        "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000",
        "webhooks.allow_private=yes", "webhooks.first_retry=300ms", "webhooks.timeout=2s", "server.per_ip=1000",
        "ws.require_node_signature=no"]
LOST = (OSError, ValueError, Closed, http.client.HTTPException)


class Node:
    def __init__(self, w, folder=None):
        self.w, self.folder = w, folder or tempfile.mkdtemp(prefix="node.")
        self.start()

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{self.w.nodes_net.port}", "--data", self.folder,
                                             "--no-bench"], stderr=log)

    def said(self, event):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            lines = [json.loads(x) for x in f.read().splitlines() if x.startswith("{") and x.endswith("}")]
        return [x for x in lines if x["event"] == event]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0


SCRIPTED = [f"{kind}{i}" for kind in ("scripted", "fresh") for i in range(9)]
PAYLOAD = {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}


class Scripted(threading.Thread):
    """A node that has the proof already, and as much patience as a real one: what it holds it delivers until it hears
    what became of it."""

    def __init__(self, w, name):
        super().__init__(daemon=True)
        self.w, self.name, self.over, self.held, self.ended, self.wrong = w, name, False, {}, {}, None
        self.start()

    def run(self):
        while not self.over:
            try:
                self.session()
            except LOST:
                time.sleep(0.1)
            except BaseException as e:
                self.wrong = e
                raise

    def upload(self, a, data):
        c = http.client.HTTPConnection("127.0.0.1", self.w.nodes_net.port, timeout=3)
        try:
            c.request("PUT", "/api/v1/blobs/" + sha256(data), data,
                      {"Authorization": f"Lease {a['task_id']} {a['attempt']} {a['lease_token']}"})
            return c.getresponse().status
        finally:
            c.close()

    def deliver(self, ws, a):
        proof, output = self.w.proof
        if self.upload(a, proof) in (200, 201):
            ws.send({"message_type": "task_result", "id": a["task_id"], **fence(a), "status": "success", "io_commitment": "00" * 31,
                     "output": {"sha256": sha256(output), "inline_b64": base64.b64encode(output).decode()},
                     "proof": {"sha256": sha256(proof), "size": len(proof)}, "usage": {"cycles": 1, "exec_ms": 1, "prove_ms": 2}})

    def session(self):
        ws = WebSocket(self.w.nodes_net.port, "/ws/node/" + self.name, timeout=3)
        try:
            ws.expect("hello", 3)
            ws.send({"message_type": "register", "id": "r", "specs": {"cpu_threads": 1, "ram_gb": 1}, "capacity": {"max_concurrent": 4}})
            ws.expect("registered", 3)
            beat = told = 0
            while not self.over:
                now = time.monotonic()
                if now > beat:
                    ws.send({"message_type": "heartbeat", "seq": 1, "running": [fence(a) for a in self.held.values()]})
                    beat = now + 1
                if now > told:
                    for a in list(self.held.values()):
                        self.deliver(ws, a)
                    told = now + 2
                try:
                    m = ws.recv(0.2)
                except TimeoutError:
                    continue
                key = (m.get("task_id"), m.get("attempt"))
                if m["message_type"] == "task_assignment":
                    self.held[key] = m
                    ws.send({"message_type": "task_ack", **fence(m), "accept": True})
                    self.deliver(ws, m)
                elif m["message_type"] in ("result_ack", "lease_revoked", "task_cancel") and key in self.held:
                    del self.held[key]
                    said = m.get("accepted", False)
                    assert self.ended.setdefault(key, said) == said, (key, "was told two things")
                elif m["message_type"] == "error" and m["code"] == "stale_lease":
                    for k in [k for k in self.held if k[0] == m.get("re")]:
                        del self.held[k]
        finally:
            ws.socket.close()


def fence(a):
    return {"task_id": a["task_id"], "attempt": a["attempt"], "lease_token": a["lease_token"]}


class World:
    proof = None

    def __init__(self, n_nodes=1, n_scripted=3):
        World.proof = World.proof or prove(SPROVE, PAYLOAD)
        self.r = Relayer(RELAYER, settings=FAST)
        self.r.start()
        self.start = self.weight()
        self.got = Receiver()
        self.nodes_net, self.demand, self.hooks = Net(PROXY, self.r.port), Net(PROXY, self.r.port), Net(PROXY, self.got.port)
        self.nets = {"nodes": self.nodes_net, "demanders": self.demand, "callbacks": self.hooks}
        self.nodes = [Node(self) for _ in range(n_nodes)]
        self.scripted = [Scripted(self, f"scripted{i}") for i in range(n_scripted)]
        self.tasks, self.bodies = {}, {}  # Idempotency-Key: id, body
        wait_for("registered", lambda: all(n.said("registered") for n in self.nodes))

    def weight(self):
        """Sockets and resident bytes of the relayer."""
        at, sockets = f"/proc/{self.r.process.pid}", 0
        for x in os.listdir(at + "/fd"):
            try:
                sockets += os.readlink(f"{at}/fd/{x}").startswith("socket:")
            except OSError:
                pass  # closed meanwhile
        with open(at + "/statm") as f:
            return sockets, int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def call(self, method, path, body=None, headers=None, timeout=5):
        """Through the proxy, once."""
        c = http.client.HTTPConnection("127.0.0.1", self.demand.port, timeout=timeout)
        try:
            c.request(method, path, json.dumps(body) if body is not None else None,
                      {"Authorization": "Bearer " + self.r.key, "Content-Type": "application/json", **(headers or {})})
            a = c.getresponse()
            return a.status, json.loads(a.read())
        finally:
            c.close()

    def real(self):
        """The ids of the real nodes."""
        return [n.said("registered")[0]["node_id"] for n in self.nodes]

    def post(self, until=30, real=False):
        """A demander tries with the same key until there is an answer. real: a task that only real nodes get."""
        key = f"k{len(self.bodies)}"
        self.bodies[key] = {"job": {"profile": "proven"}, "token_amount": "1", "max_attempts": 20,
                            "payload": dict(PAYLOAD, matrix_a=[[len(self.bodies) + 9, 2], [3, 4]]) if real else PAYLOAD,
                            "requirements": {"cpu_threads": 1, "ram_gb": 1, "node_deny": SCRIPTED if real else self.real()},
                            "callback": {"url": f"http://127.0.0.1:{self.hooks.port}/{key}", "events": ["task.verified"]}}
        end = time.monotonic() + until
        while time.monotonic() < end:
            try:
                status, made = self.call("POST", "/api/v1/tasks", self.bodies[key], {"Idempotency-Key": key})
                if status == 201:
                    self.tasks[key] = made["task_id"]
                    return key
                assert status in (503, 500, 408), (status, made)
            except LOST:
                time.sleep(0.1)
        return None

    def clear(self):
        for n in self.nets.values():
            n.clear()

    def rows(self, sql):
        return rows(self.r, sql)

    def settle(self, seconds=200):
        """With a good network everything comes to its end: also what only a node that has not failed it may do."""
        self.clear()
        for n in self.nodes:
            if n.process.poll() is not None:
                n.start()
        self.scripted.append(Scripted(self, f"fresh{len(self.scripted)}"))
        self.nodes.append(Node(self))
        for key in self.bodies:  # an answer that never came may have been one
            status, made, _ = self.r.call("POST", "/api/v1/tasks", self.bodies[key], {"Idempotency-Key": key})
            assert status == 201 and self.tasks.get(key, made["task_id"]) == made["task_id"], (key, status, made)
            self.tasks[key] = made["task_id"]
        wait_for("all verified", lambda: not self.rows("SELECT 1 FROM task WHERE state <> 'verified'"), seconds)
        for key in self.bodies:
            self.got.wait("/" + key, 1, 40)

    def check(self):
        r = self.r
        assert {t for t, in self.rows("SELECT id FROM task")} == set(self.tasks.values())
        assert len(set(self.tasks.values())) == len(self.tasks)
        assert not self.rows("SELECT 1 FROM attempt WHERE outcome IS NULL")
        assert self.rows("SELECT count(*) FROM attempt WHERE outcome = 'verified'") == [(len(self.tasks),)]
        assert not self.rows("SELECT 1 FROM attempt WHERE outcome = 'proof_invalid'"), "the network changed a proof"
        for key, task in self.tasks.items():
            bodies = {json.loads(b)["data"]["task_id"] for _, _, b in self.got.at("/" + key)}
            assert bodies == {task}, (key, bodies)
        for n in self.scripted:
            wait_for("a node has heard of all it held", lambda: not n.held, 30)
            n.over = True
        for n in self.scripted:
            n.join(10)
            assert n.wrong is None, n.wrong
        assert [k for n in self.scripted for k, good in n.ended.items() if good]
        # A node goes on telling until it is answered.
        wait_for("no result is left untold", lambda: all(len({x["task_id"] for x in n.said("task_finished")} -
                 {x["task_id"] for e in ("result_accepted", "result_refused", "lease_gone", "task_cancelled") for x in n.said(e)}) == 0
                 for n in self.nodes), 30)
        for n in self.nodes:
            n.stop()
        wait_for("sockets are closed", lambda: self.weight()[0] <= self.start[0], 45)
        _, bytes_now = self.weight()
        if not os.environ.get("SPROVE_SANITIZED"):  # which keeps what is freed
            assert bytes_now < self.start[1] + (200 << 20), (self.start, bytes_now)
        assert r.stop() == 0
        fsck(r)
        for d in [r.folder] + [n.folder for n in self.nodes]:
            shutil.rmtree(d)
        for n in self.nets.values():
            n.close()
        self.got.close()

    def drop(self):
        for p in [self.r.process] + [n.process for n in self.nodes] + [n.process for n in self.nets.values()]:
            if p.poll() is None:
                p.kill()
        print("\n".join(x for x in self.r.log_text().splitlines() if '"event":"http"' not in x)[-3000:], file=sys.stderr)
        for n in self.nodes:
            with open(n.folder + "/log", errors="replace") as f:
                print(f"--- {n.folder}\n" + f.read()[-1500:], file=sys.stderr)


# What is wrong, and for how long. The whole of what a task needs is some 100 kB.
FAULTS = [("both latency 150", 4), ("both jitter 300", 4), ("both slice 1", 3), ("both slice 700", 4), ("both rate 20000", 5),
          ("up cut 3000", 3), ("up cut 40000", 4), ("down cut 400", 3), ("up reset 2000", 3), ("up reset 60000", 4),
          ("down reset 150", 3), ("up half 1500", 3), ("down half 300", 4), ("up hole 1", 4), ("down hole 1", 4), ("refuse 1", 3)]


def test_each_in_turn(draw):
    """Every fault, everywhere, one after the other."""
    w = World()
    try:
        for fault, seconds in FAULTS if not LONG else FAULTS * 5:
            for where in w.nets.values():
                where.say(fault)
            if "refuse" in fault or "hole" in fault:
                w.nodes_net.say("kill")
            if "latency" in fault or "up cut 40000" in fault:
                w.post(seconds, True)
            w.post(seconds)
            time.sleep(1)
            w.clear()
            if w.post(20) is None:
                raise AssertionError(f"after {fault!r} nothing is accepted")
        w.settle()
        print(f"   {len(w.tasks)} tasks, {w.nodes_net.counts()}, attempts: "
              f"{dict(w.rows('SELECT outcome, count(*) FROM attempt GROUP BY outcome'))}", flush=True)
        w.check()
    except BaseException:
        w.drop()
        raise


def test_with_kills(draw):
    """Faults by chance in every place, and kill -9 of relayer and nodes."""
    w = World(2)
    try:
        for i in range(6 if not LONG else 200):
            for net in w.nets.values():
                net.clear()
                for _ in range(draw.randrange(3)):
                    net.say(draw.choice(FAULTS)[0])
            w.post(2, i == 1)
            what = draw.randrange(4)
            if what == 0:
                w.r.kill()
                time.sleep(draw.uniform(0, 1))
                w.r.start()
            elif what == 1:
                n = draw.choice(w.nodes)
                n.kill()
                time.sleep(draw.uniform(0, 1))
                n.start()
            elif what == 2:
                draw.choice(list(w.nets.values())).say("kill")
            w.post(3)
        w.settle()
        print(f"   {len(w.tasks)} tasks, attempts: {dict(w.rows('SELECT outcome, count(*) FROM attempt GROUP BY outcome'))}", flush=True)
        w.check()
    except BaseException:
        w.drop()
        raise


def test_silent_peers(draw):
    """Sockets whose other side is gone without a word are found, and a node that comes back replaces its own."""
    w = World(1, 1)
    try:
        silent = []
        for i in range(20):
            ws = WebSocket(w.nodes_net.port, f"/ws/node/s{i}")
            ws.expect("hello")
            ws.send({"message_type": "register", "id": "r", "specs": {"cpu_threads": 1, "ram_gb": 1}, "price": {"base_fri": "99999"}})
            ws.expect("registered")
            silent.append(ws)
        before = len(w.nodes[0].said("connected"))
        w.nodes_net.say("both hole 1")
        # The scripted one tries again and again, and gets no answer.
        wait_for("found", lambda: not w.rows("SELECT 1 FROM node WHERE connected = 1 AND id <> 'scripted0'"), 40)
        w.clear()
        wait_for("back", lambda: len(w.nodes[0].said("connected")) > before, 90)
        for ws in silent:
            ws.socket.close()
        w.post()
        w.settle()
        w.check()
    except BaseException:
        w.drop()
        raise


def main():
    names = [a for a in sys.argv[5:] if a != "--long"]
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    for name in [n for n in globals() if n.startswith("test_") and (not names or any(x in n for x in names))]:
        start = time.monotonic()
        globals()[name](random.Random(seed))
        print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)


main()
