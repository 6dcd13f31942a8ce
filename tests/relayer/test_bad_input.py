#!/usr/bin/env python3
"""What is refused is refused at its place: each error has a JSON pointer, whatever the request is made of.

usage: test_bad_input.py RELAYER SPROVE [PART OF A TEST'S NAME]"""
import http.client
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, run_tests  # noqa: E402
from test_tasks import FAST, RELAYER, SEED  # noqa: E402

QUIET = dict(SEED, requirements={"cpu_threads": 4000})


def send(r, path, body, key=None):
    """The very bytes: json.dumps writes no UTF-8 by itself."""
    c = http.client.HTTPConnection("127.0.0.1", r.port, timeout=20)
    c.request("POST", "/api/v1/" + path, json.dumps(body, ensure_ascii=False).encode(),
              {"Authorization": "Bearer " + (key or r.key), "Content-Type": "application/json", "Idempotency-Key": os.urandom(8).hex()})
    a = c.getresponse()
    said = json.loads(a.read())
    c.close()
    return a.status, said


def refused(answer, status, code, pointer):
    s, said = answer[:2]
    assert s == status and said["code"] == code, (s, said)
    assert [e["pointer"] for e in said["errors"]] == [pointer] and said["errors"][0]["code"] and said["errors"][0]["detail"], said
    return said["errors"][0]


def test_a_name_is_refused_wherever_it_is_cut(r):
    """A name is shown in part; the part may end within a character, which must not lose the error."""
    for before in range(66):
        name = "a" * before + "\u00e9\u20ac\U0001f600" * 20
        e = send(r, "tasks", {**QUIET, name: 1})
        assert e[0] == 400 and len(e[1]["errors"]) == 1, (before, e)
        shown = e[1]["errors"][0]["pointer"]
        assert shown.startswith("/") and name.startswith(shown[1:]) and len(shown.encode()) > 60, shown


def test_a_pointer_is_written_as_rfc_6901_says(r):
    refused(send(r, "tasks", {**QUIET, "a/b~c": 1}), 400, "unknown_field", "/a~1b~0c")
    refused(send(r, "tasks", {**QUIET, "requirements": {"/": 1}}), 400, "unknown_field", "/requirements/~1")
    assert refused(send(r, "tasks", {**QUIET, "~" * 70: 1}), 400, "unknown_field", "/" + "~0" * 32)


def test_each_refusal_has_a_place(r):
    job = {"token_amount": "0", "job": {"program": {"name": "matrix_multiplication"}, "inline_input_b64": ""}}
    cases = [({**QUIET, "payload": {}}, "program_unknown", "/payload/algorithm"),
             ({**QUIET, "payload": {"algorithm": "none"}}, "program_unknown", "/payload/algorithm"),
             ({**QUIET, "payload": {**SEED["payload"], "matrix_a": "x"}}, "validation_failed", "/payload"),
             ({**job, "job": {**job["job"], "program": {"name": "none"}}}, "program_unknown", "/job/program"),
             ({**job, "job": {**job["job"], "program": {"name": "matrix_multiplication", "version": "1"}}}, "program_unknown", "/job/program/version"),
             ({**job, "job": {"program": job["job"]["program"], "input": {"sha256": "0" * 64}}}, "input_unknown", "/job/input/sha256"),
             ({**QUIET, "quote_id": "q_none"}, "quote_unknown", "/quote_id"),
             ({**QUIET, "strict_deadline": True}, "deadline_impossible", "/deadline"),
             ({**QUIET, "callback": {"url": "https://127.0.0.1/"}}, "validation_failed", "/callback/url"),
             ({**QUIET, "callback": {"webhook_id": "wh_none"}}, "validation_failed", "/callback/webhook_id")]
    for body, code, pointer in cases:
        refused(send(r, "tasks", body), 422, code, pointer)
    # A batch says the same of each, also where a message would be cut within a character.
    for before in range(0, 200, 7):
        cases.append(({**QUIET, "payload": {**SEED["payload"], "a" * before + "\u20ac" * 100: 1}}, "validation_failed", "/payload"))
    s, said = send(r, "tasks:batch", {"tasks": [c[0] for c in cases]})
    assert s == 207 and [i["index"] for i in said["items"]] == list(range(len(cases))), said
    for (body, code, pointer), item in zip(cases, said["items"]):
        refused((item["status"], item["error"]), 422, code, pointer)
    task = r.call("POST", "/api/v1/tasks", QUIET)[1]["task_id"]
    refused(send(r, f"tasks/{task}/callback", {"url": "https://127.0.0.1/"}), 422, "validation_failed", "/url")
    refused(send(r, f"tasks/{task}/callback", {"webhook_id": "wh_none"}), 422, "validation_failed", "/webhook_id")
    e = refused(send(r, "api-keys", {"name": "k", "scopes": ["tasks:read", "task:write"]}), 400, "validation_failed", "/scopes/1")
    assert "tasks:write" in e["detail"] and "audits" in e["detail"] and "admin" in e["detail"], e
    e = refused(send(r, "tasks", {**QUIET, "job": {}, "chain": {"task_id": -1}}), 400, "validation_failed", "/chain/task_id")
    assert "FRI" not in e["detail"], e


