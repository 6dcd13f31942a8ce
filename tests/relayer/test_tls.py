#!/usr/bin/env python3
"""TLS end to end: a relayer with a certificate of a CA made here, the node over wss, a CA that does not match, a
certificate that is renewed without a stop, and plain HTTP on the port of TLS.

usage: test_tls.py RELAYER NODE"""
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import free_port, wait_for  # noqa: E402

RELAYER, NODE = sys.argv[1:3]
OPENSSL = shutil.which("openssl")
running = []


def openssl(*args):
    subprocess.run([OPENSSL, *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.file, self.key = f"{folder}/{name}.pem", f"{folder}/{name}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                f"/CN={name}", "-keyout", self.key, "-out", self.file)

    def issue(self, to, days="2", subject="localhost"):
        """(certificate, key) for localhost and 127.0.0.1, as files."""
        cert, key = f"{self.folder}/{to}.pem", f"{self.folder}/{to}.key"
        extra = f"{self.folder}/{to}.ext"
        with open(extra, "w") as f:
            f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={subject}",
                "-keyout", key, "-out", f"{self.folder}/{to}.csr")
        openssl("x509", "-req", "-in", f"{self.folder}/{to}.csr", "-CA", self.file, "-CAkey", self.key, "-days", days,
                "-set_serial", str(int(time.time() * 1000)), "-extfile", extra, "-out", cert)
        return cert, key


class Served:
    def __init__(self, folder, cert, key):
        self.data = os.path.join(folder, "data")
        self.port = free_port()
        self.log_path = os.path.join(folder, "relayer.log")
        with open(self.log_path, "wb") as log:
            self.p = subprocess.Popen([RELAYER, "--set", "server.data=" + self.data, "--set", "server.metrics=", "--set",
                                       f"server.listen=127.0.0.1:{self.port}", "--set", "server.tls_cert=" + cert, "--set",
                                       "server.tls_key=" + key], stderr=log)
        running.append(self.p)
        wait_for("it listens", lambda: '"listening"' in self.log())

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def subject(self, ca):
        """The name in the certificate that a new connection sees, and what GET /version answers there."""
        trust = ssl.create_default_context(cafile=ca)
        with trust.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 10), server_hostname="localhost") as s:
            s.sendall(b"GET /api/v1/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            head = s.recv(65536)
            return dict(x[0] for x in s.getpeercert()["subject"])["commonName"], head[9:12]

    def sessions(self, ca):
        trust = ssl.create_default_context(cafile=ca)
        with trust.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 10), server_hostname="localhost") as s:
            s.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            text = b""
            while part := s.recv(65536):
                text += part
        return json.loads(text.split(b"\r\n\r\n", 1)[1])["checks"]["websocket"]["sessions"]


class Provider:
    def __init__(self, folder, name, port, *more):
        self.log_path = os.path.join(folder, name + ".log")
        with open(self.log_path, "wb") as log:
            self.p = subprocess.Popen([NODE, "--relayer", f"https://localhost:{port}", "--data", os.path.join(folder, name),
                                       "--no-bench", *more], stderr=log)
        running.append(self.p)

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        assert self.p.wait(30) == 0, self.log()


def main():
    if OPENSSL is None:
        print("skipped: openssl is missing")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        ours, other = Authority(folder, "ours"), Authority(folder, "other")
        cert, key = ours.issue("first", subject="first")
        live = [f"{folder}/live.pem", f"{folder}/live.key"]
        shutil.copy(cert, live[0])
        shutil.copy(key, live[1])
        r = Served(folder, *live)
        assert r.subject(ours.file) == ("first", b"200")

        good = Provider(folder, "good", r.port, "--ca-file", ours.file)
        wait_for("the node is there", lambda: '"connected"' in good.log() and r.sessions(ours.file) == 1)
        for more in (["--ca-file", other.file], []):  # a wrong CA; the system's, which do not know ours
            stranger = Provider(folder, f"stranger{len(more)}", r.port, *more)
            wait_for("it is refused", lambda: '"disconnected"' in stranger.log() or '"not_connected"' in stranger.log())
            time.sleep(1)
            assert '"connected"' not in stranger.log(), stranger.log()
            stranger.stop()
        assert r.sessions(ours.file) == 1
        missing = subprocess.run([NODE, "--relayer", f"https://localhost:{r.port}", "--data", f"{folder}/missing",
                                  "--no-bench", "--ca-file", "/no/such/file"], capture_output=True, text=True, timeout=60)
        assert missing.returncode != 0 and "/no/such/file" in missing.stderr, missing

        # Plain HTTP, nonsense and an aborted handshake are ended; others are served.
        for nonsense in (b"GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", bytes(2000)):
            with socket.create_connection(("127.0.0.1", r.port), 10) as s:
                try:
                    s.sendall(nonsense)
                    s.shutdown(socket.SHUT_WR)
                    said = s.recv(4096)
                except OSError:  # it was faster to hang up
                    said = b""
                assert b"HTTP/1.1 200" not in said, said
        assert r.subject(ours.file) == ("first", b"200") and r.p.poll() is None

        # A renewed certificate is used from SIGHUP on; one that does not fit its key is not.
        def renew(new_cert, new_key, event):
            shutil.copy(new_cert, live[0])
            shutil.copy(new_key, live[1])
            before = r.log().count(event)
            r.p.send_signal(signal.SIGHUP)
            wait_for(event, lambda: r.log().count(event) > before)

        second = ours.issue("second", subject="second")
        renew(*second, '"tls_reloaded"')
        assert r.subject(ours.file) == ("second", b"200")
        renew(second[0], key, '"tls_not_reloaded"')
        assert r.subject(ours.file) == ("second", b"200")
        with open(f"{folder}/empty", "w"):
            pass
        renew(f"{folder}/empty", second[1], '"tls_not_reloaded"')
        assert r.subject(ours.file) == ("second", b"200")
        renew(*second, '"tls_reloaded"')
        assert r.sessions(ours.file) == 1 and good.log().count('"connected"') == 1  # who was there stayed
        good.stop()
        r.p.send_signal(signal.SIGTERM)
        assert r.p.wait(30) == 0, r.log()
    print("ok")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        for p in running:  # what is left would hold the test's output open
            if p.poll() is None:
                p.kill()
