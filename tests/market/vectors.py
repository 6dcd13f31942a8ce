"""Writes the vector files of these tests, from Python's integers and from poseidon-py, and compares
them with the files that are here.

usage: vectors.py           compares; 0 equal, 1 different, 77 the packages are not installed
       vectors.py --write   writes them anew"""

import json
import os
import random
import sys
import textwrap
import uuid

try:
    from poseidon_py.poseidon_hash import poseidon_hash_many
    from starknet_py.hash.utils import cpp_sign, private_to_stark_key
    from starknet_py.utils.typed_data import TypedData

    packages = True
except ImportError:
    packages = False

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = 2**256 - 1


def row(*values):
    text = ", ".join('"%s"' % v for v in values) + "},"
    return textwrap.fill(text, 100, initial_indent="    {", subsequent_indent="     ", break_on_hyphens=False) + "\n"


def split(z):
    treasury, subsidy = z * 1200 // 10000, z * 300 // 10000
    return z - treasury - subsidy, subsidy, treasury


def edge_numbers(rng, n):
    """Numbers of every size, edges included."""
    some = [0, 1, 2, 3, 19, 33, 34, 1000, 9999, 10000, 10001, 10**18, 2**64 - 1, 2**64, 2**128 - 1]
    some += [2**128, 2**192 - 1, 2**192, 2**255, TOP - 1, TOP]
    return some + [rng.getrandbits(rng.randrange(1, 257)) for _ in range(n)]


