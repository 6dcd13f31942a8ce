"""Starts sprove-relayer for a test: private data folder, free ports, an API client, and the log."""
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Relayer:
    def __init__(self, program, folder=None, settings=(), environment=None):
        self.program = program
        self.folder = folder or tempfile.mkdtemp(prefix="relayer.")
        self.port = free_port()
        self.settings = list(settings)
        self.environment = environment or {}
        self.arguments = []
        self.level = "debug"  # None: as the file says
        self.process = None
        self.key = None

    def start(self, wait=True):
        command = [self.program, *self.arguments, "--set", f"server.data={self.folder}", "--set", f"server.listen=127.0.0.1:{self.port}",
                   "--set", "server.metrics=", "--set", "server.upgrade_rate=1000000", "--set",
                   "server.per_ip=1000"]
        if self.level:
            command += ["--set", f"log.level={self.level}"]
        for s in self.settings:
            command += ["--set", s]
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(command, stderr=self.log, env={**os.environ, **self.environment})
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the relayer ended with {self.process.returncode}:\n{self.log_text()[-2000:]}")
            try:
                if self.call("GET", "/api/v1/health/ready", key=False)[0] == 200 and \
                        os.path.exists(os.path.join(self.folder, "admin.key")):
                    self.key = open(os.path.join(self.folder, "admin.key")).read().strip()
                    if self.call("GET", "/api/v1/tasks/none")[0] == 404:
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError("the relayer is not ready:\n" + self.log_text()[-2000:])

    def log_text(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return f.read()

    def call(self, method, path, body=None, headers=None, key=True, raw=False, timeout=20):
        """(status, parsed JSON or bytes, headers)"""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        h = dict(headers or {})
        if key and "Authorization" not in h:
            h["Authorization"] = "Bearer " + (self.key if key is True and self.key else str(key))
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            h.setdefault("Content-Type", "application/json")
        elif body is None and method in ("POST", "PUT", "PATCH"):
            h.setdefault("Content-Length", "0")
        c.request(method, path, body, h)
        r = c.getresponse()
        data = r.read()
        c.close()
        if not raw and r.headers.get("Content-Type", "").endswith("json") and data:
            data = json.loads(data)
        return r.status, data, dict(r.headers)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=20):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.log.close()
        return code


def wait_for(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        v = condition()
        if v:
            return v
        time.sleep(0.05)
    raise AssertionError("in vain: " + what)
