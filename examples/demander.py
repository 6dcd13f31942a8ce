#!/usr/bin/env python3
"""Has a job proved by whoever takes it, and believes nobody: Python's own library and `sverify` are all it takes.

    SPROVE_API_KEY=spk_... demander.py http://localhost:8000 input.json output.json proof.bin

input.json is a job's payload as `sprove jobs` describes it, "algorithm" included. output.json is written only after sverify has
accepted the proof for this job, this input and this output. Exit code: 0 proved, 1 not, 2 usage."""

import json
import os
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

PROFILE = "balanced"
AMOUNT = "1000000000000000000"  # FRI: one STRK
PATIENCE = 300  # seconds without any usable answer
FINAL = {"verified", "settled", "failed", "cancelled", "expired", "refunded"}


class Relayer:
    def __init__(self, url, key):
        self.url, self.key = url.rstrip("/"), key

    def once(self, method, path, body=None, **headers):
        """(status, headers, bytes)"""
        headers = {"Authorization": "Bearer " + self.key, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.url + "/api/v1" + path, method=method, headers=headers,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=90) as r:
                return r.status, r.headers, r.read()
        except urllib.error.HTTPError as e:
            return e.code, e.headers, e.read()

    def ask(self, method, path, body=None, **headers):
        """As once, again and again with longer pauses while the relayer is away, busy or stopping."""
        pause, end = 0.5, time.monotonic() + PATIENCE
        while True:
            try:
                status, h, data = self.once(method, path, body, **headers)
                if status not in (429, 500, 502, 503, 504):
                    return status, h, data
                wait = h.get("Retry-After", "")
                pause = max(pause, int(wait)) if wait.isdigit() else pause
            except (OSError, EOFError):
                pass
            if time.monotonic() > end:
                sys.exit("the relayer gives no usable answer")
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, 30)

    def json(self, method, path, body=None, good=(200, 201), **headers):
        status, _, data = self.ask(method, path, body, **headers)
        if status not in good:
            sys.exit(f"{method} {path}: {status} {data.decode(errors='replace')}")
        return json.loads(data)


def submit(relayer, payload):
    # The key makes a lost answer harmless: the same request again is the same task.
    return relayer.json("POST", "/tasks", {"payload": payload, "job": {"profile": PROFILE},
                                           "token_amount": AMOUNT}, Idempotency_Key=str(uuid.uuid4()))["task_id"]


def wait(relayer, task):
    seen = None
    while True:
        t = relayer.json("GET", f"/tasks/{task}?wait=30", good=(200, 304))
        if t["state"] != seen:
            seen = t["state"]
            print(seen, file=sys.stderr, flush=True)
        if seen in FINAL:
            return t


def main():
    if len(sys.argv) != 5 or "SPROVE_API_KEY" not in os.environ:
        sys.exit(__doc__)
    url, given, output, proof = sys.argv[1:]
    relayer = Relayer(url, os.environ["SPROVE_API_KEY"])
    with open(given, encoding="utf-8") as f:
        payload = json.load(f)
    task = submit(relayer, payload)
    print(task)
    t = wait(relayer, task)
    if t["state"] not in ("verified", "settled"):
        sys.exit(f"{t['state']}: {json.dumps(t['failure'])}")
    status, _, data = relayer.ask("GET", f"/tasks/{task}/proof")
    if status != 200:
        sys.exit(f"the proof: {status}")
    with open(proof, "wb") as f:
        f.write(data)
    part = output + ".unchecked"
    with open(part, "w", encoding="utf-8") as f:
        json.dump(relayer.json("GET", f"/tasks/{task}/result")["output"], f)
    checked = subprocess.run([os.environ.get("SVERIFY", "sverify"), proof, "--program", payload["algorithm"], "--input", given, "--output", part,
                              "--profile", PROFILE], check=False)
    if checked.returncode != 0:
        os.unlink(part)
        sys.exit("the proof does not hold")
    os.replace(part, output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
