#!/usr/bin/env python3
"""docs/openapi.json: it has every route and no other; it is well formed; and a running relayer answers as it says, to requests that
are right and to requests that are damaged in every way that the schemas know.

usage: test_openapi.py RELAYER [SEED]"""
import copy
import json
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from relayer_process import Relayer, free_port  # noqa: E402

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: no jsonschema (package python3-jsonschema)")
    sys.exit(77)

RELAYER = sys.argv[1]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATH = os.path.join(ROOT, "docs", "openapi.json")
FREE = [f"limits.{n}=1000000" for n in ("read_rate", "read_burst", "post_rate", "post_burst")] + ["auth.rate=1000000"]
# A chain of which no node answers: what is asked of it is checked all the same.
CHAIN = [f"chain.rpc=http://127.0.0.1:{free_port()}", "chain.chain_id=SN_SEPOLIA", "chain.contract=0x1"]
METHODS = ("get", "put", "post", "patch", "delete")
# What would stop the test itself, or is another protocol's: the first is asked once, at the end.
LEFT_OUT = {"drain", "taskEvents"}
SLOW = {"estimate", "createProgram"}  # five in a second: asked some of it, with the parser of tasks


def operations(doc):
    for path, methods in doc["paths"].items():
        for method, o in methods.items():
            yield path, method, o


def shape(path):
    return re.sub(r"\{[a-z_0-9]+\}", "{}", path)


def test_routes(doc):
    """Every route of routes.c is described, and nothing else."""
    text = open(os.path.join(ROOT, "relayer", "routes.c")).read()
    routes = {(m.lower(), p) for m, p in re.findall(r"\{HTTP_([A-Z]+), *\"(/api/v1/[^\"]*)\"", text)}
    described = {(method, shape(path)) for path, method, _ in operations(doc)}
    assert len(routes) > 40 and routes == described, (routes - described, described - routes)
    scopes = dict(re.findall(r"\{HTTP_([A-Z]+, *\"/api/v1/[^\"]*)\", *([A-Z_0]+)", text))
    for path, method, o in operations(doc):
        scope = next(s for k, s in scopes.items() if re.split(r", *\"", k) == [method.upper(), shape(path)])
        wanted = None if scope == "0" else scope.replace("SCOPE_", "").lower().replace("_", ":")
        assert o.get("x-scope") == wanted, (method, path, o.get("x-scope"), wanted)


def test_codes(doc):
    """Every code that a problem may have is described, and no other: those of the sources, by the forms in which these refuse."""
    folder = os.path.join(ROOT, "relayer")
    text = {n: open(os.path.join(folder, n)).read() for n in sorted(os.listdir(folder)) if n.endswith(".c")}
    forms = (r"\b[45]\d\d,[^\";]*\"([a-z_]+)\"(?:\s*:\s*\"([a-z_]+)\")?", r"\bwhy->code = \"([a-z_]+)\"", r"\bc->code = \"([a-z_]+)\"",
             r"\bdeny\(c, \"([a-z_]+)\"", r"\brefuse\(why, \"([a-z_]+)\"", r"\brefuse_at\([^;]*?\"/[a-z0-9_/]+\",\s*\"([a-z_]+)\"",
             r"\bapi_refuse_one\(c, [^;\"]*(?:\"/[a-z0-9_/]+\", *)?\"([a-z_]+)\"")
    sent = {code for t in text.values() for f in forms for m in re.finditer(f, t) for code in m.groups() if code}
    # What is said to a node of its result, which may come by POST /tasks/ID/callback.
    sent |= set(re.findall(r"node_error\(c, s, re, \"([a-z_]+)\"", text["node_task.c"]))
    # What POST /estimate says of a program that does not succeed.
    assert "work_code_name[r.code]" in text["api_estimate.c"]
    codes = re.findall(r"X\([A-Z_]+, \"([a-z_]+)\", ([A-Z]+)\)", open(os.path.join(ROOT, "market", "work.h")).read())
    sent |= {code for code, kind in codes if kind in ("TASK", "EXPIRED")}
    described = doc["components"]["schemas"]["Code"]["enum"]
    assert described == sorted(set(described)), "not sorted"
    assert len(sent) > 50 and sent == set(described), ("not described", sent - set(described), "never sent", set(described) - sent)


