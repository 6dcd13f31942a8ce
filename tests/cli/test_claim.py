"""A claim whose proof is made for the task, checked, and sent: words and digest mode, bytes and felts."""

import hashlib
import json
import os

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


class Run(ChainCase):
    """sprove run --task: what is asked before the work."""

    def setUp(self):
        super().setUp()
        self.payload = self.path("in.json", {"algorithm": "fibonacci", "n": 10})
        r = sprove("program-id", "fibonacci", "--profile", "chain", "--json")
        self.program = number(r.json()["program_id"])
        raw = sprove("exec", "fibonacci", "--input", self.payload, "--raw-input", self.path("raw")).code
        self.assertEqual(raw, 0)
        with open(self.path("raw"), "rb") as f:
            data = f.read()
        h = hashlib.blake2s(len(data).to_bytes(4, "little") + data).digest()
        self.node.tasks[7].update(program_id=self.program, input=int.from_bytes(h[:31], "little"))

    def run_for(self, *words, **more):
        return self.chain("run", "fibonacci", "--input", self.payload, "--proof", self.path("proof"), "--task", "7", *words,
                          **more)

    def test_what_would_not_be_paid_is_not_proved(self):
        good = dict(self.node.tasks[7])
        for given, code, part in [({"program_id": 5}, 2, "for another program"), ({"input": 5}, 2, "for another input"),
                                  ({"hash_only": True, "max_cycles": 9}, 2, "another program, --io, input or"),
                                  ({"status": 2}, 7, "paid already"), ({"deadline": 5}, 7, "deadline is over"),
                                  ({"max_cycles": 5}, 1, "")]:
            self.node.tasks[7] = dict(good, **given)
            self.fails(self.run_for(), code, part)
        self.node.tasks[7] = good
        self.node.node_info = [0, 1, 1, 0]
        self.fails(self.run_for(), 7, "not registered")
        self.node.node_info = [1, 1, 1, 0]
        self.fails(self.run_for("--context", "00" * 28), 2, "leave --context away")
        self.fails(self.run_for("--profile", "fast"), 2, "--profile chain")
        self.fails(self.run_for("--io", "digest"), 2, "another program, or another --io")
        r = self.run_clean("run", "fibonacci", "--input", self.payload, "--proof", self.path("proof"), "--task", "7",
                           "--rpc", self.node.url, "--contract", hex(CONTRACT), "--account", "0x5")
        self.fails(r, 2, "--network is needed")
        r = self.run_clean("run", "fibonacci", "--input", self.payload, "--proof", self.path("proof"), "--task", "7",
                           "--rpc", self.node.url, "--deployment", self.deployment)
        self.fails(r, 2, "--provider or --account")
        self.assertFalse(os.path.exists(self.path("proof")))

    def test_the_proof_has_the_context_of_the_task(self):
        r = self.run_for(timeout=900)
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual((r.json()["profile"], number(r.json()["context"])),
                         ("chain", context(SEPOLIA, CONTRACT, 7, ACCOUNT)))
        self.assertEqual(self.chain("claim", self.path("proof"), "--task", "7", sends=True).code, 0)


if __name__ == "__main__":
    harness.main()
