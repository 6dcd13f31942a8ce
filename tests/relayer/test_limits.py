"""test_limits.py - sockets of one address, handshakes of nodes, proxies, and clients that read slowly."""

import hashlib
import socket
import time
import unittest

import process
from process import GOOD, Case, Relayer
from relayer_process import wait_for
from test_ws import Socket, frame, handshake

H = b"Host: x\r\n"


class OneAddress(Case):
    SETTINGS = ("server.per_ip=5", "ws.require_node_signature=no")

    def status(self, **more):
        with self.r.wire(**more) as w:
            w.send(GOOD)
            a = w.answer()
            return None if a is None else a.status

    def test_one_too_many_is_told_so_and_others_are_served(self):
        held = [self.r.wire() for _ in range(5)]
        try:
            with self.r.wire() as w:
                w.send(GOOD)
                a = w.answer()
                self.assertEqual((a.status, a.json()["code"]), (429, "rate_limited"))
                self.assertTrue(w.is_closed())
            self.assertEqual(self.status(source="127.0.0.2"), 200)
            held.pop().close()
            wait_for("room again", lambda: self.status() == 200)
        finally:
            for w in held:
                w.close()
        wait_for("room for all", lambda: self.status() == 200)

    def test_many_too_many_do_not_come_in(self):
        held = [self.r.wire(source="127.0.0.3") for _ in range(5 + 16)]
        try:
            time.sleep(0.2)
            with self.r.wire(source="127.0.0.3") as w:
                w.send(GOOD)
                self.assertTrue(w.is_closed())
                self.assertEqual(w.rest, b"")
        finally:
            for w in held:
                w.close()
        wait_for("room again", lambda: self.status(source="127.0.0.3") == 200)

    def test_sockets_of_nodes_count(self):
        held = [Socket(self.r, b"/ws/node/n%d" % i) for i in range(5)]
        try:
            self.assertTrue(all(s.open for s in held))
            w = self.r.wire()
            w.send(handshake(b"/ws/node/n6")[1])
            a = w.answer()
            self.assertEqual((a.status, a.json()["code"]), (429, "rate_limited"))
            self.assertTrue(w.is_closed())
            w.close()
        finally:
            for s in held:
                s.close()
        wait_for("room again", lambda: self.status() == 200)


class Handshakes(unittest.TestCase):
    def test_are_counted_by_address(self):
        r = Relayer("server.upgrade_rate=3", "ws.require_node_signature=no").wait()
        self.addCleanup(r.clean)

        def status(source):
            with r.wire(source=source) as w:
                w.send(handshake()[1])
                a = w.answer(head_only=True)
                return a.status, a.headers.get("retry-after")

        self.assertEqual([status("127.0.0.1")[0] for _ in range(3)], [101] * 3)
        code, after = status("127.0.0.1")
        self.assertEqual(code, 429)
        self.assertTrue(1 <= int(after) <= 20, after)  # one each 20 s
        self.assertEqual(status("127.0.0.2")[0], 101)
        with r.wire() as w:  # only handshakes
            w.send(GOOD)
            self.assertEqual(w.answer().status, 200)
        self.assertEqual(r.stop(), 0)


    def test_of_one_node_are_counted_alone(self):
        r = Relayer("ws.reconnect_every=1h", "ws.require_node_signature=no").wait()
        self.addCleanup(r.clean)

        def status(node, source="127.0.0.1"):
            with r.wire(source=source) as w:
                w.send(handshake(b"/ws/node/" + node)[1])
                a = w.answer(head_only=True)
                return a.status, a.headers.get("retry-after")

        self.assertEqual([status(b"n1")[0] for _ in range(3)], [101] * 3)  # who was cut off comes back at once
        code, after = status(b"n1")
        self.assertEqual(code, 429)
        self.assertTrue(3500 < int(after) <= 3600, after)
        self.assertEqual(status(b"n2")[0], 101)
        self.assertEqual(status(b"n1", "127.0.0.2")[0], 101)  # nobody uses it up for others
        self.assertEqual(r.stop(), 0)


