#!/usr/bin/env python3
"""/metrics of a relayer with a real task behind it: well formed, complete, and what alerts and panels name is there.

usage: test_metrics.py RELAYER NODE BUILD SOURCE"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, free_port, wait_for  # noqa: E402
from receiver import Receiver  # noqa: E402
from wsclient import Closed, WebSocket  # noqa: E402

RELAYER, NODE, SOURCE = sys.argv[1], sys.argv[2], sys.argv[4]
TASK = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1000"}
LINE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="[^"\\\n]*",?)+)\})? (\+Inf|[0-9]+(?:\.[0-9]+)?)')


def read(port):
    """{name: type}, [(name, {label: value}, value)]; every line must be one of the format."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as f:
        text = f.read().decode()
    assert text.endswith("\n")
    types, samples, seen = {}, [], set()
    for line in text.splitlines():
        if line.startswith("#"):
            _, what, name, rest = line.split(" ", 3)
            assert what in ("HELP", "TYPE"), line
            if what == "TYPE":
                assert name not in types, "twice: " + name
                assert rest in ("counter", "gauge", "histogram"), line
                types[name] = rest
            continue
        m = LINE.fullmatch(line)
        assert m, line
        labels = dict(re.findall(r'([a-z]+)="([^"]*)"', m.group(2) or ""))
        key = (m.group(1), tuple(sorted(labels.items())))
        assert key not in seen, "twice: " + line
        seen.add(key)
        base = re.sub(r"_(bucket|sum|count)$", "", m.group(1)) if m.group(1) not in types else m.group(1)
        assert base in types, "of no type: " + line
        samples.append((m.group(1), labels, float(m.group(3))))
    return types, samples


def value(samples, name, **labels):
    found = [v for n, l, v in samples if n == name and all(l.get(k) == x for k, x in labels.items())]
    return sum(found) if found else None


def check_histograms(types, samples):
    """Buckets rise, the last holds all, and there is a sum."""
    for name in [n for n, t in types.items() if t == "histogram"]:
        series = {}
        for n, labels, v in samples:
            if n == name + "_bucket":
                rest = tuple(sorted((k, x) for k, x in labels.items() if k != "le"))
                series.setdefault(rest, []).append((float(labels["le"].replace("+Inf", "inf")), v))
        for rest, buckets in series.items():
            assert buckets == sorted(buckets), (name, rest)
            assert [v for _, v in buckets] == sorted(v for _, v in buckets), (name, rest)
            count = value(samples, name + "_count", **dict(rest))
            assert buckets[-1] == (float("inf"), count), (name, rest, buckets[-1], count)
            assert value(samples, name + "_sum", **dict(rest)) is not None


