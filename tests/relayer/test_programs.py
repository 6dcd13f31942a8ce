#!/usr/bin/env python3
"""Programs of one's own: registered, bounded, shown, let go; posted, proved by sprove-node, verified, the output right.

usage: test_programs.py RELAYER SPROVE NODE FOLDER_OF_ELFS"""
import base64
import contextlib
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, fsck, rows, run_tests, wait_for  # noqa: E402
from test_tasks import RELAYER, sha256, state  # noqa: E402
from test_redundancy import CALM  # noqa: E402

SPROVE, NODE, ELFS = sys.argv[2:5]
SETTINGS = CALM + ["ws.require_node_signature=yes", "storage.unused=4s", "limits.post_rate=1000", "limits.post_burst=1000"]


class Patient(Relayer):
    """Asks again where it asks for more runs in a second than it may."""

    def call(self, *args, **more):
        while True:
            answer = super().call(*args, **more)
            if answer[0] != 429:
                return answer
            time.sleep(0.3)


def elf(name):
    with open(f"{ELFS}/{name}.elf", "rb") as f:
        return f.read()


def b64(data):
    return base64.b64encode(data).decode()


def register(r, name, data, version="1", **more):
    return r.call("POST", "/api/v1/programs", {"name": name, "version": version, "elf_b64": b64(data), **more}, timeout=200)


def job(program, data, **more):
    return {"job": {"program": program, "inline_input_b64": b64(data), "profile": "proven", **more.pop("job", {})}, "token_amount": "1000000000000000000", **more}


def sprove_run(data, given):
    """The output of the command line's own run of the same ELF."""
    with tempfile.TemporaryDirectory() as d:
        for name, content in (("p.elf", data), ("in", given)):
            with open(f"{d}/{name}", "wb") as f:
                f.write(content)
        subprocess.run([SPROVE, "run", f"{d}/p.elf", "--input", f"{d}/in", "--proof", f"{d}/p", "--output", f"{d}/o", "--profile", "proven"],
                       check=True, capture_output=True)
        return open(f"{d}/o", "rb").read()


def test_registering(r):
    hello, factor = elf("hello"), elf("factor")
    s, made, headers = register(r, "hello", hello, summary="greets")
    assert s == 201 and made["elf_sha256"] == sha256(hello) and made["elf_bytes"] == len(hello), (s, made)
    assert headers["Location"] == "/api/v1/programs/" + sha256(hello)
    assert sorted(made["program_ids"]) == ["balanced", "chain", "fast", "proven"]
    ids = [i for p in made["program_ids"].values() for i in p.values()]
    assert len(ids) == 8 and all(len(i) == 56 for i in ids)
    s, again, _ = register(r, "hello", hello, summary="greets")
    assert s == 200 and again == made
    s, said, _ = register(r, "hello", factor)
    assert s == 409 and said["code"] == "already_exists", said
    s, said, _ = register(r, "greeter", hello)
    assert s == 409 and said["code"] == "already_exists", said
    # The second version by an uploaded blob.
    assert r.call("PUT", "/api/v1/blobs/" + sha256(factor), factor)[0] == 201
    s, two, _ = r.call("POST", "/api/v1/programs", {"name": "hello", "version": "2", "elf_sha256": sha256(factor)}, timeout=200)
    assert s == 201 and two["elf_sha256"] == sha256(factor), two
    names = [(p["name"], p.get("version")) for p in r.call("GET", "/api/v1/programs")[1]["items"]]
    assert ("hello", "1") in names and ("hello", "2") in names and ("matrix_multiplication", None) in names
    assert r.call("GET", "/api/v1/programs/" + sha256(hello))[1] == made
    assert r.call("GET", "/api/v1/programs/hello")[1] == two  # the newest
    assert "hello" not in [p["name"] for p in r.call("GET", "/api/v1/programs", key=False)[1]["items"]]
    fsck(r)


