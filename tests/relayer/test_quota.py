#!/usr/bin/env python3
"""What one key, one lease and one disk take: blobs, tasks and amounts of a day, answers that are kept.

usage: test_quota.py RELAYER [PART OF A TEST'S NAME]"""
import hashlib
import os
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from relayer_process import Relayer, rows, run_tests, wait_for  # noqa: E402
from test_admin import Node  # noqa: E402

RELAYER = sys.argv[1]
SETTINGS = ["ws.require_node_signature=no", "limits.post_rate=1000", "limits.post_burst=1000", "limits.read_rate=10000",
            "limits.read_burst=10000", "storage.unused=1h", "limits.uploads=2", "limits.upload_bytes=8MiB"]
SEED = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 4000}, "token_amount": "1000"}
MIB = 1 << 20


def name_of(b):
    return hashlib.sha256(b).hexdigest()


def put(r, data, key=True, **headers):
    return r.call("PUT", "/api/v1/blobs/" + name_of(data), data, {k.replace("_", "-"): v for k, v in headers.items()}, key=key)


def new_key(r, *scopes, **more):
    status, made, _ = r.call("POST", "/api/v1/api-keys", {"name": "t", "scopes": list(scopes), **more})
    assert status == 201, made
    return made["key"]


def usage(r, key=True):
    return r.call("GET", "/api/v1/me/usage", key=key)[1]


def again(r, *settings):
    assert r.stop() == 0
    r.settings = SETTINGS + list(settings)
    r.start()


def refused(answer, status, code):
    assert answer[0] == status and answer[1]["code"] == code, answer[:2]
    return answer


def test_lease_stores_what_a_result_needs(r):
    node = Node(r, "greedy")
    task = r.call("POST", "/api/v1/tasks", dict(SEED, requirements={"cpu_threads": 1}))[1]["task_id"]
    a = node.take()
    assert a["task_id"] == task
    lease = {"Authorization": f"Lease {a['task_id']} {a['attempt']} {a['upload_token']}"}
    stored = usage(r)["stored_bytes"]["used"]
    blobs = [os.urandom(1000) for _ in range(6)]
    said = [put(r, b, **lease) for b in blobs]
    assert [s[0] for s in said] == [201] * 4 + [429] * 2, said
    refused(said[4], 429, "quota_exceeded")
    assert put(r, blobs[0], **lease)[0] == 200, "what is there costs nothing"
    files = [f for b in blobs for f in [os.path.join(r.folder, "blobs", name_of(b)[:2], name_of(b))] if os.path.exists(f)]
    assert len(files) == 4, "nothing of what was refused was written"
    assert usage(r)["stored_bytes"]["used"] == stored + 4000, "it counts for the demander"
    # In parts it is the same.
    part = os.urandom(1000)
    refused(put(r, part, Content_Range="bytes 0-999/2000", **lease), 429, "quota_exceeded")
    big = dict(lease, Content_Range="bytes 0-999/%d" % (65 * MIB))
    refused(put(r, part, **big), 413, "body_too_large")
    # A name that is there has one length, and its parts are no way around what may be stored.
    again_in_parts = lambda data, most: r.call("PUT", "/api/v1/blobs/" + name_of(data), part, dict(lease, **{"Content-Range": f"bytes 0-999/{most}"}))
    refused(again_in_parts(blobs[0], 64 * MIB), 409, "conflict_state")
    refused(r.call("PUT", "/api/v1/blobs/" + name_of(blobs[0]), part + part, lease), 409, "conflict_state")
    half = lambda data: r.call("PUT", "/api/v1/blobs/" + name_of(data), part[:500], dict(lease, **{"Content-Range": "bytes 0-499/1000"}))
    assert half(blobs[0])[0] == 202
    refused(half(blobs[1]), 429, "quota_exceeded")
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel")[0] == 202
    refused(put(r, blobs[0], **lease), 401, "missing_credentials")
    node.ws.close()


