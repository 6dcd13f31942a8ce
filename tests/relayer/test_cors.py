#!/usr/bin/env python3
"""Pages of other origins (server.cors_origins): who is named may read every kind of answer, nobody else, and without the
setting nobody; in raw requests, and in a real browser.

usage: test_cors.py RELAYER [--browser] [PART OF A TEST'S NAME]"""
import http.client
import http.server
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402
from relayer_process import Relayer, run_tests  # noqa: E402

RELAYER = sys.argv[1]
WALLET, OTHER = "https://wallet.example", "http://b.example:8443"
TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[2]]}, "token_amount": "5",
        "requirements": {"cpu_threads": 4000}}
CORS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age")


def ask(r, method, path, origin=None, body=None, key=True, **headers):
    c = http.client.HTTPConnection("127.0.0.1", r.port, timeout=20)
    h = {k.replace("_", "-"): v for k, v in headers.items()}
    if origin is not None:
        h["Origin"] = origin
    if key:
        h["Authorization"] = "Bearer " + r.key
    c.request(method, path, body, h)
    a = c.getresponse()
    stream = a.headers.get("Content-Type", "").startswith("text/event-stream")
    a.read(0 if stream else None)
    c.close()
    return a.status, dict(a.headers)


def again(r, *settings):
    r.kill()
    r.settings = [s for s in r.settings if not s.startswith("server.cors_origins")] + list(settings)
    r.start()


def preflight(r, path, origin, method="POST"):
    return ask(r, "OPTIONS", path, origin, key=False, Access_Control_Request_Method=method,
               Access_Control_Request_Headers="authorization,content-type,idempotency-key")


def allowed(h, origin):
    """To this origin, and never together with what the browser keeps of the user."""
    assert "Access-Control-Allow-Credentials" not in h, h
    return h.get("Access-Control-Allow-Origin") == origin


def test_without_the_setting(r):
    for method, path, body in (("GET", "/api/v1/version", None), ("POST", "/api/v1/tasks", b"{}")):
        s, h = ask(r, method, path, WALLET, body)
        assert not any(n in h for n in CORS) and "Vary" not in h, h
    s, h = preflight(r, "/api/v1/tasks", WALLET)
    assert s == 405 and h["Allow"] == "GET, HEAD, POST" and not any(n in h for n in CORS), (s, h)


def test_named_origins(r):
    again(r, f"server.cors_origins={WALLET}, {OTHER}")
    status, made, _ = r.call("POST", "/api/v1/tasks", TASK)
    assert status == 201, made
    task = made["task_id"]
    # Each kind of answer: of a handler, of a refusal before and after the key is looked at, of the guard, without a body, of a stream.
    answers = (("GET", "/api/v1/version", None, {}, 200), ("GET", f"/api/v1/tasks/{task}", None, {}, 200),
               ("GET", f"/api/v1/tasks/{task}", None, {"key": False}, 401), ("GET", "/api/v1/none", None, {}, 404),
               ("DELETE", "/api/v1/tasks", None, {}, 405), ("GET", "/api/v1/version", None, {"Accept": "text/html"}, 406),
               ("POST", "/api/v1/tasks", b"{}", {"Content_Type": "application/json"}, 400),
               ("POST", "/api/v1/tasks", b"{}", {"Content_Type": "text/plain"}, 415),
               ("POST", "/api/v1/tasks", b"", {"Transfer_Encoding": "chunked"}, 411),
               ("GET", f"/api/v1/tasks/{task}", None, {"If_None_Match": '"v3"'}, 304),
               ("GET", f"/api/v1/tasks/{task}/events", None, {"Accept": "text/event-stream"}, 200),
               ("HEAD", "/api/v1/stats", None, {}, 200))
    for method, path, body, more, expected in answers:
        for origin in (WALLET, OTHER):
            s, h = ask(r, method, path, origin, body, **more)
            assert s == expected and allowed(h, origin) and h["Vary"] == "Origin", (method, path, s, h)
            assert "ETag" in h["Access-Control-Expose-Headers"] and "Retry-After" in h["Access-Control-Expose-Headers"]
        for origin in (None, "", "null", "*", "https://wallet.example.evil", "https://wallet.example:443", "http://wallet.example",
                       "https://evil.example, https://wallet.example", "https://WALLET.example", WALLET + "/", "https://wallet.exampl",
                       "https://wallet.example " + OTHER, ","):
            s, h = ask(r, method, path, origin, body, **more)
            assert s == expected and not any(n in h for n in CORS) and h["Vary"] == "Origin", (origin, s, h)


