#!/usr/bin/env python3
"""Callbacks: signed, tried again, never lost, never to a private address.

usage: test_callbacks.py RELAYER SPROVE CHECK_CALLBACK [PART OF A TEST'S NAME]"""
import base64
import hashlib
import ipaddress
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from receiver import Receiver, genuine  # noqa: E402
from relayer_process import Relayer, wait_for  # noqa: E402
from wsclient import WebSocket  # noqa: E402

RELAYER, SPROVE, CHECK_CALLBACK = sys.argv[1:4]
TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[1]]},
        "requirements": {"cpu_threads": 4000}, "token_amount": "1000000000000000000", "metadata": {"order": "17"}}
# A pause of 5 s becomes one of 40 ms.
QUICK = ["webhooks.allow_private=yes", "limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000",
         "limits.read_burst=100000", "webhooks.first_retry=40ms", "webhooks.timeout=700ms", "ws.offer=300ms",
         "ws.heartbeat=400ms", "ws.resume_grace=600ms", "ws.heartbeat_timeout=5s", "ws.lease=6s", "ws.start_by=7s",
         "ws.require_node_signature=no"]
SECRETS = set()  # all that were ever shown: none may be in a log


def hook(r, url, status=201, **more):
    code, made, _ = r.call("POST", "/api/v1/webhooks", {"url": url, **more})
    assert code == status, (code, made)
    if status == 201:
        SECRETS.add(made["secret"])
    return made


def task(r, callback, status=201, **more):
    code, made, _ = r.call("POST", "/api/v1/tasks", {**TASK, "callback": callback, **more})
    assert code == status, (code, made)
    if "secret" in made.get("callback", {}):
        SECRETS.add(made["callback"]["secret"])
    return made


def cancelled(r, callback):
    t = task(r, callback)["task_id"]
    status, said, _ = r.call("POST", f"/api/v1/tasks/{t}/cancel")
    assert status == 202, said
    return t


def deliveries(r, webhook):
    status, page, _ = r.call("GET", f"/api/v1/webhooks/{webhook}/deliveries")
    assert status == 200, page
    return page["items"]


def settled(r, webhook, n=1):
    """The deliveries of a webhook once none is pending."""
    def all_done():
        items = deliveries(r, webhook)
        return len(items) >= n and all(i["state"] != "pending" for i in items) and items
    return wait_for("nothing pending", all_done)


def endpoint_of_key(r):
    return next(w["id"] for w in r.call("GET", "/api/v1/webhooks")[1]["items"] if w["for"] == "callback_url")


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


def assigned(r, name):
    """A node, and what it is asked first."""
    node = WebSocket(r.port, "/ws/node/" + name)
    node.expect("hello")
    node.send({"message_type": "register", "id": "r1", "ts": int(time.time() * 1000), "node_id": name,
               "specs": {"cpu_model": "test", "cpu_threads": 8, "ram_gb": 16, "disk_gb": 10, "gpus": []},
               "bench": {"exec_mcycles_s": 100, "prove_krows_s": 1000}, "region": "EU",
               "price": {"base_fri": "1", "per_mcycle_fri": "1"}, "capacity": {"max_concurrent": 4}})
    return node, node.expect("task_assignment")


def test_verified(r):
    """A real proof: the message says what the result is, and not what the input was."""
    with tempfile.TemporaryDirectory() as d:
        names = {n: os.path.join(d, n) for n in ("input", "proof", "output")}
        with open(names["input"], "w") as f:
            json.dump(TASK["payload"], f)
        subprocess.run([SPROVE, "run", "matrix_multiplication", "--input", names["input"], "--proof", names["proof"],
                        "--raw-output", names["output"], "--profile", "proven"], capture_output=True, check=True)
        proof, output = (open(names[n], "rb").read() for n in ("proof", "output"))
    a = Receiver()
    w = hook(r, a.url("/verified"))
    t = task(r, {"webhook_id": w["id"]}, requirements={}, job={"profile": "proven"})["task_id"]
    node, m = assigned(r, "prover")
    fence = {"task_id": t, "attempt": m["attempt"], "lease_token": m["lease_token"]}
    sha = [hashlib.sha256(x).hexdigest() for x in (proof, output)]
    node.send({"message_type": "task_ack", **fence, "accept": True})
    lease = f"Lease {t} {m['attempt']} {m['upload_token']}"
    assert r.call("PUT", "/api/v1/blobs/" + sha[0], proof, {"Authorization": lease})[0] == 201
    node.send({"message_type": "task_result", "id": "x", **fence, "status": "success", "io_commitment": "00" * 31,
               "output": {"sha256": sha[1], "inline_b64": base64.b64encode(output).decode()},
               "proof": {"sha256": sha[0], "size": len(proof)}, "usage": {"cycles": 1, "exec_ms": 1, "prove_ms": 2}})
    assert node.expect("result_ack")["accepted"]
    got = a.wait("/verified")[0]
    body = json.loads(got[2])
    assert genuine(got, w["secret"]) and body["type"] == "task.verified", body
    assert body["data"]["task_id"] == t and body["data"]["result"]["proof_sha256"] == sha[0]
    assert b"inline" not in got[2] and b"matrix_a" not in got[2] and base64.b64encode(output) not in got[2]
    node.close()
    a.close()


