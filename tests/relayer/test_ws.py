"""test_ws.py - WebSockets of nodes against the running relayer: handshakes, frames, limits."""

import base64
import hashlib
import os
import socket
import struct
import time
import unittest

from process import Case, Relayer

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def handshake(path=b"/ws/node/abc", version=b"13", protocol=None, *more):
    key = base64.b64encode(os.urandom(16))
    lines = [b"GET " + path + b" HTTP/1.1", b"Host: x", b"Upgrade: websocket", b"Connection: Upgrade",
             b"Sec-WebSocket-Key: " + key, b"Sec-WebSocket-Version: " + version, *more]
    if protocol is not None:
        lines.append(b"Sec-WebSocket-Protocol: " + protocol)
    return key, b"\r\n".join(lines) + b"\r\n\r\n"


def frame(data, kind=TEXT, last=True, masked=True, mask=b"\x11\x22\x33\x44", rsv=0):
    head = bytes([(0x80 if last else 0) | rsv << 4 | kind])
    bit = 0x80 if masked else 0
    n = len(data)
    if n < 126:
        head += bytes([bit | n])
    elif n < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", n)
    if not masked:
        return head + data
    return head + mask + bytes(b ^ mask[i & 3] for i, b in enumerate(data))


class Socket:
    def __init__(self, relayer, *args, timeout=5.0):
        self.w = relayer.wire(timeout=timeout)
        key, head = handshake(*args)
        self.w.send(head)
        self.a = self.w.answer()
        self.open = self.a is not None and self.a.status == 101
        if self.open:
            expected = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
            assert self.a.headers["sec-websocket-accept"] == expected

    def send(self, *args, **more):
        return self.w.send(frame(*args, **more))

    def receive(self):
        """(kind, data) of the next frame; None when the connection has ended."""
        try:
            b = self.w.take(2)
            assert b[1] & 0x80 == 0, "a server does not mask"
            n = b[1] & 0x7f
            if n == 126:
                n = struct.unpack(">H", self.w.take(2))[0]
            elif n == 127:
                n = struct.unpack(">Q", self.w.take(8))[0]
            return b[0] & 0x0f, self.w.take(n)
        except EOFError:
            return None

    def end(self):
        """The code of its close frame; 0 when it ended without one; None: it did not end."""
        try:
            while True:
                f = self.receive()
                if f is None:
                    return 0
                if f[0] == CLOSE:
                    return struct.unpack(">H", f[1][:2])[0] if len(f[1]) >= 2 else 1005
        except (TimeoutError, socket.timeout):
            return None

    def close(self):
        self.w.close()


