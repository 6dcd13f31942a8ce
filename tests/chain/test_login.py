"""Logins at a relayer by accounts of a starknet-devnet: real contracts say whether they signed, what is signed is made by
starknet-py from the typed data alone, and by `sprove login`. Skipped where starknet-devnet or starknet-py is missing.

usage: test_login.py SPROVE RELAYER"""

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import devnet

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "relayer"), os.path.join(os.path.dirname(HERE), "cli")]
from fake_node import Node, Refused  # noqa: E402
from relayer_process import Relayer, run_parts  # noqa: E402
from stark import selector, short  # noqa: E402

try:
    from starknet_py.hash.utils import message_signature
    from starknet_py.utils.typed_data import TypedData
except ImportError:
    TypedData = None

SPROVE, RELAYER = sys.argv[1:3]
P = 2**251 + 17 * 2**192 + 1
TASK = {"payload": {"algorithm": "fibonacci", "n": 30}, "token_amount": "0", "requirements": {"cpu_threads": 4000}}


class Front(Node):
    """Passes on to the devnet what is asked of accounts; of the marketplace, which is not there, it answers nothing."""

    def __init__(self, node):
        super().__init__(short("SN_SEPOLIA"))
        self.node = node
        self.say["call"] = self.pass_on

    def pass_on(self, params):
        if int(params["request"]["entry_point_selector"], 16) != selector("is_valid_signature"):
            raise Refused(-32603, "not now")
        try:
            return self.node.rpc("starknet_call", params)
        except RuntimeError as e:
            raise Refused(json.loads(re.search(r"\{.*\}", str(e), re.S)[0])["code"]) from e


def must(condition, *what):
    if not condition:
        raise AssertionError(what)


def refused(answer, status, code):
    must((answer[0], answer[1].get("code")) == (status, code), answer)


class Wallet:
    def __init__(self, account):
        self.address, self.key = int(account["address"], 16), int(account["private_key"], 16)

    def sign(self, data):
        return [hex(x) for x in message_signature(TypedData.from_dict(data).message_hash(self.address), self.key)]


def challenge(r, wallet):
    s, said, _ = r.call("POST", "/api/v1/auth/challenge", {"address": hex(wallet.address)}, key=False)
    must(s == 200, said)
    return said


def show(r, wallet, c, signature):
    return r.call("POST", "/api/v1/auth/token", {"address": hex(wallet.address), "challenge": c["challenge"], "signature": signature}, key=False)


def by_hand(r, node):
    one, two = Wallet(node.accounts[0]), Wallet(node.accounts[1])
    c = challenge(r, one)
    data, good = c["typed_data"], one.sign(c["typed_data"])
    # Whatever is not exactly this message by this account is no login.
    for bad in ([good[1], good[0]], good[:1], good + ["0x0"], two.sign(data), [good[0], hex((int(good[1], 16) + 1) % P)], ["0x0", "0x0"], ["0x1"] * 256,
                one.sign(dict(data, domain=dict(data["domain"], chainId="SN_MAIN"))),
                one.sign(dict(data, message=dict(data["message"], relayer="0x1"))),
                one.sign(dict(data, message=dict(data["message"], origin="https://else.example"))),
                one.sign(dict(data, message=dict(data["message"], nonce="0x1")))):
        refused(show(r, one, c, bad), 401, "invalid_signature")
    refused(show(r, two, c, two.sign(data)), 401, "challenge_unknown")
    s, said, _ = show(r, one, c, good)
    must(s == 200, said)
    refused(show(r, one, c, good), 401, "challenge_used")
    s, made, _ = r.call("POST", "/api/v1/tasks", TASK, key=said["token"])
    must(s == 201, made)
    must(r.call("GET", "/api/v1/tasks/" + made["task_id"], key=said["token"])[1]["creator"] == hex(one.address), "its creator")
    other = challenge(r, two)
    token = show(r, two, other, two.sign(other["typed_data"]))[1]["token"]
    must(r.call("GET", "/api/v1/tasks/" + made["task_id"], key=token)[0] == 404, "another account sees nothing of it")
    # A key without a contract; a contract that is no account (the token of fees).
    one.address += 1
    c = challenge(r, one)
    refused(show(r, one, c, one.sign(c["typed_data"])), 401, "account_not_deployed")
    one.address = int(devnet.STRK, 16)
    c = challenge(r, one)
    refused(show(r, one, c, one.sign(c["typed_data"])), 401, "invalid_signature")


