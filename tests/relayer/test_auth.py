#!/usr/bin/env python3
"""Logins of wallets, with a node of the chain that plays the accounts: what is let in, what is not, and whose everything is that an
account makes. The digest is computed here for itself, from the typed data that the relayer hands out.

usage: test_auth.py RELAYER [NAME]"""
import base64
import concurrent.futures
import os
import sqlite3
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "cli")]
from fake_node import Node as Chain, Refused  # noqa: E402
from relayer_process import Relayer, free_port, run_tests, wait_for  # noqa: E402
from stark import P, poseidon, selector, short  # noqa: E402

RELAYER = sys.argv[1]
TASK = {"payload": {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]},
        "token_amount": "1000", "requirements": {"cpu_threads": 4000}}
RATES = [f"limits.{n}=100000" for n in ("read_rate", "read_burst", "post_rate", "post_burst")]
CONTRACT = "0xc0ffee"


def settings(*urls, **more):
    given = {"chain.rpc": ",".join(urls), "chain.chain_id": "SN_SEPOLIA", "chain.contract": CONTRACT, "auth.rate": "100000",
             "auth.origin": "https://relayer.example", **more}
    return RATES + [f"{k}={v}" for k, v in given.items()]


# ---- what a wallet does ----

def number(text):
    """A value of typed data as SNIP-12 encodes it."""
    if text.startswith("0x"):
        return int(text, 16)
    return int(text) if text.isdigit() else short(text)


def long_string(text):
    b = text.encode()
    words = [int.from_bytes(b[i:i + 31], "big") for i in range(0, len(b) - len(b) % 31, 31)]
    rest = b[len(b) - len(b) % 31:]
    return poseidon(len(words), *words, int.from_bytes(rest, "big"), len(rest))


def struct(data, name, values):
    members = data["types"][name]
    type_text = f'"{name}"(' + ",".join(f'"{m["name"]}":"{m["type"]}"' for m in members) + ")"
    return poseidon(selector(type_text), *((long_string if m["type"] == "string" else number)(values[m["name"]]) for m in members))


def digest(data, address):
    return poseidon(short("StarkNet Message"), struct(data, "StarknetDomain", data["domain"]), address,
                    struct(data, data["primaryType"], data["message"]))


class Accounts:
    """The chain: contracts by their address, each with a key of its own (a number) and as many felts as it likes."""

    def __init__(self, chain_id=short("SN_SEPOLIA")):
        self.chain = Chain(chain_id)
        self.chain.say["call"] = self.call
        self.keys, self.answers, self.asked, self.lock = {}, {}, 0, threading.Lock()
        self.url = self.chain.url

    def call(self, params):
        request = params["request"]
        if int(request["entry_point_selector"], 16) != selector("is_valid_signature"):
            raise Refused(-32603, "not now")  # nothing is said of the contract
        with self.lock:
            self.asked += 1
        address = int(request["contract_address"], 16)
        z, n, *signature = [int(x, 16) for x in request["calldata"]]
        assert n == len(signature)
        said = self.answers.get(address)
        if said is not None:
            if isinstance(said, Exception):
                raise said
            return said(z, signature) if callable(said) else said
        if address not in self.keys:
            raise Refused(20, "Contract not found")
        if signature != sign(z, self.keys[address]):
            raise Refused(40, "Contract error", {"revert_error": "0x617267656e742f696e76616c6964 ('argent/invalid')"})
        return [hex(short("VALID"))]


def sign(z, key):
    return [2, 0, key, poseidon(z, key), 0, P - 1]


def ask(r, address, status=200):
    s, said, _ = r.call("POST", "/api/v1/auth/challenge", {"address": hex(address) if isinstance(address, int) else address}, key=False)
    assert s == status, (s, said)
    return said


def show(r, address, challenge, signature, **more):
    body = {"address": hex(address), "challenge": challenge, "signature": [x if isinstance(x, str) else hex(x) for x in signature], **more}
    return r.call("POST", "/api/v1/auth/token", body, key=False)


def log_in(r, address, key):
    c = ask(r, address)
    s, said, _ = show(r, address, c["challenge"], sign(digest(c["typed_data"], address), key))
    assert s == 200, (s, said)
    return said


def denied(answer, status, code):
    s, said, headers = answer
    assert (s, said.get("code")) == (status, code), (s, said)
    assert status != 401 or headers["WWW-Authenticate"] == "Bearer"
    return said


