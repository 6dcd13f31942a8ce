#!/usr/bin/env python3
"""Relayer and node as services: what they tell the service manager, and SIGUSR1.

usage: test_service.py RELAYER NODE"""
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, wait_for  # noqa: E402

RELAYER, NODE = sys.argv[1], sys.argv[2]


class Manager:
    """The socket of a service manager."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.s.bind(self.path)
        self.s.settimeout(0.05)
        self.got = []

    def environment(self, watchdog_ms):
        return {"NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": str(watchdog_ms * 1000)}

    def listen(self, seconds=0):
        end = time.monotonic() + seconds
        while True:
            try:
                self.got.append(self.s.recv(4096).decode())
            except (TimeoutError, socket.timeout):
                if time.monotonic() >= end:
                    return self

    def lines(self):
        self.listen()
        return [line for m in self.got for line in m.split("\n")]


def events(r, name):
    return [e for e in map(json.loads, filter(lambda x: x.startswith("{"), r.log_text().splitlines())) if e["event"] == name]


def test_relayer():
    folder = tempfile.mkdtemp(prefix="service.")
    m = Manager(folder)
    r = Relayer(RELAYER, settings=["log.level=info"], environment=m.environment(1500)).start()
    try:
        wait_for("ready", lambda: "READY=1" in m.lines())
        before = m.lines().count("WATCHDOG=1")
        wait_for("signs of life", lambda: m.lines().count("WATCHDOG=1") >= before + 3)
        assert m.lines().count("READY=1") == 1
        assert any(x == "STATUS=0 nodes connected, 0 tasks queued, 0 with a node" for x in m.lines()), m.lines()
        assert all(len(x) < 200 for x in m.got)

        # Somebody holds the database: the thread that writes waits, and no sign of life goes out while it does.
        d = sqlite3.connect(os.path.join(r.folder, "relayer.db"), isolation_level=None)
        d.execute("BEGIN IMMEDIATE")
        m.listen()
        m.got.clear()
        m.listen(4)
        stuck = m.lines()
        d.execute("ROLLBACK")
        d.close()
        assert stuck.count("WATCHDOG=1") <= 1, stuck  # of a round that was begun before; five would be due
        wait_for("alive again", lambda: "WATCHDOG=1" in m.lines())
        print("ok   READY, STATUS, WATCHDOG while it can write", flush=True)

        # SIGUSR1: debug, and back.
        assert not events(r, "http")
        r.process.send_signal(signal.SIGUSR1)
        wait_for("debug", lambda: len(events(r, "log_level")) == 1)
        r.call("GET", "/api/v1/version")
        wait_for("a line of debug", lambda: [e for e in events(r, "http") if e["path"] == "/api/v1/version"])
        r.process.send_signal(signal.SIGUSR1)
        wait_for("info", lambda: len(events(r, "log_level")) == 2)
        assert [e["now"] for e in events(r, "log_level")] == ["debug", "info"]
        n = len(events(r, "http"))
        for _ in range(3):
            r.call("GET", "/api/v1/version")
        r.call("GET", "/api/v1/stats")
        assert len(events(r, "http")) == n, "it is quiet again"
        print("ok   SIGUSR1", flush=True)

        assert r.stop() == 0
        last = m.lines()
        assert last.count("STOPPING=1") == 1, last
        usec = [int(x.split("=")[1]) for x in last if x.startswith("WATCHDOG_USEC=")]
        assert usec and usec[0] > 60000000, "the watchdog lets it drain"
        assert "WATCHDOG=1" not in last[last.index("STOPPING=1"):], last
        print("ok   STOPPING", flush=True)
    finally:
        if r.process.poll() is None:
            r.kill()


def test_node():
    folder = tempfile.mkdtemp(prefix="service.")
    m = Manager(folder)
    r = Relayer(RELAYER).start()
    n = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", folder + "/data", "--no-bench"],
                         stderr=subprocess.DEVNULL, env={**os.environ, **m.environment(900)})
    try:
        wait_for("ready", lambda: "READY=1" in m.lines())
        wait_for("registered", lambda: "STATUS=registered, 0 tasks" in m.lines())
        wait_for("signs of life", lambda: m.lines().count("WATCHDOG=1") >= 3)
        r.kill()
        wait_for("it says that it is alone", lambda: m.lines()[-1] == "STATUS=not connected, 0 tasks")
        n.send_signal(signal.SIGTERM)
        assert n.wait(20) == 0
        assert m.lines().count("STOPPING=1") == 1 and m.lines().count("READY=1") == 1, m.lines()
        print("ok   the node", flush=True)
    finally:
        n.kill()
        n.wait()
        if r.process.poll() is None:
            r.kill()


def test_new_admin_key():
    """For who has lost the one that there was: the new one holds after the next start, and so do the others."""
    r = Relayer(RELAYER).start()
    try:
        old = r.key
        p = subprocess.run([RELAYER, "--set", f"server.data={r.folder}", "--new-admin-key"], capture_output=True, text=True, timeout=30)
        path = os.path.join(r.folder, "admin.key")
        new = open(path, encoding="ascii").read().strip()
        assert p.returncode == 0 and path in p.stdout and new not in p.stdout + p.stderr, p
        assert new != old and os.stat(path).st_mode & 0o77 == 0
        assert r.call("GET", "/api/v1/api-keys", key=old)[0] == 200
        assert r.call("GET", "/api/v1/api-keys", key=new)[0] == 401
        assert r.stop() == 0
        r.start()
        for key in (old, new):
            assert r.call("GET", "/api/v1/api-keys", key=key)[0] == 200
        assert r.stop() == 0
        p = subprocess.run([RELAYER, "--set", f"server.data={r.folder}/none", "--new-admin-key"], capture_output=True, text=True, timeout=30)
        assert p.returncode == 1 and p.stderr and not os.path.exists(f"{r.folder}/none"), p
        print("ok   --new-admin-key", flush=True)
    finally:
        if r.process.poll() is None:
            r.kill()


test_relayer()
test_node()
test_new_admin_key()