def refs(x):
    if isinstance(x, dict):
        if "$ref" in x:
            yield x["$ref"]
        for v in x.values():
            yield from refs(v)
    elif isinstance(x, list):
        for v in x:
            yield from refs(v)


def test_form(doc):
    assert doc["openapi"].startswith("3.1.") and doc["info"]["title"] and doc["info"]["version"]
    for r in refs(doc):
        at = doc
        for name in r.removeprefix("#/").split("/"):
            at = at[name]
    for name, schema in doc["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
    seen = set()
    for path, method, o in operations(doc):
        assert method in METHODS and o["operationId"] not in seen and o["summary"], (method, path)
        seen.add(o["operationId"])
        named = [p["name"] for p in o.get("parameters", ()) if p["in"] == "path"]
        assert named == re.findall(r"\{([a-z_0-9]+)\}", path), path
        assert all(p["required"] for p in o.get("parameters", ()) if p["in"] == "path")
        assert any(s[0] == "2" for s in o["responses"]) and "security" in o, path
        for r in o["responses"].values():
            for c in r.get("content", {}).values():
                Draft202012Validator.check_schema(c["schema"])
        body = o.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            Draft202012Validator.check_schema(body["schema"])
            assert valid(doc, body["schema"], body["example"]), path


def valid(doc, schema, value):
    return Draft202012Validator({**schema, "components": doc["components"]}).is_valid(value)


class Driver:
    def __init__(self, r, doc):
        self.r, self.doc, self.n = r, doc, 0
        self.statuses = {}

    def ask(self, path, method, o, body=None, headers=None, key=True, query="", fill=None):
        """The answer, which must be one that the file describes."""
        url = re.sub(r"\{([a-z_0-9]+)\}", lambda m: (fill or {}).get(m.group(1), "none"), path) + query
        h = dict(headers or {})
        if any(p["name"] == "Idempotency-Key" and p.get("required") for p in o.get("parameters", ())):
            h.setdefault("Idempotency-Key", f"k{self.n}")
        if body is not None:
            h.setdefault("Content-Type", "application/json")
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        self.n += 1
        try:
            status, data, got = self.r.call(method.upper(), url, body, h, key=key, raw=True)
        except OSError as e:
            raise AssertionError(("no answer", repr(e), self.n, method, url, (body or b"")[:600])) from e
        while status == 429 and o["operationId"] in SLOW:
            time.sleep(0.25)
            status, data, got = self.r.call(method.upper(), url, body, h, key=key, raw=True)
        what = (method, url, (body or b"")[:300], status, data[:300])
        described = o["responses"].get(str(status))
        assert described is not None, ("not described", what)
        if "$ref" in described:
            described = self.doc["components"]["responses"][described["$ref"].split("/")[-1]]
        assert status < 500 or status in (501, 503, 507), what
        self.statuses.setdefault(o["operationId"], set()).add(status)
        content = described.get("content")
        if content is None:
            assert data == b"", what
            return status, None
        kind = got["Content-Type"].split(";")[0]
        assert kind in content, (kind, what)
        if not kind.endswith("json"):
            return status, data
        value = json.loads(data)
        schema = {**content[kind]["schema"], "components": self.doc["components"]}
        errors = [f"{'/'.join(map(str, e.path))}: {e.message}"[:300] for e in Draft202012Validator(schema).iter_errors(value)]
        assert not errors, (errors[:3], what)
        if kind == "application/problem+json":
            assert value["status"] == status and got["X-Request-Id"] == value["request_id"], what
        return status, value


OTHERS = (None, True, -1, 0, 1.5, 2 ** 53, 2 ** 63, 10 ** 30, "", "x", "0", "-1", "1e3", "\u0000", "\u20ac" * 70, "a" * 5000, [], [1], [[]], {}, {"a": 1})


def resolve(doc, schema):
    while "$ref" in schema:
        schema = doc["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return schema


def damaged(doc, schema, example):
    """Bodies that differ from a good one in one place."""
    schema = resolve(doc, schema)
    for name in example:
        body = {k: v for k, v in example.items() if k != name}
        yield body
    yield {**example, "no_such_field": 1}
    for name, s in schema.get("properties", {}).items():
        for value in OTHERS:
            yield {**example, name: value}
        inner = resolve(doc, s)
        if inner.get("type") == "object" and "properties" in inner:
            good = example.get(name, {})
            if isinstance(good, dict):
                yield {**example, name: {**good, "no_such_field": 1}}
                for k in inner["properties"]:
                    for value in OTHERS:
                        yield {**example, name: {**good, k: value}}


def raw_damage(example):
    text = json.dumps(example).encode()
    yield b""
    yield b"[]"
    yield b"null"
    yield b'"text"'
    yield text[:-1]
    yield text + b"x"
    yield text[:-1] + b', "a": "\xff\xfe"}'
    yield text[:-1] + b', "a": "\xed\xa0\x80"}'
    yield text[:-1] + b', "a": 1, "a": 1}'
    yield text[:-1] + b', "\\u0000": 1}'
    yield b'{"a":' * 3000 + b"1" + b"}" * 3000
    yield b"[" * 100000
    yield text[:-1] + b', "a": ' + b"9" * 400 + b"}"
    yield text[:-1] + b', "a": NaN}'
    yield b"\xef\xbb\xbf" + text


def drive_bodies(d, doc, seed):
    rng = random.Random(seed)
    n_bad = n_good = 0
    for path, method, o in operations(doc):
        body = o.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None or o["operationId"] in LEFT_OUT:
            continue
        schema, example = body["schema"], body["example"]
        alternatives = resolve(doc, schema)
        if "oneOf" in alternatives and "properties" not in alternatives:
            alternatives = alternatives["oneOf"][0]
        d.ask(path, method, o, example)
        all_of_them = list(damaged(doc, alternatives, example))
        for _ in range(30):  # two places at once
            a, b = rng.choice(all_of_them), rng.choice(all_of_them)
            all_of_them.append({**a, **{k: v for k, v in b.items() if k not in example or example[k] != v}})
        if o["operationId"] in SLOW:
            all_of_them = rng.sample(all_of_them, 10)
        for bad in all_of_them:
            status, said = d.ask(path, method, o, copy.deepcopy(bad))
            if not valid(doc, schema, bad):
                n_bad += 1
                assert status >= 400, ("taken, although the file forbids it", method, path, json.dumps(bad)[:400], status, said)
            else:
                n_good += 1
        for bad in raw_damage(example):
            if bad == b"" and not o["requestBody"]["required"]:
                continue
            status, said = d.ask(path, method, o, bad)
            assert status in (400, 401, 413), (method, path, bad[:100], status)
        assert d.ask(path, method, o, example, {"Content-Type": "text/plain"})[0] in (415, 401)
        assert d.ask(path, method, o, b" " * (300 << 10))[0] in (413, 401), path
    return n_bad, n_good


def drive_parameters(d, doc, fill):
    for path, method, o in operations(doc):
        if o["operationId"] in LEFT_OUT or method != "get":
            continue
        known = [f for f in ({}, fill) if f is not None]
        for f in known:
            d.ask(path, method, o, fill=f)
        if "{" in path:
            for wrong in ("a" * 128, "%ff", "%E2%82%AC", "'", "0x0", "00000000-0000-7000-8000-000000000000"):
                d.ask(path, method, o, fill={k: wrong for k in re.findall(r"\{([a-z_0-9]+)\}", path)})
        query = [p for p in o.get("parameters", ()) if p["in"] == "query" and p["name"] != "wait"]
        lists = any(p["name"] == "order" for p in query)
        for p in query:
            for value in ("", "0", "1", "-1", "x", "1e3", "99999999999999999999", "%ff", "a" * 300, "%27%3B--"):
                status, _ = d.ask(path, method, o, query=f"?{p['name']}={value}", fill=fill)
                kind = resolve(doc, p["schema"])
                if kind.get("type") == "integer" and not value.isdigit():
                    assert status >= 400, (path, p["name"], value, status)
                if "enum" in kind and value not in kind["enum"]:
                    assert status >= 400, (path, p["name"], value, status)
        if lists:
            assert d.ask(path, method, o, query="?no_such_parameter=1", fill=fill)[0] == 400, path
            assert d.ask(path, method, o, query="?limit=1&limit=1", fill=fill)[0] == 400, path


def drive_keys(d, doc, key):
    """Without a key, with one of nobody, and with one that has no scope for it."""
    for path, method, o in operations(doc):
        if "x-scope" not in o:
            continue
        body = o.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        assert d.ask(path, method, o, body, {"Authorization": ""}, key=False)[0] == 401, path
        assert d.ask(path, method, o, body, {"Authorization": "Basic eDp5"}, key=False)[0] == 401, path
        if o["x-scope"] != "nodes:read":
            assert d.ask(path, method, o, body, {"Authorization": "Bearer " + key}, key=False)[0] == 403, path


def main():
    doc = json.load(open(PATH))
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10 ** 6)
    print(f"seed {seed}")
    test_routes(doc)
    test_codes(doc)
    test_form(doc)
    r = Relayer(RELAYER, settings=FREE + CHAIN).start()
    try:
        status, served, headers = r.call("GET", "/api/v1/openapi.json", key=False)
        assert status == 200 and served == doc and headers["Content-Type"] == "application/json"
        d = Driver(r, doc)
        task = r.call("POST", "/api/v1/tasks", doc["paths"]["/api/v1/tasks"]["post"]["requestBody"]["content"]["application/json"]["example"])[1]["task_id"]
        key = r.call("POST", "/api/v1/api-keys", {"name": "poor", "scopes": ["nodes:read"]})[1]["key"]
        start = time.monotonic()
        bad, good = drive_bodies(d, doc, seed)
        drive_parameters(d, doc, {"task_id": task, "program": "matrix_multiplication"})
        drive_keys(d, doc, key)
        # Of nobody no key is asked for an estimate, but an input that is named is one that is read.
        by_name = {"job": {"program": {"name": "fibonacci"}, "input": {"sha256": "0" * 64}}}
        assert d.ask("/api/v1/estimate", "post", doc["paths"]["/api/v1/estimate"]["post"], by_name, key=False)[0] == 403
        # Operations without a body, on nothing.
        for path, method, o in operations(doc):
            if method in ("post", "delete") and "requestBody" not in o and o["operationId"] not in LEFT_OUT:
                d.ask(path, method, o)
        path = "/api/v1/admin/drain"
        for body in (None, {"draining": True}, {"draining": 1}, {"no": 1}, {"draining": False}):
            d.ask(path, "post", doc["paths"][path]["post"], body)
        never = {o["operationId"] for _, _, o in operations(doc)} - set(d.statuses) - LEFT_OUT
        assert not never - {"putBlob"}, never
        assert r.call("GET", "/api/v1/health")[0] == 200 and r.process.poll() is None
        print(f"{d.n} requests in {time.monotonic() - start:.0f} s: {bad} bodies that the file forbids, all refused; {good} damaged but allowed")
        assert bad > 500
        assert r.stop() == 0
    except BaseException:
        print(r.log_text()[-1500:], file=sys.stderr)
        r.process.kill()
        raise


if __name__ == "__main__":
    main()