class Proxies(Case):
    SETTINGS = ("server.per_ip=2", "server.trusted_proxies=127.0.0.1", "ws.require_node_signature=no")

    def open(self, client, source="127.0.0.1"):
        w = self.r.wire(source=source)
        w.send(handshake(b"/ws/node/abc", b"13", None, b"X-Forwarded-For: " + client)[1])
        a = w.answer(head_only=True)
        return w, a.status

    def test_clients_are_told_apart(self):
        held = [self.open(b"10.0.0.1"), self.open(b"spoofed, 10.0.0.1"), self.open(b"10.0.0.2")]
        try:
            self.assertEqual([s for _, s in held], [101] * 3)
            w, status = self.open(b"10.0.0.1")
            w.close()
            self.assertEqual(status, 429)
        finally:
            for w, _ in held:
                w.close()

        def again():
            w, status = self.open(b"10.0.0.1")
            w.close()
            return status == 101
        wait_for("room again", again)

    def test_the_word_of_others_does_not_count(self):
        held = [self.open(b"10.1.0.%d" % i, "127.0.0.2") for i in range(3)]
        for w, _ in held:
            w.close()
        self.assertEqual([s for _, s in held], [101, 101, 429])


class Full(unittest.TestCase):
    def test_a_full_relayer_says_so(self):
        r = Relayer("server.max_connections=16", "server.per_ip=1000", "ws.require_node_signature=no").wait()
        self.addCleanup(r.clean)
        held = [Socket(r, b"/ws/node/n%d" % i) for i in range(16)]
        self.assertTrue(all(s.open for s in held))
        for request in (GOOD, handshake()[1]):
            with r.wire() as w:
                w.send(request)
                a = w.answer()
                self.assertEqual((a.status, a.json()["code"]), (503, "overloaded"))
        held.pop().close()

        def served():
            with r.wire() as w:
                w.send(GOOD)
                return w.answer().status == 200
        wait_for("room again", served)
        for s in held:
            s.close()
        self.assertEqual(r.stop(), 0)


class SlowReaders(Case):
    SETTINGS = ("server.send_timeout=5s", "server.min_rate=4MiB", "server.per_ip=100", "ws.require_node_signature=no",
                "ws.offer=10ms", "ws.heartbeat=100ms", "ws.resume_grace=200ms", "ws.heartbeat_timeout=5s")
    BYTES = 16 << 20

    def blob(self):
        blob = b"\x5a" * self.BYTES
        name = hashlib.sha256(blob).hexdigest().encode()
        key = b"Authorization: Bearer " + self.r.key().encode() + b"\r\n"
        with self.r.wire(timeout=60) as w:
            w.send(b"PUT /api/v1/blobs/" + name + b" HTTP/1.1\r\n" + H + key + b"Content-Length: %d\r\n\r\n" % len(blob) + blob)
            self.assertIn(w.answer().status, (200, 201))
        return b"GET /api/v1/blobs/" + name + b" HTTP/1.1\r\n" + H + key + b"\r\n"

    def test_an_answer_has_one_deadline_however_steadily_it_is_read(self):
        get = self.blob()
        with self.r.wire(timeout=60) as w:
            w.send(get)
            self.assertEqual(len(w.answer().body), self.BYTES)
        with self.r.wire(timeout=60) as w:
            w.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            w.send(get)
            n = 0
            end = time.monotonic() + 60 * process.SLOW
            try:
                while time.monotonic() < end:
                    part = w.s.recv(32768)  # at most 640 KiB a second: 16 MiB would take 25 s
                    if not part:
                        break
                    n += len(part)
                    time.sleep(0.05)
            except ConnectionResetError:
                pass
            self.assertLess(n, self.BYTES)
            self.assertGreater(n, 0)
        self.assertEqual(self.r.ask(GOOD).status, 200)

    def test_a_node_that_reads_nothing_is_cut_off(self):
        """Its answers wait up to a bound, and no further."""
        s = Socket(self.r, b"/ws/node/deaf", timeout=20)
        self.addCleanup(s.close)
        self.assertTrue(s.open)
        s.send(b'{"message_type":"register","id":"r","specs":{"cpu_threads":1,"ram_gb":1,"gpus":[]},'
               b'"price":{"base_fri":"1","per_mcycle_fri":"1"}}')
        s.w.s.settimeout(2 * process.SLOW)
        many = b"".join(frame(b'{"message_type":"none","id":"%s"}' % (b"x" * 36)) for _ in range(1000))
        memory = self.r.memory()
        for _ in range(300):
            try:
                if not s.w.send(many):
                    break
            except (TimeoutError, socket.timeout):
                break
        self.assertLess(self.r.memory() - memory, 32 << 20)
        self.assertEqual(self.r.ask(GOOD).status, 200)
        # Its queue ran over, or it answered no ping.
        wait_for("it is gone", lambda: any(e["event"] == "node_closed" for e in self.r.events()))


if __name__ == "__main__":
    unittest.main()
