#!/usr/bin/env python3
"""Callbacks that do not arrive at once: tried again, given up, kept over the relayer's death, and delaying no others.

usage: test_callbacks_again.py RELAYER [NAME]"""
import json
import os
import re
import socket
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from receiver import Receiver, genuine  # noqa: E402
from relayer_process import Relayer, rows, wait_for  # noqa: E402
from webhooks import QUICK, cancelled, deliveries, hook, no_secret_in, run, settled, task  # noqa: E402

RELAYER = sys.argv[1]


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
            handler.connection.settimeout(60)
            handler.rfile.read(1)  # until the relayer hangs up
            handler.close_connection = True
            return None
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


def hurried(r, webhook):
    """The state of its newest delivery. What waits is due at once: the pauses after the fifth try are minutes even here."""
    with sqlite3.connect(os.path.join(r.folder, "relayer.db"), timeout=10) as d:
        d.execute("UPDATE webhook_outbox SET next_try_at = 1 WHERE next_try_at IS NOT NULL")
    return deliveries(r, webhook)[0]["state"]


def test_given_up_and_sent_again(r):
    """After eight tries it is over; redeliver begins anew."""
    now = [503]
    a = Receiver(lambda h, n: now[0])
    with Relayer(RELAYER, settings=[*QUICK, "webhooks.first_retry=10ms", "webhooks.timeout=30s"]).start() as quick:
        w = hook(quick, a.url("/down"))
        cancelled(quick, {"webhook_id": w["id"]})
        a.wait("/down", 4)
        wait_for("given up", lambda: hurried(quick, w["id"]) == "failed")
        item = deliveries(quick, w["id"])[0]
        assert item["tries"] == 8 and item["status"] == 503 and len(a.at("/down")) == 8, item
        now[0] = 200
        status, said, _ = quick.call("POST", f"/api/v1/webhooks/{w['id']}/deliveries/{item['id']}/redeliver")
        assert status == 202, said
        wait_for("delivered", lambda: hurried(quick, w["id"]) == "delivered")
        assert len({g[1]["webhook-id"] for g in a.at("/down")}) == 1
        assert quick.stop() == 0
    no_secret_in(quick)
    a.close()


def endpoint_of_key(r):
    return next(w["id"] for w in r.call("GET", "/api/v1/webhooks")[1]["items"] if w["for"] == "callback_url")


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


def silent():
    """A receiver whose paths say nothing for a while, and then 500, all but /alive; how many calls it had at the same time."""
    on_way, most, lock = [0], [0], threading.Lock()

    def answer(handler, n):
        if handler.path == "/alive":
            return 200
        with lock:
            on_way[0] += 1
            most[0] = max(most[0], on_way[0])
        time.sleep(0.7)
        with lock:
            on_way[0] -= 1
        return 500
    return Receiver(answer), most


def test_a_dead_endpoint_delays_nobody(r):
    """Many messages for one that never answers: at most four calls at a time, and others get theirs."""
    a, most = silent()
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


def test_one_key_delays_nobody(r):
    """However many receivers that are silent it names: it has a quarter of the calls."""
    a, most = silent()
    dead = [hook(r, a.url(f"/dead{i}")) for i in range(24)]
    for i in range(96):
        cancelled(r, {"webhook_id": dead[i % len(dead)]["id"]})
    own = r.call("POST", "/api/v1/api-keys", {"name": "other", "scopes": ["tasks:write", "tasks:read", "webhooks"]})[1]["key"]
    alive = r.call("POST", "/api/v1/webhooks", {"url": a.url("/alive")}, key=own)
    assert alive[0] == 201, alive
    assert r.call("POST", "/api/v1/webhooks/%s/test" % alive[1]["id"], key=own)[0] == 202
    a.wait("/alive")
    wait_for("several of the other", lambda: most[0] >= 4)
    assert most[0] <= 24, most  # sixteen, and those that the relayer has given up and this server has not
    for d in dead:
        assert r.call("DELETE", "/api/v1/webhooks/" + d["id"])[0] == 204
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
        (n,), = rows(r, "SELECT count(*) FROM webhook_outbox WHERE task_id = ?", told[-1])
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


run(globals(), RELAYER)
