#!/usr/bin/env python3
"""Whole lives of tasks with secrets that are known here, everything at level debug: none of them in any line that relayer,
node and workers wrote, in /metrics, the page, the settings as they are printed, or the arguments and the environment of a child;
and no file of theirs that others may read.

usage: test_secrets.py RELAYER NODE"""
import base64
import glob
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from receiver import Receiver  # noqa: E402
from relayer_process import Relayer, free_port, wait_for  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

RELAYER, NODE = sys.argv[1], sys.argv[2]
PROFILE = {"job": {"profile": "proven"}, "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300},
           "token_amount": "1000"}
secrets = {}  # what it is: the bytes as they would stand in a line


def secret(name, text):
    """Text, and how it would look encoded."""
    raw = text.encode()
    secrets[name] = raw
    if len(raw) >= 12:
        for shift in range(3):  # wherever it begins within a longer text
            whole = base64.b64encode(b"x" * shift + raw)
            secrets[f"{name}, base64 at {shift}"] = whole[4 if shift else 0:-4]
        secrets[name + ", hex"] = raw.hex().encode()
    return text


def word(name):
    return secret(name, "mark" + hashlib.sha256(name.encode()).hexdigest()[:24])


class Watcher(threading.Thread):
    """Arguments and environments of all children, again and again."""

    def __init__(self, processes):
        super().__init__(daemon=True)
        self.processes, self.seen, self.over = processes, {}, False

    def run(self):
        while not self.over:
            parents = {p.pid for p in self.processes()}
            for path in glob.glob("/proc/[0-9]*"):
                pid = int(path.split("/")[2])
                try:
                    with open(path + "/stat", encoding="ascii", errors="replace") as f:
                        parent = int(f.read().rsplit(")", 1)[1].split()[1])
                    if parent not in parents and pid not in parents:
                        continue
                    with open(path + "/cmdline", "rb") as f:
                        self.seen[f"arguments of {pid}"] = f.read()
                    # Between fork and exec a child is still its parent.
                    if pid not in parents and os.readlink(path + "/exe") not in map(os.path.realpath, (RELAYER, NODE)):
                        with open(path + "/environ", "rb") as f:
                            self.seen[f"environment of {pid}"] = f.read()
                except (OSError, ValueError, IndexError):
                    pass
            time.sleep(0.02)


def search(where, data):
    for name, s in secrets.items():
        at = data.find(s)
        assert at < 0, f"{name} is in {where}: ...{data[max(0, at - 200):at + 40]!r}"


