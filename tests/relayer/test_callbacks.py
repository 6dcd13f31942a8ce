#!/usr/bin/env python3
"""Callbacks that arrive: what is told to whom, signed, about which events, and whose they are.

usage: test_callbacks.py RELAYER SPROVE CHECK_CALLBACK [NAME]"""
import base64
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from receiver import Receiver, genuine  # noqa: E402
from relayer_process import change, rows, wait_for  # noqa: E402
from scripted import Node, prove, sha256  # noqa: E402
from webhooks import SECRETS, TASK, cancelled, deliveries, hook, run, shown, task  # noqa: E402

RELAYER, SPROVE, CHECK_CALLBACK = sys.argv[1:4]


def test_signed_and_whole(r):
    """A task's own URL: the secret comes with the first task; the body is what the API shows."""
    a = Receiver()
    made = task(r, {"url": a.url("/own"), "events": ["task.cancelled"]})
    secret = made["callback"]["secret"]
    other = task(r, {"url": a.url("/own2")})
    assert "callback" not in other, "a secret is shown once"
    r.call("POST", f"/api/v1/tasks/{made['task_id']}/cancel")
    got = a.wait("/own")[0]
    assert genuine(got, secret)
    assert not genuine((got[0], got[1], got[2] + b" "), secret)
    assert not genuine(got, "whsec_" + "A" * 43 + "=")
    said = r.call("GET", "/api/v1/version", key=False)[1]

    def signed_by_relayer(key, signature, body):
        return subprocess.run([CHECK_CALLBACK, key, "0x0", signature], input=body).returncode == 0
    signature = got[1]["sprove-signature"]
    assert signed_by_relayer(said["relayer_pubkey"], signature, got[2])
    assert not signed_by_relayer(said["relayer_pubkey"], signature, got[2] + b" ")
    assert not signed_by_relayer(said["relayer_id"], signature, got[2])
    body = json.loads(got[2])
    assert set(body) == {"id", "type", "created_at", "data"} and body["id"] == got[1]["webhook-id"], body
    assert body["type"] == "task.cancelled" and re.fullmatch(r"msg_[0-9a-f-]{36}", body["id"])
    shown = r.call("GET", f"/api/v1/tasks/{made['task_id']}")[1]
    for name in ("task_id", "version", "state", "failure", "metadata", "token_amount", "job"):
        assert body["data"][name] == shown[name], name
    assert got[1]["Content-Type"] == "application/json" and "X-Smainer-Signature" not in got[1]
    r.call("POST", f"/api/v1/tasks/{other['task_id']}/cancel")  # the default events, the same secret
    assert genuine(a.wait("/own2")[0], secret)
    a.close()


def test_named_later(r):
    """Where a task's callbacks go may be said after the task was made, by its demander, while it lives."""
    a = Receiver()
    made, _ = r.call("POST", "/api/v1/tasks", TASK)[1], None
    path = f"/api/v1/tasks/{made['task_id']}/callback"

    def say(status, code, body, **more):
        got, said, _ = r.call("POST", path, body, **more)
        assert got == status and said.get("code") == code, (got, said)
        return said
    say(400, "validation_failed", {})
    say(400, "validation_failed", {"url": a.url("/x"), "webhook_id": "wh_1"})
    say(400, "unknown_field", {"url": a.url("/x"), "secret": "mine"})
    assert say(400, "validation_failed", {"url": "ftp://a/"})["errors"][0]["pointer"] == "/url"
    assert say(400, "validation_failed", {"url": a.url("/x"), "events": ["x"]})["errors"][0]["pointer"] == "/events"
    say(422, "validation_failed", {"webhook_id": "wh_0192f0c1-0000-7000-8000-000000000000"})
    say(401, "missing_credentials", {"url": a.url("/x")}, key=False)
    other = r.call("POST", "/api/v1/api-keys", {"name": "other", "scopes": ["tasks:write"]})[1]["key"]
    reader = r.call("POST", "/api/v1/api-keys", {"name": "reader", "scopes": ["tasks:read"]})[1]["key"]
    say(404, "not_found", {"url": a.url("/x")}, key=other)
    say(403, "insufficient_scope", {"url": a.url("/x")}, key=reader)
    w = hook(r, a.url("/later"))
    assert say(200, None, {"url": a.url("/first"), "events": ["task.failed"]})["callback"]["events"] == ["task.failed"]
    said = say(200, None, {"webhook_id": w["id"]})["callback"]  # the later word holds
    assert said["url"] is None and said["webhook_id"] == w["id"], said
    assert r.call("POST", f"/api/v1/tasks/{made['task_id']}/cancel")[0] == 202
    assert genuine(a.wait("/later")[0], w["secret"])
    assert a.at("/first") == []
    say(409, "conflict_state", {"url": a.url("/x")})
    a.close()


def test_verified(r):
    """A real proof: the message says what the result is, and not what the input was."""
    proof, output = prove(SPROVE, TASK["payload"])
    a = Receiver()
    w = hook(r, a.url("/verified"))
    t = task(r, {"webhook_id": w["id"]}, requirements={}, job={"profile": "proven"})["task_id"]
    node = Node(r, "prover")
    m = node.take()
    assert node.upload(m, proof)[0] == 201
    assert node.result(m, proof, output)["accepted"]
    got = a.wait("/verified")[0]
    body = json.loads(got[2])
    assert genuine(got, w["secret"]) and body["type"] == "task.verified", body
    assert body["data"]["task_id"] == t and body["data"]["result"]["proof_sha256"] == sha256(proof)
    assert b"inline" not in got[2] and b"matrix_a" not in got[2] and base64.b64encode(output) not in got[2]
    node.ws.close()
    a.close()


