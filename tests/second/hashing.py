"""hashing.py - docs/protocol.md, section 2: tagged hashes, the nodes of trees, the channel."""

import hashlib
import struct

from field import P, QM31

DIGEST = 28  # bytes


def to_bytes(words):
    return struct.pack("<%dI" % len(words), *words)


def to_words(data):
    return list(struct.unpack("<%dI" % (len(data) // 4), data))


def tagged(tag, message):
    return hashlib.blake2s(message, person=tag.encode().ljust(8, b"\0")).digest()


def plain(message):
    return hashlib.blake2s(message).digest()


def leaf(values):
    return tagged("spLeaf", to_bytes(values))[:DIGEST]


def node(left, right, values=()):
    return tagged("spNodeC" if values else "spNode", left + right + to_bytes(values))[:DIGEST]


class Channel:
    def __init__(self):
        self.state, self.counter = bytes(32), 0

    def mix(self, words):
        self.state, self.counter = tagged("spMix", self.state + to_bytes(words)), 0

    def mix_cap(self, digests):
        self.mix(to_words(tagged("spCap", b"".join(digests))))

    def mix_felts(self, felts):
        self.mix([w for x in felts for w in x.words()])

    def draw8(self):
        block = to_words(tagged("spDraw", self.state + to_bytes([self.counter])))
        self.counter += 1
        return block

    def draw_felt(self):
        while True:
            words = [w & 0x7FFFFFFF for w in self.draw8()]
            words = [w for w in words if w < P]
            if len(words) >= 4:
                return QM31(*words[:4])

    def draw_queries(self, n, bits):
        r = []
        while len(r) < n:
            r += [w & (2**bits - 1) for w in self.draw8()]
        return r[:n]

    def grind(self, bits, nonce):
        """False: the nonce does no work. Without bits there is no nonce."""
        if bits == 0:
            return True
        if to_words(tagged("spGrind", self.state + to_bytes(nonce)))[0] & (2**bits - 1):
            return False
        self.mix(nonce)
        return True