def test_stored_bytes_of_a_key(r):
    key = new_key(r, "blobs:write", "tasks:write", "tasks:read", quota={"stored_bytes": 3000})
    assert put(r, os.urandom(2000), key)[0] == 201
    _, _, headers = refused(put(r, os.urandom(1001), key), 429, "quota_exceeded")
    assert headers["Retry-After"] == "60"
    part = os.urandom(600)
    assert put(r, part, key, Content_Range="bytes 0-599/1000")[0] == 202
    refused(put(r, os.urandom(500), key, Content_Range="bytes 0-499/500"), 429, "quota_exceeded")
    last = os.urandom(1000)
    assert put(r, last, key)[0] == 201
    assert usage(r, key)["stored_bytes"] == {"used": 3000, "limit": 3000}, usage(r, key)
    assert put(r, last, key)[0] == 200
    assert put(r, last)[0] == 200, "who sends it again is not charged"
    refused(r.call("POST", "/api/v1/tasks", SEED, key=key), 429, "quota_exceeded")
    # When they are collected there is room again.
    again(r, "storage.unused=1s")
    wait_for("they are collected", lambda: usage(r, key)["stored_bytes"]["used"] == 0)
    assert r.call("POST", "/api/v1/tasks", SEED, key=key)[0] == 201
    # An input that is kept as a blob counts, and so does a program.
    long = dict(SEED, payload={"algorithm": "sha256", "text": "q" * 100000, "iterations": 1})
    assert r.call("POST", "/api/v1/tasks", long)[0] == 201
    assert usage(r)["stored_bytes"]["used"] >= 100000
    again(r)


def test_begun_uploads(r):
    key = new_key(r, "blobs:write")
    for i in range(10):
        assert put(r, os.urandom(10), key, Content_Range="bytes 0-9/20")[0] == 202
    refused(put(r, os.urandom(10), key, Content_Range="bytes 0-9/20"), 429, "quota_exceeded")
    assert put(r, os.urandom(10), new_key(r, "blobs:write"), Content_Range="bytes 0-9/20")[0] == 202


def test_bytes_of_an_hour(r):
    key = new_key(r, "blobs:write")
    for _ in range(4):
        assert put(r, os.urandom(2 * MIB), key)[0] == 201
    _, _, headers = refused(put(r, os.urandom(200000), key), 429, "rate_limited")
    assert 1 <= int(headers["Retry-After"]) <= 3600
    # A long one is refused before its first byte comes.
    c = raw(r, key, os.urandom(32), 2 * MIB)
    head = c.recv(4096).decode()
    assert head.startswith("HTTP/1.1 429") and "rate_limited" in head, head
    c.close()
    assert put(r, os.urandom(1000), new_key(r, "blobs:write"))[0] == 201


def raw(r, key, seed, length, authorization=None):
    """The head of an upload, and nothing of its body."""
    import socket
    c = socket.create_connection(("127.0.0.1", r.port), 10)
    a = authorization or f"Bearer {r.key if key is True else key}"
    c.sendall(f"PUT /api/v1/blobs/{name_of(seed)} HTTP/1.1\r\nHost: x\r\nAuthorization: {a}\r\nContent-Length: {length}\r\n"
              "Expect: 100-continue\r\n\r\n".encode())
    return c


def test_uploads_at_once(r):
    key = new_key(r, "blobs:write")
    held = [raw(r, key, os.urandom(8), MIB) for _ in range(2)]
    for c in held:
        assert c.recv(100).startswith(b"HTTP/1.1 100")
    third = raw(r, key, os.urandom(8), MIB)
    head = third.recv(4096).decode()
    assert head.startswith("HTTP/1.1 429") and "rate_limited" in head, head
    third.close()
    other = raw(r, new_key(r, "blobs:write"), os.urandom(8), MIB)
    assert other.recv(100).startswith(b"HTTP/1.1 100")
    other.close()
    held.pop().close()  # who hangs up is not counted any more

    def there_is_room():
        c = raw(r, key, os.urandom(8), MIB)
        got = c.recv(100)
        c.close()
        return got.startswith(b"HTTP/1.1 100")
    wait_for("room", there_is_room)
    held.pop().close()
    # Whoever says that it has a lease is counted, too, and may not send more than a result.
    lease = "Lease " + "0" * 36 + " 1 " + "0" * 32
    held = [raw(r, None, os.urandom(8), MIB, lease) for _ in range(2)]
    for c in held:
        assert c.recv(100).startswith(b"HTTP/1.1 100")
    c = raw(r, None, os.urandom(8), MIB, lease)
    assert c.recv(4096).startswith(b"HTTP/1.1 429")
    for c in held + [c]:
        c.close()
    c = raw(r, None, os.urandom(8), 65 * MIB, lease)
    assert b"body_too_large" in c.recv(4096)
    c.close()