def test_events_chosen(r):
    """Only what was chosen is sent; the versions of one task rise."""
    a = Receiver()
    w = hook(r, a.url("/all"), events=["task.offered", "task.queued", "task.cancelled"])
    only = hook(r, a.url("/verified"), events=["task.verified"])
    cancelled(r, {"webhook_id": only["id"]})
    t = task(r, {"webhook_id": w["id"]}, requirements={})["task_id"]
    node = Node(r, "decliner")
    node.take(accept=False)
    a.wait("/all", 2)
    node.ws.close()
    r.call("POST", f"/api/v1/tasks/{t}/cancel")
    wait_for("cancelled told", lambda: any(json.loads(g[2])["type"] == "task.cancelled" for g in a.at("/all")))
    bodies = [json.loads(g[2]) for g in a.at("/all")]
    by_version = sorted(bodies, key=lambda b: b["data"]["version"])
    assert len({b["data"]["version"] for b in bodies}) == len({b["id"] for b in bodies})
    assert [b["type"] for b in by_version][:2] == ["task.offered", "task.queued"]
    assert by_version[-1]["type"] == "task.cancelled" and all(b["data"]["task_id"] == t for b in bodies)
    assert all("task." + b["data"]["state"] == b["type"] for b in bodies)
    assert a.at("/verified") == [] and deliveries(r, only["id"]) == []
    batch = [{**TASK, "callback": {"url": a.url("/batch")}}, {**TASK, "callback": {"webhook_id": "wh_none"}}]
    status, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": batch}, {"Idempotency-Key": "callbacks"})
    assert status == 207 and [i["status"] for i in said["items"]] == [201, 422], said
    shown(said["items"][0]["task"])
    r.call("POST", f"/api/v1/tasks/{said['items'][0]['task']['task_id']}/cancel")
    a.wait("/batch")
    for events in ([], "task.verified", ["task.none"], ["verified"], [1], ["task.verified"] * 21):
        task(r, {"url": a.url("/x"), "events": events}, 400)
        hook(r, a.url("/x"), 400, events=events)
    a.close()


def test_expired_and_the_default_events(r):
    a = Receiver()
    w = hook(r, a.url("/expired"))
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    task(r, {"webhook_id": w["id"]}, deadline=soon)
    body = json.loads(a.wait("/expired")[0][2])
    assert body["type"] == "task.expired" and body["data"]["failure"]["code"] == "deadline", body
    a.close()


def test_rotation(r):
    """For 48 hours both secrets sign."""
    a = Receiver()
    w = hook(r, a.url("/rotated"))
    status, new, _ = r.call("POST", f"/api/v1/webhooks/{w['id']}/rotate")
    SECRETS.add(new["secret"])
    assert status == 200 and new["secret"] != w["secret"], new
    cancelled(r, {"webhook_id": w["id"]})
    got = a.wait("/rotated")[0]
    assert genuine(got, w["secret"]) and genuine(got, new["secret"])
    assert len(got[1]["webhook-signature"].split(" ")) == 2
    (until,), = rows(r, "SELECT old_until FROM webhook WHERE id = ?", w["id"])
    assert 47 * 3600000 < until - time.time() * 1000 <= 48 * 3600000, until
    change(r, "UPDATE webhook SET old_until = 1 WHERE id = ?", w["id"])
    cancelled(r, {"webhook_id": w["id"]})
    got = a.wait("/rotated", 2)[1]
    assert genuine(got, new["secret"]) and not genuine(got, w["secret"])
    a.close()


def test_whose(r):
    """Another key sees, names and changes none of them; secrets are shown once."""
    a = Receiver()
    w = hook(r, a.url("/mine"))
    change(r, "UPDATE webhook SET key_id = 'ffffffff' WHERE id = ?", w["id"])
    assert rows(r, "SELECT 1 FROM api_key WHERE id = ?", r.key.split("_")[1])
    assert w["id"] not in [x["id"] for x in r.call("GET", "/api/v1/webhooks")[1]["items"]]
    task(r, {"webhook_id": w["id"]}, 422)
    for method, path in (("GET", ""), ("GET", "/deliveries"), ("POST", "/rotate"), ("POST", "/test"), ("DELETE", "")):
        assert r.call(method, "/api/v1/webhooks/wh_none" + path)[0] == 404, (method, path)
        assert r.call(method, f"/api/v1/webhooks/{w['id']}{path}", key=False)[0] == 401
    text = json.dumps([r.call("GET", "/api/v1/webhooks")[1], r.call("GET", "/api/v1/webhooks/" + w["id"])[1]])
    assert "whsec_" not in text
    assert r.call("DELETE", "/api/v1/webhooks/" + w["id"])[0] in (202, 204)  # an administrator may
    assert r.call("GET", "/api/v1/webhooks/" + w["id"])[0] == 404
    a.close()


def test_pages(r):
    a = Receiver()
    w = hook(r, a.url("/pages"))
    for _ in range(5):
        assert r.call("POST", f"/api/v1/webhooks/{w['id']}/test")[0] == 202
    all_ids = [i["id"] for i in deliveries(r, w["id"])]
    assert len(all_ids) == 5 and all_ids == sorted(all_ids, reverse=True)
    seen, cursor = [], ""
    while True:
        page = r.call("GET", f"/api/v1/webhooks/{w['id']}/deliveries?limit=2{cursor}")[1]
        seen += [i["id"] for i in page["items"]]
        if not page["has_more"]:
            break
        cursor = "&cursor=" + page["next_cursor"]
    assert seen == all_ids and page["next_cursor"] is None
    for bad in ("limit=0", "limit=201", "limit=x", "cursor=x"):
        assert r.call("GET", f"/api/v1/webhooks/{w['id']}/deliveries?{bad}")[0] == 400, bad
    a.close()


run(globals(), RELAYER, only=3)
