#!/usr/bin/env python3
"""The page at /, in a real browser, on a relayer with real tasks: its numbers are those of /api/v1/stats, nothing of it
comes from elsewhere, and it says when the relayer is not there.

usage: test_dashboard.py RELAYER NODE [--pictures FOLDER]"""
import datetime
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402
from relayer_process import Relayer, wait_for  # noqa: E402

RELAYER, NODE = sys.argv[1], sys.argv[2]
PICTURES = sys.argv[4] if len(sys.argv) > 4 and sys.argv[3] == "--pictures" else None
TASK = {"job": {"profile": "proven"},
        "payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "requirements": {"cpu_threads": 1, "ram_gb": 1, "max_execution_time": 300}, "token_amount": "1234567890123456789"}
FILES = {"/": "text/html", "/dashboard": "text/html", "/dashboard.css": "text/css", "/dashboard.js": "text/javascript",
         "/dashboard.svg": "image/svg+xml"}
LOADED = "document.getElementById('updated').textContent.startsWith('as of')"


def picture(b, name):
    if PICTURES:
        b.listen(0.5)  # bars move
        b.picture(os.path.join(PICTURES, name + ".png"))


def post(r, **more):
    status, made, _ = r.call("POST", "/api/v1/tasks", {**TASK, **more})
    assert status == 201, (status, made)
    return made["task_id"]


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def strk(fri):
    whole, part = divmod(int(fri), 10 ** 18)
    shown = f"{part:018d}"[:6].rstrip("0")
    if whole == 0 and not shown and part:
        return "< 0.000001"
    return f"{whole:,}".replace(",", "\u202f") + ("." + shown if shown else "")


def test_headers(r):
    """Of the files themselves: types, a policy without exceptions, no code within the page."""
    for path, kind in FILES.items():
        status, body, h = r.call("GET", path, key=False)
        assert status == 200 and h["Content-Type"].startswith(kind), (path, status, h)
        assert h["X-Content-Type-Options"] == "nosniff" and h["X-Frame-Options"] == "DENY", h
        policy = dict(x.strip().split(" ", 1) for x in h["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'", policy
        assert set(policy.values()) <= {"'none'", "'self'"}, policy
        text = body.decode() if isinstance(body, bytes) else body
        assert not re.search(r"https?://(?!localhost:8000|www\.w3\.org/2000/svg)", text), path
        if kind == "text/html":
            assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", text), "code within the page"
        assert r.call("HEAD", path, key=False)[2]["Content-Length"] == str(len(body)), path
    assert r.call("POST", "/", key=False)[0] == 405
    assert r.call("GET", "/dashboard.map", key=False)[0] == 404


def numbers(b):
    return b.run("""Object.fromEntries([...document.querySelectorAll('[data-v]')].map(
        (n, i) => [n.dataset.v + '#' + i, [n.dataset.f, n.textContent]]))""")


def check_numbers(r, b):
    """Every number on the page against /stats and /health, which do not change meanwhile."""
    b.go(f"http://127.0.0.1:{r.port}/")
    b.wait(LOADED)
    stats, health = r.call("GET", "/api/v1/stats", key=False)[1], r.call("GET", "/api/v1/health", key=False)[1]
    states = stats["tasks"]["by_state"]
    groups = {"waiting": "created funded queued offered", "working": "leased running result_received verifying",
              "proved": "verified settling settled", "ended": "cancelled expired failed refunded"}
    assert sorted(" ".join(groups.values()).split()) == sorted(states), "a state that no group has"
    everything = {**stats, "health": health,
                  "sum": {g: sum(states[s] for s in names.split()) for g, names in groups.items()}}
    seen = 0
    for place, (form, text) in numbers(b).items():
        v = everything
        for name in place.split("#")[0].split("."):
            v = v[name]
        if v is None:
            assert text == "–", (place, text)
        elif form == "count":
            assert text.replace("\u202f", "") == str(v), (place, text, v)
        elif form == "strk":
            assert text == strk(v), (place, text, v)
        elif form == "text":
            assert text == v, (place, text, v)
        elif form == "ms":
            assert text == (f"{v} ms" if v < 1000 else f"{int(v / 100 + 0.5) / 10:.1f} s"), (place, text, v)
        elif form == "time":
            assert text == "just now" or text.endswith(" ago"), (place, text)
        seen += 1
    assert seen > 40, seen
    assert b.run("document.querySelectorAll('[data-state]').length") == len(states)
    for check, c in health["checks"].items():
        shown = b.run(f"document.querySelector('[data-check={check}]').className")
        assert shown == ("" if c.get("status") == "not configured" else "good" if c["ok"] else "bad"), (check, shown)
    assert b.run("document.getElementById('status').textContent") == "all is well"
    return stats


def check_quiet(r, b):
    """Nothing in the console, no request to elsewhere, nothing kept."""
    assert not b.complaints(), b.complaints()
    asked = b.requests()
    assert asked and all(urlsplit(u).netloc == f"127.0.0.1:{r.port}" for u in asked), asked
    assert {urlsplit(u).path for u in asked} == {"/", "/dashboard.css", "/dashboard.js", "/dashboard.svg", "/api/v1/stats",
                                                 "/api/v1/health"}, asked
    assert b.run("document.cookie + JSON.stringify({...localStorage, ...sessionStorage})") == "{}"


def check_shape(b, width):
    """No sideways scrolling; headings, tables and regions for who does not see."""
    assert b.run("document.documentElement.scrollWidth") <= width
    assert b.run("document.querySelectorAll('h1').length") == 1
    assert b.run("[...document.querySelectorAll('table')].every(t => t.caption && t.querySelector('th[scope]'))")
    assert b.run("[...document.querySelectorAll('section')].every(s => document.getElementById(s.getAttribute('aria-labelledby')))")
    assert b.run("[...document.querySelectorAll('img')].every(i => i.hasAttribute('alt'))")
    assert b.run("document.documentElement.lang") == "en"
    # Text against what is behind it: at least 4.5 to 1, as WCAG 2 AA has it.
    low = b.run("""(() => {
      const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
      const lum = c => { const f = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
                         return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
      const bad = [];
      for (const e of document.querySelectorAll('body *')) {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.closest('noscript, .hidden, [hidden]')) continue;
        let g = e;
        while (g && parse(getComputedStyle(g).backgroundColor)[3] === 0) g = g.parentElement;
        const a = lum(parse(getComputedStyle(e).color)), c = lum(parse(getComputedStyle(g || document.body).backgroundColor));
        const ratio = (Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05);
        if (ratio < 4.5) bad.push([e.tagName, e.className, e.textContent.slice(0, 30), ratio]);
      }
      return bad; })()""")
    assert not low, low


def main():
    program = browser.find()
    if program is None:
        print("  skipped: no chromium for the dashboard")
        sys.exit(77)
    # More tasks than the node takes at a time; slow enough that numbers can be compared.
    r = Relayer(RELAYER, settings=["limits.read_rate=100000", "limits.read_burst=100000"]).start()
    node, b = None, None
    try:
        b = browser.Browser(program)
        url = f"http://127.0.0.1:{r.port}/"
        test_headers(r)
        stats = check_numbers(r, b)
        assert stats["tasks"]["total"] == 0 and stats["median_ms"] == {"queue": None, "prove": None, "settle": None}, stats
        check_quiet(r, b)
        picture(b, "empty")
        print("ok   empty: numbers, console, origin", flush=True)

        folder = tempfile.mkdtemp(prefix="node.")
        node = subprocess.Popen([NODE, "--relayer", url[:-1], "--data", folder, "--no-bench"],
                                stderr=open(os.path.join(folder, "log"), "ab"))
        done = [post(r) for _ in range(3)]
        wait_for("three verified", lambda: r.call("GET", "/api/v1/stats")[1]["tasks"]["by_state"]["verified"] == 3, 120)
        post(r, requirements={"cpu_threads": 4000})  # no node is like this: it stays queued
        gone = post(r, requirements={"cpu_threads": 4000})
        assert r.call("POST", f"/api/v1/tasks/{gone}/cancel")[0] == 202
        time.sleep(5.1)  # nodes are counted every five seconds
        r.call("GET", "/api/v1/stats")
        longest = post(r, payload={"algorithm": "fibonacci", "n": 1000000})
        wait_for("one runs", lambda: r.call("GET", "/api/v1/stats")[1]["tasks"]["by_state"]["running"] == 1, 60)
        b.go(url)
        b.wait(LOADED)
        picture(b, "running")
        b.go(url, dark=True)
        b.wait(LOADED)
        picture(b, "running-dark")
        check_shape(b, 1280)
        b.go(url, width=375, height=800)
        b.wait(LOADED)
        check_shape(b, 375)
        picture(b, "running-narrow")
        b.go(url, width=320, height=800, dark=True)
        b.wait(LOADED)
        check_shape(b, 320)
        wait_for("the fourth", lambda: r.call("GET", "/api/v1/stats")[1]["tasks"]["by_state"]["verified"] == 4, 120)
        stats = check_numbers(r, b)
        assert stats["nodes"] == {"total": 1, "active": 1} and stats["tasks"]["total"] == 6, stats
        assert stats["throughput"]["verified"]["24h"] == 4 and stats["throughput"]["created"]["24h"] == 6, stats
        assert stats["median_ms"]["queue"] >= 0 and stats["median_ms"]["prove"] > 0 and stats["last"]["verified_at"], stats
        for span, begin, end in (("queue", "queued", "leased"), ("prove", "leased", "result_received")):
            took = []
            for task in done + [longest]:
                at = {e["to"]: milliseconds(e["at"]) for e in r.call("GET", f"/api/v1/tasks/{task}/events")[1]["items"]}
                took.append(at[end] - at[begin])
            assert stats["median_ms"][span] == sorted(took)[1], (span, took, stats["median_ms"])
        check_quiet(r, b)
        print("ok   with tasks: numbers, light, dark, 375 and 320 wide, contrast", flush=True)

        # It goes on by itself.
        more = post(r, requirements={"cpu_threads": 4000})
        b.wait("document.querySelector('[data-v=\"tasks.total\"]').textContent === '7'", 15)
        assert r.call("POST", f"/api/v1/tasks/{more}/cancel")[0] == 202
        print("ok   refreshes by itself", flush=True)

        # Without script it says where the numbers are.
        b.go(url, script=False)
        b.listen(0.5)
        document = b.ask("DOM.getDocument", {"depth": -1})
        assert "Without JavaScript" in str(document)
        picture(b, "no-script")
        print("ok   without script", flush=True)

        # A relayer that is gone, and comes again.
        b.go(url)
        b.wait(LOADED)
        before = numbers(b)
        r.process.send_signal(signal.SIGKILL)
        r.process.wait()
        b.wait("!document.getElementById('trouble').hidden", 30)
        assert b.run("document.getElementById('status').textContent") == "unreachable"
        assert "cannot be reached" in b.run("document.getElementById('trouble-text').textContent")
        assert {k: v for k, v in numbers(b).items() if v[0] == "count"} == {k: v for k, v in before.items() if v[0] == "count"}
        check_shape(b, 1280)
        picture(b, "unreachable")
        b.events.clear()
        b.listen(8)
        tries = len([u for u in b.requests() if u.endswith("/stats")])
        assert tries <= 1, f"{tries} requests in 8 s of a relayer that is not there"
        r.start()
        b.run("document.getElementById('again').click()")
        b.wait("document.getElementById('trouble').hidden", 30)
        assert b.run("document.getElementById('status').textContent") == "all is well"
        stats = check_numbers(r, b)
        assert stats["tasks"]["total"] == 7 and stats["median_ms"]["prove"] > 0, "medians are there after a restart"
        print("ok   says that the relayer is gone, and comes back", flush=True)
    finally:
        if b is not None:
            b.close()
        if node is not None:
            node.kill()
            node.wait()
        if r.process.poll() is None:
            r.kill()


main()