class World:
    def __init__(self):
        self.chain = Accounts()
        self.r = Relayer(RELAYER, settings=settings(self.chain.url)).start()
        self.n = 0x1000

    def account(self):
        self.n += 1
        self.chain.keys[self.n] = self.n + 77
        return self.n, self.n + 77


def test_login(r, w):
    address, key = w.account()
    c = ask(r, address)
    data, message = c["typed_data"], c["typed_data"]["message"]
    assert data["domain"] == {"name": "sprove", "version": "v1", "chainId": "SN_SEPOLIA", "revision": "1"}
    assert message["relayer"] == r.call("GET", "/api/v1/version")[1]["relayer_id"] and message["address"] == hex(address)
    assert message["origin"] == "https://relayer.example" and int(message["expires"]) - int(message["issued"]) == 300
    assert abs(int(message["issued"]) - time.time()) < 60
    again = ask(r, address)
    assert again["challenge"] != c["challenge"] and again["typed_data"]["message"]["nonce"] != message["nonce"]
    s, said, headers = show(r, address, c["challenge"], sign(digest(data, address), key))
    assert s == 200 and headers["Cache-Control"] == "no-store", (s, said, headers)
    assert said["token_type"] == "Bearer" and said["token"].startswith("spt_") and said["address"] == hex(address)
    assert said["scopes"] == ["tasks:read", "tasks:write", "nodes:read", "blobs:read", "blobs:write", "programs:write", "webhooks"]
    me = r.call("GET", "/api/v1/me", key=said["token"])[1]
    assert me["address"] == hex(address) and me["id"] == said["id"] and me["expires_at"] == said["expires_at"], me
    # Decimal felts, as some wallets give them, and leading zeros.
    c = ask(r, "0x" + hex(address)[2:].zfill(64))
    felts = [str(x) if i % 2 else "0x" + hex(x)[2:].zfill(64) for i, x in enumerate(sign(digest(c["typed_data"], address), key))]
    assert show(r, address, c["challenge"], felts)[0] == 200
    # Accounts from before 'VALID' say 1.
    w.chain.answers[address] = ["0x1"]
    c = ask(r, address)
    assert show(r, address, c["challenge"], [1])[0] == 200


def test_owner_is_the_address(r, w):
    address, key = w.account()
    first = log_in(r, address, key)
    mine = first["token"]
    s, made, _ = r.call("POST", "/api/v1/tasks", TASK, {"Idempotency-Key": "once"}, key=mine)
    assert s == 201, made
    task = made["task_id"]
    assert r.call("GET", f"/api/v1/tasks/{task}", key=mine)[1]["creator"] == hex(address)
    hook = r.call("POST", "/api/v1/webhooks", {"url": "https://example.org/x"}, key=mine)[1]
    usage = r.call("GET", "/api/v1/me/usage", key=mine)[1]
    assert usage["open_tasks"]["used"] == 1
    # The next login: the same owner, with another token.
    second = log_in(r, address, key)
    assert second["id"] == first["id"] and second["token"] != mine
    for token in (mine, second["token"]):
        assert r.call("GET", f"/api/v1/tasks/{task}", key=token)[0] == 200
        assert [t["task_id"] for t in r.call("GET", "/api/v1/tasks", key=token)[1]["items"]] == [task]
        assert [h["id"] for h in r.call("GET", "/api/v1/webhooks", key=token)[1]["items"]] == [hook["id"]]
        s, said, headers = r.call("POST", "/api/v1/tasks", TASK, {"Idempotency-Key": "once"}, key=token)
        assert s == 201 and said["task_id"] == task and headers["Idempotency-Replayed"] == "true"
        assert r.call("GET", "/api/v1/me/usage", key=token)[1] == usage
    # Another account: nothing of it.
    other = log_in(r, *w.account())["token"]
    assert r.call("GET", f"/api/v1/tasks/{task}", key=other)[0] == 404
    assert r.call("POST", f"/api/v1/tasks/{task}/cancel", key=other)[0] == 404
    assert r.call("GET", f"/api/v1/webhooks/{hook['id']}", key=other)[0] == 404
    assert r.call("GET", "/api/v1/tasks", key=other)[1]["items"] == []
    # Nobody makes tasks in another's name, alone or in a batch; its own may be named.
    denied(r.call("POST", "/api/v1/tasks", dict(TASK, creator="0x5"), key=other), 422, "not_owner")
    s, said, _ = r.call("POST", "/api/v1/tasks:batch", {"tasks": [dict(TASK, creator="0x5"), TASK]}, {"Idempotency-Key": "b"}, key=other)
    assert said["created"] == 1 and said["items"][0]["error"]["errors"][0]["pointer"] == "/creator", said
    assert r.call("POST", "/api/v1/tasks", dict(TASK, creator="0x00" + hex(address)[2:]), key=mine)[0] == 201
    for path in ("/api/v1/api-keys", "/api/v1/admin/queue", "/api/v1/audits"):
        denied(r.call("GET", path, key=mine), 403, "insufficient_scope")
    # After a kill it is all there: nothing of a login was in memory alone.
    r.kill()
    r.start()
    assert r.call("GET", f"/api/v1/tasks/{task}", key=mine)[0] == 200
    assert log_in(r, address, key)["id"] == first["id"]