def amounts():
    rng = random.Random(5)
    text = "/* vectors_amount.h - amounts, from Python's integers (vectors.py); \"-\" is a failure. */\n"
    text += "static const struct {\n    const char *z, *payout, *subsidy, *treasury;\n} splits[] = {\n"
    for z in edge_numbers(rng, 40):
        text += row(z, *split(z))
    text += "};\n\nstatic const struct {\n    const char *asked, *escrow;\n} escrows[] = {\n"
    most = TOP * 8500 // 10000  # the largest that can be asked
    for x in edge_numbers(rng, 40) + [most - 1, most, most + 1]:
        z = -(-x * 10000 // 8500)
        assert z > TOP or split(z)[0] >= x
        assert z == 0 or (z - 1) * 8500 < x * 10000
        text += row(x, z if z <= TOP else "-")
    text += "};\n\nstatic const struct {\n    const char *a, *b, *sum, *difference;\n} sums[] = {\n"
    numbers = edge_numbers(rng, 10)
    for a in numbers:
        for b in rng.sample(numbers, 4) + [TOP - a, a]:
            text += row(a, b, a + b if a + b <= TOP else "-", a - b if a >= b else "-")
    text += "};\n\nstatic const struct {\n    const char *a, *factor, *divisor, *result;\n} scales[] = {\n"
    for a in numbers:
        for _ in range(4):
            f, d = rng.getrandbits(rng.randrange(1, 65)), rng.getrandbits(rng.randrange(1, 65)) + 1
            d = min(d, 2**64 - 1)
            f = rng.choice([f, f, 0, 1, 2**64 - 1])
            d = rng.choice([d, d, 1, 2**64 - 1, 10**6])
            r = -(-a * f // d)
            text += row(a, f, d, r if r <= TOP else "-")
    return text + "};\n"


P = 2**251 + 17 * 2**192 + 1
KEY = 0x3C1E9550E66958296D11B60F8E8E7A7AD990D07FA65D5F7652C4A6C87D4E3CC


class Random:
    """Members of a message at random, or all at their least or greatest value."""

    def __init__(self, seed, edge=None):
        self.rng, self.edge = random.Random(seed), edge

    def number(self, bits):
        return {"least": 0, "most": 2**bits - 1}.get(self.edge, self.rng.getrandbits(bits))

    def felt(self):
        return {"least": 0, "most": P - 1}.get(self.edge, self.rng.randrange(P))

    def name(self):
        return {"least": "a", "most": "z" * 31}.get(self.edge) or self.rng.choice(["chain", "fast", "public", "hidden"])

    def id(self):
        n = self.number(128) & ~(15 << 76) & ~(3 << 62)
        return str(uuid.UUID(int=n | 7 << 76 | 2 << 62))


def halves(number, bits):
    return [number >> bits, number % 2**bits]


# Kind, and its members: name and how it is written and hashed.
MESSAGES = [
    ("REGISTER", ["chain_id felt", "relayer_id felt", "node_id felt", "session_nonce felt", "ts_ms 64"]),
    ("ACK", ["chain_id felt", "task id", "attempt 32", "accept 1", "lease_token 128x", "ts_ms 64"]),
    (
        "RESULT",
        ["chain_id felt", "task id", "attempt 32", "program 256x", "input 256x", "output 256x"]
        + ["io_commitment felt", "proof 256x", "proof_bytes 64", "cycles 64", "status 1"],
    ),
    (
        "TICKET",
        ["chain_id felt", "contract felt", "task id", "attempt 32", "node_id felt", "lease_until_ms 64"]
        + ["price 256", "job_commitment felt"],
    ),
    ("AUDIT", ["chain_id felt", "task id", "attempt 32", "verdict 1", "proof 256x", "ts_ms 64"]),
    ("CALLBACK", ["chain_id felt", "body 256x"]),
    ("JOB", ["chain_id felt", "program 256x", "input 256x", "max_cycles 64", "profile name", "io name"]),
]


def short(text):
    return int.from_bytes(text.encode(), "big")


def message(kind, members, pick):
    """The members as text, and the felts that are hashed."""
    texts, felts = [], [short("SPROVE_V1"), short(kind)]
    for member in members:
        how = member.split()[1]
        if how == "felt":
            felts.append(pick.felt())
            texts.append("%#x" % felts[-1])
        elif how == "name":
            texts.append(pick.name())
            felts.append(short(texts[-1]))
        elif how == "id":
            texts.append(pick.id())
            felts += halves(uuid.UUID(texts[-1]).int, 64)
        else:
            bits = int(how.rstrip("x"))
            v = pick.number(bits)
            texts.append("%0*x" % (bits // 4, v) if how[-1] == "x" else str(v))
            felts += halves(v, 128) if bits == 256 else [v]
    return texts, felts


def digests():
    text = "/* vectors_digest.h - messages, digests and signatures from poseidon-py and\n"
    text += " * crypto-cpp-py (vectors.py): the members in their order, digest, r, s. */\n"
    public = private_to_stark_key(KEY)
    text += 'static const char *const vector_key = "%#x";\n' % KEY
    text += 'static const char *const vector_public =\n    "%#x";\n' % public
    text += "static const char *const vector_node_id =\n"
    text += '    "%#x";\n' % poseidon_hash_many([short("SPROVE_NODE"), public])
    text += "static const char *const vector_relayer_id =\n"
    text += '    "%#x";\n' % poseidon_hash_many([short("SPROVE_RELAYER"), public])
    for kind, members in MESSAGES:
        text += "\nstatic const char *const %s_vectors[][%d] = {\n" % (kind.lower(), len(members) + 3)
        for seed in range(8):
            texts, felts = message(kind, members, Random(seed, {0: "least", 1: "most"}.get(seed)))
            z = poseidon_hash_many(felts)
            assert z < 2**251
            r, s = cpp_sign(z, KEY, None)
            text += row(*texts, *("%#x" % v for v in (z, r, s)))
        text += "};\n"
    return text


LOGIN = {
    "StarknetDomain": ["name shortstring", "version shortstring", "chainId shortstring", "revision shortstring"],
    "Login": ["purpose shortstring", "relayer felt", "origin string", "address ContractAddress", "nonce u128"]
    + ["issued timestamp", "expires timestamp"],
}


def login(chain, relayer, origin, address, nonce, issued, expires):
    """Typed data of a login, as docs/relayer.md shows it."""
    types = {n: [dict(zip(("name", "type"), m.split())) for m in members] for n, members in LOGIN.items()}
    return {
        "types": types,
        "primaryType": "Login",
        "domain": {"name": "sprove", "version": "v1", "chainId": chain, "revision": "1"},
        "message": {
            "purpose": "Log in to a sprove relayer",
            "relayer": "%#x" % relayer,
            "origin": origin,
            "address": "%#x" % address,
            "nonce": "%#x" % nonce,
            "issued": str(issued),
            "expires": str(expires),
        },
    }


def logins():
    text = "/* vectors_login.h - logins and their SNIP-12 digests from starknet-py (vectors.py): chain, relayer, origin,\n"
    text += " * address, nonce, issued, expires, digest, typed data. */\n"
    text += "static const char *const logins[][9] = {\n"
    rng = random.Random(12)
    chains = ["SN_MAIN", "SN_SEPOLIA", "KATANA", "0x1", "a" * 31]
    origins = ["", "http://127.0.0.1:8000", "https://relayer.example", "x" * 30, "y" * 31, "z" * 32, "https://" + "w" * 247]
    edges = [(0, 1, 0, 0, 0), (P - 1, P - 1, 2**128 - 1, 10**18 - 1, 10**18 - 1)]
    for i, origin in enumerate(origins):
        relayer, address, nonce, issued, expires = (
            edges[i] if i < len(edges) else
            (rng.randrange(P), rng.randrange(P), rng.getrandbits(128), 1763750000 + i, 1763750300 + i))
        chain = chains[i % len(chains)]
        data = login(chain, relayer, origin, address, nonce, issued, expires)
        z = TypedData.from_dict(data).message_hash(address)
        values = [chain, "%#x" % relayer, origin, "%#x" % address, "%#x" % nonce, issued, expires, "%#x" % z]
        text += "    {" + ",\n     ".join('"%s"' % v for v in values) + ",\n"
        whole = json.dumps(data, separators=(",", ":")).replace('"', '\\"')
        parts = [whole[k:k + 90] for k in range(0, len(whole), 90)]
        for k in range(len(parts) - 1):  # no piece ends between a backslash and what it is for
            while parts[k].endswith("\\"):
                parts[k + 1], parts[k] = parts[k][-1] + parts[k + 1], parts[k][:-1]
        text += "".join('     "%s"\n' % p for p in parts)[:-1] + "},\n"
    return text + "};\n"


PAYEE = ["purpose shortstring", "relayer felt", "node felt", "address ContractAddress", "issued timestamp", "expires timestamp"]


def payees():
    text = "/* vectors_payee.h - what accounts sign for their nodes, and SNIP-12 digests from starknet-py (vectors.py): chain,\n"
    text += " * relayer, node, address, issued, expires, digest. */\n"
    text += "static const char *const payees[][7] = {\n"
    rng = random.Random(13)
    chains = ["SN_MAIN", "SN_SEPOLIA", "0x1", "a" * 31]
    edges = [(0, 0, 1, 0, 0), (P - 1, P - 1, P - 1, 2**63 - 1, 2**63 - 1)]
    types = {n: [dict(zip(("name", "type"), m.split())) for m in members]
             for n, members in (("StarknetDomain", LOGIN["StarknetDomain"]), ("Payee", PAYEE))}
    for i in range(8):
        relayer, node, address, issued, expires = (
            edges[i] if i < len(edges) else
            (rng.randrange(P), rng.randrange(P), rng.randrange(P), 1763750000 + i, 1766342000 + i))
        chain = chains[i % len(chains)]
        data = {"types": types, "primaryType": "Payee",
                "domain": {"name": "sprove", "version": "v1", "chainId": chain, "revision": "1"},
                "message": {"purpose": "Be paid for a sprove node", "relayer": "%#x" % relayer, "node": "%#x" % node,
                            "address": "%#x" % address, "issued": str(issued), "expires": str(expires)}}
        z = TypedData.from_dict(data).message_hash(address)
        values = [chain, "%#x" % relayer, "%#x" % node, "%#x" % address, issued, expires, "%#x" % z]
        text += "    {" + ",\n     ".join('"%s"' % v for v in values) + "},\n"
    return text + "};\n"


FILES = [("vectors_amount.h", amounts), ("vectors_digest.h", digests), ("vectors_login.h", logins), ("vectors_payee.h", payees)]


def main():
    different = 0
    for name, make in FILES:
        if make != amounts and not packages:
            print("  skipped: no poseidon-py and starknet-py (SP_STARKNET_PYTHON)")
            return different or 77
        path, text = os.path.join(HERE, name), make()
        if sys.argv[1:] == ["--write"]:
            with open(path, "w") as f:
                f.write(text)
        else:
            with open(path) as f:
                same = f.read() == text
            different |= not same
            print(name, "is as computed" if same else "is DIFFERENT")
    return different


if __name__ == "__main__":
    sys.exit(main())
