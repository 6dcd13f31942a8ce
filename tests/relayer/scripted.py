"""A node that a test plays, without a key: what it says of itself, takes and delivers; and real proofs for it."""
import base64
import hashlib
import json
import os
import subprocess
import tempfile
import time

from wsclient import WebSocket

PROFILE = "proven"  # the one that takes the least time for a small program
SPECS = {"cpu_model": "test", "cpu_threads": 8, "ram_gb": 16, "disk_gb": 10, "gpus": []}
ITSELF = {"specs": SPECS, "bench": {"exec_mcycles_s": 100, "prove_krows_s": 1000}, "region": "EU",
          "price": {"base_fri": "1", "per_mcycle_fri": "1"}, "capacity": {"max_concurrent": 4}}


def sha256(b):
    return hashlib.sha256(b).hexdigest()


def prove(sprove, payload):
    """(proof, output bytes) of the real prover."""
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "input.json")
        with open(path, "w") as f:
            json.dump(payload, f)
        subprocess.run([sprove, "run", payload["algorithm"], "--input", path, "--proof", os.path.join(d, "p"),
                        "--raw-output", os.path.join(d, "o"), "--profile", PROFILE], capture_output=True, check=True)
        return open(os.path.join(d, "p"), "rb").read(), open(os.path.join(d, "o"), "rb").read()


class Node:
    """more: what it says of itself otherwise than ITSELF."""

    def __init__(self, r, name, threads=8, ram=16, price="1", mcycle="1", **more):
        self.connect(r, name)
        self.register(**{"ts": int(time.time() * 1000), "specs": {**SPECS, "cpu_threads": threads, "ram_gb": ram},
                         "price": {"base_fri": price, "per_mcycle_fri": mcycle}, **more})

    def connect(self, r, name):
        self.r, self.name = r, name
        self.ws = WebSocket(r.port, f"/ws/node/{name}")
        self.hello = self.ws.expect("hello")

    def register(self, **said):
        self.ws.send({"message_type": "register", "id": "r1", "node_id": self.name, **ITSELF, **said})
        self.registered = self.ws.expect("registered")

    def fence(self, a):
        return {"task_id": a["task_id"], "attempt": a["attempt"], "lease_token": a["lease_token"]}

    def expect(self, kind, timeout=60):
        return self.ws.expect_alive(kind, timeout)

    def ack(self, a, accept):
        return {"message_type": "task_ack", **self.fence(a), "accept": accept, "reason": "busy"}

    def take(self, accept=True, timeout=60):
        a = self.expect("task_assignment", timeout)
        self.ws.send(self.ack(a, accept))
        return a

    def upload(self, a, data, **headers):
        lease = f"Lease {a['task_id']} {a['attempt']} {a['upload_token']}"
        return self.r.call("PUT", "/api/v1/blobs/" + sha256(data), data, {"Authorization": lease, **headers})

    def progress(self, a, phase="prove", ppm=10):
        self.ws.send({"message_type": "task_progress", **self.fence(a), "phase": phase, "progress_ppm": ppm})

    def result_message(self, a, proof, output, /, **more):
        return {"message_type": "task_result", "id": "x1", **self.fence(a), "status": "success",
                "output": {"sha256": sha256(output), "inline_b64": base64.b64encode(output).decode()},
                "io_commitment": "00" * 31, "proof": {"sha256": sha256(proof), "size": len(proof)},
                "usage": {"cycles": 1, "exec_ms": 1, "prove_ms": 2}, **more}

    def result(self, a, proof, output, **more):
        self.ws.send(self.result_message(a, proof, output, **more))
        return self.ws.expect("result_ack")

    def fail(self, a, code, detail):
        self.ws.send({"message_type": "task_result", **self.fence(a), "status": "failure", "error": {"code": code, "detail": detail}})
        return self.ws.expect("result_ack")
