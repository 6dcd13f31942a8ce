"""test_second.py - the second verifier and the first one say the same of every proof: accepted, or rejected
by the check of the same name. They share docs/ and the recorded constraints, and no code: what is wrong
in a constraint's text is wrong in both."""

import functools
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import harness
from harness import SANITIZED, SOURCE, Case, run, sprove, sverify

import air
import proof
import verify
from hashing import to_bytes, to_words
from proof import PROFILES, Rejected

AIR_RECORD = os.environ.get("SPROVE_AIR_RECORD", "build/air/air_record")
VECTORS = os.path.join(SOURCE, "tests", "vectors")
LOGS_AT = 55 * 4  # of the log sizes in the head


@functools.lru_cache(None)
def constraints():
    graph = run(AIR_RECORD, "--graph")
    assert graph.code == 0, graph.err
    return air.read_graph(graph.out)


def source(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as f:
        return f.read()


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def table(text, first):
    """Rows of the table whose heading starts with this cell."""
    lines = text[text.index("| " + first + " |"):].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def verdict(data, expect):
    try:
        verify.verify(data, expect, constraints())
    except Rejected as r:
        return r.check
    return "accepted"


def vector_files():
    """(vector, bytes of its proof), docs/proof-format.md, section 5."""
    for v in json.loads(source("tests", "vectors", "index.json"))["vectors"]:
        data = bytearray(contents(os.path.join(VECTORS, v.get("file") or v["base"])))
        if "base" in v:
            data = data[:v["length"]].ljust(v["length"], b"\0")
            for patch in v["patch"]:
                b = bytes.fromhex(patch["bytes"])
                data[patch["at"]:patch["at"] + len(b)] = b
        yield v, bytes(data)


def expectation(v):
    h = {k: bytes.fromhex(v[k]) for k in ("program_id", "context", "input", "output")}
    return verify.Expect(v["profile"], exit_code=v["exit_code"], allow_unsound=v["allow_unsound"], **h)


class Documents(Case):
    def test_the_graph_hashes_to_the_air_id(self):
        words = re.findall(r"0x([0-9a-f]{8})", source("air", "air_id.h"))
        self.assertEqual(to_words(constraints().id), [int(w, 16) for w in words])

    def test_operations_are_numbered_as_documented(self):
        rows = table(source("docs", "air.md"), "word")
        self.assertEqual([(r[0], r[1]) for r in rows],
                         [(str(i), "`%s`" % op) for i, op in enumerate(air.OPERATIONS)])

    def test_columns_and_constraints_are_those_of_the_documented_table(self):
        for row, c in zip(table(source("docs", "air.md"), "component"), constraints().components, strict=True):
            columns = [int(n) for n in re.findall(r"\d+", row[2])]
            main, _, prod, sums, pre = (columns + [0])[:5]
            self.assertEqual((row[0], main, prod, sums, pre, int(row[3])),
                             (c.name, c.main, 4 * c.prod, 4 * c.sum, c.pre, len(c.constraints)))

    def test_profiles_are_those_of_the_documented_table(self):
        rows = table(source("docs", "protocol.md"), "profile")
        ours = [[p.name, number, p.blowup, p.queries, "/".join(map(str, p.grind.values())), p.cap_log, p.last]
                for number, p in PROFILES.items()]
        self.assertEqual(rows, [list(map(str, p)) for p in ours])

    def test_checks_have_the_names_and_the_order_of_the_first_verifier(self):
        names = re.findall(r'X\([A-Z_]+, "([a-z ]+)"\)', source("verifier", "verify.h"))
        self.assertEqual(tuple(names), verify.CHECKS)


class Vectors(Case):
    def test_verdicts_are_those_of_the_index(self):
        seen = set()
        for v, data in vector_files():
            with self.subTest(v["name"]):
                found = verdict(data, expectation(v))
                self.assertEqual(found, v.get("check", v["verdict"]))
                seen.add(found)
        # Vectors of bench have no such nonces; Mutations and Large below change those of other profiles.
        others = {"lookup grind", "oods grind", "deep grind", "commit grind"}
        self.assertLessEqual(set(verify.CHECKS) - others, seen)

    def test_an_io_commitment_can_be_required(self):
        for v, data in vector_files():
            if v["verdict"] != "accepted":
                continue
            e = expectation(v)
            e.input = e.output = None
            e.io_commitment = data[100:131]
            self.assertEqual(verdict(data, e), "accepted")
            e.io_commitment = bytes(31)
            self.assertEqual(verdict(data, e), "expected io")

    def test_felts_are_those_of_the_file(self):
        for v, data in vector_files():
            if v["name"] == "words":
                ours = proof.felts(proof.read(data, constraints()))
                self.assertEqual(ours, [int(x, 16) for x in source("tests", "vectors", "words.felts").split()])


class Compared(Case):
    """Changed proofs are put to both verifiers."""

    def same(self, data, e, what):
        """The verdict that both give."""
        files = [self.path("input", e.input), self.path("output", e.output)]
        r = sverify("-", "--program-id", e.program_id.hex(), "--raw-input", files[0], "--raw-output", files[1],
                    "--context", e.context.hex(), "--profile", e.profile, "--json",
                    *(["--allow-unsound"] if e.allow_unsound else []), stdin=data)
        self.assertIn(r.code, (0, 1, 3), r.err)
        first = "accepted" if r.code == 0 else r.json()["rejection"]["check"]
        second = verdict(data, e)
        self.assertEqual(second, first, what)
        return first

    def flips(self, data, e, names=None, bits=(0, 30)):
        """Bits of the first and the last word of the first and the last field of each name."""
        place, at = {}, 0
        for name, _, _, words in proof.read(data, constraints()).fields:
            ends = at, at + 4 * len(words) - 4
            place.setdefault(name, [ends, ends])[1] = ends
            at += 4 * len(words)
        seen = set()
        for name in names or place:
            for word in sorted(set(place[name][0] + place[name][1])):
                for bit in bits:
                    changed = bytearray(data)
                    changed[word + bit // 8] ^= 1 << bit % 8
                    found = self.same(bytes(changed), e, "bit %d of byte %d, %s" % (bit, word, name))
                    self.assertNotEqual(found, "accepted", name)
                    seen.add(found)
        return seen


class Mutations(Compared):
    def accepted(self, *names):
        for v, data in vector_files():
            if v["verdict"] == "accepted" and v["name"] in (names or v["name"]):
                yield v["name"], data, expectation(v)

    def test_a_changed_bit_in_any_field(self):
        for _, data, e in self.accepted("words", "digest"):
            self.flips(data, e)

    def test_nonces_without_work(self):
        (_, data, e), = self.accepted("chain")
        seen = self.flips(data, e, ("lookup nonce", "deep nonce", "commit nonce", "query nonce"), range(6))
        self.assertLessEqual({"lookup grind", "deep grind", "commit grind", "query grind"}, seen)

    def test_lengths(self):
        for name, data, e in self.accepted():
            for n in (0, 1, 3, 4, 16, 243, 244, 248, len(data) - 4, len(data) - 1, len(data) + 1, len(data) + 4):
                changed = data[:n].ljust(n, b"\0")
                self.assertEqual(self.same(changed, e, (name, n)), "form")
                if n >= 16:
                    self.assertEqual(self.same(changed[:12] + to_bytes([n]) + changed[16:], e, (name, n)), "form")

    def test_numbers_of_the_head(self):
        """Word 33 is the exit code, then cycles, io mode, lengths of input and output."""
        for name, data, e in self.accepted("words", "digest"):
            for word in range(33, 39):
                for x in (0, 1, 2, 3, 2**26, 2**26 + 1, 2**27 - 2, 2**27 - 1, 2**31 - 1, 2**32 - 1):
                    changed = data[:4 * word] + to_bytes([x]) + data[4 * word + 4:]
                    self.same(changed, e, (name, word, x))

    def test_log_sizes_one_by_one(self):
        """Under every profile; where they are allowed, the rest of the proof does not fit them (form)."""
        (_, data, e), = self.accepted("words")
        for number, profile in PROFILES.items():
            seen = set()
            for slot in (0, 1, 17, 18, 19, 20, 21, 23):
                for n in (0, 1, 4, 5, 6, 7, 8, 9, 18, 20, 21, 24, 25, 255):
                    logs = bytearray([12, 0] * 9 + [12, 12, 12, proof.TABLES_LOG, 0, 0])
                    logs[slot] = n
                    changed = data[:8] + to_bytes([number]) + data[12:LOGS_AT] + logs + data[LOGS_AT + 24:]
                    seen.add(self.same(changed, e, (profile.name, "slot", slot, n)))
            self.assertLessEqual({"form", "sizes"}, seen)

    def test_log_sizes_together(self):
        seed = 1
        r, seen = random.Random(seed), set()
        for name, data, e in self.accepted("words", "chain"):
            for _ in range(100):
                low, high = r.randrange(18, 25), r.choice((20, 24))
                logs = [r.randint(min(low, high), high) for _ in range(22)]
                logs[1:18:2] = [r.choice((0, min(n, r.randint(low, 24)))) for n in logs[0:18:2]]
                logs[proof.TABLES] = proof.TABLES_LOG
                changed = data[:LOGS_AT] + bytes(logs) + data[LOGS_AT + 22:]
                seen.add(self.same(changed, e, (name, "seed", seed, logs)))
        self.assertEqual(seen, {"form", "sizes"})


class Large(Compared):
    """Proofs of a job that executes every chip."""

    def prove(self, profile, *more, context=bytes(28)):
        if SANITIZED:
            self.skipTest("proofs are made by the builds without sanitizers")
        job = self.path("job.json", {"algorithm": "mixed", "rounds": 100})
        out = [self.path(n) for n in ("out.json", "proof", "in.raw", "out.raw", "felts")]
        r = sprove("run", "mixed", "--input", job, "--output", out[0], "--proof", out[1], "--raw-input", out[2],
                   "--raw-output", out[3], "--felts", out[4], "--profile", profile, "--context", context.hex(),
                   "--progress", "none", *more)
        self.assertEqual(r.code, 0, r.err)
        data, input, output, felts = map(contents, out[1:])
        program = sprove("program-id", "mixed", "--profile", profile, *more).out.split()[-1]
        e = verify.Expect(profile, bytes.fromhex(program), context, input, output)
        self.assertEqual(self.same(data, e, profile), "accepted")
        p = proof.read(data, constraints())
        self.assertEqual(proof.felts(p), [int(x, 16) for x in felts.split()])
        self.assertTrue(all(p.logs[0:18:2]))
        return data, e, p

    def test_fast(self):
        data, e, p = self.prove("fast")
        self.assertTrue(p.logs[1], "a second instance of ALU")
        self.flips(data, e, ("samples", "fri path", "last layer", "query nonce"))

    def test_balanced_with_an_io_digest(self):
        data, e, _ = self.prove("balanced", "--io", "digest")
        self.flips(data, e, ("samples", "product claims"))

    def test_proven_with_a_context(self):
        data, e, _ = self.prove("proven", context=bytes(range(28)))
        seen = self.flips(data, e, ("lookup nonce", "oods nonce", "deep nonce"), range(6))
        self.assertLessEqual({"lookup grind", "oods grind", "deep grind"}, seen)


if __name__ == "__main__":
    harness.main()