def main():
    try:
        import yaml
    except ImportError:
        print("  skipped: no python3-yaml for the alerts")
        sys.exit(77)
    port = free_port()
    r = Relayer(RELAYER, settings=[f"server.metrics=127.0.0.1:{port}", "webhooks.allow_private=yes"])
    r.start()  # the last of two settings holds
    node = None
    try:
        types, empty = read(port)
        check_histograms(types, empty)
        receiver = Receiver()
        body = {**TASK, "callback": {"url": receiver.url("/done")}}
        folder = tempfile.mkdtemp(prefix="node.")
        node = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", folder, "--no-bench"],
                                stderr=subprocess.DEVNULL)
        task = r.call("POST", "/api/v1/tasks", body)[1]["task_id"]
        wait_for("verified", lambda: r.call("GET", f"/api/v1/tasks/{task}")[1]["state"] == "verified", 120)
        wait_for("told", lambda: value(read(port)[1], "sprove_webhook_attempts_total", result="2xx"))
        assert r.call("GET", "/api/v1/tasks", key="wrong")[0] == 401
        # A stranger's socket: a type nobody knows, then three lines that are nothing.
        w = WebSocket(r.port, "/ws/node/0x1")
        w.expect("hello")
        w.send({"message_type": "x\"} 1", "id": "1"})
        for _ in range(3):
            w.send("{")
        try:
            while True:
                w.recv(5)
        except Closed as e:
            assert e.code == 4400, e
        w = WebSocket(r.port, "/ws/node/0x2")
        w.expect("hello")
        try:  # it reads its answers, so that they do not end it
            for _ in range(200):
                for _ in range(40):
                    w.send({"message_type": "heartbeat", "seq": 1})
                for _ in range(40):
                    w.expect("error")
            raise AssertionError("8000 messages at once")
        except (Closed, OSError):
            pass
        with socket.create_connection(("127.0.0.1", r.port)) as s:  # a request that no handler sees
            s.sendall(b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            s.recv(4096)
        time.sleep(0.3)
        read(port)  # what the database knows is counted by now
        wait_for("counted", lambda: value(read(port)[1], "sprove_blobs"))
        types, now = read(port)
        check_histograms(types, now)

        # Against what the API says.
        stats = r.call("GET", "/api/v1/stats")[1]
        for state, n in stats["tasks"]["by_state"].items():
            assert value(now, "sprove_tasks", state=state) == n, state
        assert value(now, "sprove_nodes_active") == 1 and value(now, "sprove_nodes") == 1
        expected = {
            ("sprove_task_transitions_total", "to", "verified"): 1, ("sprove_attempts_total", "outcome", "verified"): 1,
            ("sprove_verify_seconds_count", "result", "valid"): 1, ("sprove_ws_closed_total", "code", "4400"): 1,
            ("sprove_ws_closed_total", "code", "4429"): 1,
            ("sprove_ws_messages_total", "type", "malformed"): 3, ("sprove_ws_messages_total", "type", "unknown"): 1,
            ("sprove_ws_messages_total", "type", "task_assignment"): 1, ("sprove_ws_messages_total", "type", "task_result"): 1,
            ("sprove_webhook_attempts_total", "result", "2xx"): None,  # as many as events
            ("sprove_http_rejected_total", "reason", "credentials"): 1,
            ("sprove_http_requests_total", "route", "/api/v1/tasks"): None}
        for (name, label, v), n in expected.items():
            got = value(now, name, **{label: v})
            assert got == n if n is not None else got, (name, v, got)
        assert value(now, "sprove_http_rejected_total") >= 2, "the chunked one, too"
        for name in ("task_queue_seconds", "task_prove_seconds"):
            assert value(now, f"sprove_{name}_count") == 1, name
            median = stats["median_ms"][name.split("_")[1]]
            assert abs(value(now, f"sprove_{name}_sum") * 1000 - median) < 0.5, name
        for name in ("db_commit_seconds_count", "db_batch_size_count", "sched_seconds_count", "sched_candidates_count",
                     "http_request_seconds_count", "sig_verify_seconds_count", "storage_free_bytes", "blob_bytes"):
            assert value(now, "sprove_" + name) > 0, name
        for name in ("process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total", "process_max_fds"):
            assert value(now, name) > 0, name
        text = json.dumps(now)
        assert task not in text and "0x" not in text, "no ids in labels"
        receiver.close()

        # The list of the design, and what else is named.
        needed = """http_requests_total http_request_seconds http_inflight http_rejected_total ws_sessions ws_messages_total
            ws_closed_total ws_outq_bytes tasks task_transitions_total task_queue_seconds task_prove_seconds task_settle_seconds
            attempts_total sched_seconds sched_candidates leases_active db_commit_seconds db_batch_size db_queue db_wal_bytes
            verify_seconds verify_queue chain_rpc_seconds chain_tx_total chain_nonce chain_head_block webhook_attempts_total blob_bytes sig_verify_seconds
            account_checks_total nodes_proven
            build_info""".split()
        assert not [n for n in needed if "sprove_" + n not in types], [n for n in needed if "sprove_" + n not in types]
        for path in ("alerts.yml", "grafana.json"):
            with open(os.path.join(SOURCE, "packaging", "prometheus", path), encoding="utf-8") as f:
                text = f.read()
            for expression in re.findall(r'(?:expr: |"expr": ")(.*)', text):
                for name, suffix, labels in re.findall(r"\b((?:sprove|process)_[a-z_]+?)(_bucket|_sum|_count)?(?![a-z_])(?:\{([^}]*)\})?", expression):
                    whole = name + suffix
                    assert whole in types or (name in types and types[name] == "histogram" and suffix), (path, whole)
                    if not suffix:
                        assert types[name] != "histogram", (path, whole)
                    assert types[name] == "counter" or suffix or "rate(" + whole not in expression, (path, whole)
                    known = {k for n, l, _ in now if n in (whole, name + suffix) for k in l} | {"instance", "job"}
                    for label in re.findall(r'([a-z]+)\\?\\?[=!]', (labels or "").replace("~", "")):
                        assert not [1 for n, _, _ in now if n == whole] or label in known, (path, whole, label)
            if path.endswith(".json"):
                panels = json.loads(text)["panels"]
                boxes = [tuple(p["gridPos"][k] for k in "xywh") for p in panels]
                assert all(x + w <= 24 for x, _, w, _ in boxes)
                assert len({p["id"] for p in panels}) == len(panels)
            else:
                rules = [x for g in yaml.safe_load(text)["groups"] for x in g["rules"]]
                assert all({"alert", "expr", "labels", "annotations"} <= set(x) for x in rules)
                with open(os.path.join(SOURCE, "docs", "operations.md"), encoding="utf-8") as f:
                    document = f.read()
                missing = [x["alert"] for x in rules if x["alert"] not in document]
                assert not missing, "docs/operations.md says nothing of " + ", ".join(missing)
        print("ok   metrics", flush=True)
        assert node.poll() is None
    finally:
        if node is not None:
            node.kill()
            node.wait()
        if r.process.poll() is None:
            r.kill()


main()
