#!/usr/bin/env python3
"""What anybody may read of a public task; headers of what is sent; what is refused, and with which code.

usage: test_public.py RELAYER SPROVE [PART OF A TEST'S NAME]"""
import base64
import json
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, change, rows, run_tests, wait_for  # noqa: E402
from test_tasks import RELAYER, SEED, Node, post, prove, sha256, state  # noqa: E402

NOWHERE = dict(SEED, requirements={"cpu_threads": 4000})
ANYBODY = {"Authorization": ""}


def get(r, path, key=None, **headers):
    """Without a key, when none is given."""
    import http.client
    c = http.client.HTTPConnection("127.0.0.1", r.port, timeout=20)
    h = {k.replace("_", "-"): v for k, v in headers.items()}
    if key:
        h["Authorization"] = "Bearer " + key
    c.request("GET", "/api/v1/" + path, None, h)
    a = c.getresponse()
    body = a.read()
    c.close()
    return a.status, body, dict(a.headers)


def code(answer):
    return answer[0], json.loads(answer[1])["code"]


def digest(b):
    return "sha-256=:" + base64.b64encode(bytes.fromhex(sha256(b))).decode() + ":"


def done(r, proof, output, **more):
    task = post(r, dict(SEED, **more))
    node = Node(r, "worker")
    a = node.take()
    assert node.upload(a, proof)[0] in (200, 201) and node.result(a, proof, output)["accepted"]
    wait_for("verified", lambda: state(r, task)["state"] == "verified")
    node.ws.close()
    return task


def test_anybody_reads_a_public_task(r, proof, output):
    task, secret = done(r, proof, output, visibility="public"), done(r, proof, output)
    assert json.loads(get(r, f"tasks/{task}")[1])["state"] == "verified"
    assert get(r, f"tasks/{task}/proof")[1] == proof and get(r, f"tasks/{task}/output")[1] == output
    assert json.loads(get(r, f"tasks/{task}/result")[1])["signed"]["node_id"] == "worker"
    # Whether another one is there does not show.
    for path in (f"tasks/{secret}", "tasks/01a1ff89-5009-76bf-a609-3af986c76465", f"tasks/{secret}/proof", f"tasks/{secret}/output",
                 f"tasks/{secret}/result", f"tasks/{task}/events", f"tasks/{task}/bundle", "tasks", f"tasks/{task}?wait=5"):
        status, body, headers = get(r, path)
        assert (status, json.loads(body)["code"]) == (401, "missing_credentials") and headers["WWW-Authenticate"] == "Bearer", path
    for method, path in (("POST", f"tasks/{task}/cancel"), ("POST", f"tasks/{task}/retry")):
        assert r.call(method, "/api/v1/" + path, {} if path.endswith("retry") else None, key=False)[0] == 401
    # A key that is wrong, or may not, is no better for that it is there.
    assert code(get(r, f"tasks/{task}", "spk_00000000_" + "A" * 43)) == (401, "invalid_credentials")
    blobs = r.call("POST", "/api/v1/api-keys", {"name": "b", "scopes": ["blobs:read"]})[1]["key"]
    assert code(get(r, f"tasks/{task}", blobs)) == (403, "insufficient_scope")
    other = r.call("POST", "/api/v1/api-keys", {"name": "o", "scopes": ["tasks:read"]})[1]["key"]
    assert get(r, f"tasks/{task}", other)[0] == 200 and code(get(r, f"tasks/{secret}", other)) == (404, "not_found")


def test_rate_of_an_address(*_):
    r = Relayer(RELAYER, settings=["limits.read_rate=2", "limits.read_burst=50"]).start()
    try:
        task = post(r, dict(NOWHERE, visibility="public"))
        _, _, headers = get(r, f"tasks/{task}")
        assert headers["RateLimit-Policy"].startswith('"read"') and "ETag" in headers
        seen = {get(r, f"tasks/{task}")[0] for _ in range(100)}
        assert seen == {200, 429}, seen
        assert get(r, f"tasks/{task}", r.key)[0] == 200, "who has a key is counted alone"
        wait_for("room again", lambda: get(r, f"tasks/{task}")[0] == 200)
    finally:
        r.stop()


