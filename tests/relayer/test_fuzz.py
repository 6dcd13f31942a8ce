#!/usr/bin/env python3
"""Requests and messages by a grammar, mostly right and a little wrong, against the running relayer: it goes on, and what it
keeps is right.

usage: test_fuzz.py RELAYER [--seconds N]      SEED=N repeats a run"""
import json
import os
import random
import shutil
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, fsck, rows  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

RELAYER = sys.argv[1]
SECONDS = float(sys.argv[3]) if "--seconds" in sys.argv else 20
SETTINGS = ["ws.require_node_signature=no", "server.per_ip=100000", "limits.post_rate=1000000", "limits.post_burst=1000000",
            "limits.read_rate=1000000", "limits.read_burst=1000000", "ws.offer=300ms", "ws.heartbeat=400ms", "ws.resume_grace=600ms",
            "ws.heartbeat_timeout=3s", "ws.lease=4s", "ws.start_by=5s", "server.head_timeout=1s", "server.body_timeout=500ms"]
PAYLOAD = {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}
ODD = [None, True, False, 0, -1, 1, 2**31, 2**53, 2**63 - 1, -2**63, 2**64, 10**40, 1.5, 1e308, "", "0", "-1", "0x0", "0x" + "f" * 63, "1e9",
       "a" * 70, "a" * 5000, "\x00", "\u202e\ud7ff", "' OR 1=1 --", "%00", "../../etc/passwd", [], [[]], {}, {"a": {}}, [None] * 200,
       "2099-01-01T00:00:00Z", "99999-01-01T00:00:00Z", "0" * 31, "0" * 32, "f" * 64]


