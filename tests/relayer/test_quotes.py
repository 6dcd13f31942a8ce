#!/usr/bin/env python3
"""Quotes, prices that a task accepts, who sees an output, what a batch counts, and a disk that refuses.

usage: test_quotes.py RELAYER [NAME]"""
import base64
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, wait_for  # noqa: E402
from test_admin import FAST, TASK, Node, code, post, sql, task  # noqa: E402,F401

RELAYER = sys.argv[1]
RATES = ["limits.read_rate=100000", "limits.read_burst=100000", "limits.post_rate=100000", "limits.post_burst=100000"]
NOWHERE = {"cpu_threads": 4000}
JOB = {"payload": TASK["payload"], "requirements": {"cpu_threads": 1}}


def ask(r, body, status=201, **headers):
    s, said, _ = r.call("POST", "/api/v1/tasks", body, headers)
    assert s == status, (s, said)
    return said


def estimate(r, **more):
    s, said, _ = r.call("POST", "/api/v1/estimate", dict(JOB, cycles=1000, **more))
    assert s == 200, said
    return said


def test_quote(r):
    assert estimate(r)["quote_id"] is None and estimate(r)["expires_at"] is None  # nobody is here
    node = Node(r, "seller")
    said = estimate(r)
    quote, total = said["quote_id"], int(said["total"])
    assert quote.startswith("q_") and total > 0
    left = time.mktime(time.strptime(said["expires_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.gmtime())
    assert 590 < left <= 600, left
    # The amount may be left out, or be more; what is less is refused.
    body = dict(JOB, quote_id=quote, requirements=NOWHERE)
    assert ask(r, body)["token_amount"] == str(total)
    assert ask(r, dict(body, token_amount=str(total + 1)))["token_amount"] == str(total + 1)
    assert ask(r, dict(body, token_amount=str(total)))["token_amount"] == str(total)
    assert ask(r, dict(body, token_amount=str(total - 1)), 422)["code"] == "price_too_low"
    # For this job only, under this profile, and as it was given.
    other = {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[1]]}
    assert ask(r, dict(body, payload=other), 422)["code"] == "quote_mismatch"
    assert ask(r, dict(body, job={"profile": "proven"}), 422)["code"] == "quote_mismatch"
    assert ask(r, dict(body, job={"io": "digest"}), 422)["code"] == "quote_mismatch"
    raw = bytearray(base64.urlsafe_b64decode(quote[2:] + "=="))
    for at in (7, 39, 71, 87):  # the end, the total, the job, the code
        altered = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]
        wrong = "q_" + base64.urlsafe_b64encode(altered).decode().rstrip("=")
        assert ask(r, dict(body, quote_id=wrong), 422)["code"] == "quote_unknown", at
    for wrong in ("", "q_", "q", quote[:-1], quote + "A", "x" + quote[1:], "q_" + "A" * 118):
        assert ask(r, dict(body, quote_id=wrong), 422 if wrong else 400)["code"] in ("quote_unknown", "validation_failed"), wrong
    assert ask(r, dict(body, quote_id=5), 400)["code"] == "validation_failed"
    assert ask(r, dict(JOB), 400)["errors"][0]["pointer"] == "/token_amount"
    # In a batch, too; and it holds after a start.
    r.kill()
    r.start()
    s, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [body, dict(body, payload=other)]}, {"Idempotency-Key": "quotes"})
    assert [i["status"] for i in said["items"]] == [201, 422] and said["items"][1]["error"]["code"] == "quote_mismatch", said
    assert said["items"][0]["task"]["token_amount"] == str(total)
    node.ws.close()


def test_dearest(r):
    """A node that asks more for a million cycles than a task accepts is not asked."""
    node = Node(r, "dear")  # 1 for a million
    id = post(r, max_price_per_mcycle="0")
    try:
        node.ws.expect("task_assignment", 1.5)
        raise AssertionError("it was asked")
    except TimeoutError:
        pass
    assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
    id = post(r, max_price_per_mcycle=1)
    assert task(r, id)["requirements"]["max_price_per_mcycle"] == "1"
    assert node.take()["task_id"] == id
    assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
    for wrong in ("x", -1, 1.5, "01", None):
        assert ask(r, dict(TASK, max_price_per_mcycle=wrong), 400)["errors"][0]["pointer"] == "/max_price_per_mcycle", wrong
    # In the requirements it is no field of a request.
    assert ask(r, dict(TASK, requirements={"max_price_per_mcycle": "1"}), 400)["code"] == "unknown_field"
    node.ws.close()


