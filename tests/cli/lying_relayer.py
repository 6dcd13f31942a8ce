"""A relayer that lies: answers one task in the way that `mode` says."""
import http.server
import json
import ssl
import threading
import time

ID = "0192f0c1-5a3b-7c4d-8e5f-0123456789ab"


def task(state, **more):
    return {"task_id": ID, "version": 9, "state": state, "attempt": 1, "deadline": "2099-01-01T00:00:00.000Z",
            "assignment": {"node_id": "0x1", "phase": "verify", "progress_ppm": 1000000},
            "result": {"status": "success", "usage": {"cycles": "1", "prove_ms": "1"}}, **more}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json", **headers):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def endless(self, piece):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(piece)
        except OSError:
            pass

    def do_HEAD(self):
        s = self.server
        s.requests.append((self.command, self.path, dict(self.headers)))
        have = len(s.blobs.get(self.path, b""))
        if s.mode == "head 401":
            return self.answer(401, b"")
        if s.mode == "head lies" or self.path in s.whole:
            return self.answer(200, b"")
        said = {"offset beyond": "99999999999", "offset huge": "9" * 30, "offset text": "x", "offset negative": "-1"}.get(s.mode, str(have))
        return self.answer(404, b"", **{"Upload-Offset": said})

    def do_PUT(self):
        s = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        s.requests.append((self.command, self.path, dict(self.headers)))
        s.puts += 1
        have, given = s.blobs.get(self.path, b""), self.headers.get("Content-Range")
        refusals = {"put 413": (413, {"code": "body_too_large", "detail": "no\x1b[2J"}), "put 409": (409, {"code": "conflict_state"}),
                    "put 500": (500, {}), "put garbage": (202, "{"), "put says nothing": (202, {}), "put a list": (201, [1])}
        if s.mode in refusals:
            return self.answer(*refusals[s.mode], **({"Upload-Offset": "0"} if s.mode == "put 409" else {}))
        if s.mode == "put hangs":
            time.sleep(20)
        if s.mode == "put redirect":
            return self.answer(307, b"", Location="http://127.0.0.1:1/")
        if s.mode == "put endless":
            return self.endless(b" " * 65536)
        if s.mode == "put forgets" and s.puts % 2 == 0:
            s.blobs[self.path] = b""
            return self.answer(409, {"code": "conflict_state"}, **{"Upload-Offset": "0"})
        if given:
            first, total = int(given.split()[1].split("-")[0]), int(given.split("/")[1])
            if first != len(have):
                return self.answer(409, {"code": "conflict_state"}, **{"Upload-Offset": str(len(have))})
            body = have + body
        else:
            total = len(body)
        s.blobs[self.path] = body
        if len(body) == total:
            s.whole.add(self.path)
        if s.mode == "put drops" and s.puts % 2:  # taken, and the answer lost
            self.close_connection = True
            return self.connection.close()
        if s.mode == "put other offset":
            return self.answer(202, {}, **{"Upload-Offset": str(len(body) + 1)})
        if s.mode == "put offset of all":
            return self.answer(202, {}, **{"Upload-Offset": str(total)})
        if len(body) == total or s.mode == "put early":
            return self.answer(201, {"sha256": self.path[-64:], "size": total})
        return self.answer(202, {"offset": len(body)}, **{"Upload-Offset": str(len(body))})

    def programs(self, body):
        s = self.server
        name = (json.loads(body)["elf_sha256"] if body else self.path.split("/")[-1])
        if s.mode == "program refused" and body:
            return self.answer(422, {"code": "program_invalid", "detail": "no\x1b[2J"})
        if s.mode == "program nothing" and body:
            return self.answer(201, {})
        if s.mode in ("program other", "program registered other") and bool(body) == (s.mode == "program registered other"):
            return self.answer(200, {"elf_sha256": "0" * 64})
        if s.mode == "program list":
            return self.answer(200, [1])
        if body or name in s.programs:
            s.programs.add(name)
            return self.answer(201 if body else 200, {"elf_sha256": name})
        return self.answer(404, {"code": "not_found"})

    def do_POST(self):
        s = self.server
        s.requests.append((self.command, self.path, dict(self.headers)))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/programs"):
            return self.programs(body)
        s.posts += 1
        s.bodies.append(body)
        if s.mode == "post 500":
            return self.answer(500, {"code": "internal"})
        if s.mode == "post drops" and s.posts < 3:  # taken, and the answer lost
            self.close_connection = True
            return self.connection.close()
        if s.mode == "bad id":
            return self.answer(201, {"task_id": "../../../../tmp/x", "state": "queued"})
        if s.mode == "no id":
            return self.answer(201, {})
        return self.answer(201, {"task_id": ID, "state": "queued", "deadline": "2099-01-01T00:00:00.000Z"})

    def do_GET(self):
        s = self.server
        s.requests.append((self.command, self.path, dict(self.headers)))
        kind = "application/octet-stream"
        if "/programs/" in self.path:
            return self.programs(None)
        if self.path.endswith("/output"):
            if s.mode == "no output":
                return self.answer(404, {"code": "not_found", "detail": "gone \x1b[2J"}, "application/problem+json")
            if s.mode == "output endless":
                return self.endless(b"x" * 65536)
            if s.mode == "output redirected":
                return self.answer(302, b"", kind, Location="/honest" + self.path)
            return self.answer(200, s.output, kind)
        if self.path.endswith("/proof"):
            if s.mode == "proof endless":
                return self.endless(b"\0" * 65536)
            if s.mode == "proof nothing":
                return self.answer(204, b"", kind)
            if s.mode == "proof short":  # of what was announced
                self.send_response(200)
                self.send_header("Content-Length", str(len(s.proof)))
                self.end_headers()
                self.wfile.write(s.proof[:-7])
                self.close_connection = True
                return None
            return self.answer(200, s.proof, kind)
        if s.mode == "get 500":
            return self.answer(500, "no")
        if s.mode == "garbage":
            return self.answer(200, '{"state": "verified"')
        if s.mode == "nested":
            return self.answer(200, "[" * 100000)
        if s.mode == "a list":
            return self.answer(200, [1])
        if s.mode == "json endless":
            return self.endless(b'{"a":"' + b"x" * 65536)
        if s.mode == "redirect":
            return self.answer(307, b"", Location="http://127.0.0.1:1/")
        if s.mode == "fails":
            return self.answer(200, task("failed", result=None, failure={"code": "x\x1b[31m", "class": "infra", "detail": "y\n\x07z"}))
        if s.mode == "waits":
            return self.answer(200, task("queued", waiting={"nodes": 7, "reasons": {"\x1b[2J": 1, "ram": "2", "x" * 17: 1, "full": 4, "disk": -1, "gpu": 1, "price": 1}}))
        if s.mode == "expired":
            return self.answer(200, task("running", deadline="2001-01-01T00:00:00Z"))
        return self.answer(200, task("verified"))


class Liar:
    def __init__(self, certificate=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.mode, self.server.output, self.server.proof = "", b"", b""
        self.tell()
        if certificate:  # with its key, in one file
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tell(self, mode="", output=b"", proof=b""):
        self.server.mode, self.server.output, self.server.proof = mode, output, proof
        self.server.requests, self.server.posts, self.server.puts, self.server.bodies = [], 0, 0, []
        self.server.blobs, self.server.programs, self.server.whole = {}, set(), set()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
