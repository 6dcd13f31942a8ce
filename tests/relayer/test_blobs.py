#!/usr/bin/env python3
"""Blobs that arrive in parts, and what is said of their bytes.

usage: test_blobs.py RELAYER [PART OF A TEST'S NAME]"""
import base64
import hashlib
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from relayer_process import Relayer, run_tests, wait_for  # noqa: E402

RELAYER = sys.argv[1]


def name_of(b):
    return hashlib.sha256(b).hexdigest()


def digest(b):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(b).digest()).decode() + ":"


def put(r, name, data, first=None, total=None, **headers):
    h = {k.replace("_", "-"): v for k, v in headers.items()}
    if first is not None:
        h["Content-Range"] = f"bytes {first}-{first + len(data) - 1}/{total}"
    return r.call("PUT", "/api/v1/blobs/" + name, data, h)


def offset(r, name, **more):
    status, _, headers = r.call("HEAD", "/api/v1/blobs/" + name, **more)
    assert status == 404, status
    return int(headers["Upload-Offset"])


def parts_left(r):
    folder = os.path.join(r.folder, "blobs.parts")
    return os.listdir(folder) if os.path.isdir(folder) else []


def test_in_parts(r):
    data = os.urandom(700001)  # beyond what is kept in memory of a request
    name = name_of(data)
    assert offset(r, name) == 0
    status, said, h = put(r, name, data[:300000], 0, len(data))
    assert status == 202 and said == {"sha256": name, "offset": 300000} and h["Upload-Offset"] == "300000", (status, said)
    assert offset(r, name) == 300000
    for first, part in ((0, data[:10]), (299999, data[299999:]), (300001, data[300001:])):
        status, said, h = put(r, name, part, first, len(data))
        assert status == 409 and said["code"] == "conflict_state" and h["Upload-Offset"] == "300000", (status, said)
    r.kill()
    r.start()
    at = offset(r, name)
    assert at == 300000, at
    status, said, _ = put(r, name, data[at:], at, len(data))
    assert status == 201 and said == {"sha256": name, "size": len(data)}, (status, said)
    status, got, h = r.call("GET", "/api/v1/blobs/" + name, raw=True)
    assert status == 200 and got == data and h["Repr-Digest"] == digest(data) and "Upload-Offset" not in h
    status, got, h = r.call("GET", "/api/v1/blobs/" + name, headers={"Range": "bytes=5-9"}, raw=True)
    assert status == 206 and got == data[5:10] and h["Repr-Digest"] == digest(data) and h["Content-Digest"] == digest(data[5:10])
    assert parts_left(r) == []
    # Again, in one part: it is there.
    status, said, _ = put(r, name, data, 0, len(data))
    assert status == 200 and said["size"] == len(data), (status, said)


def test_digest_of_a_long_part(r):
    """RFC 9530: the representation's digest is the blob's name, whatever part is asked for; of a part beyond 1 MiB it is all there is."""
    data = os.urandom((1 << 20) + 3)
    name = name_of(data)
    assert put(r, name, data)[0] == 201
    for part, n in (("bytes=1-", (1 << 20) + 2), ("bytes=3-", 1 << 20)):
        status, got, h = r.call("GET", "/api/v1/blobs/" + name, headers={"Range": part}, raw=True)
        assert status == 206 and got == data[-n:] and h["Repr-Digest"] == digest(data)
        assert h.get("Content-Digest") == (digest(got) if n == 1 << 20 else None), h
    status, got, h = r.call("GET", "/api/v1/blobs/" + name, raw=True)
    assert status == 200 and got == data and h["Content-Digest"] == h["Repr-Digest"] == digest(data)


def test_other_bytes(r):
    data = os.urandom(1000)
    name = name_of(data + b"x")
    assert put(r, name, data[:500], 0, 1000)[0] == 202
    status, said, _ = put(r, name, data[500:], 500, 1000)
    assert status == 422, (status, said)
    assert offset(r, name) == 0 and parts_left(r) == [], "false bytes begin anew"
    assert r.call("GET", "/api/v1/blobs/" + name)[0] == 404


