"""gate.py - what stands between a node and a relayer, cuts the node's socket, mutes it, and holds its uploads up."""
import os
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "relayer"))
from relayer_process import free_port  # noqa: E402


class Gate:
    """What connects to self.port gets to the relayer. While it is shut sockets of nodes do not; while it is deaf what nodes say
    does not; while it holds, uploads wait."""

    def __init__(self, target):
        self.port, self.target, self.is_shut, self.is_deaf, self.sockets = free_port(), target, False, False, []
        self.goes = threading.Event()
        self.goes.set()
        self.server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                more = c.recv(65536)
                if not more:
                    return
                head += more
            of_node = b"\r\nupgrade: websocket\r\n" in head.lower()
            if of_node:
                self.sockets.append(c)
                if self.is_shut:
                    return
            if head.startswith(b"PUT "):
                self.goes.wait()
            with socket.create_connection(("127.0.0.1", self.target)) as r:
                r.sendall(head)
                back = threading.Thread(target=self.pump, args=(r, c), daemon=True)
                back.start()
                self.pump(c, r, of_node)
                back.join()
        except OSError:
            pass
        finally:
            c.close()

    def pump(self, a, b, of_node=False):
        try:
            while data := a.recv(65536):
                if not (of_node and self.is_deaf):
                    b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            for s in (a, b):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def shut(self):
        self.is_shut = True
        for c in self.sockets:
            try:
                c.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.goes.set()
        self.server.close()
        self.shut()