def test_preflight(r):
    for path, methods in (("/api/v1/tasks", "GET, HEAD, POST"), ("/api/v1/api-keys/x", "PATCH, DELETE"),
                          ("/api/v1/blobs/" + "0" * 64, "GET, HEAD, PUT"), ("/api/v1/admin/drain", "POST")):
        s, h = preflight(r, path, WALLET)
        assert s == 204 and allowed(h, WALLET) and h["Access-Control-Allow-Methods"] == methods, (path, s, h)
        sent = [x.strip().lower() for x in h["Access-Control-Allow-Headers"].split(",")]
        assert {"authorization", "content-type", "idempotency-key", "if-match", "range", "content-range"} <= set(sent) and "*" not in sent, h
        assert 0 < int(h["Access-Control-Max-Age"]) <= 600
        s, h = preflight(r, path, "https://evil.example")
        assert s == 204 and "Access-Control-Allow-Origin" not in h, "a browser does not ask on"
    s, h = preflight(r, "/api/v1/none", WALLET)
    assert s == 404, (s, h)
    # It costs none of the key's or address's requests, and makes nothing.
    assert "RateLimit" not in preflight(r, "/api/v1/tasks", WALLET)[1]


def test_anybody(r):
    again(r, "server.cors_origins=*")
    for origin in (WALLET, "https://evil.example", "null"):
        s, h = ask(r, "GET", "/api/v1/stats", origin)
        assert s == 200 and allowed(h, "*") and "Vary" not in h, h
        s, h = preflight(r, "/api/v1/tasks", origin)
        assert s == 204 and allowed(h, "*"), h
    assert not any(n in ask(r, "GET", "/api/v1/stats")[1] for n in CORS), "who is no page needs none"


def test_what_is_no_origin(r):
    for wrong in ("wallet.example", "https://", "https://a/", "https://a/b", "*, https://a", "https://a, *", "https://user@a", "ftp://a", "null",
                  "https://A.example", "https://a?b"):
        p = subprocess.run([RELAYER, "--set", "server.cors_origins=" + wrong, "--check-config"], capture_output=True, text=True)
        assert p.returncode == 2 and "server.cors_origins" in p.stderr, (wrong, p)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>a page</title>")

    def log_message(self, *_):
        pass


SCRIPT = """(async () => {
  const base = 'http://127.0.0.1:%d/api/v1/', head = {'Authorization': 'Bearer %s', 'Content-Type': 'application/json', 'Idempotency-Key': 'one'};
  try {
    const made = await fetch(base + 'tasks', {method: 'POST', headers: head, body: JSON.stringify(%s)});
    const task = await made.json(), shown = await fetch(base + 'tasks/' + task.task_id, {headers: head});
    const wrong = await fetch(base + 'tasks', {method: 'POST', headers: head, body: '{'});
    const reader = (await fetch(base + 'tasks/' + task.task_id + '/events', {headers: {...head, 'Accept': 'text/event-stream'}})).body.getReader();
    const events = new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    return {made: made.status, place: made.headers.get('Location'), limit: made.headers.get('RateLimit') !== null, etag: shown.headers.get('ETag'),
            state: (await shown.json()).state, wrong: (await wrong.json()).code, events: events.includes('data:')};
  } catch (e) { return {failed: String(e)}; }
})()"""


def in_a_browser(r):
    import json
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{pages.server_address[1]}"
    script = SCRIPT % (r.port, r.key, json.dumps(TASK))
    b = browser.Browser(browser.find())
    try:
        for setting, good in ((None, False), ("https://other.example", False), (origin, True), ("*", True)):
            again(r, *([f"server.cors_origins={setting}"] if setting else []))
            b.go(origin + "/")
            said = b.run(script)
            if not good:
                assert "Failed to fetch" in said["failed"], (setting, said)
                continue
            assert said["made"] == 201 and said["place"].startswith("/api/v1/tasks/") and said["limit"] and said["etag"] == '"v3"', said
            assert (said["state"], said["wrong"], said["events"]) == ("queued", "malformed_json", True), said
    finally:
        b.close()
        pages.shutdown()


if __name__ == "__main__":
    if "--browser" in sys.argv:
        if browser.find() is None:
            print("there is no chromium")
            sys.exit(77)
        run_tests({"test_in_a_browser": in_a_browser}, Relayer(RELAYER).start(), only=2)
    else:
        run_tests(globals(), Relayer(RELAYER).start())