class Liar:
    """A relayer that asks for the signature of something else."""

    def __init__(self, answer):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                liar.asked.append(self.path)
                body = json.dumps(liar.answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        liar = self
        self.answer, self.asked = answer, []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def by_program(r, node):
    folder = tempfile.mkdtemp(prefix="login.")
    path = lambda name: os.path.join(folder, name)  # noqa: E731
    account = node.accounts[2]
    for name, text in (("word", "a word\n"), ("key", account["private_key"] + "\n"), ("in", '{"algorithm":"fibonacci","n":30}')):
        with open(path(name), "w") as f:
            f.write(text)
    url = f"http://127.0.0.1:{r.port}"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SPROVE", "RELAYER", "XDG"))}
    env.update(HOME=folder, RELAYER_API_URL=url)

    def sprove(*words, code=0, part="", **more):
        p = subprocess.run([SPROVE, *words], capture_output=True, text=True, env={**env, **more}, timeout=120)
        must(p.returncode == code and part in p.stderr, words, p.returncode, p.stdout, p.stderr)
        return p.stdout

    key = ["--account", account["address"], "--keystore", path("k.json"), "--password-file", path("word")]
    sprove("keys", "import", "--keystore", path("k.json"), "--key-file", path("key"), "--password-file", path("word"))
    sprove("tasks", code=2, part="sprove help login")
    sprove("logout", code=2, part="no login")
    sprove("login", *key[2:], code=2, part="--account")
    sprove("login", *key, "--network", "mainnet", code=7, part="another network")
    sprove("tasks", code=2)
    said = json.loads(sprove("login", *key, "--network", "sepolia", "--json", part="SN_SEPOLIA"))
    must(int(said["address"], 16) == int(account["address"], 16) and said["relayer"] == url, said)
    [kept] = os.listdir(path(".local/state/sprove/logins"))
    kept = path(".local/state/sprove/logins/" + kept)
    must(stat.S_IMODE(os.stat(kept).st_mode) == 0o600, "for its owner alone")
    token = json.load(open(kept))["token"]
    task = sprove("submit", "fibonacci", "--input", path("in"), "--cpu-threads", "4000").strip()
    must(task in sprove("tasks"), "it is the account's")
    must(r.call("GET", "/api/v1/tasks/" + task)[1]["creator"] == hex(int(account["address"], 16)), "its creator")
    # A key that is given comes first.
    must(task not in sprove("tasks", SPROVE_API_KEY=r.call("POST", "/api/v1/api-keys", {"name": "n", "scopes": ["tasks:read"]})[1]["key"]), "a key")
    # Another relayer's token is none for this one; nor is one that is over.
    sprove("tasks", "--relayer", url.replace("127.0.0.1", "localhost"), code=2, part="no API key")
    whole = open(kept).read()
    with open(kept, "w") as f:
        f.write(re.sub(r'"expires_at": "20..', '"expires_at": "2001', whole))
    sprove("tasks", code=2, part="sprove login` again")
    with open(kept, "w") as f:
        f.write(whole)
    sprove("login", *key)
    must(task in sprove("tasks"), "the same account as before")
    sprove("logout")
    must(not os.path.exists(kept) and r.call("GET", "/api/v1/tasks", key=token)[0] == 401, "ended, here and there")
    sprove("tasks", code=2)
    # With the wrong key.
    with open(path("other"), "w") as f:
        f.write(node.accounts[3]["private_key"] + "\n")
    sprove("keys", "import", "--keystore", path("o.json"), "--key-file", path("other"), "--password-file", path("word"))
    sprove("login", "--account", account["address"], "--keystore", path("o.json"), "--password-file", path("word"), code=7, part="invalid_signature")
    # Nothing but a login of this account at this place is signed.
    right = challenge(r, Wallet(account))
    data = right["typed_data"]
    for change, code, part in ((dict(data, primaryType="Transfer"), 3, "something else"),
                               (dict(data, message=dict(data["message"], purpose="Send it all")), 3, "something else"),
                               (dict(data, message=dict(data["message"], more="1")), 3, "something else"),
                               (dict(data, message=dict(data["message"], address="0x5")), 3, "another account"),
                               (dict(data, message=dict(data["message"], origin="https://relayer.example")), 7, "relayer.example"),
                               ({}, 3, "something else"), (None, 3, "something else")):
        liar = Liar(dict(right, typed_data=change))
        sprove("login", *key, "--relayer", liar.url, code=code, part=part)
        must(liar.asked == ["/api/v1/auth/challenge"], liar.asked)
    liar = Liar({**right, "typed_data": dict(data, message=dict(data["message"], origin="")), "token": "x", "expires_at": "never"})
    sprove("login", *key, "--relayer", liar.url, code=5, part="no token")
    must(not os.listdir(os.path.dirname(kept)), "nothing is kept of it")


def main():
    why = devnet.missing(compiler=False) or (None if TypedData else "no starknet-py (SP_STARKNET_PYTHON)")
    if why:
        return devnet.skip(why)
    with devnet.Devnet() as node:
        front = Front(node)
        r = Relayer(RELAYER)
        r.settings = [f"chain.rpc={front.url}", "chain.chain_id=SN_SEPOLIA", "chain.contract=0x1", "auth.rate=100000",
                      f"auth.origin=http://127.0.0.1:{r.port}"]
        run_parts(r, wallets=lambda: by_hand(r, node), sprove_login=lambda: by_program(r, node))
    return 0


if __name__ == "__main__":
    sys.exit(main())