class Sockets(Case):
    SETTINGS = ("server.per_ip=100000", "ws.max_message=64KiB", "ws.require_node_signature=no")

    def socket(self, *args, **more):
        s = Socket(self.r, *args, **more)
        self.addCleanup(s.close)
        return s

    def opened(self, *args):
        s = self.socket(*args)
        self.assertTrue(s.open, s.a)
        return s

    def test_handshakes(self):
        for args, good in (((), True), ((b"/ws/node/0x1f",), True),
                           ((b"/ws/node/abc", b"13", b"sprove-node.v1"), True),
                           ((b"/ws/node/abc", b"13", b"other, sprove-node.v1"), True),
                           ((b"/ws/node/abc", b"13", b"other"), False),
                           ((b"/ws/node/abc", b"13", b"sprove-node.v11"), False),
                           ((b"/ws/node/abc", b"13", b"http"), False),
                           ((b"/ws/node/abc", b"12"), False), ((b"/ws/node/abc", b""), False),
                           ((b"/ws/node/",), False), ((b"/ws/node/a/b",), False), ((b"/",), False),
                           ((b"/api/v1/version",), False), ((b"/ws/node/" + b"a" * 67,), False),
                           ((b"/ws/node/%ff",), False)):
            with self.subTest(args):
                s = self.socket(*args)
                self.assertEqual(s.open, good, s.a)
                if not good:
                    self.assertTrue(s.w.is_closed())
                elif len(args) == 3:
                    self.assertEqual(s.a.headers["sec-websocket-protocol"], "sprove-node.v1")
        self.serves()
        self.rests()

    def test_a_ping_is_answered(self):
        s = self.opened()
        s.send(b"are you there", PING)
        for _ in range(10):
            f = s.receive()
            self.assertIsNotNone(f)
            if f[0] == PONG:
                break
        self.assertEqual(f, (PONG, b"are you there"))

    def test_a_close_is_answered(self):
        s = self.opened()
        s.send(struct.pack(">H", 1000) + b"bye", CLOSE)
        self.assertEqual(s.end(), 1000)
        self.assertTrue(s.w.is_closed())

    def test_binary_is_refused(self):
        s = self.opened()
        s.send(b"\x00\x01", BINARY)
        self.assertEqual(s.end(), 1003)

    def test_a_long_message_is_refused(self):
        s = self.opened()
        s.send(b"a" * 65537)
        self.assertEqual(s.end(), 1009)

    def test_a_long_message_in_parts_is_refused(self):
        s = self.opened()
        s.send(b"a" * 1000, TEXT, last=False)
        for _ in range(100):
            if not s.send(b"a" * 1000, 0, last=False):
                break
        self.assertIn(s.end(), (1009, 0))
        self.serves()

    def test_a_length_without_its_bytes(self):
        """The limit counts what came, not what was announced: no memory for it."""
        before = self.r.memory()
        for n in (1 << 31, 1 << 40, (1 << 63) - 1):
            s = self.opened()
            s.w.send(bytes([0x81, 0xff]) + struct.pack(">Q", n) + b"\0\0\0\0" + b"a" * 100)
        self.serves()
        self.assertLess(self.r.memory() - before, 20 << 20)
        self.rests()

    def test_what_is_no_utf8_is_refused(self):
        for bad in (b"\xff", b"a\xc3(", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"):
            s = self.opened()
            s.send(bad)
            self.assertIn(s.end(), (1007, 0), bad)

    def test_broken_frames_end_the_connection(self):
        """All but one kind: libwebsockets 4.1.6 takes frames without a mask."""
        for data in (frame(b"a", 3), frame(b"a", 11), frame(b"a", rsv=7),
                     frame(b"a", 0), frame(b"a" * 126, PING), frame(b"a", PING, last=False),
                     frame(b"a", TEXT, last=False) + frame(b"b", TEXT), frame(b"x", CLOSE),
                     bytes([0x81, 0xff]) + b"\xff" * 8 + b"\0\0\0\0"):
            with self.subTest(data[:20]):
                s = self.opened()
                s.w.send(data)
                self.assertIsNotNone(s.end())
        self.serves()
        self.rests()

    def test_fragments_are_put_together(self):
        """A message in parts, with a ping between them, is answered as one in one part is."""
        text = b'{"message_type":"nonsense","message_id":"m1"}'
        def said(send):
            s = self.opened()
            send(s)
            out = []
            try:
                s.w.s.settimeout(1.5)
                while len(out) < 2:
                    f = s.receive()
                    if f is None:
                        out.append(None)
                        break
                    if f[0] != PONG:
                        out.append((f[0], f[1][:2] if f[0] == CLOSE else len(f[1]) > 0))
                    if f[0] == CLOSE:
                        break
            except (TimeoutError, socket.timeout):
                pass
            return out
        whole = said(lambda s: s.send(text))
        def parts(s):
            s.send(text[:1], TEXT, last=False)
            s.send(b"p", PING)
            for i in range(1, len(text) - 1):
                s.send(text[i:i + 1], 0, last=False)
            s.send(text[-1:], 0)
        def empties(s):
            s.send(b"", TEXT, last=False)
            s.send(text, 0, last=False)
            s.send(b"", 0)
        def bytewise(s):
            s.w.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for b in frame(text):
                s.w.send(bytes([b]))
        for way in (parts, empties, bytewise):
            self.assertEqual(said(way), whole, way.__name__)
        self.serves()

    def test_hostile_messages_leave_it_running(self):
        for text in (b"", b"{}", b"[]", b"null", b'"a"', b"{" * 5000, b'{"a":' * 5000, b'{"message_type":1}',
                     b'{"message_type":"register"}', b'{"message_type":"heartbeat"}', b'{"message_type":"claim"}',
                     b'{"message_type":"task_result","task_id":"x"}', b'{"message_type":"hello","message_id":null}',
                     b'{"message_type":"register","message_type":"register"}', b"a" * 65536,
                     b'{"message_type":"' + b"a" * 60000 + b'"}', b'{"message_type":"\\u0000"}'):
            s = self.opened()
            s.send(text)
            s.send(b"{}", PING)
        self.serves()
        self.rests()

    def test_frames_right_behind_the_handshake(self):
        w = self.r.wire()
        self.addCleanup(w.close)
        w.send(handshake()[1] + frame(b"hello", PING))
        self.assertEqual(w.answer().status, 101)
        self.serves()
        self.rests()

    def test_a_request_behind_the_handshake(self):
        w = self.r.wire(timeout=2)
        self.addCleanup(w.close)
        w.send(handshake()[1] + b"GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(w.answer().status, 101)
        self.serves()
        self.rests()

    def test_a_node_that_does_not_read(self):
        s = self.opened()
        s.w.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        before = self.r.memory()
        s.w.s.settimeout(0.5)
        try:
            for _ in range(3000):
                if not s.send(b"x" * 100, PING):
                    break
        except (TimeoutError, socket.timeout):
            pass
        self.serves()
        self.assertLess(self.r.memory() - before, 20 << 20)

    def test_many_come_and_go(self):
        for _ in range(3):
            all_of_them = [self.socket() for _ in range(200)]
            self.assertTrue(all(s.open for s in all_of_them))
            for i, s in enumerate(all_of_them):
                if i % 3 == 0:
                    s.w.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif i % 3 == 1:
                    s.send(struct.pack(">H", 1000), CLOSE)
                s.close()
        self.serves()
        time.sleep(0.2)
        self.rests()


class Silent(unittest.TestCase):
    def test_a_peer_that_answers_no_ping_is_gone(self):
        r = Relayer("ws.offer=10ms", "ws.heartbeat=100ms", "ws.resume_grace=200ms",
                    "ws.heartbeat_timeout=3s", "ws.require_node_signature=no").wait()
        self.addCleanup(r.clean)
        s = Socket(r, timeout=15)
        self.addCleanup(s.close)
        self.assertTrue(s.open)
        start = time.monotonic()
        end = s.end()  # never answers a ping
        self.assertEqual(end, 0)  # without a close frame: not because it did not register
        self.assertGreater(time.monotonic() - start, 0.5)
        self.assertEqual(r.stop(), 0)


if __name__ == "__main__":
    unittest.main()