def test_used_once(r, w):
    address, key = w.account()
    c = ask(r, address)
    good = sign(digest(c["typed_data"], address), key)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:  # at once
        codes = sorted(a[0] for a in pool.map(lambda _: show(r, address, c["challenge"], good), range(8)))
    assert codes == [200] + [401] * 7, codes
    denied(show(r, address, c["challenge"], good), 401, "challenge_used")
    r.kill()
    r.start()
    denied(show(r, address, c["challenge"], good), 401, "challenge_used")
    # One that was shown in vain is not used up.
    c = ask(r, address)
    denied(show(r, address, c["challenge"], [1]), 401, "invalid_signature")
    assert show(r, address, c["challenge"], sign(digest(c["typed_data"], address), key))[0] == 200


def test_not_theirs(r, w):
    address, key = w.account()
    other, other_key = w.account()
    c = ask(r, address)
    z = digest(c["typed_data"], address)
    asked = w.chain.asked
    # Another address, an altered challenge, one of another relayer: nobody is even asked.
    denied(show(r, other, c["challenge"], sign(z, other_key)), 401, "challenge_unknown")
    raw = base64.urlsafe_b64decode(c["challenge"])
    for i in range(len(raw)):
        altered = base64.urlsafe_b64encode(raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1:]).decode()
        denied(show(r, address, altered, sign(z, key)), 401, "challenge_unknown")
    for text in ("", "A" * 64, c["challenge"][:-1], c["challenge"] + "A", c["challenge"][:-1] + "=", "\u00e4" * 32):
        denied(show(r, address, text, sign(z, key)), 401, "challenge_unknown")
    stranger = Relayer(RELAYER, settings=settings(w.chain.url)).start()
    denied(show(stranger, address, c["challenge"], sign(z, key)), 401, "challenge_unknown")
    theirs = ask(stranger, address)
    token = show(stranger, address, theirs["challenge"], sign(digest(theirs["typed_data"], address), key))[1]["token"]
    assert w.chain.asked == asked + 1
    denied(r.call("GET", "/api/v1/tasks", key=token), 401, "invalid_credentials")
    assert stranger.stop() == 0
    # A signature of the other's, of another message, altered in any felt, cut, longer.
    good = sign(z, key)
    for bad in ([*good[:i], (good[i] + 1) % P, *good[i + 1:]] for i in range(len(good))):
        denied(show(r, address, c["challenge"], bad), 401, "invalid_signature")
    foreign = dict(c["typed_data"], domain=dict(c["typed_data"]["domain"], chainId="SN_MAIN"))
    for bad in (good[:-1], good + [0], sign(z, other_key), sign(digest(foreign, address), key), [0]):
        denied(show(r, address, c["challenge"], bad), 401, "invalid_signature")
    # No contract there; one that is no account, that says anything else than yes, or too much.
    nobody = ask(r, 0xdead0)
    said = denied(show(r, 0xdead0, nobody["challenge"], good), 401, "account_not_deployed")
    assert "SN_SEPOLIA" in said["detail"] and "deployed" in said["detail"]
    for answer in (Refused(21), Refused(40), Refused(41), [], ["0x0"], ["0x2"], ["0x1", "0x1"], [hex(short("INVALID"))], [hex(short("VALID") + 1)]):
        w.chain.answers[address] = answer
        denied(show(r, address, c["challenge"], good), 401, "invalid_signature")
    del w.chain.answers[address]
    assert show(r, address, c["challenge"], good)[0] == 200
    denied(r.call("GET", "/api/v1/me", key="spt_00000000_" + "A" * 43), 401, "invalid_credentials")


