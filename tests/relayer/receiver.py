"""A server that callbacks are sent to: it keeps what came and answers as it is told."""
import http.server
import os
import ssl
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples"))
from relayer_process import wait_for  # noqa: E402
from webhook_verify import verify  # noqa: E402


class Receiver:
    """What came: (path, headers, body) in order. answer(path, n) gives the status of the n-th call of a path, or does
    what it likes with the handler and returns None."""

    def __init__(self, answer=lambda handler, n: 200, tls=None):
        self.got, self.lock, self.answer = [], threading.Lock(), answer
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) < int(self.headers["Content-Length"]):  # the connection was cut
                    self.close_connection = True
                    return
                with receiver.lock:
                    receiver.got.append((self.path, dict(self.headers), body))
                    n = sum(1 for g in receiver.got if g[0] == self.path)
                status = receiver.answer(self, n)
                if status is not None:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *a):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *a):
                pass  # connections are cut on purpose

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            c.load_cert_chain(*tls)
            self.server.socket = c.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def at(self, path):
        with self.lock:
            return [g for g in self.got if g[0] == path]

    def wait(self, path, n=1, seconds=20):
        return wait_for(f"{n} at {path}", lambda: len(self.at(path)) >= n and self.at(path), seconds)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def genuine(got, *secrets):
    h = {k.lower(): v for k, v in got[1].items()}
    return verify(list(secrets), h.get("webhook-id"), h.get("webhook-timestamp"), h.get("webhook-signature"), got[2])
