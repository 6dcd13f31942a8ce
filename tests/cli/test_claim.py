"""A claim whose proof is made for the task, checked, and sent: words and digest mode, bytes and felts."""

import json
import os
import unittest

import harness
from chain_case import ChainCase
from fake_node import ACCOUNT, CONTRACT, SEPOLIA
from harness import sprove
from stark import context


def number(text):
    return int.from_bytes(bytes.fromhex(text), "little")


class Claim(ChainCase):
    def proved(self, mode):
        """A proof for task 7 and this account; the task is that of the proof."""
        payload = self.path("in.json", {"algorithm": "fibonacci", "n": 10})
        digest = context(SEPOLIA, CONTRACT, 7, ACCOUNT).to_bytes(28, "little").hex()
        shown = self.chain("task", "show", "7", "--provider", hex(ACCOUNT)).json()
        self.assertEqual(shown["context"], digest)
        r = sprove("run", "fibonacci", "--input", payload, "--proof", self.path("proof"), "--felts", self.path("felts"),
                   "--profile", "chain", "--io", mode, "--context", digest, "--json", timeout=900)
        self.assertEqual(r.code, 0, r.err)
        p = r.json()
        self.node.tasks[7].update(program_id=number(p["program_id"]), input=number(p["h_in"]), max_cycles=p["cycles"])
        return p

    def claim(self, *words):
        return self.chain("claim", *words, sends=True)

    def sent_felts(self):
        return [int(x, 16) for x in json.loads(self.node.sent.pop())["calldata"]]

    def felts(self):
        with open(self.path("felts"), encoding="utf-8") as f:
            return [int(x, 16) for x in f.read().split()]

    def test_words(self):
        p = self.proved("words")
        task = self.node.tasks[7]
        good = dict(task)
        for given, code, part in [({"max_cycles": p["cycles"] - 1}, 2, "more cycles than the task allows"),
                                  ({"program_id": good["program_id"] ^ 1}, 2, "another program"),
                                  ({"input": good["input"] ^ 1}, 2, "another input")]:
            task.update(given)
            self.fails(self.claim(self.path("proof"), "--task", "7"), code, part)
            task.update(good)
        # Another task, and another provider, are other contexts.
        self.node.tasks[8] = dict(task)
        self.fails(self.claim(self.path("proof"), "--task", "8"), 2, "another contract, task or provider")
        self.fails(self.claim(self.path("proof"), "--task", "7", "--provider", "0x5"), 2, "another contract, task or")
        with open(self.path("proof"), "rb") as f:
            proof = bytearray(f.read())
        proof[-1] ^= 1
        self.fails(self.claim(self.path("bad", bytes(proof)), "--task", "7"), 3, "does not verify: fri path")
        self.assertEqual((self.node.adds(), self.entries()), ([], []))

        r = self.claim(self.path("proof"), "--task", "7")
        self.assertEqual((r.code, r.err), (0, ""))
        felts = self.felts()
        self.assertEqual(self.sent_felts()[4:], [7, 0, ACCOUNT, number(p["h_out"]), len(felts), *felts])
        r = self.claim(self.path("felts"), "--task", "7")  # as felts it is the same transaction
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(self.sent_felts()[9:], felts)

    def test_digest_and_only_a_hash(self):
        p = self.proved("digest")
        self.node.tasks[7]["hash_only"] = True
        self.fails(self.claim(self.path("proof"), "--task", "7"), 2, "--max-cycles")
        r = self.claim(self.path("proof"), "--task", "7", "--max-cycles", str(p["cycles"]))
        self.assertEqual((r.code, r.err), (0, ""))
        felts = self.felts()
        self.assertEqual(self.sent_felts()[7:], [number(p["h_out"]), 3 + len(felts), number(p["program_id"]),
                                                 number(p["h_in"]), p["cycles"], *felts])


if __name__ == "__main__":
    harness.main()