def test_what_is_read_for_a_post_counts(r):
    """An input by its hash: 16 MiB that nobody has named before are as four posts more."""
    again(r, "limits.post_rate=1", "limits.post_burst=10", "limits.upload_bytes=64MiB")
    key, blob = new_key(r, "blobs:write", "blobs:read", "tasks:write", "tasks:read"), os.urandom(16 * MIB)
    assert put(r, blob, key)[0] == 201
    named = {"job": {"program": {"name": "fibonacci"}, "input": {"sha256": name_of(blob)}, "io": "digest"}, "token_amount": "1000"}
    left = []
    for _ in range(3):
        since = time.monotonic()
        status, said, headers = r.call("POST", "/api/v1/tasks", named, key=key)
        assert status == 201, said
        left.append((float(headers["RateLimit"].split("r=")[1].split(";")[0]), since))
    (one, since), (two, then), (three, last) = left
    assert two <= one - 5 + (time.monotonic() - since) + 1 and three >= two - 1, left
    again(r)


def test_leases_of_one_network_leave_room(r):
    """Nobody knows whether a lease is one before its body has come: a word of nobody reserves no disk."""
    free = os.statvfs(r.folder)
    again(r, f"storage.min_free={max(0, free.f_bavail * free.f_frsize - 8192 * MIB)}", "server.per_ip=1000")
    said, held = [], []
    for i in range(60):  # an eighth of 8 GiB is for 8 of them
        held.append(raw(r, None, os.urandom(8), 64 * MIB, "Lease " + "0" * 36 + f" 1 {i:032x}"))
        said.append(held[-1].recv(4096)[:12])
    assert said[0] == b"HTTP/1.1 100" and said[-1] == b"HTTP/1.1 429", said
    key = raw(r, True, os.urandom(8), MIB)
    assert key.recv(4096).startswith(b"HTTP/1.1 100"), "others are served"
    key.close()
    # What has not the form of a lease is nobody's, and may send no more than an answer needs.
    c = raw(r, None, os.urandom(8), MIB, "Lease of mine")
    assert c.recv(4096).startswith(b"HTTP/1.1 413")
    for c in held + [c]:
        c.close()
    # What is only announced gains no time.
    again(r, "server.body_timeout=1s")
    c = raw(r, True, os.urandom(8), 6 * MIB)
    c.settimeout(60)
    assert c.recv(4096).startswith(b"HTTP/1.1 100") and c.recv(4096).startswith(b"HTTP/1.1 408")
    c.close()
    again(r)


def test_below_min_free_nothing_is_written(r):
    before = sorted(os.listdir(os.path.join(r.folder, "blobs")))
    tasks = rows(r, "SELECT count(*) FROM task")
    again(r, "storage.min_free=1000TiB")
    assert r.call("GET", "/api/v1/health")[0] == 503
    for data in (os.urandom(10), os.urandom(300000)):
        try:
            refused(put(r, data), 507, "storage_full")
        except (BrokenPipeError, ConnectionResetError):
            pass
    c = raw(r, True, b"x", MIB)
    head = c.recv(4096).decode()
    assert head.startswith("HTTP/1.1 507") and "storage_full" in head, head
    c.close()
    refused(put(r, os.urandom(10), Content_Range="bytes 0-9/20"), 507, "storage_full")
    refused(r.call("POST", "/api/v1/tasks", SEED), 507, "storage_full")
    refused(r.call("POST", "/api/v1/tasks:batch", {"tasks": [SEED]}, {"Idempotency-Key": "full"}), 507, "storage_full")
    refused(r.call("POST", "/api/v1/programs", {"name": "p", "version": "1", "elf_b64": "AAAA"}), 507, "storage_full")
    assert sorted(os.listdir(os.path.join(r.folder, "blobs"))) == before
    assert rows(r, "SELECT count(*) FROM task") == tasks
    again(r)
    assert put(r, os.urandom(10))[0] == 201