def test_bad_input(r, w):
    address, key = w.account()
    for body, pointer in (({}, "/address"), ({"address": "0x0"}, "/address"), ({"address": hex(P)}, "/address"), ({"address": 5}, "/address"),
                          ({"address": "0x" + "1" * 65}, "/address"), ({"address": "0x1", "x": 1}, "/x"), ({"address": None}, "/address")):
        s, said, _ = r.call("POST", "/api/v1/auth/challenge", body, key=False)
        assert s == 400 and pointer in [e["pointer"] for e in said["errors"]], (body, said)
    c = ask(r, address)
    good = sign(digest(c["typed_data"], address), key)
    asked = w.chain.asked
    whole = {"address": hex(address), "challenge": c["challenge"], "signature": [hex(x) for x in good]}
    for change, pointer in (({"signature": []}, "/signature"), ({"signature": ["0x1"] * 257}, "/signature"), ({"signature": "0x1"}, "/signature"),
                            ({"signature": None}, "/signature"), ({"signature": ["0x1", hex(P)]}, "/signature/1"),
                            ({"signature": [str(P)]}, "/signature/0"), ({"signature": [str(2**256)]}, "/signature/0"),
                            ({"signature": ["-1"]}, "/signature/0"), ({"signature": [1]}, "/signature/0"),
                            ({"signature": [""]}, "/signature/0"), ({"signature": ["0x"]}, "/signature/0"),
                            ({"signature": ["0x1", None]}, "/signature/1"), ({"signature": [["0x1"]]}, "/signature/0"),
                            ({"challenge": 1}, "/challenge"), ({"challenge": "A" * 4000}, "/challenge"), ({"digest": "0x1"}, "/digest"),
                            ({"address": "relayer"}, "/address")):
        s, said, _ = r.call("POST", "/api/v1/auth/token", {**whole, **change}, key=False)
        assert s == 400 and pointer in [e["pointer"] for e in said["errors"]], (change, said)
    for name in whole:
        s, said, _ = r.call("POST", "/api/v1/auth/token", {k: v for k, v in whole.items() if k != name}, key=False)
        assert s == 400 and said["errors"][0]["pointer"] == "/" + name, said
    s, said, _ = r.call("POST", "/api/v1/auth/token", '{"signature":[' + ",".join(['"0x1"'] * 60000) + "]}",
                        {"Content-Type": "application/json"}, key=False)
    assert s in (400, 413), (s, said)
    assert w.chain.asked == asked, "nobody is asked about what is malformed"
    assert show(r, address, c["challenge"], ["0x1"] * 256)[0] == 401  # the most, and not his


def test_expiry(r, w):
    address, key = w.account()
    quick = Relayer(RELAYER, settings=settings(w.chain.url, **{"auth.challenge": "1s", "auth.token": "1s"})).start()
    c = ask(quick, address)
    time.sleep(2.1)
    asked = w.chain.asked
    denied(show(quick, address, c["challenge"], sign(digest(c["typed_data"], address), key)), 401, "challenge_expired")
    assert w.chain.asked == asked
    assert quick.stop() == 0
    quick.settings.remove("auth.challenge=1s")  # as much time as the machine needs
    quick.start()
    token = log_in(quick, address, key)["token"]
    time.sleep(1.1)
    for _ in range(12):  # it is no guess: the address is not shut out for it
        denied(quick.call("GET", "/api/v1/tasks", key=token), 401, "expired_key")
    assert quick.stop() == 0
    quick.settings.remove("auth.token=1s")
    quick.start()
    assert quick.call("GET", "/api/v1/tasks", key=log_in(quick, address, key)["token"])[0] == 200
    # What was used is forgotten when it cannot come again.
    with sqlite3.connect(os.path.join(quick.folder, "relayer.db")) as d:
        assert d.execute("SELECT count(*) FROM challenge_used").fetchone()[0] == 2
        d.execute("UPDATE challenge_used SET until = 1")
    wait_for("used challenges are forgotten", lambda: sqlite3.connect(os.path.join(quick.folder, "relayer.db")).execute(
        "SELECT count(*) FROM challenge_used").fetchone()[0] == 0)
    assert quick.stop() == 0