class Grammar:
    def __init__(self, draw):
        self.draw, self.tasks, self.assignments, self.cursors = draw, ["01a1feea-67ac-713a-89e0-708fe43b0b3c"], [], []

    def spoil(self, value, often=0.12):
        """The value, here and there with something else in it."""
        d = self.draw
        if d.random() < often:
            return d.choice(ODD)
        if isinstance(value, dict):
            out = {k: self.spoil(v, often / 2) for k, v in value.items() if d.random() > often / 4}
            if d.random() < often / 2:
                out[d.choice(("x", "message_type", "__proto__", "", "task_id"))] = d.choice(ODD)
            return out
        if isinstance(value, list):
            return [self.spoil(v, often / 2) for v in value]
        return value

    def task(self):
        d = self.draw
        return {"payload": PAYLOAD, "job": {"profile": "proven", "io": d.choice(("words", "digest")), "max_cycles": 100000},
                "requirements": {"cpu_threads": 1, "ram_gb": 1, "regions": ["EU"], "node_deny": ["x"], "max_execution_time": 300},
                "token_amount": str(d.randrange(10**30)), "deadline": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600)), "priority": d.randrange(-100, 101), "redundancy": 1,
                "max_attempts": 20, "metadata": {"k": "v"}, "visibility": d.choice(("private", "public")), "description": "d",
                "callback": {"url": "https://example.org/x", "events": ["task.verified"]}}

    def path(self):
        d = self.draw
        task = d.choice(self.tasks)
        return d.choice((
            "/api/v1/tasks", "/api/v1/tasks:batch", f"/api/v1/tasks/{task}", f"/api/v1/tasks/{task}/events", f"/api/v1/tasks/{task}/result",
            f"/api/v1/tasks/{task}/proof", f"/api/v1/tasks/{task}/output", f"/api/v1/tasks/{task}/cancel", f"/api/v1/tasks/{task}/retry",
            f"/api/v1/tasks/{task}/callback", "/api/v1/estimate", "/api/v1/nodes", "/api/v1/nodes/n1", "/api/v1/nodes/n1/tasks",
            "/api/v1/nodes/n1/reputation", "/api/v1/programs", "/api/v1/programs/sort", "/api/v1/blobs/" + "ab" * 32, "/api/v1/webhooks",
            "/api/v1/me", "/api/v1/me/usage", "/api/v1/health", "/api/v1/health/ready", "/api/v1/stats", "/api/v1/version", "/", "/x", "*",
            "/api/v1/api-keys", "/ws/node/n1", "/api/v1/tasks/%00", "/api//v1/tasks", "/api/v1/tasks/../tasks", "http://x/api/v1/tasks"))

    def query(self):
        d = self.draw
        names = {"limit": ("1", "200", "201", "0", "-1", "x", ""), "order": ("asc", "desc", "up"), "state": ("queued", "x", "verified,queued"),
                 "wait": ("0", "1", "61"), "cursor": ("AAAA", "x" * 200, "") + tuple(self.cursors[-3:]), "created_after": ("2020-01-01T00:00:00Z", "0"),
                 "node": ("n1",), "%": ("%",), "a%00": ("b",)}
        n = d.choice((0, 0, 0, 1, 2, 4, 20))
        return ("?" + "&".join(f"{k}={d.choice(names[k])}" for k in d.choices(list(names), k=n))) if n else ""

    def headers(self, r, body):
        d = self.draw
        h = [("Host", "x"), ("Content-Length", str(len(body))), ("Content-Type", "application/json")]
        if d.random() < 0.85:
            h.append(("Authorization", "Bearer " + r.key))
        more = {"Idempotency-Key": ("a", "b" * 128, "b" * 129, "\t", "k%d" % d.randrange(50)), "Range": ("bytes=0-", "bytes=5-1", "bytes=-0", "x=1"),
                "If-Match": ('"v1"', "*", '"'), "If-None-Match": ('"v3"', "W/x"), "Last-Event-ID": ("0", "-1", "9" * 30), "Accept": ("text/event-stream", "*/*"),
                "Content-Range": ("bytes 0-1/2", "bytes 2-1/0", "bytes 0-9/*"), "Content-Digest": ("sha-256=:AA==:", "x"), "Expect": ("100-continue", "x"),
                "Transfer-Encoding": ("chunked", "identity"), "Content-Length": ("0", "-1", "99999999999999999999", "5, 5"), "Connection": ("close", "upgrade"),
                "Upgrade": ("websocket", "h2c"), "X-Request-Id": ("a" * 65, "ok"), "X-Forwarded-For": ("1.1.1.1", "x"), "Authorization": ("Lease a 1 b", "Basic x", "Bearer")}
        for k in d.choices(list(more), k=d.choice((0, 0, 1, 2, 5))):
            h.append((k, d.choice(more[k])))
        d.shuffle(h)
        return h

    def request(self, r):
        d = self.draw
        method = d.choice(("GET", "GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE", "get", "X" * 30))
        body = b""
        path = d.choice(("/api/v1/tasks",)) if method == "POST" and d.random() < 0.4 else self.path()
        if method in ("POST", "PUT", "PATCH"):
            what = self.task()
            if path.endswith(":batch"):
                what = {"tasks": [self.task() for _ in range(d.randrange(4))]}
            elif path.endswith("/callback"):
                what = d.choice(({"url": "https://example.org/"}, self.message("task_result")))
            elif path.endswith("/retry"):
                what = {"deadline": "2026-12-01T00:00:00Z"}
            body = json.dumps(self.spoil(what)).encode()
            if d.random() < 0.1:
                at = d.randrange(len(body) + 1)
                body = body[:at] + d.randbytes(d.randrange(5)) + body[at + d.randrange(5):]
        head = f"{method} {path}{self.query()} HTTP/{d.choice(('1.1', '1.1', '1.1', '1.1', '1.0', '2.0', '1'))}\r\n"
        head += "".join(f"{k}: {v}\r\n" for k, v in self.headers(r, body)) + "\r\n"
        data = head.encode("latin1", "replace") + body
        for _ in range(d.choice((0, 0, 0, 0, 1, 3))):  # a byte here and there
            at = d.randrange(len(data))
            data = data[:at] + d.choice((b"", b"\r", b"\n", b"\x00", b"\xff", b":", b" ", data[:at][-20:])) + data[at + d.randrange(2):]
        return data

    def message(self, kind=None):
        d = self.draw
        a = d.choice(self.assignments) if self.assignments and d.random() < 0.8 else {"task_id": d.choice(self.tasks), "attempt": 1, "lease_token": "0" * 32}
        fence = {k: a[k] for k in ("task_id", "attempt", "lease_token")}
        kinds = {"register": {"node_id": "n1", "node_pubkey": "0x1", "protocol": "1.0", "session_nonce": "0x1", "ts": int(time.time() * 1000),
                              "specs": {"cpu_threads": 8, "ram_gb": 16, "disk_gb": 1, "gpus": [{"name": "g", "vram_gb": 8}]},
                              "bench": {"exec_mcycles_s": 1, "prove_krows_s": 1}, "region": "EU-x", "price": {"base_fri": "1", "per_mcycle_fri": "1"},
                              "capacity": {"max_concurrent": 9}, "address": "0x5", "software": {"sprove": "1"}},
                 "heartbeat": {"seq": 1, "cpu_ppm": 5, "mem_ppm": 5, "running": [fence, fence]},
                 "task_ack": {**fence, "accept": d.random() < 0.8, "reason": "busy", "ts": 1},
                 "task_progress": {**fence, "phase": "prove", "progress_ppm": 5, "eta_ms": 7},
                 "task_result": {**fence, "status": d.choice(("success", "failure")), "output": {"sha256": "ab" * 32, "inline_b64": "AAAA"}, "io_commitment": "00" * 31,
                                 "proof": {"sha256": "ab" * 32, "size": 5}, "usage": {"cycles": 1, "exec_ms": 1, "prove_ms": 1},
                                 "error": {"code": d.choice(("nonzero_exit", "internal", "infra")), "detail": "x" * 300}, "signature": ["0x1", "0x2"]},
                 "node_update": {"price": {"base_fri": "1"}, "capacity": {"max_concurrent": 2}, "draining": False},
                 "claim_submitted": {**fence, "tx_hash": "0x7", "nonce": 1, "sender": "0x1"}, "task_cancelled": fence, "x": {}}
        kind = kind or d.choice(list(kinds))
        return {"message_type": kind, "id": "i", **kinds[kind]}


