"""test_process.py - the relayer as a process: first start, ports, TLS, stopping, a disk that refuses."""

import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import tempfile
import time
import unittest
import warnings

from process import GOOD, HOST, RELAYER, SLOW, Relayer, Wire, free_port

H = b"Host: x\r\n"


class Case(unittest.TestCase):
    def start(self, *settings, **more):
        r = Relayer(*settings, **more)
        self.addCleanup(r.clean)
        return r

    def refused(self, r, code=1):
        """Ends by itself with this code; what it said."""
        self.assertEqual(r.p.wait(20 * SLOW), code)
        self.assertNotIn("Sanitizer", r.log())
        return r.log()

    def serves(self, r):
        a = r.ask(GOOD)
        self.assertEqual(a.status, 200)


class FirstStart(Case):
    def test_a_key_is_made_once(self):
        r = self.start().wait()
        path = os.path.join(r.data, "admin.key")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(r.data).st_mode), 0o700)
        key = r.key()
        self.assertRegex(key, "^spk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$")
        self.assertNotIn(key, r.log())
        self.assertIn(path, r.log())
        r.keep = True
        self.assertEqual(r.stop(), 0)
        os.remove(path)
        again = self.start(data=r.data).wait()
        self.assertFalse(os.path.exists(path), "a key was made although there is one")
        ask = b"GET /api/v1/tasks/none HTTP/1.1\r\n" + H + b"Authorization: Bearer " + key.encode() + b"\r\n\r\n"
        self.assertIn(again.ask(ask).status, (400, 404))
        self.assertEqual(again.stop(), 0)
        r.keep = False

    def test_the_first_request_after_a_restart_knows_the_keys(self):
        r = self.start().wait()
        key, r.keep = r.key(), True
        self.assertEqual(r.stop(), 0)
        ask = b"GET /api/v1/tasks/none HTTP/1.1\r\n" + H + b"Authorization: Bearer " + key.encode() + b"\r\n\r\n"
        for _ in range(3):
            again = self.start(data=r.data, listen="%s:%d" % (HOST, r.port))
            again.keep = True
            end, a = time.monotonic() + 20 * SLOW, None
            while a is None and time.monotonic() < end:
                try:
                    with Wire(r.port) as w:  # closed without an answer: by who only looks whether the port is free
                        w.send(ask)
                        a = w.answer()
                except ConnectionRefusedError:
                    time.sleep(0.001)
            self.assertIn(a.status, (400, 404), a)
            self.assertEqual(again.stop(), 0)
        r.keep = False

    def test_a_lost_key_file_of_an_unfinished_start_is_replaced(self):
        r = self.start().wait()
        r.keep = True
        self.assertEqual(r.stop(), 0)
        for name in os.listdir(r.data):
            if name.startswith("relayer.db"):
                os.remove(os.path.join(r.data, name))
        old = r.key()
        again = self.start(data=r.data).wait()
        self.assertNotEqual(again.key(), old)
        self.assertEqual(again.stop(), 0)
        r.keep = False

    def test_a_folder_that_cannot_be_made(self):
        for place in ("/proc/sprove", "/dev/null/x"):
            r = self.start("server.data=" + place)
            log = self.refused(r)
            self.assertIn(place, log)

    def test_a_file_where_the_folder_should_be(self):
        r = self.start()
        r.stop()
        r.clean()
        os.makedirs(r.dir)
        with open(r.data, "w", encoding="ascii") as f:
            f.write("x")
        again = Relayer(data=r.data)
        self.addCleanup(again.clean)
        self.assertIn(r.data, self.refused(again))

    def test_a_database_that_is_none(self):
        r = self.start().wait()
        self.assertEqual(r.stop(), 0)
        r.keep = True
        path = os.path.join(r.data, "relayer.db")
        with open(path, "wb") as f:
            f.write(b"this is no database" * 1000)
        again = Relayer(data=r.data)
        self.addCleanup(again.clean)
        self.assertIn("relayer.db", self.refused(again))