def test_headers_of_bytes(r, proof, output):
    """A proof is a file, this output stands in its row: both are sent alike."""
    task = done(r, proof, output)
    for what, data in (("proof", proof), ("output", output)):
        path = f"tasks/{task}/{what}"
        status, got, h = get(r, path, r.key)
        assert status == 200 and got == data and h["Content-Type"] == "application/octet-stream", (status, h)
        assert h["ETag"] == f'"{sha256(data)}"' and h["Accept-Ranges"] == "bytes"
        assert h["Repr-Digest"] == digest(data) == h["Content-Digest"] and "immutable" in h["Cache-Control"]
        status, got, h = get(r, path, r.key, Range="bytes=2-5")
        assert (status, got, h["Content-Range"]) == (206, data[2:6], f"bytes 2-5/{len(data)}"), (status, h)
        assert h["Repr-Digest"] == digest(data) and h["Content-Digest"] == digest(data[2:6])
        status, got, h = get(r, path, r.key, Range="bytes=-3")
        assert (status, got) == (206, data[-3:])
        a = get(r, path, r.key, Range=f"bytes={len(data)}-")
        assert code(a) == (416, "range_not_satisfiable") and a[2]["Content-Range"] == f"bytes */{len(data)}"
        status, got, h = get(r, path, r.key, If_None_Match=f'"{sha256(data)}"')
        assert (status, got) == (304, b"") and h["ETag"] == f'"{sha256(data)}"'


def test_filters(r, proof, output):
    mine = post(r, dict(NOWHERE, creator="0x00aB", description="Fifty 50% of_it!"))
    other = post(r, dict(NOWHERE, creator="0xac", description="Other"))

    def listed(**q):
        from urllib.parse import urlencode
        s, said, _ = r.call("GET", "/api/v1/tasks?" + urlencode(q))
        assert s == 200, said
        return [i["task_id"] for i in said["items"]]
    assert listed(creator="0xab") == [mine] == listed(creator="0x0AB") and listed(creator="0xac") == [other]
    assert listed(creator="0x1") == []
    for text in ("fifty", "50%", "of_it!", "FIFTY 50% OF_IT!"):
        assert listed(q=text) == [mine], text
    for text in ("5_", "%%", "of.it", "other fifty"):
        assert listed(q=text) == [], text
    assert listed(q="t", creator="0xac") == [other]
    for q in ("creator=ab", "creator=", "creator=0x" + "f" * 64, "q=", "q=" + "x" * 101):
        s, said, _ = r.call("GET", "/api/v1/tasks?" + q)
        assert s == 400 and said["code"] == "validation_failed", (q, s, said)


def test_least_reputation(r, proof, output):
    for given, kept in (("0.5", 500000), ("1.0", 1000000), ("0.000001", 1), (250000, 250000), ("250000", 250000), ("0.0", 0)):
        task = post(r, dict(SEED, requirements={"cpu_threads": 4000, "min_reputation": given}))
        assert state(r, task)["requirements"]["min_reputation"] == kept, given
    for wrong in ("1.000001", "1.1", "2.0", ".5", "0.", "0.0000001", "-0.5", "0.5x", "00.5", 1000001, "x", 0.5):
        s, said, _ = r.call("POST", "/api/v1/tasks", dict(SEED, requirements={"min_reputation": wrong}))
        assert s == 400 and said["errors"][0]["pointer"] == "/requirements/min_reputation", (wrong, said)


