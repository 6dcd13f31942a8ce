#!/usr/bin/env python3
"""Calls of the REST API that wait for what a task becomes: long polls and streams of events.

usage: test_rest_waiting.py RELAYER [NAME]"""
import http.client
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import wait_for  # noqa: E402
from rest_client import TASK, code_of, get, make_key, post, run  # noqa: E402

RELAYER = sys.argv[1]


def in_background(f):
    out = []
    t = threading.Thread(target=lambda: out.append(f()))
    t.start()
    return t, out


def test_long_poll(r):
    task = post(r)
    _, headers = get(r, f"/tasks/{task}")
    etag = headers["ETag"]
    # Nothing changes: at its time the same is said again, or 304.
    assert get(r, f"/tasks/{task}?wait=1")[0]["state"] == "queued"
    s, _, h = r.call("GET", f"/api/v1/tasks/{task}?wait=1", headers={"If-None-Match": etag})
    assert s == 304 and h["ETag"] == etag
    # What is known is older: the answer does not wait.
    assert get(r, f"/tasks/{task}?wait=60", **{"If-None-Match": '"v1"'})[0]["version"] == 3
    # A change ends it, for everybody who waits.
    waiting = [in_background(lambda: get(r, f"/tasks/{task}?wait=60")[0]) for _ in range(8)]
    waiting += [in_background(lambda: get(r, f"/tasks/{task}?wait=60", **{"If-None-Match": etag})[0]) for _ in range(8)]
    time.sleep(0.3)
    assert all(t.is_alive() for t, _ in waiting)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for t, out in waiting:
        t.join(20)
        assert out and out[0]["state"] == "cancelled" and out[0]["version"] == 4, out
    # Nothing will follow an end.
    assert get(r, f"/tasks/{task}?wait=60")[0]["state"] == "cancelled"
    for wrong in ("61", "-1", "x", "1.5", ""):
        assert code_of(r, f"/tasks/{task}?wait={wrong}", 400) == "validation_failed"
    assert code_of(r, "/tasks/none?wait=60", 404) == "not_found"


def test_long_poll_of_events(r):
    task = post(r)
    path = f"/tasks/{task}/events"
    known = get(r, path)[0]["items"]
    assert [e["seq"] for e in known] == [1, 2, 3] and [e["to"] for e in known] == ["created", "funded", "queued"]
    assert get(r, path + "?after=0")[0]["items"] == known and get(r, path + "?after=2&wait=60")[0]["items"] == known[2:]
    assert get(r, path + "?after=3")[0]["items"] == [] and get(r, path + "?after=3&wait=1")[0]["items"] == []
    waiting = [in_background(lambda: get(r, path + "?after=3&wait=60")[0]["items"]) for _ in range(4)]
    time.sleep(0.3)
    assert all(t.is_alive() for t, _ in waiting)
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for t, out in waiting:
        t.join(20)
        assert out and [(e["seq"], e["to"]) for e in out[0]] == [(4, "cancelled")], out
    # Nothing will follow an end.
    assert get(r, path + "?after=4&wait=60")[0]["items"] == []
    for wrong in ("wait=61", "wait=x", "after=-1", "after=x", "after=", "after=99999999999999999999"):
        assert code_of(r, f"{path}?{wrong}", 400) == "validation_failed", wrong
    assert code_of(r, path + "?limit=1", 400) == "unknown_field"
    assert code_of(r, "/tasks/none/events?wait=60", 404) == "not_found"


class Stream:
    """Server-sent events as a client reads them."""

    def __init__(self, r, task, last=None, method="GET", key=None):
        self.c = http.client.HTTPConnection("127.0.0.1", r.port, timeout=20)
        h = {"Accept": "text/event-stream", "Authorization": "Bearer " + (key or r.key)}
        if last is not None:
            h["Last-Event-ID"] = str(last)
        self.c.request(method, f"/api/v1/tasks/{task}/events", None, h)
        self.reply = self.c.getresponse()

    def event(self):
        """(id, name, data), or None at the end."""
        fields = {}
        while True:
            line = self.reply.readline()
            if not line:
                return None
            line = line.decode().rstrip("\n")
            if line == "" and "id" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])
            if line == "" or line.startswith(":"):
                fields = {}
                continue
            name, value = line.split(": ", 1)
            fields[name] = value