def test_events_chosen(r):
    """Only what was chosen is sent; the versions of one task rise."""
    a = Receiver()
    w = hook(r, a.url("/all"), events=["task.offered", "task.queued", "task.cancelled"])
    only = hook(r, a.url("/verified"), events=["task.verified"])
    cancelled(r, {"webhook_id": only["id"]})
    t = task(r, {"webhook_id": w["id"]}, requirements={})["task_id"]
    node, m = assigned(r, "decliner")
    node.send({"message_type": "task_ack", "task_id": m["task_id"], "attempt": m["attempt"],
               "lease_token": m["lease_token"], "accept": False, "reason": "busy"})
    a.wait("/all", 2)
    node.close()
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
    SECRETS.add(said["items"][0]["task"].get("callback", {}).get("secret", "whsec_"))
    r.call("POST", f"/api/v1/tasks/{said['items'][0]['task']['task_id']}/cancel")
    a.wait("/batch")
    for events in ([], "task.verified", ["task.none"], ["verified"], [1], ["task.verified"] * 21):
        task(r, {"url": a.url("/x"), "events": events}, 400)
        hook(r, a.url("/x"), 400, events=events)
    a.close()


def test_expired_and_the_default_events(r):
    a = Receiver()
    w = hook(r, a.url("/expired"))
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    task(r, {"webhook_id": w["id"]}, deadline=soon)
    body = json.loads(a.wait("/expired")[0][2])
    assert body["type"] == "task.expired" and body["data"]["failure"]["code"] == "deadline", body
    a.close()


def test_tried_again(r):
    """500, a cut connection, silence, a redirect: each is a failure, and the same message comes again, signed anew."""
    elsewhere = Receiver()

    def answer(handler, n):
        if n == 1:
            return 500
        if n == 2:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return None
        if n == 3:
            time.sleep(2)
            return 200  # too late
        if n == 4:
            handler.send_response(307)
            handler.send_header("Location", elsewhere.url("/stolen"))
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return None
        return 204
    a = Receiver(answer)
    w = hook(r, a.url("/again"), legacy_header=True)
    cancelled(r, {"webhook_id": w["id"]})
    got = a.wait("/again", 5)
    item = settled(r, w["id"])[0]
    assert item["state"] == "delivered" and item["tries"] == 5 and item["status"] == 204, item
    assert len({g[1]["webhook-id"] for g in got}) == 1 and len({g[2] for g in got}) == 1
    for g in got:
        assert genuine(g, w["secret"])
        assert re.fullmatch(r"t=\d+,v1=[0-9a-f]{64}", g[1]["X-Smainer-Signature"])
    assert elsewhere.got == [], "a redirect was followed"
    assert r.call("GET", "/api/v1/webhooks/" + w["id"])[1]["failures"] == 0
    a.close()
    elsewhere.close()


def test_given_up_and_sent_again(r):
    """After eight tries it is over; redeliver begins anew. (The pauses are 1 ms to 3.5 s here.)"""
    quick = Relayer(RELAYER, settings=QUICK[:5] + ["webhooks.first_retry=10ms", "webhooks.timeout=700ms"])
    try:
        now = [503]
        a = Receiver(lambda h, n: now[0])
        quick.start()
        w = hook(quick, a.url("/down"))
        cancelled(quick, {"webhook_id": w["id"]})
        a.wait("/down", 4)
        # The pauses after the fifth are minutes even here: the clock of the rows is put forward.
        def forward():
            with sqlite3.connect(os.path.join(quick.folder, "relayer.db"), timeout=10) as d:
                d.execute("UPDATE webhook_outbox SET next_try_at = 1 WHERE next_try_at IS NOT NULL AND tries < 8")
            return deliveries(quick, w["id"])[0]["state"] == "failed"
        wait_for("given up", forward, 60)
        item = deliveries(quick, w["id"])[0]
        assert item["tries"] == 8 and item["status"] == 503 and len(a.at("/down")) == 8, item
        now[0] = 200
        status, said, _ = quick.call("POST", f"/api/v1/webhooks/{w['id']}/deliveries/{item['id']}/redeliver")
        assert status == 202, said
        wait_for("delivered", forward_or_done(quick, w["id"]), 60)
        assert len({g[1]["webhook-id"] for g in a.at("/down")}) == 1
        a.close()
    finally:
        quick.stop()
    no_secret_in(quick)