def test_a_failure_names_its_attempts(r, proof, output):
    task = post(r, dict(SEED, max_attempts=1))
    node = Node(r, "refuser")
    a = node.take(accept=False)
    assert a["task_id"] == task
    other = Node(r, "quitter")
    b = other.take(timeout=20)
    wait_for("leased", lambda: state(r, task)["state"] == "leased")
    other.ws.send({"message_type": "task_cancelled", **other.fence(b)})
    wait_for("failed", lambda: state(r, task)["state"] == "failed")
    other.ws.close()
    said = state(r, task)
    one, two = said["failure"]["attempts"]
    assert (one["attempt"], one["node_id"], one["outcome"]) == (1, "refuser", "declined") and one["detail"] == "declined: busy" and one["ended_at"], one
    assert (two["attempt"], two["node_id"], two["outcome"]) == (2, "quitter", "aborted"), two
    listed = next(i for i in r.call("GET", "/api/v1/tasks?limit=200")[1]["items"] if i["task_id"] == task)
    assert "attempts" not in listed["failure"], "a list does not ask for them"
    assert r.call("GET", said["links"]["bundle"])[1]["code"] == "conflict_state"
    node.ws.close()


def test_not_acceptable(r, proof, output):
    task = done(r, proof, output)
    json_type, bytes_type = "application/json", "application/octet-stream"
    for path, type in ((f"tasks/{task}", json_type), (f"tasks/{task}/proof", bytes_type), (f"tasks/{task}/output", bytes_type),
                       (f"tasks/{task}/bundle", "application/x-tar"), ("blobs/" + sha256(proof), bytes_type), ("stats", json_type)):
        for good in (type, "*/*", type.split("/")[0] + "/*", f"text/html, {type};q=0.1", "text/html;q=0, */*;q=0.01", "", type.upper(), "junk"):
            assert get(r, path, r.key, Accept=good)[0] == 200, (path, good)
        for bad in ("text/html", "application/xml", f"{type};q=0, */*", "text/*", f"{type}; q=0.000"):
            assert code(get(r, path, r.key, Accept=bad)) == (406, "not_acceptable"), (path, bad)
    assert get(r, f"tasks/{task}/events", r.key, Accept=json_type)[0] == 200
    assert code(get(r, f"tasks/{task}/events", r.key, Accept="text/html")) == (406, "not_acceptable")
    s, said, _ = r.call("POST", "/api/v1/tasks", NOWHERE, {"Accept": "text/html"})
    assert s == 406 and said["code"] == "not_acceptable", "and nothing was made"


def test_archives_are_bounded(r, proof, output):
    """Each is a file until it has gone: four of one key, and none that the disk has no room for."""
    task = done(r, proof, output, visibility="public")
    other = r.call("POST", "/api/v1/api-keys", {"name": "o", "scopes": ["tasks:read"]})[1]["key"]
    # With an input longer than what the kernel takes of an answer that nobody reads.
    long = os.urandom(16 << 20)
    assert r.call("PUT", "/api/v1/blobs/" + sha256(long), long)[0] == 201
    (had,) = rows(r, "SELECT input, input_bytes, input_sha256 FROM task WHERE id = ?", task)
    is_input = "UPDATE task SET input = ?, input_bytes = ?, input_sha256 = ? WHERE id = ?"
    change(r, is_input, None, len(long), sha256(long), task)

    def slow():
        c = socket.socket()
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        c.settimeout(20)
        c.connect(("127.0.0.1", r.port))
        c.sendall(f"GET /api/v1/tasks/{task}/bundle HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {r.key}\r\n\r\n".encode())
        return c, c.recv(12).decode()
    held = [slow() for _ in range(4)]
    assert [s for _, s in held] == ["HTTP/1.1 200"] * 4, held
    assert code(get(r, f"tasks/{task}/bundle", r.key)) == (429, "rate_limited")
    assert get(r, f"tasks/{task}/bundle", other)[0] == 200
    for c, _ in held:
        c.close()
    wait_for("they have gone", lambda: get(r, f"tasks/{task}/bundle", r.key)[0] == 200)
    change(r, is_input, *had, task)
    assert r.stop() == 0
    settings, r.settings = r.settings, r.settings + ["storage.min_free=1000TiB"]
    r.start()
    assert code(get(r, f"tasks/{task}/bundle", r.key)) == (507, "storage_full")
    assert r.stop() == 0
    r.settings = settings
    r.start()


