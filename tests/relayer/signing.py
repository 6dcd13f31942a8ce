"""signing.py - signatures of nodes and auditors, as market/digest.h has them, written apart from it; and a node that signs."""
import hashlib
import os
import sys
import time
import uuid

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from scripted import Node  # noqa: E402
from stark import poseidon, selector, short  # noqa: E402

# The Stark curve y^2 = x^3 + x + B over the field of P, N points.
P, N = 2**251 + 17 * 2**192 + 1, 0x800000000000010FFFFFFFFFFFFFFFFB781126DCAE7B2321E66A241ADC64D2F
B = 0x6F21413EFBE40DE150E596D72F7A8C5609AD26C15C915C1F4CDFCB99CEE9E89
G = (0x1EF15C18599971B7BECED415A40F0C7DEACFD9B0D1819E03D723D8BC943CFCA, 0x5668060AA49730B7BE4801DF46EC62DE53ECD11ABE43A32873000C36E8DC1F)


def add(p, q):
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    k = (3 * p[0] ** 2 + 1) * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (k * k - p[0] - q[0]) % P
    return x, (k * (p[0] - x) - p[1]) % P


def times(k, p):
    out = None
    while k:
        out, p, k = add(out, p) if k & 1 else out, add(p, p), k >> 1
    return out


def is_signed(z, key, r, s):
    """By the key whose public half has this x."""
    w, square = pow(s, -1, N), (key**3 + key + B) % P
    q, t = P - 1, 0  # a root, after Tonelli and Shanks: 3 is no square
    while q % 2 == 0:
        q, t = q // 2, t + 1
    c, y, e = pow(3, q, P), pow(square, (q + 1) // 2, P), pow(square, q, P)
    while e != 1:
        i = next(i for i in range(1, t) if pow(e, 2**i, P) == 1)
        f = pow(c, 2 ** (t - i - 1), P)
        t, c, y, e = i, f * f % P, y * f % P, e * f * f % P
    assert y * y % P == square
    return add(times(z * w % N, G), times(r * w % N, (key, y)))[0] == r or add(times(z * w % N, G), times(r * w % N, (key, P - y)))[0] == r


def sign(z, key):
    """With a nonce that depends on what is signed: a test's, and no more."""
    k = int.from_bytes(hashlib.sha256(b"%d %d" % (z, key)).digest(), "big") % (N - 1) + 1
    r = times(k, G)[0]
    return r, (z + r * key) * pow(k, -1, N) % N


def hexes(pair):
    return [hex(x) for x in pair]


PAYEE = ('"Payee"("purpose":"shortstring","relayer":"felt","node":"felt","address":"ContractAddress","issued":"timestamp",'
         '"expires":"timestamp")')
DOMAIN = '"StarknetDomain"("name":"shortstring","version":"shortstring","chainId":"shortstring","revision":"shortstring")'


def payee_digest(chain, relayer, node, address, issued, expires):
    """What an account signs for a node: SNIP-12, revision 1."""
    domain = poseidon(selector(DOMAIN), short("sprove"), short("v1"), chain, 1)
    message = poseidon(selector(PAYEE), short("Be paid for a sprove node"), relayer, node, address, issued, expires)
    return poseidon(short("StarkNet Message"), domain, address, message)


class SignedNode(Node):
    """A node with a key. Where it names an account, this signs for it (with account_key, any number) when the relayer
    wants that, unless prove is False."""

    def __init__(self, r, key, account=None, account_key=None, prove=True, **more):
        self.account, self.account_key = account and int(account, 16), account_key or key + 1000
        self.key, self.public = key, times(key, G)[0]
        self.connect(r, hex(poseidon(short("SPROVE_NODE"), self.public)))
        self.chain = int(self.hello["chain_id"], 16)
        now = int(time.time() * 1000)
        z = poseidon(short("SPROVE_V1"), short("REGISTER"), self.chain, int(self.hello["relayer_id"], 16), int(self.name, 16),
                     int(self.hello["session_nonce"], 16), now)
        self.register(**{"ts": now, "node_pubkey": hex(self.public), "session_nonce": self.hello["session_nonce"],
                         "signature": hexes(sign(z, key)), **({"address": account} if account else {}), **more})
        if prove and self.registered.get("account", {}).get("state") == "unproven":
            self.prove()

    def proof(self, key=None, issued=None, expires=None, signed=None):
        """signed: of what is signed, where it is not what is said."""
        now = int(time.time())
        said = {"issued": now - 60 if issued is None else issued, "expires": now + 86400 if expires is None else expires}
        of = {"chain": self.chain, "relayer": int(self.hello["relayer_id"], 16), "node": int(self.name, 16), "address": self.account,
              **said, **(signed or {})}
        return {"message_type": "account_proof", "id": "p1", "address": hex(self.account), **said,
                "signature": hexes(sign(payee_digest(**of), key or self.account_key))}

    def prove(self, **how):
        self.ws.send(self.proof(**how))

    def ack(self, a, accept):
        return self.signed_ack(a, accept)

    def signed_ack(self, a, accept=True, key=None, chain=None, **other):
        """other: of what is signed, where it is not what is said."""
        said = {**self.fence(a), "accept": accept, "ts": int(time.time() * 1000)}
        of = {**said, **other}
        task = uuid.UUID(of["task_id"]).int
        z = poseidon(short("SPROVE_V1"), short("ACK"), self.chain if chain is None else chain, task >> 64, task % 2**64,
                     of["attempt"], int(of["accept"]), int(of["lease_token"], 16), of["ts"])
        return {"message_type": "task_ack", "id": "a1", **said, "signature": hexes(sign(z, key or self.key))}

    def beat(self):
        self.ws.beat()