def test_owners(r):
    """What one key has begun another neither sees nor goes on with."""
    data = os.urandom(1000)
    name = name_of(data)
    other = r.call("POST", "/api/v1/api-keys", {"name": "other", "scopes": ["blobs:write", "blobs:read"]})[1]["key"]
    assert put(r, name, data[:600], 0, 1000)[0] == 202
    assert offset(r, name, key=other) == 0
    assert r.call("PUT", "/api/v1/blobs/" + name, data[600:], {"Content-Range": "bytes 600-999/1000"}, key=other)[0] == 409
    assert r.call("PUT", "/api/v1/blobs/" + name, data, {"Content-Range": "bytes 0-999/1000"}, key=other)[0] == 201
    assert put(r, name, data[600:], 600, 1000)[0] == 200
    assert parts_left(r) == []
    reader = r.call("POST", "/api/v1/api-keys", {"name": "reader", "scopes": ["blobs:read"]})[1]["key"]
    status, said, _ = r.call("PUT", "/api/v1/blobs/" + name, data, {"Content-Range": "bytes 0-999/1000"}, key=reader)
    assert status in (401, 403), (status, said)


def test_ranges_that_are_none(r):
    data = b"abc"
    name = name_of(data)
    for text in ("bytes 0-2", "bytes 0-2/*", "bytes */3", "0-2/3", "bytes 2-0/3", "bytes 0-3/3", "bytes -0-2/3", "bytes 0-2/3x",
                 "bytes 0-2/99999999999999999999", "bytes 0 -2/3", "items 0-2/3"):
        status, said, _ = put(r, name, data, Content_Range=text)
        assert status == 400 and said["code"] == "validation_failed", (text, status, said)
    status, said, _ = put(r, name, data, Content_Range="bytes 0-2/999999999999")
    assert status == 413 and said["code"] == "body_too_large", (status, said)
    status, said, _ = put(r, name, data, Content_Range="bytes 0-1/3")
    assert status == 409, (status, said)
    status, said, _ = put(r, name, data, Content_Range="bytes 1-3/4")
    assert status == 409, (status, said)
    assert parts_left(r) == [] and offset(r, name) == 0


def test_digest(r):
    data = os.urandom(64)
    name = name_of(data)
    for text in ("sha-256=" + name, "sha-512=:AAAA:", "sha-256=:AAAA:", "sha-256=::", "xsha-256=:" + digest(data)[9:]):
        status, said, _ = put(r, name, data, Content_Digest=text)
        assert status == 400, (text, status, said)
    status, said, _ = put(r, name, data, Content_Digest=digest(b"other"))
    assert status == 422 and r.call("GET", "/api/v1/blobs/" + name)[0] == 404, (status, said)
    assert put(r, name, data, Content_Digest="sha-512=:AAAA:, " + digest(data))[0] == 201


def test_old_parts_go(r):
    data = os.urandom(10)
    name = name_of(data)
    assert put(r, name, data[:5], 0, 10)[0] == 202
    path = os.path.join(r.folder, "blobs.parts", parts_left(r)[0])
    os.utime(path, (time.time() - 90000, time.time() - 90000))
    other = os.urandom(10)
    assert put(r, name_of(other), other[:5], 0, 10)[0] == 202
    wait_for("the old one is gone", lambda: offset(r, name) == 0)  # by the round that collects
    assert offset(r, name_of(other)) == 5
    assert put(r, name_of(other), other[5:], 5, 10)[0] == 201


def test_two_at_once(r):
    """Two that send the same part at the same time: one is taken, and the bytes are whole."""
    data = os.urandom(4 << 20)
    name = name_of(data)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(put(r, name, data[:3 << 20], 0, len(data))[0])) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(answers) == [202, 409, 409, 409], answers
    assert put(r, name, data[3 << 20:], 3 << 20, len(data))[0] == 201
    assert r.call("GET", "/api/v1/blobs/" + name, raw=True)[1] == data


def main():
    r = Relayer(RELAYER, settings=["limits.read_rate=100000", "limits.read_burst=100000", "limits.post_rate=100000",
                                   "limits.post_burst=100000", "storage.max_blob=64MiB"]).start()
    run_tests(globals(), r)


main()