def nested(n):
    return '{"a":' * n + "1" + "}" * n


def test_nesting(r, proof, output):
    def ask(text):
        s, said, _ = r.call("POST", "/api/v1/tasks", text, {"Content-Type": "application/json"})
        return s, said.get("code"), said.get("detail")
    assert ask(nested(16))[1] != "malformed_json"
    for text in (nested(17), "[" * 17 + "]" * 17, nested(2000), "{" * 100000):
        s, c, detail = ask(text)
        assert (s, c) == (400, "malformed_json") and "nesting" in detail, (text[:20], s, c, detail)
    made = dict(NOWHERE, description="[" * 50 + '\\" {{{{{{{{{{{{{{{{{{{{')
    assert ask(json.dumps(made))[0] == 201, "brackets in a text are none"
    node = Node(r, "deep")
    node.ws.send(json.loads(nested(16)))
    e = node.ws.expect("error")
    assert "nesting" not in e["detail"], e
    node.ws.send(json.loads(nested(17)))
    e = node.ws.expect("error")
    assert e["code"] == "malformed" and "nesting" in e["detail"], e
    node.ws.close()


def raw(r, text):
    c = socket.create_connection(("127.0.0.1", r.port), 10)
    c.sendall(text.encode())
    got = b""
    while b"\r\n\r\n" not in got or len(got.split(b"\r\n\r\n", 1)[1]) < 20:
        part = c.recv(65536)
        if not part:
            break
        got += part
    c.close()
    return int(got.split()[1]), json.loads(got.split(b"\r\n\r\n", 1)[1])["code"]


def test_codes(r, proof, output):
    """Each refusal by its name, not only by its number."""
    a = f"Authorization: Bearer {r.key}\r\n"
    post_head = f"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\n{a}Content-Type: application/json\r\n"
    assert raw(r, f"GET /api/v1/version HTTP/1.1\r\n{a}\r\n") == (400, "missing_host")
    for length in ("-5", "5, 5", "0x5", "99999999999999999999", " "):
        assert raw(r, post_head + f"Content-Length: {length}\r\n\r\n") in ((400, "bad_content_length"), (411, "length_required")), length
    assert raw(r, post_head + "Content-Length: -5\r\n\r\n") == (400, "bad_content_length")
    assert raw(r, "GET /api/v1/version HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde") == (400, "bad_content_length")
    assert raw(r, post_head + "\r\n") == (411, "length_required")
    assert raw(r, post_head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == (411, "length_required")
    assert raw(r, "GET /api/v1/version HTTP/1.2\r\nHost: x\r\n\r\n")[1] == "not_implemented"
    for text in ("", "{", '{"a":1,"a":2}', '{"a":"\\ud800"}', "{} {}", '{"a":"\\u0000"}', '{"a":01}', "nul"):
        s, said, _ = r.call("POST", "/api/v1/tasks", text, {"Content-Type": "application/json"})
        assert (s, said["code"]) == (400, "malformed_json"), (text, s, said)
    for type in ("text/plain", "application/jsonx", ""):
        s, said, _ = r.call("POST", "/api/v1/tasks", "{}", {"Content-Type": type})
        assert (s, said["code"]) == (415, "unsupported_media_type"), (type, s, said)
    for method, path, allow in (("DELETE", "tasks", "GET, HEAD, POST"), ("POST", "stats", "GET, HEAD"), ("PUT", "api-keys/x", "PATCH, DELETE")):
        s, said, h = r.call(method, "/api/v1/" + path, b"" if method != "DELETE" else None)
        assert (s, said["code"], h["Allow"]) == (405, "method_not_allowed", allow), (s, said, h)


if __name__ == "__main__":
    run_tests(globals(), Relayer(RELAYER, settings=["ws.require_node_signature=no", "audit.rate_ppm=0", "limits.post_rate=1000", "limits.post_burst=1000"]).start(),
              *prove(SEED["payload"]), only=2)
