"""Webhooks and callbacks as the tests ask a relayer for them, what became of each delivery, and that no log has their secrets."""
import sys
import urllib.parse

from relayer_process import PLAYED, Relayer, run_tests, wait_for

TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1]], "matrix_b": [[1]]},
        "requirements": {"cpu_threads": 4000}, "token_amount": "1000000000000000000", "metadata": {"order": "17"}}
RATES = ["limits.post_rate=100000", "limits.post_burst=100000", "limits.read_rate=100000", "limits.read_burst=100000"]
# A pause of 5 s becomes one of 40 ms.
GUARDED = [*RATES, *PLAYED, "webhooks.first_retry=40ms", "webhooks.timeout=2s"]
QUICK = ["webhooks.allow_private=yes", *GUARDED]
SECRETS, URLS = set(), set()  # all that were ever shown or called: none may be in a log


def hook(r, url, status=201, **more):
    code, made, _ = r.call("POST", "/api/v1/webhooks", {"url": url, **more})
    assert code == status, (code, made)
    if status == 201:
        URLS.add(url)
        SECRETS.add(made["secret"])
    return made


def task(r, callback, status=201, **more):
    code, made, _ = r.call("POST", "/api/v1/tasks", {**TASK, "callback": callback, **more})
    assert code == status, (code, made)
    if status == 201:
        URLS.update(v for k, v in callback.items() if k == "url")
        shown(made)
    return made


def shown(task_made):
    """A task's answer has the secret with which it is signed, when it is the first that a key's own URL is for."""
    if "secret" in task_made.get("callback", {}):
        SECRETS.add(task_made["callback"]["secret"])


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


def no_secret_in(r):
    """Nor a URL of a receiver, nor its path."""
    text = r.log_text()
    assert "callback" in text, "the log says nothing of callbacks"
    assert SECRETS and URLS
    assert "whsec_" not in text and r.key not in text
    for s in SECRETS:
        assert s.removeprefix("whsec_") not in text, "a secret is in the log"
    for url in URLS:
        path = urllib.parse.urlsplit(url).path
        assert url not in text and (path == "/" or path + '"' not in text), f"{url} is in the log"


def run(tests, program, only=1):
    """A part's tests, against one relayer; `only` as of run_tests."""
    r = Relayer(program, settings=QUICK).start()
    run_tests(tests, r, only=only)
    if len(sys.argv) <= 1 + only:
        no_secret_in(r)