def test_stream(r):
    task = post(r)
    s = Stream(r, task)
    assert s.reply.status == 200 and s.reply.headers["Content-Type"] == "text/event-stream"
    assert [s.event()[:2] for _ in range(3)] == [(1, "task.created"), (2, "task.funded"), (3, "task.queued")]
    later = Stream(r, task, last=2)
    assert later.event()[:2] == (3, "task.queued")
    thread, out = in_background(s.event)
    time.sleep(0.2)
    assert thread.is_alive()
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    thread.join(20)
    number, name, data = out[0]
    assert (number, name, data["from"], data["to"]) == (4, "task.cancelled", "queued", "cancelled")
    assert s.event() is None, "an end ends the stream"
    assert later.event()[1] == "task.cancelled" and later.event() is None
    # The same as a list.
    items = get(r, f"/tasks/{task}/events")[0]["items"]
    assert [e["seq"] for e in items] == [1, 2, 3, 4] and items[3] == data
    over = Stream(r, task, last=3)
    assert over.event()[0] == 4 and over.event() is None
    assert Stream(r, task, last=4).event() is None
    assert Stream(r, "none").reply.status == 404
    assert Stream(r, task, method="HEAD").reply.status == 200


def test_who_lost_its_key_hears_no_more(r):
    """Whether it streams or polls."""
    made = make_key(r, "tasks:read", "tasks:write")
    status, task, _ = r.call("POST", "/api/v1/tasks", TASK, key=made["key"])
    assert status == 201, task
    task = task["task_id"]
    s = Stream(r, task, key=made["key"])
    assert [s.event()[0] for _ in range(3)] == [1, 2, 3]
    known = {"If-None-Match": get(r, f"/tasks/{task}")[1]["ETag"]}
    poll, said = in_background(lambda: r.call("GET", f"/api/v1/tasks/{task}?wait=60", headers=known, key=made["key"]))
    thread, out = in_background(s.event)
    time.sleep(0.3)
    assert r.call("DELETE", "/api/v1/api-keys/" + made["id"])[0] == 204
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    thread.join(20)
    poll.join(20)
    assert out == [None] and said[0][0] == 401, (out, said)


def test_waiting_is_bounded(r):
    """More calls of one key than may wait are refused, and those that wait are not harmed."""
    task = post(r)
    streams = [Stream(r, task) for _ in range(256)]
    assert all(s.reply.status == 200 for s in streams)
    one_more = Stream(r, task)
    assert one_more.reply.status == 503 and one_more.reply.headers["Retry-After"] == "5"
    assert get(r, f"/tasks/{task}")[0]["state"] == "queued"
    for s in streams[:100]:
        s.reply.close()
        s.c.close()
    # A client that went is noticed at the next change, or by the signs of life.
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    for s in streams[100:]:
        assert [s.event()[0] for _ in range(4)] == [1, 2, 3, 4] and s.event() is None
    other = post(r)
    again = wait_for("room", lambda: (lambda s: s if s.reply.status == 200 else None)(Stream(r, other)))
    assert again.event()[0] == 1


def test_zz_drain(r):
    """A relayer that is stopped answers those who wait."""
    task = post(r)
    poll, out = in_background(lambda: get(r, f"/tasks/{task}?wait=60")[0])
    stream = Stream(r, task)
    assert [stream.event()[0] for _ in range(3)] == [1, 2, 3]
    time.sleep(0.3)
    assert poll.is_alive()
    assert r.stop() == 0
    poll.join(20)
    assert out and out[0]["state"] == "queued"
    assert stream.event() is None
    r.start()


run(globals(), RELAYER)