def test_tasks_and_amounts_of_a_day(r):
    key = new_key(r, "tasks:write", "tasks:read", quota={"daily_tasks": 3, "daily_spend": "2500", "open_tasks": 2})

    def post(amount="1000", status=201, **headers):
        s, said, h = r.call("POST", "/api/v1/tasks", dict(SEED, token_amount=amount), headers, key=key)
        assert s == status, (s, said)
        if status == 429:
            assert said["code"] == "quota_exceeded" and int(h["Retry-After"]) > 0, (said, h)
        return said
    first = post()["task_id"]
    post()
    assert "open tasks" in post("1", 429)["detail"]
    assert r.call("POST", f"/api/v1/tasks/{first}/cancel", key=key)[0] == 202
    assert "spend" in post("501", 429)["detail"]
    third = post("500")["task_id"]
    assert r.call("POST", f"/api/v1/tasks/{third}/cancel", key=key)[0] == 202
    assert "today" in post("0", 429)["detail"]
    said = usage(r, key)
    assert said["daily_tasks"] == {"used": 3, "limit": 3} and said["daily_spend"] == {"used": "2500", "limit": "2500"}, said
    assert said["open_tasks"] == {"used": 1, "limit": 2}, said
    # A batch is refused item by item.
    s, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [SEED]}, {"Idempotency-Key": "b"}, key=key)
    assert s == 207 and said["items"][0]["error"]["code"] == "quota_exceeded", said
    # An administrator gives it more; what it does not name is the settings' again.
    id = key[4:12]
    for wrong, pointer in (({"quota": {"x": 1}}, "/quota/x"), ({"quota": {"open_tasks": -1}}, "/quota/open_tasks"), ({}, "/quota"),
                           ({"quota": 5}, "/quota"), ({"quota": {"daily_spend": "1.5"}}, "/quota/daily_spend"),
                           ({"quota": None, "name": "n"}, "/name")):
        s, said, _ = r.call("PATCH", f"/api/v1/api-keys/{id}", wrong)
        assert s == 400 and said["errors"][0]["pointer"] == pointer, (wrong, said)
    assert r.call("PATCH", "/api/v1/api-keys/00000000", {"quota": None})[0] == 404
    assert r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": None}, key=key)[0] == 403
    s, said, _ = r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": {"daily_tasks": 4}})
    assert s == 200 and said == {"id": id, "quota": {"daily_tasks": 4}}, said
    assert {"daily_tasks": 4} in [k["quota"] for k in r.call("GET", "/api/v1/api-keys")[1]["items"]]
    post("123456")
    post("1", 429)
    assert usage(r, key)["daily_spend"] == {"used": "125956", "limit": None}
    assert r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": None})[1]["quota"] is None
    post("1")
    # A day's sum stops at what an amount can be: the largest is taken, and tasks after it.
    most = str(2**256 - 1)
    assert r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": {"daily_tasks": 9, "open_tasks": 9}})[0] == 200
    fresh = new_key(r, "tasks:write", "tasks:read")
    for k, amount in ((key, most), (key, "1"), (fresh, most), (fresh, most)):
        s, said, _ = r.call("POST", "/api/v1/tasks", dict(SEED, token_amount=amount), key=k)
        assert s == 201 and said["token_amount"] == amount, said
        assert r.call("POST", f"/api/v1/tasks/{said['task_id']}/cancel", key=k)[0] == 202
        assert usage(r, k)["daily_spend"]["used"] == most
    # A task that is tried again is no new one, but it is open.
    assert r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": {"open_tasks": 3, "daily_tasks": 0}})[0] == 200
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600))
    assert r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": {"open_tasks": 4}})[0] == 200
    gone = r.call("POST", "/api/v1/tasks", dict(SEED, deadline=soon), key=key)[1]["task_id"]
    wait_for("expired", lambda: r.call("GET", "/api/v1/tasks/" + gone)[1]["state"] == "expired")
    assert r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": {"open_tasks": 3, "daily_tasks": 0}})[0] == 200
    refused(r.call("POST", f"/api/v1/tasks/{gone}/retry", {"deadline": later}, key=key), 429, "quota_exceeded")
    assert r.call("PATCH", f"/api/v1/api-keys/{id}", {"quota": {"open_tasks": 4, "daily_tasks": 0}})[0] == 200
    assert r.call("POST", f"/api/v1/tasks/{gone}/retry", {"deadline": later}, key=key)[0] == 202


def test_the_settings_say_it_for_others(r):
    again(r, "limits.daily_spend=1500")
    key = new_key(r, "tasks:write")
    assert r.call("POST", "/api/v1/tasks", SEED, key=key)[0] == 201
    refused(r.call("POST", "/api/v1/tasks", SEED, key=key), 429, "quota_exceeded")
    own = new_key(r, "tasks:write", quota={"daily_spend": 5000})
    for _ in range(5):
        assert r.call("POST", "/api/v1/tasks", SEED, key=own)[0] == 201
    refused(r.call("POST", "/api/v1/tasks", SEED, key=own), 429, "quota_exceeded")
    p = subprocess.run([RELAYER, "--set", "limits.daily_spend=many", "--check-config"], capture_output=True, text=True)
    assert p.returncode != 0 and "limits.daily_spend" in p.stderr, p
    again(r)