def test_administrators(r, w):
    address, key = w.account()
    token, id = (lambda a: (a["token"], a["id"]))(log_in(r, address, key))
    listed = {k["id"]: k for k in r.call("GET", "/api/v1/api-keys?limit=200")[1]["items"]}
    assert listed[id]["address"] == hex(address) and listed[id]["login_at"] and "key" not in listed[id]
    assert any(k["address"] is None and "admin" in k["scopes"] for k in listed.values())
    # Its owner ends all its tokens; a key is not one of them.
    other = log_in(r, address, key)["token"]
    assert r.call("DELETE", "/api/v1/auth/token", key=other)[0] == 204
    for t in (token, other) * 6:  # nobody guesses here: the address is not shut out
        denied(r.call("GET", "/api/v1/tasks", key=t), 401, "invalid_credentials")
    denied(r.call("DELETE", "/api/v1/auth/token"), 403, "not_owner")
    denied(r.call("DELETE", "/api/v1/auth/token", key=False), 401, "missing_credentials")
    token = log_in(r, address, key)["token"]
    task = r.call("POST", "/api/v1/tasks", TASK, key=token)[1]["task_id"]
    # Banned: the token at once, and the next login.
    assert r.call("DELETE", f"/api/v1/api-keys/{id}")[0] == 204
    denied(r.call("GET", "/api/v1/tasks", key=token), 401, "invalid_credentials")
    c = ask(r, address)
    denied(show(r, address, c["challenge"], sign(digest(c["typed_data"], address), key)), 403, "account_revoked")
    # Entered again, with scopes of its own: the same owner; the old token stays dead.
    s, said, headers = r.call("POST", "/api/v1/api-keys", {"name": "again", "scopes": ["tasks:read"], "address": hex(address)})
    assert s == 201 and said["id"] == id and said["key"] is None and headers["Location"].endswith(id), said
    denied(r.call("GET", "/api/v1/tasks", key=token), 401, "invalid_credentials")
    back = log_in(r, address, key)
    assert back["id"] == id and back["scopes"] == ["tasks:read"]
    assert r.call("GET", f"/api/v1/tasks/{task}", key=back["token"])[0] == 200
    denied(r.call("POST", "/api/v1/tasks", TASK, key=back["token"]), 403, "insufficient_scope")
    denied(r.call("POST", "/api/v1/api-keys", {"name": "n", "scopes": ["tasks:read"], "address": "0x77"}, key=back["token"]), 403, "insufficient_scope")
    # With an end.
    end = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 600))
    assert r.call("POST", "/api/v1/api-keys", {"name": "n", "scopes": ["tasks:read"], "address": hex(address), "expires_at": end})[0] == 201
    assert log_in(r, address, key)["expires_at"] == end
    with sqlite3.connect(os.path.join(r.folder, "relayer.db")) as d:
        d.execute("UPDATE api_key SET expires_at = 1 WHERE id = ?", (id,))
    c = ask(r, address)
    denied(show(r, address, c["challenge"], sign(digest(c["typed_data"], address), key)), 403, "expired_key")
    for change, pointer in (({"scopes": ["admin"]}, "/scopes"), ({"address": "0x0"}, "/address"), ({"address": "x"}, "/address")):
        s, said, _ = r.call("POST", "/api/v1/api-keys", {"name": "n", "scopes": ["tasks:read"], "address": "0x77", **change})
        assert s == 400 and said["errors"][0]["pointer"] == pointer, said


