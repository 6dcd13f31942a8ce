"""A JSON-RPC endpoint before a real one, which counts what passes and lies, fails and falls silent as it is told."""

import http.server
import json
import threading
import time
import urllib.request


class Proxy:
    """rule(method, params, forward) answers a call: forward() asks the real node and returns its whole answer; what it
    returns is sent, an int as a status of HTTP, None as silence and an end of the connection."""

    def __init__(self, url):
        self.url, self.rule, self.lock = url, None, threading.Lock()
        self.status = 200  # of HTTP, with what is answered
        self.sent = []  # (sender, nonce, whole transaction as text) of every transaction that was brought, in order
        self.calls = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                proxy.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *a):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *a):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.here = "http://127.0.0.1:%d/rpc" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def forward(self, body):
        with urllib.request.urlopen(urllib.request.Request(self.url, body, {"Content-Type": "application/json"}),
                                    timeout=60) as r:
            return json.load(r)

    def answer(self, handler, body):
        call = json.loads(body)
        with self.lock:
            self.calls.append(call["method"])
            if call["method"] == "starknet_addInvokeTransaction":
                tx = call["params"]["invoke_transaction"]
                self.sent.append((int(tx["sender_address"], 16), int(tx["nonce"], 16), json.dumps(tx, sort_keys=True)))
        rule = self.rule
        said = rule(call["method"], call["params"], lambda: self.forward(body)) if rule else self.forward(body)
        handler.close_connection = True
        if said is None:
            return
        data = b"no" if isinstance(said, int) else json.dumps(said).encode()
        handler.send_response(said if isinstance(said, int) else self.status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        try:
            handler.wfile.write(data)
        except OSError:
            pass

    def under(self, sender):
        """{nonce: set of transactions} of a sender."""
        with self.lock:
            by = {}
            for who, nonce, tx in self.sent:
                if who == sender:
                    by.setdefault(nonce, set()).add(tx)
            return by

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def down(method, params, forward):
    return None


def silent(seconds):
    """Answers nobody for a while, each time."""
    def rule(method, params, forward):
        time.sleep(seconds)
        return None
    return rule
