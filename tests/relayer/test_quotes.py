#!/usr/bin/env python3
"""Quotes, prices that a task accepts, who sees an output, what a batch counts, and a disk that refuses.

usage: test_quotes.py RELAYER [NAME]"""
import base64
import hashlib
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, rows, run_tests  # noqa: E402
from test_admin import FAST, TASK, Node, post, task  # noqa: E402

RELAYER = sys.argv[1]
RATES = ["limits.read_rate=100000", "limits.read_burst=100000", "limits.post_rate=100000", "limits.post_burst=100000"]
NOWHERE = {"cpu_threads": 4000}
JOB = {"payload": TASK["payload"], "requirements": {"cpu_threads": 1}}


def ask(r, body, status=201, **headers):
    s, said, _ = r.call("POST", "/api/v1/tasks", body, headers)
    assert s == status, (s, said)
    return said


def estimate(r, **more):
    s, said, _ = r.call("POST", "/api/v1/estimate", {**JOB, "cycles": 1000, **more})
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
    raw = bytearray(base64.urlsafe_b64decode(quote[2:] + "="))
    for at in (7, 39, 71, 79, 87, 103):  # the end, the total, the job, cycles, rows, the code
        altered = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]
        wrong = "q_" + base64.urlsafe_b64encode(altered).decode().rstrip("=")
        assert ask(r, dict(body, quote_id=wrong), 422)["code"] == "quote_unknown", at
    for wrong in ("", "q_", "q", quote[:-1], quote + "A", "x" + quote[1:], "q_" + "A" * 139):
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
    node.ws.never("task_assignment", 1.5)
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


def test_work_that_is_paid(r):
    """A node's price is for the work that an estimate has measured, or else for the most that the task may take."""
    node = Node(r, "by_cycles", price="0", mcycle="1000000000")

    def asks(**more):
        id = post(r, **more)
        a = node.take()
        assert a["task_id"] == id and "work" not in a
        assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
        return int(a["price"])

    def is_kept_from(**more):
        id = post(r, **more)
        node.ws.never("task_assignment", 1)
        assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
    rich = str(10**15)
    usual = asks(token_amount=rich)
    assert asks(token_amount=rich, job={"max_cycles": 100000}) == usual
    # At most so many cycles: paid for as many.
    much = asks(token_amount=rich, job={"max_cycles": 50000000})
    assert 100 * usual < much and much > 50 * 10**9, (usual, much)
    is_kept_from(token_amount=str(much), job={"max_cycles": 50000000})
    # A run that was measured is paid for as it was, whatever the most.
    s, said, _ = r.call("POST", "/api/v1/estimate", JOB)
    assert s == 200 and said["executed"], said
    rows = int(said["padded_rows"])
    body = dict(JOB, quote_id=said["quote_id"])
    for job in ({}, {"job": {"max_cycles": 50000000}}):
        s, made, _ = r.call("POST", "/api/v1/tasks", dict(body, **job))
        assert s == 201, made
        a = node.take()
        assert a["task_id"] == made["task_id"] and int(a["price"]) == rows * 1000 == int(said["price_p50"]), (a["price"], rows)
        assert a["work"] == {"cycles": said["cycles"], "rows": str(rows)}, a
        assert r.call("POST", f"/api/v1/tasks/{made['task_id']}/cancel")[0] == 202
    # What the demander only said does not make it cheap: it may be more than the most, not less than usual.
    for cycles, at_least in ((1, usual), (30000000, 30 * 10**9)):
        quote = estimate(r, cycles=cycles)["quote_id"]
        assert asks(token_amount=rich, quote_id=quote) >= at_least
    assert asks(token_amount=rich, quote_id=quote, job={"max_cycles": 50000000}) == much
    node.ws.close()


def test_payout(r):
    """A node is offered what it would be paid, not what the demander pays: 85 % of it."""
    node = Node(r, "exact", price="850")
    id = post(r, token_amount="999")  # 850.15, less the treasury's 119 and 29 for the claim: 851
    assert node.take()["task_id"] == id
    assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
    id = post(r, token_amount="996")  # 848 for the provider, 996 in all
    node.ws.never("task_assignment", 1.5)  # not for less than its price
    assert r.call("POST", f"/api/v1/tasks/{id}/cancel")[0] == 202
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
    r.settings = r.settings + ["limits.post_rate=1", "limits.post_burst=5"]
    r.start()
    batch = {"tasks": [dict(TASK, requirements=NOWHERE)] * 20}
    s, said, h = r.call("POST", "/api/v1/tasks:batch", batch, {"Idempotency-Key": "a"})
    assert s == 207 and said["created"] == 20, said
    # 20 tokens of 5 are gone: the next is there when 16 have come, at one a second.
    s, said, h = r.call("POST", "/api/v1/tasks", dict(TASK, requirements=NOWHERE))
    assert s == 429 and said["code"] == "rate_limited" and 2 <= int(h["Retry-After"]) <= 16, (s, said, h)
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
    plan = " ".join(row[3] for row in rows(
        r, "EXPLAIN QUERY PLAN SELECT * FROM task t WHERE 1 = 1 AND t.state = ? AND (t.created_at, t.id) < (?, ?)"
        " ORDER BY t.created_at DESC, t.id DESC LIMIT ?", "queued", 1, "a", 10))
    assert "task_of_state" in plan and "TEMP B-TREE" not in plan, plan


def main():
    r = Relayer(RELAYER, settings=FAST + RATES).start()
    run_tests(globals(), r)


if __name__ == "__main__":
    main()