def http_round(r, g):
    with socket.create_connection(("127.0.0.1", r.port), timeout=2) as s:
        try:
            for _ in range(g.draw.choice((1, 1, 2, 5))):
                data = g.request(r)
                at = g.draw.choice((len(data), len(data), g.draw.randrange(len(data) + 1)))
                s.sendall(data[:at])
                s.sendall(data[at:])
            s.settimeout(g.draw.choice((0.02, 0.3)))
            got = s.recv(65536)
            for x in got.split(b'"task_id":"')[1:3]:
                g.tasks.append(x[:36].decode("latin1"))
            for x in got.split(b'"next_cursor":"')[1:2]:
                g.cursors.append(x.split(b'"')[0].decode("latin1"))
            del g.tasks[:-20]
        except OSError:
            pass


def node_round(r, g):
    name = g.draw.choice(("n1", "n2", "n3"))
    try:
        ws = WebSocket(r.port, "/ws/node/" + name, timeout=3)
    except (Closed, OSError):
        return
    try:
        if g.draw.random() < 0.9:
            ws.send({**g.message("register")})
        for _ in range(30):
            text = json.dumps(g.spoil(g.message())).encode()
            if g.draw.random() < 0.05:
                at = g.draw.randrange(len(text))
                text = text[:at] + g.draw.randbytes(2) + text[at:]
            parts = g.draw.choice((1, 1, 1, 3))
            step = len(text) // parts + 1
            for i in range(parts):
                ws.frame(text[i * step:(i + 1) * step], 1 if i == 0 else 0, i == parts - 1)
            try:
                while True:
                    m = ws.recv(0.01)
                    if m["message_type"] == "task_assignment":
                        g.assignments.append(m)
                        del g.assignments[:-10]
            except TimeoutError:
                pass
    except (Closed, OSError, ValueError):
        pass
    finally:
        ws.socket.close()


def main():
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    g = Grammar(random.Random(seed))
    r = Relayer(RELAYER, settings=SETTINGS).start()
    rounds = 0
    try:
        for _ in range(5):
            status, made, _ = r.call("POST", "/api/v1/tasks", g.task())
            assert status == 201, made
            g.tasks.append(made["task_id"])
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            (node_round if g.draw.random() < 0.15 else http_round)(r, g)
            rounds += 1
            assert r.process.poll() is None, f"it ended with {r.process.returncode}"
        assert r.call("GET", "/api/v1/health/ready", key=False)[0] == 200
        # From the rows: damaged keys may have closed this address to any key for a while.
        kept = {to for to, in rows(r, "SELECT to_state FROM task_event WHERE task_id = ?", made["task_id"])}
        assert "queued" in kept, kept
        assert r.stop() == 0
        fsck(r)
        levels = [json.loads(x) for x in r.log_text().splitlines() if '"level":"error"' in x]
        assert not levels, levels[:3]
        print(f"{rounds} rounds")
        shutil.rmtree(r.folder)
    except BaseException:
        print("\n".join(x for x in r.log_text().splitlines() if '"event":"http"' not in x)[-3000:], file=sys.stderr)
        r.process.kill()
        raise


main()