class Options(Case):
    def run_it(self, *args, env=None):
        p = subprocess.run([RELAYER, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30 * SLOW,
                           env=env or dict(os.environ), check=False)
        return p.returncode, p.stdout.decode(), p.stderr.decode()

    def test_usage(self):
        self.assertEqual(self.run_it("--help")[0], 0)
        self.assertIn("usage", self.run_it("--help")[1])
        self.assertRegex(self.run_it("--version")[1], r"^sprove-relayer \d+\.\d+\.\d+")
        for bad in (("--nothing",), ("word",), ("--set",), ("--set", "novalue"), ("--set", "a.b=1"),
                    ("--set", "db.readers=0"), ("--config", "/no/such/file"), ("--set", "log.level=loud"),
                    ("--set", "ws.offer=1h")):
            code, out, err = self.run_it(*bad)
            self.assertEqual((code, out), (2, ""), bad)
            self.assertTrue(err.strip(), bad)

    def test_later_places_go_before_earlier_ones(self):
        path = os.path.join(tempfile.mkdtemp(prefix="sprove-options-"), "r.ini")
        self.addCleanup(shutil.rmtree, os.path.dirname(path))
        with open(path, "w", encoding="ascii") as f:
            f.write("[db]\nreaders = 3\n[sched]\nmax_attempts = 4\n[log]\nlevel = warn\n")
        env = dict(os.environ, SPROVE_DB_READERS="5", SPROVE_SCHED_MAX_ATTEMPTS="6")
        code, out, _ = self.run_it("--set", "db.readers=7", "--config", path, "--print-config", env=env)
        self.assertEqual(code, 0)
        for line in ("readers = 7", "max_attempts = 6", "level = warn", "listen = 0.0.0.0:8000"):
            self.assertIn(line + "\n", out)
        self.assertEqual(self.run_it("--config", path, "--check-config")[0], 0)
        with open(path, "w", encoding="ascii") as f:
            f.write(out)
        self.assertEqual(self.run_it("--config", path, "--print-config")[1], out)

    def test_no_key_is_printed(self):
        code, out, _ = self.run_it("--print-config", "--set", "chain.rpc=https://h.example/v2/GEHEIM", "--set",
                                   "db.database=postgresql://u:GEHEIM@h/x")
        self.assertEqual(code, 0)
        self.assertNotIn("GEHEIM", out)
        self.assertIn("https://h.example/***", out)


class Ports(Case):
    def test_a_port_that_was_asked_for_is_the_only_one(self):
        with socket.socket() as s:
            s.bind((HOST, 0))
            s.listen()
            port = s.getsockname()[1]
            r = self.start(listen="%s:%d" % (HOST, port))
            self.assertIn(str(port), self.refused(r))

    def test_the_default_port_falls_back(self):
        """To 8001, with a warning; only where nothing else uses the two."""
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                with socket.socket() as probe:
                    probe.bind(("0.0.0.0", 8001))
                s.bind(("0.0.0.0", 8000))
            except OSError:
                self.skipTest("port 8000 or 8001 is in use here")
            s.listen()
            r = self.start(listen="").wait()
            self.assertEqual(r.port, 8001)
            self.assertEqual([e["level"] for e in r.events() if e["event"] == "listening"], ["warn"])
            self.serves(r)
            self.assertEqual(r.stop(), 0)
            r = self.start("server.port_fallback=no", listen="")
            self.assertIn("8000", self.refused(r))

    def test_an_address_of_another_machine(self):
        self.assertIn("192.0.2.1", self.refused(self.start(listen="192.0.2.1:8000")))

    def test_ipv6(self):
        with socket.socket(socket.AF_INET6) as s:
            try:
                s.bind(("::1", 0))
            except OSError:
                self.skipTest("no IPv6 here")
        r = self.start(listen="[::1]:%d" % free_port()).wait()
        with socket.create_connection(("::1", r.port), 5) as s:
            s.sendall(GOOD)
            self.assertTrue(s.recv(1000).startswith(b"HTTP/1.1 200"))
        self.assertEqual(r.stop(), 0)


class Tls(Case):
    def certificate(self, folder):
        openssl = shutil.which("openssl")
        if openssl is None:
            self.skipTest("no openssl")
        key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
        subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return cert, key

    def test_tls(self):
        folder = tempfile.mkdtemp(prefix="sprove-tls-")
        self.addCleanup(shutil.rmtree, folder)
        cert, key = self.certificate(folder)
        r = self.start("server.tls_cert=" + cert, "server.tls_key=" + key, "server.per_ip=1000").wait()
        trust = ssl.create_default_context(cafile=cert)
        trust.set_alpn_protocols(["h2", "http/1.1"])
        with r.wire(tls=trust) as w:
            self.assertEqual(w.s.selected_alpn_protocol(), "http/1.1")
            self.assertIn(w.s.version(), ("TLSv1.2", "TLSv1.3"))
            for _ in range(3):
                w.send(GOOD)
                self.assertEqual(w.answer().status, 200)
            w.send(b"POST /api/v1/tasks HTTP/1.1\r\n" + H + b"Content-Length: 100000\r\n\r\n" + b" " * 100000)
            self.assertEqual(w.answer().status, 401)
            w.send(b"POST /api/v1/tasks HTTP/1.1\r\n" + H + b"Content-Length: -1\r\n\r\n")
            self.assertEqual(w.answer().status, 400)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            r.wire(tls=old)
        for nonsense in (GOOD, bytes(100), b"\x16\x03\x01\x00\x05hello"):
            with r.wire() as w:
                w.send(nonsense)
                try:
                    w.s.shutdown(socket.SHUT_WR)
                    w.answer()
                except (OSError, EOFError, ValueError, IndexError):
                    pass
        with r.wire(tls=trust) as w:
            w.send(GOOD)
            self.assertEqual(w.answer().status, 200)
        before = r.cpu()
        time.sleep(0.5)
        self.assertLess(r.cpu() - before, 0.25)
        self.assertEqual(r.stop(), 0)

    def test_a_certificate_that_is_not_there(self):
        r = self.start("server.tls_cert=/no/cert", "server.tls_key=/no/key")
        self.assertIn("certificate", self.refused(r))


class Stopping(Case):
    def test_idle(self):
        for sig in (signal.SIGTERM, signal.SIGINT):
            r = self.start().wait()
            with r.wire() as w:  # a connection that is kept does not hold it up
                w.send(GOOD)
                self.assertEqual(w.answer().status, 200)
                self.assertEqual(r.stop(sig), 0)
                self.assertTrue(w.is_closed())
            self.assertEqual([e["event"] for e in r.events()][-1], "stopped")

    def held(self, r):
        """A request whose body is on its way: it holds up the end."""
        w = r.wire(timeout=20)
        self.addCleanup(w.close)
        w.send(b"POST /api/v1/tasks HTTP/1.1\r\n" + H + b"Authorization: Bearer " + r.key().encode() +
               b"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
        end = time.monotonic() + 5
        self.serves(r)  # by now it has been read
        self.assertLess(time.monotonic(), end)
        return w

    def draining(self, r):
        end = time.monotonic() + 10 * SLOW
        while not any(e["event"] == "draining" for e in r.events()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def test_what_was_begun_is_answered(self):
        r = self.start().wait()
        w, idle = self.held(r), r.wire()
        self.addCleanup(idle.close)
        idle.send(GOOD)
        self.assertEqual(idle.answer().status, 200)
        r.p.send_signal(signal.SIGTERM)
        self.draining(r)
        idle.send(b"GET /api/v1/health/ready HTTP/1.1\r\n" + H + b"\r\n")
        a = idle.answer()
        self.assertEqual((a.status, a.headers["connection"]), (503, "close"))
        w.send(b"}")
        a = w.answer()
        self.assertIn(a.status, (400, 422, 503))
        self.assertEqual(a.headers["connection"], "close")
        self.assertTrue(w.is_closed())
        self.assertEqual(r.p.wait(20 * SLOW), 0)

    def test_new_work_is_refused_while_draining(self):
        r = self.start().wait()
        w = self.held(r)
        r.p.send_signal(signal.SIGTERM)
        self.draining(r)
        a = r.ask(b"POST /api/v1/tasks HTTP/1.1\r\n" + H + b"Content-Length: 2\r\n\r\n{}")
        self.assertEqual((a.status, a.json()["code"]), (503, "draining"))
        self.assertIn("retry-after", a.headers)
        a = r.ask(b"GET /ws/node/a HTTP/1.1\r\n" + H + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        self.assertTrue(a is None or a.status != 101)
        w.send(b"}")
        self.assertIsNotNone(w.answer())
        self.assertEqual(r.p.wait(20 * SLOW), 0)

    def test_a_second_signal_ends_it_at_once(self):
        r = self.start().wait()
        self.held(r)
        r.p.send_signal(signal.SIGTERM)
        self.draining(r)
        r.p.send_signal(signal.SIGTERM)
        self.assertEqual(r.p.wait(5 * SLOW), 1)

    def test_a_request_that_never_ends_does_not_hold_it_up(self):
        r = self.start("server.shutdown_timeout=2s", "server.body_timeout=1h").wait()
        self.held(r)
        r.p.send_signal(signal.SIGTERM)
        self.assertIn(r.p.wait(10 * SLOW), (0, 1))

    def test_the_deadline_holds_where_a_thread_waits(self):
        r = self.start("server.shutdown_timeout=1s").wait()
        body = b"anything"
        put = (b"PUT /api/v1/blobs/" + hashlib.sha256(body).hexdigest().encode() + b" HTTP/1.1\r\n" + H +
               b"Authorization: Bearer " + r.key().encode() + b"\r\nContent-Length: 8\r\n\r\n" + body)
        db = sqlite3.connect(os.path.join(r.data, "relayer.db"), isolation_level=None)
        self.addCleanup(db.close)
        db.execute("BEGIN IMMEDIATE")  # the writing thread waits for this lock
        w = r.wire(timeout=20)
        self.addCleanup(w.close)
        w.send(put)
        self.serves(r)
        time.sleep(0.2)
        r.p.send_signal(signal.SIGTERM)
        self.assertEqual(r.p.wait(10 * SLOW), 1)
        self.assertTrue(w.is_closed(), "it was acknowledged although it was not written")


class Disk(Case):
    def test_a_refused_sync_ends_it_with_70(self):
        strace = shutil.which("strace")
        if strace is None:
            self.skipTest("no strace")
        probe = subprocess.run([strace, "-q", "-e", "inject=fsync:error=EIO", "true"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, check=False)
        if probe.returncode != 0:
            self.skipTest("strace may not trace here")
        r = self.start().wait()
        key, r.keep = r.key(), True
        self.assertEqual(r.stop(), 0)
        again = Relayer(data=r.data, wrap=(strace, "-f", "-q", "-o", "/dev/null", "-e", "trace=fdatasync",
                                           "-e", "inject=fdatasync:error=EIO:when=20+"))
        again.keep = True
        self.addCleanup(again.clean)
        end = time.monotonic() + 30 * SLOW
        stored = []
        n = 0
        while again.p.poll() is None and time.monotonic() < end:  # writes until the sync is refused
            body = json.dumps({"n": n}).encode()
            name = hashlib.sha256(body).hexdigest().encode()
            n += 1
            try:
                with Wire(again.port) as w:
                    w.send(b"PUT /api/v1/blobs/" + name + b" HTTP/1.1\r\n" + H + b"Authorization: Bearer " +
                           key.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                    a = w.answer()
                    if a is not None and a.status in (200, 201):
                        stored.append(name)
            except (OSError, EOFError):
                time.sleep(0.01)
        self.assertEqual(again.p.wait(10), 70, again.log())
        self.assertIn("db_fatal", again.log())
        sound = self.start(data=r.data).wait()
        for name in stored:  # what was acknowledged is there
            a = sound.ask(b"HEAD /api/v1/blobs/" + name + b" HTTP/1.1\r\n" + H + b"Authorization: Bearer " +
                          key.encode() + b"\r\n\r\n", head_only=True)
            self.assertEqual(a.status, 200)
        self.assertEqual(sound.stop(), 0)
        r.keep = False


if __name__ == "__main__":
    unittest.main()
