"""Accounts of a starknet-devnet sign for their nodes: real contracts say whether they did, what is signed is made by starknet-py
from the typed data alone, and by `sprove node` from its keystore. Skipped where starknet-devnet or starknet-py is missing.

usage: test_account.py SPROVE RELAYER NODE"""

import json
import os
import subprocess
import sys
import tempfile

import devnet
from payee import account_proof
from test_login import Front, must

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "relayer")]
from relayer_process import Relayer, run_parts, wait_for  # noqa: E402
from signing import SignedNode  # noqa: E402

try:
    import starknet_py.utils.typed_data as typed_data
except ImportError:
    typed_data = None


def told(node, state, code=None):
    m = node.ws.expect("account", 60)
    while m["state"] == "pending":
        m = node.ws.expect("account", 60)
    must((m["state"], m["code"]) == (state, code), m)


def by_hand(r, chain):
    accounts = [(int(a["address"], 16), int(a["private_key"], 16)) for a in chain.accounts[:2]]
    (one, key), (two, other) = accounts
    last = 0

    def node(account, **change):
        nonlocal last
        last += 1
        n = SignedNode(r, last, hex(account), prove=False)
        with_key = change.pop("key", key)
        n.ws.send(account_proof(n.hello, n.name, account, with_key, **change))
        return n

    proven = node(one)
    told(proven, "proven")
    must(r.call("GET", "/api/v1/nodes/" + proven.name)[1]["account_proof"]["state"] == "proven", "shown")
    told(node(two, key=other), "proven")
    for change in ({"key": other}, {"node": proven.name}, {"relayer": "0x1"}, {"chain": "SN_MAIN"}, {"address": hex(two)}, {"expires": "1999999999"},
                   {"purpose": "Log in to a sprove relayer"}):
        told(node(one, **change), "unproven", "signature_refused")
    # What another node has sent; a key without a contract; a contract that is no account (the token of fees).
    replay = node(one, key=other)
    told(replay, "unproven", "signature_refused")
    replay = SignedNode(r, 99, hex(one), prove=False)
    replay.ws.send(account_proof(proven.hello, proven.name, one, key))
    told(replay, "unproven", "signature_refused")
    told(node(one + 1), "unproven", "account_not_deployed")
    told(node(int(devnet.STRK, 16)), "unproven", "signature_refused")
    proven.ws.close()
    back = SignedNode(r, proven.key, hex(one), prove=False)
    must(back.registered["account"]["state"] == "proven", back.registered)


def by_program(r, chain, sprove, program):
    folder = tempfile.mkdtemp(prefix="account.")
    path = lambda name: os.path.join(folder, name)  # noqa: E731
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SPROVE", "RELAYER", "XDG"))}

    def provider(name, address, key):
        for file, text in (("word", "a word\n"), (name + ".key", key + "\n")):
            with open(path(file), "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
                f.write(text)
        os.makedirs(path(name))
        subprocess.run([sprove, "keys", "import", "--keystore", path(name + ".json"), "--key-file", path(name + ".key"), "--password-file", path("word")],
                       check=True, env={**env, "HOME": folder}, stdout=subprocess.DEVNULL)
        p = subprocess.Popen([program, "--relayer", f"http://127.0.0.1:{r.port}", "--data", path(name), "--no-bench", "--quiet", "--address", address,
                              "--keystore", path(name + ".json"), "--password-file", path("word"), "--rpc", chain.url], env=env)

        def events(event):
            if not os.path.exists(path(name + "/node.log")):
                return []
            with open(path(name + "/node.log")) as f:
                return [e for e in map(json.loads, f) if e["event"] == event]
        return p, events

    a, b = chain.accounts[2:4]
    good, of_good = provider("good", a["address"], a["private_key"])
    bad, of_bad = provider("bad", a["address"], b["private_key"])
    try:
        wait_for("it is proven", lambda: of_good("account_proven"), 60)
        said = wait_for("it is refused", lambda: of_bad("account_refused"), 60)[0]
        must(said["code"] == "signature_refused", said)
        shown = {n["account_proof"]["state"] for n in r.call("GET", "/api/v1/nodes")[1]["items"] if int(n["account"], 16) == int(a["address"], 16)}
        must(shown == {"proven", "unproven"}, shown)
    finally:
        for p in (good, bad):
            p.terminate()
            must(p.wait(30) == 0, "the node ends well")


def main():
    why = devnet.missing(compiler=False) or (None if typed_data else "no starknet-py (SP_STARKNET_PYTHON)")
    if why:
        return devnet.skip(why)
    sprove, relayer, program = map(os.path.abspath, sys.argv[1:4])
    with devnet.Devnet() as chain:
        front = Front(chain)
        r = Relayer(relayer)
        r.settings = [f"chain.rpc={front.url}", "chain.chain_id=SN_SEPOLIA", "chain.contract=0x1"]
        run_parts(r, accounts=lambda: by_hand(r, chain), sprove_node=lambda: by_program(r, chain, sprove, program))
    return 0


if __name__ == "__main__":
    sys.exit(main())