def main():
    metrics = free_port()
    rpc = f"http://{word('user of the RPC')}:{word('password of the RPC')}@127.0.0.1:{free_port()}/v1/{word('key in the RPC path')}"
    config = tempfile.NamedTemporaryFile("w", suffix=".ini", delete=False)
    config.write(f"[chain]\nrpc = {rpc}\nchain_id = SN_SEPOLIA\ncontract = 0x1234\n[webhooks]\nallow_private = yes\n")
    config.close()
    folder = tempfile.mkdtemp(prefix="relayer.")
    os.chmod(folder, 0o755)  # as somebody may have made it
    r = Relayer(RELAYER, folder=folder, environment={"SPROVE_CHAIN_RPC": rpc},
                settings=[f"server.metrics=127.0.0.1:{metrics}", "webhooks.allow_private=yes", "chain.chain_id=SN_SEPOLIA",
                          "chain.contract=0x1234", "webhooks.first_retry=100ms", "ws.offer=1s", "ws.heartbeat=1500ms",
                          "ws.resume_grace=4s", "ws.heartbeat_timeout=8s", "ws.lease=10s", "ws.start_by=15s"]).start()
    nodes, receiver = [], Receiver(lambda handler, n: 500 if handler.path.startswith("/bad") and n == 1 else 200)
    watcher = Watcher(lambda: [r.process] + [p for p, _ in nodes])
    data = tempfile.mkdtemp(prefix="node.")
    os.chmod(data, 0o755)

    def start_node():
        log = open(os.path.join(data, f"log{len(nodes)}"), "wb")
        nodes.append((subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", data, "--no-bench"],
                                       stdout=log, stderr=log), log.name))

    def post(body, key=None, status=201, **headers):
        got, made, _ = r.call("POST", "/api/v1/tasks", {**PROFILE, **body}, headers, key=key or True, timeout=120)
        assert got == status or status == 400 and 400 <= got < 500, (got, made)
        return made

    def state(task):
        return r.call("GET", f"/api/v1/tasks/{task}")[1]["state"]

    try:
        secret("the administrator's key", r.key)
        for name in ("demander", "other"):
            made = r.call("POST", "/api/v1/api-keys", {"name": name, "scopes": ["tasks:read", "tasks:write", "webhooks", "blobs:write", "blobs:read"]})[1]
            secret(f"key of {name}", made.get("key") or made["api_key"])
        key = secrets["key of demander"].decode()
        start_node()
        watcher.start()
        wait_for("node", lambda: r.call("GET", "/api/v1/stats")[1]["nodes"]["total"] == 1 or time.sleep(1))

        # Endpoints: one with a token in its URL, rotated; one that fails first.
        hook = r.call("POST", "/api/v1/webhooks", {"url": receiver.url("/good?token=" + word("token of a callback"))}, key=key)[1]
        secret("webhook secret", hook["secret"])
        again = r.call("POST", f"/api/v1/webhooks/{hook['id']}/rotate", key=key)[1]
        secret("webhook secret after rotation", again["secret"])
        assert r.call("POST", f"/api/v1/webhooks/{hook['id']}/test", key=key)[0] == 202

        # A task whose input, description and metadata are known, one that is not even right, one of another kind.
        for n in (271828182, 314159265, 577215664, 161803398):
            secrets[f"number {n} of the input"] = str(n).encode()
        product = 271828182 * 577215664 + 314159265 * 161803398
        secrets["number of the output"] = str(product).encode()
        body = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[271828182, 314159265]],
                            "matrix_b": [[577215664], [161803398]]},
                "description": word("description"), "metadata": {word("name in metadata"): word("metadata")},
                "callback": {"webhook_id": hook["id"]}}
        idem = word("idempotency key")
        task = post(body, key, **{"Idempotency-Key": idem})["task_id"]
        assert post(body, key, **{"Idempotency-Key": idem})["task_id"] == task
        own = post({**body, "callback": {"url": receiver.url("/bad?token=" + word("token of a task's URL"))}}, key)
        secret("secret of a task's URL", own["callback"]["secret"])
        wait_for("both verified", lambda: state(task) == "verified" and state(own["task_id"]) == "verified", 120)
        result = r.call("GET", f"/api/v1/tasks/{task}/result", key=key)[1]
        assert str(product) in json.dumps(result), "the output is there, for who may see it"
        post({"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[271828182]], "matrix_b": word("matrix_b")}}, key, status=400)
        post({"payload": {"algorithm": word("algorithm")}}, key, status=400)
        post({word("unknown field"): word("its value")}, key, status=400)
        blob = (word("blob") + "\n").encode() * 1000
        name = hashlib.sha256(blob).hexdigest()
        assert r.call("PUT", "/api/v1/blobs/" + name, blob, key=key)[0] == 201
        assert r.call("PUT", "/api/v1/blobs/" + name[::-1], blob, key=key)[0] >= 400
        assert r.call("GET", "/api/v1/blobs/" + name, key=key, raw=True)[1] == blob
        r.call("GET", f"/api/v1/tasks/{word('path')}?cursor={word('cursor')}", key=key)
        r.call("GET", f"/{word('no such path')}", key=word("wrong key"))
        r.call("GET", "/api/v1/tasks", headers={"Authorization": "Basic " + word("basic credentials")})
        r.call("POST", "/api/v1/tasks", "{" + word("malformed JSON"), {"Content-Type": "application/json"}, key=key)
        # A chain task: nobody can look its escrow up.
        post({**body, "job": {"profile": "chain"}, "chain": {"contract": "0x1234", "task_id": "7"}}, key)
        # Strangers on a socket.
        w = WebSocket(r.port, "/ws/node/0x" + "1" * 20)
        w.expect("hello")
        w.send({"message_type": "register", "node_id": word("id of a stranger"), "signature": [word("signature"), "0x1"]})
        try:
            for _ in range(3):
                w.send(word("nonsense of a stranger"))
            while True:
                w.recv(5)
        except (Closed, OSError):  # it may hang up after the first of them
            pass

        # A long task; the relayer is killed, then the node.
        long = post({"payload": {"algorithm": "fibonacci", "n": 500000}}, key)["task_id"]
        wait_for("running", lambda: state(long) == "running", 60)
        with sqlite3.connect(os.path.join(folder, "relayer.db")) as d:
            for (token,) in d.execute("SELECT DISTINCT lease_token FROM attempt"):
                secret("lease token " + token[:4], token)
        r.kill()
        r.start()
        nodes[-1][0].kill()
        nodes[-1][0].wait()
        start_node()
        wait_for("verified", lambda: state(long) == "verified", 120)
        gone = post({"payload": {"algorithm": "fibonacci", "n": 500000}}, key)["task_id"]
        wait_for("running", lambda: state(gone) == "running", 60)
        assert r.call("POST", f"/api/v1/tasks/{gone}/cancel", key=key)[0] == 202
        with sqlite3.connect(os.path.join(folder, "relayer.db")) as d:
            tokens = {t for (t,) in d.execute("SELECT lease_token FROM attempt")}
            for token in tokens:
                secret("lease token " + token[:4], token)
            for name, value in d.execute("SELECT name, value FROM meta"):
                if "secret" in name or "key" in name and "pub" not in name:
                    secret("meta " + name, value)
        assert len(tokens) >= 4, tokens
        with open(os.path.join(data, "node.key"), encoding="ascii") as f:
            secret("the node's key", f.read().strip())
        receiver.wait("/good?token=" + secrets["token of a callback"].decode())
        receiver.wait("/bad?token=" + secrets["token of a task's URL"].decode(), 2)

        # What can be asked for.
        texts = {}
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=20) as f:
            texts["/metrics"] = f.read()
        for path in ("/", "/dashboard.js", "/api/v1/stats", "/api/v1/health", "/api/v1/version"):
            texts[path] = urllib.request.urlopen(f"http://127.0.0.1:{r.port}{path}", timeout=20).read()
        for path in ("/api/v1/admin/config", "/api/v1/admin/sessions", "/api/v1/admin/queue", "/api/v1/admin/actions",
                     "/api/v1/nodes", "/api/v1/api-keys"):
            status, said, _ = r.call("GET", path, raw=True)
            assert status == 200, (path, status)
            texts[path] = said
        r.process.send_signal(signal.SIGUSR1)
        nodes[-1][0].send_signal(signal.SIGTERM)
        assert nodes[-1][0].wait(30) == 0
        assert r.stop() == 0
        watcher.over = True
        watcher.join()

        assert any(k.startswith("environment") for k in watcher.seen), "no child was seen"
        for where, text in {**texts, **watcher.seen}.items():
            search(where, text)
        p = subprocess.run([RELAYER, "--config", config.name, "--print-config"], capture_output=True, timeout=30)
        assert p.returncode == 0 and b"rpc = http://127.0.0.1" in p.stdout, p
        search("--print-config", p.stdout + p.stderr)
        lines, events = 0, set()
        for path in [os.path.join(folder, "log")] + [log for _, log in nodes]:
            with open(path, "rb") as f:
                text = f.read()
            search(path, text)
            for line in text.splitlines():
                e = json.loads(line)  # nothing but JSON
                assert {"ts", "level", "event"} <= set(e) and e["level"] in ("debug", "info", "warn", "error"), e
                assert not {"node", "task", "session", "id"} & set(e), ("fields have one name each", e)
                lines += 1
                events.add(e["event"])
        wanted = {"admin_key", "http", "node_registered", "node_closed", "chain_lost", "log_level", "draining", "stopped",
                  "connected", "task_taken", "task_finished", "result_accepted"}
        assert lines > 100 and wanted <= events, (lines, wanted - events)
        # A search that finds nothing proves nothing: each secret is where it belongs, or was sent.
        found = b"".join(open(x, "rb").read() for x in glob.glob(folder + "/relayer.db*") + glob.glob(data + "/node.*"))
        for name in ("webhook secret after rotation", "description", "the node's key", "token of a callback"):
            assert secrets[name] in found, name

        # Files: nobody else's.
        for top in (folder, data):
            for path, _, names in os.walk(top):
                for name in names:
                    file = os.path.join(path, name)
                    if name.startswith("log"):
                        continue  # this test's
                    assert os.stat(file).st_mode & 0o77 == 0, (file, oct(os.stat(file).st_mode))
        # A database elsewhere: what stands in its URL is not said when it cannot be reached.
        url = f"postgresql://{word('user')}:{word('password of the database')}@127.0.0.1:{free_port()}/x"
        p = subprocess.run([RELAYER, "--set", f"server.data={folder}/none"], capture_output=True, timeout=60,
                           env={**os.environ, "SPROVE_DB_DATABASE": url})
        assert p.returncode != 0 and p.stderr
        del secrets["user"]  # a name, which libpq may say
        search("the error of a database", p.stdout + p.stderr)
        print(f"ok   {len(secrets)} forms of secrets in none of {lines} lines", flush=True)
    finally:
        watcher.over = True
        receiver.close()
        os.unlink(config.name)
        for p, _ in nodes:
            if p.poll() is None:
                p.kill()
                p.wait()
        if r.process.poll() is None:
            r.kill()


main()
