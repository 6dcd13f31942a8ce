#!/usr/bin/env python3
"""Keys of the REST API: what each may see and do, how long, and how often.

usage: test_rest_keys.py RELAYER [NAME]"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, wait_for  # noqa: E402
from rest_client import TASK, get, make_key, post, run  # noqa: E402

RELAYER = sys.argv[1]


def test_keys(r):
    made = make_key(r, "tasks:read", "tasks:write")
    key = made["key"]
    status, me, _ = r.call("GET", "/api/v1/me", key=key)
    assert status == 200 and me == {"id": made["id"], "name": "a key", "scopes": ["tasks:read", "tasks:write"], "expires_at": None,
                                     "address": None}
    assert r.call("GET", "/api/v1/me", key=False, headers={"Authorization": ""})[0] == 401
    for path in ("/api/v1/api-keys", "/api/v1/nodes"):
        status, said, _ = r.call("GET", path, key=key)
        assert status == 403 and said["code"] == "insufficient_scope"
    # A key sees its own tasks, and others that are public.
    others = post(r)
    public = post(r, visibility="public")
    status, mine, _ = r.call("POST", "/api/v1/tasks", TASK, key=key)
    assert status == 201
    mine = mine["task_id"]
    assert [t["task_id"] for t in r.call("GET", "/api/v1/tasks", key=key)[1]["items"]] == [mine]
    assert [r.call("GET", "/api/v1/tasks/" + t, key=key)[0] for t in (others, public, mine)] == [404, 200, 200]
    assert r.call("GET", f"/api/v1/tasks/{public}/events", key=key)[0] == 404
    assert r.call("POST", f"/api/v1/tasks/{others}/cancel", key=key)[0] == 404
    # A cursor of one key's list is not one of another's.
    cursor = get(r, "/tasks?limit=1")[0]["next_cursor"]
    assert r.call("GET", f"/api/v1/tasks?limit=1&cursor={cursor}", key=key)[1]["code"] == "bad_cursor"
    used = r.call("GET", "/api/v1/me/usage", key=key)[1]
    assert used["open_tasks"]["used"] == 1 and used["rates"]["read"] == {"per_second": 100000, "burst": 100000}
    r.call("POST", f"/api/v1/tasks/{mine}/cancel", key=key)
    assert r.call("GET", "/api/v1/me/usage", key=key)[1]["open_tasks"]["used"] == 0
    listed = get(r, "/api-keys")[0]["items"]
    assert made["id"] in [k["id"] for k in listed] and key not in json.dumps(listed)
    assert r.call("DELETE", "/api/v1/api-keys/" + made["id"])[:2] == (204, b"")
    assert r.call("GET", "/api/v1/me", key=key)[0] == 401 and r.call("GET", "/api/v1/tasks", key=key)[0] == 401
    assert r.call("DELETE", "/api/v1/api-keys/" + made["id"])[0] == 404
    assert made["id"] not in [k["id"] for k in get(r, "/api-keys")[0]["items"]]
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    short = make_key(r, "tasks:read", expires_at=soon)["key"]
    assert r.call("GET", "/api/v1/tasks", key=short)[0] == 200
    wait_for("expired", lambda: r.call("GET", "/api/v1/tasks", key=short)[1].get("code") == "expired_key")
    last = r.call("GET", "/api/v1/me")[1]["id"]
    status, said, _ = r.call("DELETE", "/api/v1/api-keys/" + last)
    assert status == 409 and said["code"] == "conflict_state"
    assert r.call("GET", "/api/v1/me")[0] == 200  # it was not
    second = make_key(r, "admin")
    assert r.call("DELETE", "/api/v1/api-keys/" + second["id"], key=second["key"])[0] == 204
    for body in ({}, {"name": "x"}, {"name": "x", "scopes": []}, {"name": "x", "scopes": ["all"]}, {"name": "x", "scopes": ["admin"], "y": 1},
                 {"name": "x", "scopes": ["admin"], "expires_at": "2020-01-01T00:00:00Z"}, {"name": "x" * 65, "scopes": ["admin"]}):
        assert r.call("POST", "/api/v1/api-keys", body)[0] == 400, body


def test_limits(r):
    """Another relayer, with little patience."""
    patience = ["limits.read_rate=1", "limits.read_burst=20", "limits.post_rate=1", "limits.post_burst=3"]
    with Relayer(RELAYER, settings=patience).start() as s:
        # An address without a key, and each key, have a bucket of their own; a start took some of the first key's.
        for _ in range(20):
            status, _, h = s.call("GET", "/api/v1/stats", key=False)
            assert status == 200 and h["RateLimit-Policy"] == '"read";q=20;w=20' and h["RateLimit"].startswith('"read";r=')
        _, said, h = wait_for("limited", lambda: (lambda answer: answer[0] == 429 and answer)(s.call("GET", "/api/v1/stats", key=False)))
        assert said["code"] == "rate_limited" and int(h["Retry-After"]) >= 1 and '"read";r=0;' in h["RateLimit"]
        assert s.call("GET", "/api/v1/health/live", key=False)[0] == 200  # never limited
        key = s.call("POST", "/api/v1/api-keys", {"name": "k", "scopes": ["tasks:read", "tasks:write"]})[1]["key"]
        assert s.call("GET", "/api/v1/stats", key=key)[0] == 200
        made = [s.call("POST", "/api/v1/tasks", TASK, key=key)[0] for _ in range(4)]
        assert made[:3] == [201] * 3 and made[3] in (201, 429), made
        wait_for("limited", lambda: s.call("POST", "/api/v1/tasks", TASK, key=key)[0] == 429)
        assert s.call("GET", "/api/v1/stats", key=key)[0] == 200  # reading is another bucket
        # Wrong keys: the tenth closes the door, for a right one too.
        wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
        codes = [s.call("GET", "/api/v1/tasks", key=wrong)[0] for _ in range(12)]
        assert codes == [401] * 10 + [429] * 2, codes
        status, _, h = s.call("GET", "/api/v1/me", key=key)
        assert status == 429 and 200 < int(h["Retry-After"]) <= 360, h
        assert s.call("GET", "/api/v1/health/ready", key=False)[0] == 200
        assert s.stop() == 0


run(globals(), RELAYER)