def test_numbers_that_came_as_texts_are_numbers(r):
    """A requirement is never passed over because of how it was written."""
    said = {"cpu_threads": "4000", "ram_gb": "7", "gpu_vram_gb": "0", "disk_gb": "3", "max_execution_time": "11", "min_reputation": "500000"}
    s, made, _ = r.call("POST", "/api/v1/tasks", dict(SEED, requirements=said))
    assert s == 201, made
    task = r.call("GET", "/api/v1/tasks/" + made["task_id"])[1]
    assert task["requirements"] == {k: int(v) for k, v in said.items()}, task
    # An administrator sees in the queue what it waits for.
    items = r.call("GET", "/api/v1/admin/queue")[1]["items"]
    assert [i["requirements"] for i in items if i["task_id"] == made["task_id"]] == [task["requirements"]], items


def test_etags_in_lists_and_weak_ones(r):
    task = r.call("POST", "/api/v1/tasks", QUIET)[1]["task_id"]
    path = "/api/v1/tasks/" + task
    etag = r.call("GET", path)[2]["ETag"]
    for given, status in ((etag, 304), ("W/" + etag, 304), (f'"x", {etag}', 304), ("*", 304), ('"x"', 200)):
        assert r.call("GET", path, headers={"If-None-Match": given})[0] == status, given
    for given in ('"x"', "W/" + etag):
        assert r.call("POST", path + "/cancel", headers={"If-Match": given})[0] == 412, given
    assert r.call("POST", path + "/cancel", headers={"If-Match": f'"x", {etag}'})[0] == 202


def test_what_is_said_of_numbers_and_zeros(r):
    for amount in (2**63, 10**19, 2**256):
        s, said = send(r, "tasks", {**QUIET, "token_amount": amount})
        assert s == 400 and said["code"] == "malformed_json" and said["detail"].endswith("write amounts of 2^63 and more as text"), said
    assert send(r, "tasks", {**QUIET, "token_amount": str(10**19)})[0] == 201
    s, said = send(r, "tasks", {**QUIET, "description": "\0"})
    assert s == 400 and said["detail"].endswith(": \\u0000 is not allowed"), said


def test_what_is_said_of_a_key(r):
    for given, status, code in ((None, 401, "missing_credentials"), ("Bearer spk_short", 401, "invalid_credentials"), ("Basic abc", 401, "invalid_credentials"),
                                ("bearer " + r.key, 200, None), ("BEARER  " + r.key, 200, None), (r.key, 401, "invalid_credentials")):
        for path in ("me", "me/usage", "tasks"):
            s, said, _ = r.call("GET", "/api/v1/" + path, headers={"Authorization": given} if given else {}, key=bool(given))
            assert s == status and said.get("code") == code, (given, path, s, said)


if __name__ == "__main__":
    run_tests(globals(), Relayer(RELAYER, settings=FAST + ["limits.post_rate=1000", "limits.post_burst=1000"]).start(), only=2)