def test_public_output(r):
    other = r.call("POST", "/api/v1/api-keys", {"name": "other", "scopes": ["tasks:read"]})[1]["key"]

    def sees(id):
        return r.call("GET", f"/api/v1/tasks/{id}", key=False, headers={"Authorization": "Bearer " + other})[0] == 200
    for more, seen in (({}, False), ({"visibility": "public"}, True), ({"job": {"public_output": True}}, True),
                       ({"job": {"public_output": False}}, False), ({"job": {"public_output": True}, "visibility": "public"}, True),
                       ({"job": {"public_output": False}, "visibility": "private"}, False)):
        assert sees(post(r, requirements=NOWHERE, **more)) == seen, more
    for shown, visibility in ((True, "private"), (False, "public")):
        said = ask(r, dict(TASK, job={"public_output": shown}, visibility=visibility), 400)
        assert said["errors"][0] == {"pointer": "/job/public_output", "code": "conflict", "detail": "says other than visibility"}, said
    assert ask(r, dict(TASK, job={"public_output": "yes"}), 400)["errors"][0]["pointer"] == "/job/public_output"


def test_batch_counts(r):
    """After a batch of n tasks a key waits as after n tasks."""
    r.stop()
    before = list(r.settings)
    r.settings = r.settings + ["limits.post_rate=10", "limits.post_burst=5"]
    r.start()
    batch = {"tasks": [dict(TASK, requirements=NOWHERE)] * 20}
    s, said, h = r.call("POST", "/api/v1/tasks:batch", batch, {"Idempotency-Key": "a"})
    assert s == 207 and said["created"] == 20, said
    # 20 tokens of 5 are gone: the next is there when 16 have come, at ten a second.
    s, said, h = r.call("POST", "/api/v1/tasks", dict(TASK, requirements=NOWHERE))
    assert s == 429 and said["code"] == "rate_limited" and h["Retry-After"] == "2", (s, said, h)
    r.stop()
    r.settings = before
    r.start()


def test_disk_refuses(r):
    data = b"refused"
    name = hashlib.sha256(data).hexdigest()
    place = f"{r.folder}/blobs/{name[:2]}"
    shutil.rmtree(place, ignore_errors=True)
    open(place, "w").close()  # no file can be made below it
    s, said, _ = r.call("PUT", f"/api/v1/blobs/{name}", data)
    assert s == 507 and said["code"] == "storage_full", (s, said)
    os.unlink(place)
    assert r.call("PUT", f"/api/v1/blobs/{name}", data)[0] == 201


def test_list_is_by_index(r):
    """A list of one state reads an index in its order, and sorts nothing."""
    with sqlite3.connect(f"file:{r.folder}/relayer.db?mode=ro", uri=True) as d:
        plan = " ".join(row[3] for row in d.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM task t WHERE 1 = 1 AND t.state = ? AND (t.created_at, t.id) < (?, ?)"
            " ORDER BY t.created_at DESC, t.id DESC LIMIT ?", ("queued", 1, "a", 10)))
    assert "task_of_state" in plan and "TEMP B-TREE" not in plan, plan


def main():
    r = Relayer(RELAYER, settings=FAST + RATES).start()
    try:
        for name in [n for n in globals() if n.startswith("test_")]:
            if len(sys.argv) > 2 and sys.argv[2] not in name:
                continue
            start = time.monotonic()
            globals()[name](r)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
        assert r.stop() == 0
        p = subprocess.run([RELAYER, "--set", f"server.data={r.folder}", "--fsck"], capture_output=True, text=True, timeout=60)
        assert p.returncode == 0 and p.stdout == "", p
    except BaseException:
        print(r.log_text()[-3000:], file=sys.stderr)
        r.process.kill()
        raise


if __name__ == "__main__":
    main()
