"""A WebSocket client for the tests: text messages, fragments, pings, and everything that a node must not do."""
import base64
import json
import os
import socket
import struct
import time


class Closed(Exception):
    def __init__(self, code=None, reason=""):
        super().__init__(f"closed {code} {reason}")
        self.code, self.reason = code, reason


class WebSocket:
    def __init__(self, port, path, protocol="sprove-node.v1", version=13, timeout=10, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        head = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
                f"Sec-WebSocket-Key: {key}", f"Sec-WebSocket-Version: {version}"]
        if protocol:
            head.append(f"Sec-WebSocket-Protocol: {protocol}")
        self.socket.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            part = self.socket.recv(4096)
            if not part:
                raise Closed(None, "no handshake")
            self.buffer += part
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])
        if self.status != 101:
            raise Closed(self.status, head.decode(errors="replace"))

    def frame(self, payload, opcode=1, final=True):
        head = bytes([(0x80 if final else 0) | opcode])
        n = len(payload)
        if n < 126:
            head += bytes([0x80 | n])
        elif n < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", n)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", n)
        mask = os.urandom(4)
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
        self.socket.sendall(head + mask + masked)

    def send(self, message):
        self.frame(message.encode() if isinstance(message, str) else json.dumps(message).encode())

    def _frame(self):
        """(first byte, payload) of a whole frame in the buffer, or None."""
        b = self.buffer
        if len(b) < 2:
            return None
        n, at = b[1] & 0x7F, 2
        if n == 126:
            n, at = struct.unpack(">H", b[2:4])[0] if len(b) >= 4 else 0, 4
        elif n == 127:
            n, at = struct.unpack(">Q", b[2:10])[0] if len(b) >= 10 else 0, 10
        if len(b) < at + n or len(b) < at:
            return None
        self.buffer = b[at + n:]
        return b[0], b[at:at + n]

    def recv(self, timeout=60):
        """The next message; answers pings; Closed when the other side closes; TimeoutError, and nothing is lost."""
        end = time.monotonic() + timeout
        while True:
            frame = self._frame()
            if frame is None:
                self.socket.settimeout(max(0.001, end - time.monotonic()))
                part = self.socket.recv(65536)
                if not part:
                    raise Closed()
                self.buffer += part
                continue
            opcode, payload = frame[0] & 0x0F, frame[1]
            if opcode == 9:
                self.frame(payload, 10)
            elif opcode == 8:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else None
                raise Closed(code, payload[2:].decode(errors="replace"))
            elif opcode == 1:
                return json.loads(payload)

    def expect(self, kind, timeout=60):
        """The next message of this type; others before it are left out, except errors. Before an assignment it may be said
        that an earlier one is over: its yes and a cancellation by HTTP arrived in the other order."""
        while True:
            m = self.recv(timeout)
            if m["message_type"] == kind:
                return m
            if m["message_type"] == "error" and (kind, m["code"]) != ("task_assignment", "stale_lease"):
                raise AssertionError(f"error instead of {kind}: {m}")

    def never(self, kind, seconds):
        """No message of this type comes in this time."""
        try:
            m = self.expect(kind, seconds)
        except TimeoutError:
            return
        raise AssertionError(f"unwanted: {m}")

    def beat(self):
        self.send({"message_type": "heartbeat", "seq": 0, "cpu": 0.5, "mem": 0.5})

    def expect_alive(self, kind, timeout=60):
        """As a node that lives: with heartbeats while it waits."""
        end = time.monotonic() + timeout
        while True:
            try:
                return self.expect(kind, 1)
            except TimeoutError:
                if time.monotonic() > end:
                    raise
                self.beat()

    def close(self):
        try:
            self.frame(struct.pack(">H", 1000), 8)
        except OSError:
            pass
        self.socket.close()