def test_refused(r):
    hello = elf("hello")
    good = {"name": "x", "version": "1", "elf_b64": b64(hello)}
    for change, pointer in (({"name": ""}, "/name"), ({"name": "a b"}, "/name"), ({"name": "a" * 64}, "/name"), ({"name": "matrix_multiplication"}, "/name"),
                            ({"name": "a" * 63 + "f"}, "/name"), ({"version": "1/2"}, "/version"), ({"version": 1}, "/version"), ({"elf_sha256": "0" * 64}, ""),
                            ({"elf_b64": None, "elf_sha256": "zz"}, "/elf_b64"), ({"more": 1}, "/more")):
        s, said, _ = r.call("POST", "/api/v1/programs", {**good, **change})
        assert s == 400 and pointer in [e["pointer"] for e in said["errors"]], (change, s, said)
    for missing in ("name", "version", "elf_b64"):
        s, said, _ = r.call("POST", "/api/v1/programs", {k: v for k, v in good.items() if k != missing})
        assert s == 400, (missing, said)
    assert r.call("POST", "/api/v1/programs", {**good, "elf_b64": "###"})[0] == 400
    bad = {"nothing": b"", "text": b"no ELF" * 100, "cut": hello[:len(hello) // 2], "flipped": hello[:40] + b"\xff" * 40 + hello[80:]}
    for name, data in bad.items():
        s, said, _ = register(r, "bad", data)
        assert s == 422 and said["code"] == "program_invalid", (name, s, said)
    s, said, _ = r.call("POST", "/api/v1/programs", {"name": "x", "version": "1", "elf_sha256": "0" * 64})
    assert s == 422 and "elf_sha256" in said["detail"]
    big = os.urandom(9 << 20)
    assert r.call("PUT", "/api/v1/blobs/" + sha256(big), big)[0] == 201
    s, said, _ = r.call("POST", "/api/v1/programs", {"name": "x", "version": "1", "elf_sha256": sha256(big)})
    assert s == 422, said
    assert not rows(r, "SELECT 1 FROM program WHERE name IN ('x', 'bad')")
    key = r.call("POST", "/api/v1/api-keys", {"name": "d", "scopes": ["tasks:read", "tasks:write"]})[1]["key"]
    assert r.call("POST", "/api/v1/programs", good, {"Authorization": "Bearer " + key})[0] == 403
    assert r.call("POST", "/api/v1/programs", good, key=False)[0] == 401
    # Another key sees, uses and deletes none of them.
    other = r.call("POST", "/api/v1/api-keys", {"name": "o", "scopes": ["tasks:read", "tasks:write", "programs:write"]})[1]["key"]
    h = {"Authorization": "Bearer " + other}
    assert r.call("GET", "/api/v1/programs/" + sha256(hello), headers=h)[0] == 404
    assert r.call("DELETE", "/api/v1/programs/" + sha256(hello), headers=h)[0] == 404
    for program in ({"sha256": sha256(hello)}, {"name": "hello"}):
        s, said, _ = r.call("POST", "/api/v1/tasks", job(program, b""), h)
        assert s == 422 and said["code"] == "program_unknown", said
    for program, code in (({"name": "hello", "version": "3"}, 422), ({"name": "factor", "sha256": sha256(hello)}, 422), ({"version": "1"}, 400),
                          ({"sha256": "zz"}, 400), ({"name": "matrix_multiplication", "version": "1"}, 422), ({}, 400)):
        assert r.call("POST", "/api/v1/tasks", job(program, b""))[0] == code, program
    # Its own name and version may be another's, too.
    assert r.call("POST", "/api/v1/programs", {**good, "name": "hello"}, h, timeout=200)[0] == 201
    assert r.call("DELETE", "/api/v1/programs/" + sha256(hello), headers=h)[0] == 204
    fsck(r)


@contextlib.contextmanager
def provider(r):
    """A node of this relayer, for a while, and its data folder; of a failure the end of its log is shown."""
    data = tempfile.mkdtemp(prefix="node.")
    log = open(data + "/log", "wb")
    node = subprocess.Popen([NODE, "--relayer", f"http://127.0.0.1:{r.port}", "--data", data, "--no-bench"], stderr=log, stdout=log)
    try:
        yield data
    except BaseException:
        print(open(data + "/log", errors="replace").read()[-3000:], file=sys.stderr)
        raise
    finally:
        node.terminate()
        node.wait(30)
        log.close()
        shutil.rmtree(data)


def test_life(r):
    """By SHA-256 and by name; a node that has never heard of it fetches it under its lease and caches it."""
    hello, given = elf("hello"), b"sprove"
    wanted = sprove_run(hello, given)
    assert wanted == b"hello, sprove\n"
    s, quote, _ = r.call("POST", "/api/v1/estimate", job({"sha256": sha256(hello)}, given), timeout=200)
    assert s == 200 and quote["executed"] and int(quote["cycles"]) > 0, (s, quote)
    with provider(r) as data:
        tasks = []
        for program in ({"sha256": sha256(hello)}, {"name": "hello", "version": "1"}):
            s, made, _ = r.call("POST", "/api/v1/tasks", job(program, given))
            assert s == 201, made
            tasks.append(made["task_id"])
        for t in tasks:
            wait_for("verified: " + str(state(r, t)), lambda: state(r, t)["state"] == "verified", 90)
            assert r.call("GET", f"/api/v1/tasks/{t}/output", raw=True)[1] == wanted
            assert state(r, t)["job"]["program"] == sha256(hello)
            assert state(r, t)["result"]["usage"]["cycles"] == quote["cycles"]
        assert [os.path.basename(p) for p in glob.glob(data + "/programs/*")] == [sha256(hello)]
        # It is run again in an audit, too.
        wait_for("audited", lambda: rows(r, "SELECT count(*) FROM audit WHERE verdict = 'agrees'") == [(2,)])
        # A cached file that was changed is not what its name says: it is fetched again.
        with open(f"{data}/programs/{sha256(hello)}", "r+b") as f:
            f.seek(100)
            f.write(b"\0\1\2\3")
        t = r.call("POST", "/api/v1/tasks", job({"sha256": sha256(hello)}, given))[1]["task_id"]
        wait_for("verified", lambda: state(r, t)["state"] == "verified", 90)
        assert open(f"{data}/programs/{sha256(hello)}", "rb").read() == hello
        # One that fails by itself (it panics without a hint) is not the node's fault.
        t = r.call("POST", "/api/v1/tasks", job({"name": "hello"}, bytes(8), max_attempts=1))[1]["task_id"]
        failed = wait_for("failed", lambda: state(r, t)["state"] == "failed" and state(r, t), 90)
        assert failed["failure"]["code"] == "nonzero_exit" and failed["failure"]["class"] == "task_fault", failed["failure"]
        # There is one node: it was asked twice, and signed both times what it said.
        assert rows(r, "SELECT outcome, signed LIKE '[\"0x%' FROM attempt WHERE task_id = ?", t) == [("task_fault", 1)] * 2
        assert rows(r, "SELECT DISTINCT kind FROM reputation_event") == [("verified",)]
    fsck(r)


def test_input_by_hash(r):
    """An input that was uploaded is named by its hash: the same task as if its bytes came along, and it may be longer than a body."""
    hello = elf("hello")
    assert register(r, "hello", hello)[0] in (200, 201)
    small, large = b"sprove", bytes(range(256)) * 300
    named = lambda data, **more: {"job": {"program": {"sha256": sha256(hello)}, "input": {"sha256": sha256(data)}, "profile": "proven"},
                                  "token_amount": "1", **more}
    post = lambda body, **more: r.call("POST", "/api/v1/tasks", body, **more)
    for path, wrap in (("tasks", lambda x: x), ("estimate", lambda x: x)):
        s, body, _ = r.call("POST", "/api/v1/" + path, wrap(named(large)))
        assert (s, body["code"]) == (422, "input_unknown"), body
    for data in (small, large):
        assert r.call("PUT", "/api/v1/blobs/" + sha256(data), data)[0] == 201
    # A key that may not read blobs cannot read them this way either; nor can nobody, of whom no key is asked for an estimate.
    few = r.call("POST", "/api/v1/api-keys", {"name": "few", "scopes": ["tasks:read", "tasks:write", "blobs:write", "programs:write"]})[1]["key"]
    s, body, _ = r.call("POST", "/api/v1/programs", {"name": "few", "version": "1", "elf_sha256": sha256(small)}, key=few)
    assert (s, body["code"]) == (403, "insufficient_scope"), body
    built_in = {"job": {"program": {"name": "fibonacci"}, "input": {"sha256": sha256(small)}}, "token_amount": "1"}
    s, body, _ = post(built_in, key=few)
    assert (s, body["code"]) == (403, "insufficient_scope"), body
    s, body, _ = r.call("POST", "/api/v1/estimate", built_in, key=None)
    assert (s, body["code"]) == (403, "insufficient_scope"), body
    for job_part, pointer in (({"input": {"sha256": "x"}}, "/job/input/sha256"), ({"input": {}}, "/job/input/sha256"), ({"input": 1}, "/job/input"),
                              ({"input": {"sha256": sha256(small), "more": 1}}, "/job/input/more"),
                              ({"input": {"sha256": sha256(small)}, "inline_input_b64": ""}, "/job/input"), ({}, "/job/inline_input_b64")):
        s, body, _ = post({"job": {"program": {"sha256": sha256(hello)}, **job_part}, "token_amount": "1"})
        assert s == 400 and body["errors"][0]["pointer"] == pointer, body
    s, body, _ = post({"payload": {"algorithm": "fibonacci", "n": 1}, "job": {"input": {"sha256": sha256(small)}}, "token_amount": "1"})
    assert s == 400 and body["errors"][0]["pointer"] == "/job/input", body

    # A chain of references: two tasks, one in a batch. Both are gone, and then the blob.
    refs = lambda data: rows(r, "SELECT refs FROM blob WHERE sha256 = '%s'" % sha256(data))
    s, one, _ = post(named(large))
    assert s == 201, one
    s, many, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [named(large), named(bytes(7)), named(small)]}, {"Idempotency-Key": "by-hash"})
    assert s == 207 and [x["status"] for x in many["items"]] == [201, 422, 201], many
    assert refs(large) == [(2,)] and refs(small) in ([(0,)], []), (refs(large), refs(small))
    tasks = {one["task_id"]: large, many["items"][0]["task"]["task_id"]: large, many["items"][2]["task"]["task_id"]: small}
    tasks[inline := post(job({"sha256": sha256(hello)}, small))[1]["task_id"]] = small
    for t, data in tasks.items():
        about = state(r, t)["job"]
        assert (about["input_sha256"], int(about["input_bytes"])) == (sha256(data), len(data)), about
        if data == small:
            assert about == state(r, inline)["job"]
    fsck(r)
    # It was read for the first of them, and is not again until the relayer has forgotten what it commits to.
    path = os.path.join(r.folder, "blobs", sha256(large)[:2], sha256(large))
    with open(path, "r+b") as f:
        f.write(b"damaged")
    s, same, _ = post(named(large))
    assert s == 201 and state(r, same["task_id"])["job"] == state(r, one["task_id"])["job"], same
    assert r.call("POST", f"/api/v1/tasks/{same['task_id']}/cancel")[0] == 202
    s, body, _ = r.call("POST", "/api/v1/estimate", named(large))
    assert (s, body["code"]) == (422, "input_unknown"), "an estimate runs it: its bytes are not those of its name"
    with open(path, "r+b") as f:
        f.write(large[:7])
    with provider(r):
        for t, given in tasks.items():
            wait_for("verified: " + str(state(r, t)), lambda: state(r, t)["state"] in ("verified", "failed"), 90)
            assert state(r, t)["state"] == "verified", state(r, t)["failure"]
            assert r.call("GET", f"/api/v1/tasks/{t}/output", raw=True)[1] == b"hello, " + given + b"\n"
    fsck(r)