def test_listed_only_and_off(r, w):
    one, one_key = w.account()
    two, two_key = w.account()
    config = os.path.join(r.folder, "closed.ini")
    lines = {"wallets": "yes", "unlisted": "no", "most": "1"}

    def write():
        with open(config, "w") as f:
            f.write("[auth]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items()))

    def reload():
        write()
        return closed.call("POST", "/api/v1/admin/reload")[1]["applied"]

    write()
    closed = Relayer(RELAYER, settings=settings(w.chain.url))
    closed.arguments = ["--config", config]
    closed.start()
    c = ask(closed, one)
    signed = sign(digest(c["typed_data"], one), one_key)
    denied(show(closed, one, c["challenge"], signed), 403, "account_not_listed")
    assert closed.call("POST", "/api/v1/api-keys", {"name": "one", "scopes": ["tasks:read"], "address": hex(one)})[0] == 201
    s, said, _ = show(closed, one, c["challenge"], signed)  # the same challenge: what was refused left nothing
    assert s == 200, said
    token = said["token"]
    # Opened; but there is room for one.
    lines["unlisted"] = "yes"
    assert reload() == ["auth.unlisted"]
    c = ask(closed, two)
    denied(show(closed, two, c["challenge"], sign(digest(c["typed_data"], two), two_key)), 503, "quota_exceeded")
    assert closed.call("GET", "/api/v1/tasks", key=token)[0] == 200
    # Turned off: no login, no token.
    lines["wallets"] = "no"
    assert reload() == ["auth.wallets"]
    denied(closed.call("POST", "/api/v1/auth/challenge", {"address": "0x1"}, key=False), 501, "not_implemented")
    denied(show(closed, two, c["challenge"], [1]), 501, "not_implemented")
    denied(closed.call("GET", "/api/v1/tasks", key=token), 401, "expired_key")
    lines["wallets"] = "yes"
    assert reload() == ["auth.wallets"] and closed.call("GET", "/api/v1/tasks", key=token)[0] == 200
    assert closed.stop() == 0


def test_scopes_of_settings(r, w):
    address, key = w.account()
    small = Relayer(RELAYER, settings=settings(w.chain.url, **{"auth.scopes": "tasks:read,nodes:read"})).start()
    first = log_in(small, address, key)
    assert first["scopes"] == ["tasks:read", "nodes:read"]
    denied(small.call("POST", "/api/v1/tasks", TASK, key=first["token"]), 403, "insufficient_scope")
    assert small.stop() == 0
    small.settings = settings(w.chain.url)
    small.start()
    assert "tasks:write" in log_in(small, address, key)["scopes"]
    assert small.call("POST", "/api/v1/tasks", TASK, key=first["token"])[0] == 201  # scopes are the account's
    assert small.stop() == 0
    for bad in ({"auth.scopes": "tasks:read,admin"}, {"auth.scopes": "tasks"}, {"auth.scopes": "demanders"}, {"auth.scopes": ""}, {"auth.origin": "relayer.example"},
                {"auth.origin": "https://relayer.example/"}, {"auth.origin": "https://a@b"}, {"auth.token": "8d"}):
        wrong = Relayer(RELAYER, settings=settings(w.chain.url, **bad))
        wrong.start(wait=False)
        assert wrong.process.wait(20) == 2, bad


def test_nodes_of_the_chain(r, w):
    address, key = w.account()
    none = Relayer(RELAYER, settings=RATES).start()
    denied(none.call("POST", "/api/v1/auth/challenge", {"address": "0x1"}, key=False), 501, "not_implemented")
    denied(show(none, address, "A" * 64, [1]), 501, "not_implemented")
    assert none.stop() == 0
    # One that answers nothing, then nonsense, then not in time; and again as it should.
    chain = Accounts()
    chain.keys[address] = key
    slow = Relayer(RELAYER, settings=settings(chain.url, **{"chain.poll": "1h"})).start()
    token = log_in(slow, address, key)["token"]

    def late(params):
        time.sleep(8)
        return [hex(short("VALID"))]

    def later(c):
        def answers():
            s, said, _ = show(slow, address, c["challenge"], sign(digest(c["typed_data"], address), key))
            assert s in (200, 503), said
            return s == 200
        wait_for("it answers again", answers)

    normal = chain.chain.say["call"]
    for trouble in (lambda p: None, lambda p: b"nonsense", Refused(-32603, "no"), late, lambda p: ["x"]):
        chain.chain.say["call"] = trouble
        c = ask(slow, address)  # which needs nobody
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waits = pool.submit(show, slow, address, c["challenge"], sign(digest(c["typed_data"], address), key))
            for _ in range(5):  # meanwhile all else is as ever, writes too
                assert slow.call("GET", "/api/v1/tasks", key=token)[0] == 200
                assert slow.call("POST", "/api/v1/tasks", TASK, key=token)[0] == 201
            a = waits.result()
        denied(a, 503, "starknet_unavailable")
        assert "Retry-After" in a[2] and time.monotonic() - begun < 30
        chain.chain.say["call"] = normal
        later(c)
    assert slow.stop() == 0
    # Two that contradict each other: neither is believed. One that is down contradicts nobody.
    liar = Accounts()
    liar.answers[address] = [hex(short("VALID"))]
    two = Relayer(RELAYER, settings=settings(liar.url, chain.url)).start()
    c = ask(two, address)
    said = denied(show(two, address, c["challenge"], [1]), 503, "starknet_unavailable")
    assert "contradict" in said["detail"]
    assert show(two, address, c["challenge"], sign(digest(c["typed_data"], address), key))[0] == 200
    assert two.stop() == 0
    half = Relayer(RELAYER, settings=settings(f"http://127.0.0.1:{free_port()}", chain.url)).start()
    log_in(half, address, key)
    assert half.stop() == 0
    # One of another chain is not asked about accounts.
    main = Accounts(short("SN_MAIN"))
    main.keys[address] = key
    moved = Relayer(RELAYER, settings=settings(chain.url)).start()
    asked = main.asked
    moved_to = moved.settings.index(f"chain.rpc={chain.url}")
    assert moved.stop() == 0
    moved.settings[moved_to] = f"chain.rpc={main.url}"
    main.chain.say["chainId"] = Refused(-32603, "not yet")
    moved.start()
    main.chain.say.pop("chainId")
    c = ask(moved, address)
    said = denied(show(moved, address, c["challenge"], sign(digest(c["typed_data"], address), key)), 503, "starknet_unavailable")
    assert "another chain" in said["detail"] and main.asked == asked
    assert moved.stop() == 0


def test_floods(r, w):
    address, key = w.account()
    few = Relayer(RELAYER, settings=settings(w.chain.url, **{"auth.rate": "20"})).start()

    def rows():
        with sqlite3.connect(os.path.join(few.folder, "relayer.db")) as d:
            return [d.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("api_key", "challenge_used", "meta", "task_event")]

    before = rows()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda i: ask(few, 0x5000 + i % 50)["challenge"], range(1500)))
    assert len(set(made)) == 1500 and rows() == before, "challenges leave no trace"
    asked = w.chain.asked
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda i: show(few, 0x5000 + i % 50, made[i], [1])[0], range(200)))
    assert set(codes) == {401, 429} and w.chain.asked - asked == codes.count(401), codes
    s, said, headers = show(few, address, ask(few, address)["challenge"], [1])
    assert s == 429 and int(headers["Retry-After"]) >= 1 and rows() == before
    # Keys are not shut out by it.
    assert few.call("GET", "/api/v1/tasks")[0] == 200
    assert few.stop() == 0