def test_another_day(r):
    key = new_key(r, "tasks:write", quota={"daily_tasks": 1})
    assert r.call("POST", "/api/v1/tasks", SEED, key=key)[0] == 201
    refused(r.call("POST", "/api/v1/tasks", SEED, key=key), 429, "quota_exceeded")
    r.kill()
    d = sqlite3.connect(f"{r.folder}/relayer.db")
    d.execute("UPDATE task SET created_at = created_at - 86400000 WHERE key_id = ?", (key[4:12],))
    d.execute("UPDATE quota SET day = day - 1 WHERE key_id = ?", (key[4:12],))
    d.commit()
    d.close()
    r.start()
    assert usage(r, key)["daily_tasks"] == {"used": 0, "limit": 1}
    assert r.call("POST", "/api/v1/tasks", SEED, key=key)[0] == 201
    assert usage(r, key)["daily_tasks"] == {"used": 1, "limit": 1}


def test_answers_are_kept_for_a_day(r):
    """An answer that is too old is not given again, and its row goes."""
    keep = {"Idempotency-Key": "keep"}
    first = r.call("POST", "/api/v1/tasks", SEED, {"Idempotency-Key": "day"})[1]["task_id"]
    kept = r.call("POST", "/api/v1/tasks", SEED, keep)[1]["task_id"]
    r.kill()
    d = sqlite3.connect(f"{r.folder}/relayer.db")
    left = d.execute("SELECT expires_at - 86400000 - ? FROM idem WHERE name = 'day'", (int(time.time() * 1000),)).fetchone()[0]
    assert -60000 < left <= 0, left
    d.execute("UPDATE idem SET expires_at = 1 WHERE name = 'day'")
    d.commit()
    d.close()
    r.start()
    s, said, h = r.call("POST", "/api/v1/tasks", SEED, {"Idempotency-Key": "day"})
    assert s == 201 and said["task_id"] != first and "Idempotency-Replayed" not in h, (said, h)
    s, again_said, h = r.call("POST", "/api/v1/tasks", SEED, {"Idempotency-Key": "day"})
    assert s == 201 and again_said == said and h["Idempotency-Replayed"] == "true", (again_said, h)
    r.kill()
    d = sqlite3.connect(f"{r.folder}/relayer.db")
    d.execute("UPDATE idem SET expires_at = 1 WHERE name = 'day'")
    d.commit()
    d.close()
    r.start()
    wait_for("the row goes", lambda: not rows(r, "SELECT 1 FROM idem WHERE name = 'day'"))
    assert rows(r, "SELECT 1 FROM idem WHERE name = 'keep'")
    assert r.call("POST", "/api/v1/tasks", SEED, keep)[1]["task_id"] == kept


def test_replay_before_all_else(r):
    """What was answered is answered again, also when the same request would be refused now."""
    key = new_key(r, "tasks:write", "tasks:read", quota={"daily_tasks": 2})
    soon = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 2)) + ".000Z"
    body, batch = dict(SEED, deadline=soon), {"tasks": [dict(SEED, deadline=soon)]}
    one = r.call("POST", "/api/v1/tasks", body, {"Idempotency-Key": "late"}, key=key)
    many = r.call("POST", "/api/v1/tasks:batch", batch, {"Idempotency-Key": "late"}, key=key)
    assert one[0] == 201 and many[0] == 207 and many[1]["created"] == 1, (one, many)
    wait_for("its deadline has passed", lambda: r.call("GET", "/api/v1/tasks/" + one[1]["task_id"])[1]["state"] == "expired")
    assert r.call("POST", "/api/v1/tasks", body, key=key)[0] == 400
    for path, sent, before in (("tasks", body, one), ("tasks:batch", batch, many)):
        s, said, h = r.call("POST", "/api/v1/" + path, sent, {"Idempotency-Key": "late"}, key=key)
        assert (s, said) == before[:2] and h["Idempotency-Replayed"] == "true", (s, said, h)
    refused(r.call("POST", "/api/v1/tasks", SEED, {"Idempotency-Key": "late"}, key=key), 422, "idempotency_key_reused")
    refused(r.call("POST", "/api/v1/tasks", {"nothing": 1}, {"Idempotency-Key": "late"}, key=key), 422, "idempotency_key_reused")


if __name__ == "__main__":
    run_tests(globals(), Relayer(RELAYER, settings=SETTINGS).start())