def test_let_go(r):
    """A deleted program cannot be named any more; a task that names it still has it, and then it is removed."""
    hello = elf("hello")
    def refs():
        return rows(r, "SELECT refs FROM blob WHERE sha256 = ?", sha256(hello))[0][0]
    before = refs()
    t = r.call("POST", "/api/v1/tasks", job({"name": "hello", "version": "1"}, b"", requirements={"cpu_threads": 4000}))[1]["task_id"]
    assert refs() == before + 1
    assert r.call("DELETE", "/api/v1/programs/" + sha256(hello))[0] == 204
    assert r.call("DELETE", "/api/v1/programs/" + sha256(hello))[0] == 404
    assert r.call("POST", "/api/v1/tasks", job({"sha256": sha256(hello)}, b""))[0] == 422
    assert refs() == before
    fsck(r)
    assert r.call("POST", f"/api/v1/tasks/{t}/cancel")[0] == 202
    r.stop()
    r.settings.append("storage.retention=1s")
    r.start()
    wait_for("removed", lambda: not rows(r, "SELECT 1 FROM blob WHERE sha256 = ?", sha256(hello)))
    fsck(r)


def main():
    r = Patient(RELAYER, settings=SETTINGS).start()
    run_tests(globals(), r, only=4)


if __name__ == "__main__":
    main()
