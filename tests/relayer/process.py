"""process.py - a relayer in a folder of its own, and plain sockets to speak to it."""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from relayer_process import free_port

RELAYER = os.path.abspath(os.environ.get("SPROVE_RELAYER", "build/relayer/sprove-relayer"))
WORKER = os.environ.get("SPROVE_WORKER")
if WORKER is not None:  # the relayer looks for it beside itself
    bin_dir = tempfile.mkdtemp(prefix="sprove-bin-")
    atexit.register(shutil.rmtree, bin_dir, True)
    for program in (RELAYER, WORKER):
        shutil.copy(program, bin_dir)
    RELAYER = os.path.join(bin_dir, os.path.basename(RELAYER))
SLOW = float(os.environ.get("SPROVE_SLOW", "1"))  # valgrind and sanitizers take longer
HOST = "127.0.0.1"
GOOD = b"GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\r\n"


class Answer:
    def __init__(self, status, headers, body, version):
        self.status, self.headers, self.body, self.version = status, headers, body, version

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return "%d %r %r" % (self.status, self.headers, self.body[:200])


class Wire:
    """A connection that is read by hand."""

    def __init__(self, port, timeout=5.0, tls=None, source=None):
        at = None if source is None else (source, 0)
        self.s = socket.create_connection((HOST, port), timeout * SLOW, at)
        if tls is not None:
            self.s = tls.wrap_socket(self.s, server_hostname="localhost")
        self.rest = b""
        self.ended = False

    def send(self, data):
        """False: the other end has closed."""
        try:
            self.s.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def more(self):
        """False at the end of the connection, however it ended."""
        try:
            d = self.s.recv(65536)
        except ConnectionResetError:
            d = b""
        self.rest += d
        self.ended = self.ended or not d
        return bool(d)

    def take(self, n):
        while len(self.rest) < n and self.more():
            pass
        if len(self.rest) < n:
            raise EOFError(self.rest)
        d, self.rest = self.rest[:n], self.rest[n:]
        return d

    def answer(self, head_only=False):
        """The next response, or None when the connection ended without any byte of one."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                if self.rest:
                    raise EOFError(self.rest)
                return None
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        version, status = lines[0].split(" ", 2)[:2]
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        n = 0 if head_only or status in ("100", "101", "204", "304") else headers.get("content-length")
        if n is None:
            while self.more():
                pass
            body, self.rest = self.rest, b""
        else:
            body = self.take(int(n))
        return Answer(int(status), headers, body, version)

    def is_closed(self):
        """Reads to the end; False when nothing came within the timeout, or bytes were left."""
        try:
            while self.more():
                pass
        except (TimeoutError, socket.timeout):
            return False
        return not self.rest

    def close(self):
        self.s.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Relayer:
    def __init__(self, *settings, data=None, listen=None, wrap=(), env=None, keep=False,
                 slow=1):
        self.dir = tempfile.mkdtemp(prefix="sprove-relayer-") if data is None else os.path.dirname(data)
        self.data = data or os.path.join(self.dir, "data")
        self.port = free_port()
        self.log_path = os.path.join(self.dir, "log-%d" % self.port)
        pairs = ["server.data=" + self.data, "server.metrics=", "server.upgrade_rate=1000000", "ws.reconnect_every=0ms"]
        pairs += ["server.listen=%s" % (listen or "%s:%d" % (HOST, self.port))] if listen != "" else []
        args = [*wrap, RELAYER]
        for pair in pairs + list(settings):
            args += ["--set", pair]
        with open(self.log_path, "wb") as log:
            self.p = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                      env=env or dict(os.environ))
        self.keep, self.slow = keep, slow

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def events(self):
        for line in self.log().splitlines():
            if line.startswith("{"):
                yield json.loads(line)

    def wait(self):
        """Until it listens."""
        end = time.monotonic() + 20 * SLOW * self.slow
        while time.monotonic() < end:
            for e in self.events():
                if e["event"] == "listening":
                    self.port = int(e["port"])
                    return self
            if self.p.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError("the relayer did not start: " + self.log())

    def key(self):
        with open(os.path.join(self.data, "admin.key"), encoding="ascii") as f:
            return f.read().strip()

    def wire(self, **more):
        return Wire(self.port, **more)

    def ask(self, data, **more):
        with self.wire() as w:
            w.send(data)
            return w.answer(**more)

    def cpu(self):
        """Seconds of processor time so far."""
        with open("/proc/%d/stat" % self.p.pid, encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Resident bytes."""
        with open("/proc/%d/statm" % self.p.pid, encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def n_open(self):
        """Descriptors that it holds."""
        return len(os.listdir("/proc/%d/fd" % self.p.pid))

    def stop(self, sig=signal.SIGTERM, timeout=30):
        if self.p.poll() is None:
            self.p.send_signal(sig)
        return self.p.wait(timeout * SLOW)

    def clean(self):
        if self.p.poll() is None:
            self.p.kill()
        self.p.wait()
        if not self.keep:
            shutil.rmtree(self.dir, True)


class Case(unittest.TestCase):
    """One relayer for all tests of a class; it must stop well in the end."""

    SETTINGS = ()

    @classmethod
    def setUpClass(cls):
        cls.r = Relayer(*cls.SETTINGS).wait()

    @classmethod
    def tearDownClass(cls):
        try:
            code = cls.r.stop()
            log = cls.r.log()
            assert code == 0, "exit code %d: %s" % (code, log)
            assert "Sanitizer" not in log and "runtime error" not in log, log
        finally:
            cls.r.clean()

    def run(self, result=None):
        start = time.monotonic()
        super().run(result)
        if os.environ.get("SPROVE_TIMES"):
            print("%6.1f s %s" % (time.monotonic() - start, self.id()), flush=True)

    def serves(self):
        a = self.r.ask(GOOD)
        self.assertIsNotNone(a, "no answer to a good request")
        self.assertEqual(a.status, 200)

    def rests(self):
        """Comes to take nearly no processor time: less than a half of half a second."""
        for _ in range(8):  # what was begun may take a while; what spins does not end
            before = self.r.cpu()
            time.sleep(0.5)
            if self.r.cpu() - before < 0.25:
                return
        self.fail("it takes processor time although nothing is asked of it")