def forward_or_done(r, webhook):
    """Delivered; the pause after failures in a row is cut short."""
    def look():
        with sqlite3.connect(os.path.join(r.folder, "relayer.db"), timeout=10) as d:
            d.execute("UPDATE webhook_outbox SET next_try_at = 1 WHERE next_try_at IS NOT NULL")
        return deliveries(r, webhook)[0]["state"] == "delivered"
    return look


def test_gone(r):
    """410 disables the webhook until a test is answered with 2xx; for a task's own URL, that task's callbacks."""
    now = [410]
    a = Receiver(lambda h, n: now[0])
    w = hook(r, a.url("/gone"))
    first = cancelled(r, {"webhook_id": w["id"]})
    item = settled(r, w["id"])[0]
    assert item["state"] == "failed" and item["status"] == 410 and item["tries"] == 1, item
    assert r.call("GET", "/api/v1/webhooks/" + w["id"])[1]["disabled_at"] is not None
    task(r, {"webhook_id": w["id"]}, 422)
    path = f"/api/v1/webhooks/{w['id']}"
    assert r.call("POST", f"{path}/deliveries/{item['id']}/redeliver")[0] == 409
    now[0] = 200
    assert r.call("POST", path + "/test")[0] == 202
    wait_for("in service", lambda: r.call("GET", path)[1]["disabled_at"] is None)
    body = json.loads(a.at("/gone")[-1][2])
    assert body["type"] == "webhook.test" and genuine(a.at("/gone")[-1], w["secret"])
    cancelled(r, {"webhook_id": w["id"]})
    a.wait("/gone", 3)
    now[0] = 410
    t = task(r, {"url": a.url("/gone2"), "events": ["task.cancelled"]})["task_id"]
    r.call("POST", f"/api/v1/tasks/{t}/cancel")
    own = endpoint_of_key(r)
    wait_for("over", lambda: any(i["task_id"] == t and i["state"] == "failed" for i in deliveries(r, own)))
    assert r.call("GET", "/api/v1/webhooks/" + own)[1]["disabled_at"] is None, "of other tasks, too"
    assert first != t
    a.close()


def test_slow_and_huge(r):
    """What a receiver sends does not matter once it has said 2xx; what it costs is bounded."""
    sent = {}

    def answer(handler, n):
        total = 0
        try:
            if handler.path == "/huge":
                handler.send_response(200)
                handler.end_headers()
                while total < 200 << 20:
                    total += handler.wfile.write(b"x" * 65536)
            elif handler.path == "/headers":
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while total < 50 << 20:
                    total += handler.wfile.write(b"a: " + b"x" * 60000 + b"\r\n")
            else:  # one byte at a time, the status never
                for _ in range(1000):
                    handler.connection.sendall(b"H")
                    time.sleep(0.05)
        except OSError:
            pass
        sent[handler.path] = total
        handler.close_connection = True
        return None
    a = Receiver(answer)
    huge, headers, slow = (hook(r, a.url(p)) for p in ("/huge", "/headers", "/slow"))
    for w in (slow, huge, headers):
        cancelled(r, {"webhook_id": w["id"]})
    assert settled(r, huge["id"])[0]["state"] == "delivered"
    wait_for("both were cut", lambda: "/huge" in sent and "/headers" in sent)
    assert sent["/huge"] < 20 << 20 and sent["/headers"] < 20 << 20, sent
    a.wait("/slow", 2)  # tried again, while others were served
    for w in (headers, slow):
        assert r.call("DELETE", "/api/v1/webhooks/" + w["id"])[0] == 204
    a.close()


