"""Attacks by proofs: of others, of something else, altered, made with less work, and made up."""

import random

import world
from attack import Attack
from world import PROVIDER, THIEF, u256

SEED = 1
# How many bytes of calldata are altered: of the 5 felts before the proof, of the 60 that state what it proves, of all.
ALTERED = ((8, 0, 5), (8, 5, 65), (32, 0, None))
P = 2**251 + 17 * 2**192 + 1


class Proofs(Attack):
    def replay(self):
        w, one = self.w, self.t["one"]
        self.would_be_paid(one, "one")
        self.refused("copied proof, for another account", "context", THIEF, w.claim(one, self.thief, self.honest))
        self.refused("the same proof for a second task", "context", PROVIDER,
                     w.claim(self.t["other"], self.provider, self.honest))
        self.refused("the same proof for its task at another contract", "context", PROVIDER,
                     w.claim(one, self.provider, self.honest, contract=w.second))
        self.refused("a proof for this contract on another chain", "context", PROVIDER,
                     w.claim(one, self.provider, w.felts("chain")))
        io = w.view("statement_of", *u256(self.t["thiefs"]), self.thief, w.result)[5]
        alias = [1 + len(self.honest), w.result, *self.honest, io, *u256(self.t["thiefs"])]
        self.refused("copied proof, by the other entry point", "context", THIEF,
                     (w.contract, "submit_and_verify_with_io_binding", alias))

    def statement(self):
        w, one, p = self.w, self.t["one"], self.provider
        self.would_be_paid(one, "one")
        self.refused("a proof of another program", "program id", PROVIDER,
                     w.claim(self.t["program"], p, w.felts("program")))
        self.refused("a proof of another input", "expected io", PROVIDER, w.claim(self.t["input"], p, w.felts("input")))
        self.refused("another output claimed", "expected io", PROVIDER, w.claim(one, p, self.honest, w.result + 1))
        lie = [w.result + 1 if x == w.result else x for x in self.honest]
        self.must(lie != self.honest, "no felt of the proof is the output's hash")
        self.refused("another output, in claim and proof", "output", PROVIDER, w.claim(one, p, lie, w.result + 1))
        self.refused("no output", "Invalid result hash", PROVIDER, w.claim(one, p, self.honest, 0))
        old, terms = self.t["old"], [w.program, w.h_in, world.MAX_CYCLES]
        for k, what in enumerate(("program", "input", "limit of cycles")):
            other = [x + (k == i) for i, x in enumerate(terms)]
            self.refused("terms with another %s than were hashed" % what, "Task hash mismatch", PROVIDER,
                         w.claim(old, p, [*other, *self.honest]))

    def altered(self):
        """Bytes of calldata, drawn by SEED; a byte of 32 for each felt."""
        w, draw, said = self.w, random.Random(SEED), {}
        self.would_be_paid(self.t["one"], "one")
        contract, name, data = w.claim(self.t["one"], self.provider, self.honest)
        places = [(first, end or len(data)) for n, first, end in ALTERED for _ in range(n)]
        print("   seed %d, %d bytes of %d" % (SEED, len(places), 32 * len(data)), flush=True)
        for first, end in places:
            while True:
                at, byte, mask = draw.randrange(first, end), draw.randrange(32), draw.randrange(1, 256)
                felt = data[at] ^ mask << 8 * byte
                if felt < P:
                    break
            copy = [*data[:at], felt, *data[at + 1:]]
            reason = self.refused("felt %d, byte %d, mask %#x" % (at, byte, mask), None, PROVIDER,
                                  (contract, name, copy))
            said[reason] = said.get(reason, 0) + 1
        for reason, n in sorted(said.items(), key=lambda x: -x[1]):
            print("   %3d refused: %s" % (n, reason), flush=True)

    def weak_proof(self):
        w, one, p = self.w, self.t["one"], self.provider
        self.would_be_paid(one, "one")
        self.refused("10 queries instead of 20, %d felts" % len(w.felts("queries")), "form", PROVIDER,
                     w.claim(one, p, w.felts("queries")))
        # Ten true openings, and the same ten again in the place of the others; the header states the right length.
        padded = w.felts("queries")
        padded = [self.honest[0], *padded[1:], *padded[len(padded) - (len(self.honest) - len(padded)):]]
        self.refused("10 queries twice, %d felts" % len(padded), "tree path", PROVIDER, w.claim(one, p, padded))
        self.refused("20 queries, nonces without work", "lookup grind", PROVIDER, w.claim(one, p, w.felts("idle")))
        self.refused("no proof", "form", PROVIDER, w.claim(one, p, []))
        self.refused("half a proof", "form", PROVIDER, w.claim(one, p, self.honest[:len(self.honest) // 2]))
        self.refused("a proof and a felt", "form", PROVIDER, w.claim(one, p, [*self.honest, 0]))
        self.forgeries()

    def forgeries(self):
        """46 felts that another verifier of this chain takes for a proof of 140 bits: parameters, commitments and
        evaluations of the caller's choice, the expected hash at felt 4, one nonce."""
        w, thiefs = self.w, self.t["thiefs"]
        io = w.view("statement_of", *u256(thiefs), self.thief, w.result)[5]
        nonce = 0
        while w.raw.poseidon(io, nonce) >> 240:  # 12 bits
            nonce += 1
        forged = [12, 16, 20, 8, io, *range(1, 41), nonce]
        self.must(len(forged) == 46, "46 felts")
        alias = "submit_and_verify_with_io_binding"

        def bound(felts, expected):
            return (w.contract, alias, [len(felts), *felts, expected, *u256(thiefs)])

        self.refused("46 felts", "form", THIEF, w.claim(thiefs, self.thief, forged))
        self.refused("46 felts, bound to the io that they state", "form", THIEF, bound([w.result, *forged], io))
        self.refused("46 felts, bound to no io", "Zero io commitment", THIEF, bound([w.result, *forged], 0))
        self.refused("46 felts, bound to another io", "Io commitment mismatch", THIEF,
                     bound([w.result, *forged], io + 1))
        self.refused("46 felts that begin as a proof does", "form", THIEF,
                     w.claim(thiefs, self.thief, self.honest[:46]))