def test_unused_accounts_go(r, w):
    keeper, keeper_key = w.account()
    idle, idle_key = w.account()
    young, young_key = w.account()
    quiet = Relayer(RELAYER, settings=settings(w.chain.url)).start()
    token = log_in(quiet, keeper, keeper_key)["token"]
    assert quiet.call("POST", "/api/v1/tasks", TASK, key=token)[0] == 201
    gone = log_in(quiet, idle, idle_key)["id"]
    log_in(quiet, young, young_key)
    assert quiet.call("POST", "/api/v1/api-keys", {"name": "n", "scopes": ["tasks:read"], "address": "0x99"})[0] == 201
    assert quiet.stop() == 0
    path = os.path.join(quiet.folder, "relayer.db")
    with sqlite3.connect(path) as d:
        d.execute("INSERT INTO quota SELECT ?, 0, 0, day, 0, '0' FROM quota LIMIT 1", (gone,))
        d.execute("UPDATE api_key SET login_at = login_at - 31 * 86400000 WHERE address <> ?", (hex(young),))
    quiet.start()  # it looks at once, and then every hour
    there = lambda: {a for (a,) in sqlite3.connect(path).execute("SELECT address FROM api_key WHERE address IS NOT NULL")}  # noqa: E731
    wait_for("the idle one is gone", lambda: hex(idle) not in there())
    assert there() == {hex(keeper), hex(young), "0x99"}
    assert sqlite3.connect(path).execute("SELECT count(*) FROM quota WHERE key_id = ?", (gone,)).fetchone() == (0,)
    log_in(quiet, idle, idle_key)
    assert quiet.stop() == 0


if __name__ == "__main__":
    world = World()
    run_tests(globals(), world.r, world)