def test_a_dead_endpoint_delays_nobody(r):
    """Many messages for one that never answers: at most four calls at a time, and others get theirs."""
    on_way, most, lock = [0], [0], threading.Lock()

    def answer(handler, n):
        if handler.path != "/dead":
            return 200
        with lock:
            on_way[0] += 1
            most[0] = max(most[0], on_way[0])
        time.sleep(0.7)
        with lock:
            on_way[0] -= 1
        return 500
    a = Receiver(answer)
    dead, alive = hook(r, a.url("/dead")), hook(r, a.url("/alive"))
    for _ in range(60):
        cancelled(r, {"webhook_id": dead["id"]})
    before = len(a.at("/dead"))
    cancelled(r, {"webhook_id": alive["id"]})
    a.wait("/alive")
    assert any(i["state"] == "pending" for i in deliveries(r, dead["id"]))
    assert most[0] <= 6, most  # four, and those that the relayer has given up and this server has not
    assert before < 60
    assert r.call("DELETE", "/api/v1/webhooks/" + dead["id"])[0] == 204
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
    with sqlite3.connect(os.path.join(r.folder, "relayer.db"), timeout=10) as d:
        left = d.execute("SELECT old_until FROM webhook WHERE id = ?", (w["id"],)).fetchone()[0] - time.time() * 1000
        assert 47 * 3600000 < left <= 48 * 3600000, left
        d.execute("UPDATE webhook SET old_until = 1 WHERE id = ?", (w["id"],))
    cancelled(r, {"webhook_id": w["id"]})
    got = a.wait("/rotated", 2)[1]
    assert genuine(got, new["secret"]) and not genuine(got, w["secret"])
    a.close()


def test_whose(r):
    """Another key sees, names and changes none of them; secrets are shown once."""
    a = Receiver()
    w = hook(r, a.url("/mine"))
    own = r.key
    with sqlite3.connect(os.path.join(r.folder, "relayer.db"), timeout=10) as d:
        d.execute("UPDATE webhook SET key_id = 'ffffffff' WHERE id = ?", (w["id"],))
        assert d.execute("SELECT 1 FROM api_key WHERE id = ?", (own.split("_")[1],)).fetchone()
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


def test_killed_before_sending(r):
    """kill -9 right after the answer, which comes after the commit: what was not sent is sent by the next process."""
    a = Receiver()
    w = hook(r, a.url("/killed"))
    told = []
    for pause in (0, 0, 0.05, 0.1, 0.15, 0.2):
        told.append(cancelled(r, {"webhook_id": w["id"]}))
        time.sleep(pause)
        r.kill()
        with sqlite3.connect(os.path.join(r.folder, "relayer.db"), timeout=10) as d:
            n = d.execute("SELECT count(*) FROM webhook_outbox WHERE task_id = ?", (told[-1],)).fetchone()[0]
        assert n == 1, "the message was not in the unit of the task"
        r.start()
    wait_for("all told", lambda: {json.loads(g[2])["data"]["task_id"] for g in a.at("/killed")} == set(told))
    items = settled(r, w["id"], len(told))
    assert all(i["state"] == "delivered" for i in items), items
    by_task = {}
    for g in a.at("/killed"):
        assert genuine(g, w["secret"])
        by_task.setdefault(json.loads(g[2])["data"]["task_id"], set()).add(g[1]["webhook-id"])
    assert all(len(ids) == 1 for ids in by_task.values())
    a.close()


def test_killed_before_noting(r):
    """kill -9 while the receiver holds the message and has not answered: it comes again, with the same id."""
    holding, go = threading.Event(), threading.Event()

    def answer(handler, n):
        if n == 1:
            holding.set()
            go.wait(10)
        return 200
    a = Receiver(answer)
    w = hook(r, a.url("/held"))
    cancelled(r, {"webhook_id": w["id"]})
    assert holding.wait(10)
    r.kill()
    go.set()
    r.start()
    got = a.wait("/held", 2)
    assert got[0][1]["webhook-id"] == got[1][1]["webhook-id"] and got[0][2] == got[1][2]
    assert settled(r, w["id"])[0]["state"] == "delivered"
    a.close()


def test_private_addresses(r):
    """With the guard on: nothing that is not public is called, whatever it is called by, and by no redirect."""
    a = Receiver()
    guarded = Relayer(RELAYER, settings=[s for s in QUICK if "allow_private" not in s])
    try:
        guarded.start()
        p = a.port
        literal = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "0.0.0.0", "10.0.0.1", "172.16.0.1",
                   "192.168.1.1", "100.64.0.1", "169.254.169.254", "168.63.129.16", "224.0.0.1", "255.255.255.255",
                   "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fd00::1]",
                   "[fd00:ec2::254]", "[2002:7f00:1::1]", "[64:ff9b::7f00:1]", "[2001:0:1::1]", "[ff02::1]",
                   "localhost"]
        for host in literal:
            hook(guarded, f"https://{host}:{p}/private", 400)
            task(guarded, {"url": f"https://{host}:{p}/private"}, 422)
        for url in (f"http://example.com:{p}/", "ftp://example.com/", "https://", "https://u:p@example.com/", "file:///etc/passwd",
                    "https://a b/", "https://example.com/\u00e9", "gopher://example.com/", "https://example.com:99999/"):
            hook(guarded, url, 400)
        # A name is looked at when it is dialled. curl itself takes a.localhost for the loopback, without a network; the
        # others are this machine's.
        for host in ["a.localhost"] + [n for n in ("ip6-localhost", socket.gethostname()) if resolves(n)]:
            w = hook(guarded, f"https://{host}:{p}/private")
            cancelled(guarded, {"webhook_id": w["id"]})
            item = wait_for("refused", lambda: [i for i in deliveries(guarded, w["id"]) if i["tries"] > 0])[0]
            assert item["status"] is None and item["reason"] == "callbacks do not go to its address", (host, item)
        # A row that was taken down while private addresses were allowed is not sent either.
        w = hook(guarded, "https://example.invalid/")
        with sqlite3.connect(os.path.join(guarded.folder, "relayer.db"), timeout=10) as d:
            d.execute("UPDATE webhook SET url = ? WHERE id = ?", (a.url("/private"), w["id"]))
        cancelled(guarded, {"webhook_id": w["id"]})
        assert settled(guarded, w["id"])[0]["state"] == "failed"
        time.sleep(0.5)
        assert a.got == [], a.got
    finally:
        guarded.stop()
    no_secret_in(guarded)
    a.close()


def resolves(name):
    try:
        return not any(ipaddress.ip_address(i[4][0]).is_global
                       for i in socket.getaddrinfo(name, 1, type=socket.SOCK_STREAM))
    except OSError:
        return False


def test_certificates(r):
    """https is checked: an unknown authority gets nothing; webhooks.ca_file names one."""
    d = r.folder
    cert, key = os.path.join(d, "cert.pem"), os.path.join(d, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    a = Receiver(tls=(cert, key))
    w = hook(r, a.url("/tls", "https"))
    cancelled(r, {"webhook_id": w["id"]})
    # A slow machine may take longer for a handshake than this relayer waits.
    item = wait_for("refused", lambda: [i for i in deliveries(r, w["id"]) if "ertificate" in (i["reason"] or "")])[0]
    assert item["state"] == "pending", item
    knows = Relayer(RELAYER, settings=QUICK + ["webhooks.ca_file=" + cert]).start()
    try:
        w = hook(knows, a.url("/tls2", "https"))
        cancelled(knows, {"webhook_id": w["id"]})
        assert genuine(a.wait("/tls2")[0], w["secret"])
    finally:
        knows.stop()
    assert a.at("/tls") == []
    a.close()


def no_secret_in(r):
    text = r.log_text()
    assert "callback" in text, "the log says nothing of callbacks"
    assert "whsec_" not in text
    for s in SECRETS - {"whsec_"}:
        assert s not in text and s.removeprefix("whsec_") not in text
    assert r.key not in text and "127.0.0.1:%d/" % 0 not in text
    for path in ("/own", "/again", "/private", "/down"):
        assert path + '"' not in text, "a URL of a receiver is in the log"


def main():
    chosen = [n for n in globals() if n.startswith("test_") and (len(sys.argv) < 5 or sys.argv[4] in n)]
    assert chosen
    r = Relayer(RELAYER, settings=QUICK).start()
    try:
        for name in chosen:
            start = time.monotonic()
            globals()[name](r)
            print(f"{name}: ok ({time.monotonic() - start:.1f} s)", flush=True)
        assert r.stop() == 0
        if len(chosen) > 1:
            no_secret_in(r)
        checked = subprocess.run([RELAYER, "--set", "server.data=" + r.folder, "--fsck"], capture_output=True, text=True)
        assert checked.returncode == 0, checked
    except BaseException:
        print(r.log_text()[-3000:], file=sys.stderr)
        r.process.kill()
        raise


main()
