"""Transactions on disk before they are sent: what happens when node, network or machine fail in between."""

import json
import os
import signal
import struct
import threading
import time

import harness
from chain_case import PASSWORD, PROOF, ChainCase, JournalCase, Terminal
from fake_node import ACCOUNT, ASSIGNED, CANCELLED, COMPLETED, CONTRACT, SEPOLIA, Node, Refused
from harness import SOURCE, SPROVE
from stark import poseidon, selector


def lengthened(more):
    """The proof with a public output of more words: no honest one, but of the form of one."""
    with open(PROOF, "rb") as f:
        proof = f.read()
    length, output_bytes, end = 12, 152, 1156  # of the length, of the output's length, and after the output
    out = bytearray(proof[:end] + bytes(4 * more) + proof[end:])
    struct.pack_into("<I", out, length, len(out))
    struct.pack_into("<I", out, output_bytes, 4 + 4 * more)
    return bytes(out)


class Journal(JournalCase):
    def test_a_claim_leaves_nothing_in_the_journal(self):
        r = self.claim()
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual([e["event"] for e in r.json()["events"]],
                         ["ProofVerified", "TaskCompleted", "FeeCollected", "PayoutReleased"])
        self.assertEqual((len(self.node.sent), self.entries()), (1, []))
        data = [int(x, 16) for x in json.loads(self.node.sent[0])["calldata"]]
        self.assertEqual(data[:3] + data[4:7], [1, CONTRACT, selector("submit_proof_and_claim"), 7, 0, ACCOUNT])
        self.assertEqual((data[8], len(data)), (4125, 9 + 4125))
        self.assertEqual(r.json()["calldata_felts"], len(data))

    def test_killed_between_signing_and_sending(self):
        written = self.killed_before_the_broadcast()
        self.node.gas += 1  # a new transaction would have other bounds
        # No key is needed: nothing is signed.
        r = self.chain("claim", PROOF, "--task", "7", "--unchecked", "--wait", "60", "--password-file",
                       self.path("none"), sends=True, password=False)
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(self.node.sent, [written])
        self.assertIn("of an earlier run comes first; it asks for the same", r.err)
        self.assertIn("PayoutReleased", r.out)
        self.assertEqual(self.entries(), [])

    def test_killed_twice_the_bytes_are_the_same(self):
        written = self.killed_before_the_broadcast()
        self.assertEqual(self.killed_before_the_broadcast(), written)
        self.assertEqual(self.claim().code, 0)
        self.assertEqual(self.node.sent, [written])

    def test_no_answer_to_a_transaction_that_was_taken(self):
        self.node.say = {"addInvokeTransaction": self.take_and_go_away}
        r = self.claim()
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual(len(self.node.sent), 1)

    def test_no_answer_and_no_block(self):
        self.node.say = {"addInvokeTransaction": self.take_and_go_away}
        self.node.in_block = False
        self.stuck()
        entry = self.entries()[0]
        self.stuck()  # still in no block
        self.assertEqual(self.entries(), [entry])
        self.node.in_block = True
        self.node.tasks[7]["status"] = COMPLETED
        r = self.claim()
        self.assertEqual(r.code, 0, r.err)  # and not "the task is paid already"
        self.assertEqual(len(self.node.sent), 1)  # the node knew it all the time
        self.assertEqual(self.entries(), [])

    def test_an_error_that_is_no_refusal(self):
        """Of a node that gave the transaction on and then failed, or that got it twice from something in between."""
        def take_and_fail(code):
            def add(params):
                self.node.addInvokeTransaction(params)
                raise Refused(code)
            return add

        for code in (63, -32603, 52, 999):
            self.node.sent.clear()
            self.node.say = {"addInvokeTransaction": take_and_fail(code)}
            self.node.in_block = False
            r = self.create("--amount", "5", "--wait", "1")
            self.assertEqual((r.code, r.out), (5, ""), r.err)
            self.assertIn("may be executed", r.err)
            self.node.in_block = True
            r = self.create("--amount", "5")
            self.assertEqual((r.code, len(self.node.sent)), (0, 1), r.err)
            self.assertEqual((r.json()["task"], self.entries()), ("8", []))
            r = self.create("--amount", "5")  # and where it is in a block at once
            self.assertEqual((r.code, r.err, len(self.node.sent)), (0, "", 2))

    def test_an_error_that_stays(self):
        """Never taken: the same bytes, until they are, and no others."""
        self.node.say = {"addInvokeTransaction": Refused(63, "An unexpected error occurred")}
        self.stuck()
        written = self.bytes_sent(self.entries()[0])
        r = self.claim(wait="1")
        self.assertEqual(r.code, 5, r.err)
        self.assertIn("the node: An unexpected error occurred; the same command", r.err)
        self.node.say = {}
        self.node.gas += 1
        self.assertEqual(self.claim().code, 0)
        self.assertEqual((self.node.sent, self.entries()), ([written], []))

    def test_a_node_that_takes_its_time(self):
        def slow(params):
            self.node.addInvokeTransaction(params)
            time.sleep(30)

        self.node.say = {"addInvokeTransaction": slow}
        r = self.claim("--timeout", "5")
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual(len(self.node.sent), 1)

    def test_a_node_that_forgets_gets_the_same_bytes_again(self):
        self.node.in_block = False
        self.stuck()
        self.node.pool, self.node.nonce = {}, self.node.nonce - 1  # as after a reorganisation
        self.node.in_block = True
        r = self.claim()
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(len(self.node.sent), 2)
        self.assertEqual(self.node.sent[0], self.node.sent[1])

    def test_rubbish_in_answer_to_a_transaction(self):
        for body in (b"<html>", lambda p: (self.node.addInvokeTransaction(p), {"transaction_hash": "0x5"})[1]):
            self.node.say = {"addInvokeTransaction": body}
            if not callable(body):
                self.stuck()
                self.node.say = {}
            self.assertEqual(self.claim().code, 0)
            self.assertEqual(self.entries(), [])

    def test_one_endpoint_takes_it_silently_and_another_refuses(self):
        other = Node()
        self.addCleanup(other.close)
        other.views, other.say = self.node.views, {"addInvokeTransaction": self.take_and_go_away}
        self.node.say = {"addInvokeTransaction": Refused(52), "getTransactionReceipt": Refused(29)}
        # The first one named is the other: it takes the transaction, and the second refuses.
        self.stuck("--rpc", other.url)
        self.assertEqual(len(self.node.sent), 1)
        # The other way round nobody else has it when it is refused.
        os.remove(self.entries()[0])
        other.say = {"addInvokeTransaction": Refused(55)}
        self.fails(self.claim("--rpc", other.url), 7, "key is not the account's")
        self.assertEqual((len(self.node.sent), self.entries()), (1, []))

    def test_the_nonce_went_to_another_transaction(self):
        self.killed_before_the_broadcast()
        self.node.nonce += 1
        self.stuck()  # not believed at once
        r = self.claim()
        self.assertEqual(r.code, 7)
        self.assertIn("can no more be executed", r.err)
        self.assertEqual((self.node.sent, self.entries()), ([], []))
        self.assertEqual(self.claim().code, 0)
        self.assertEqual(len(self.node.sent), 1)

    def test_a_node_that_counts_a_transaction_before_it_knows_it(self):
        """As several servers behind one name: the nonce is gone, and the transaction unknown, for a while."""
        self.node.in_block = False
        self.stuck()
        self.node.in_block, self.node.known = True, False
        timer = threading.Timer(4, setattr, (self.node, "known", True))
        timer.start()
        self.addCleanup(timer.cancel)
        r = self.claim()
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual(len(self.node.sent), 1)

    def test_killed_while_the_node_has_it(self):
        taken = threading.Event()

        def slow(params):
            self.node.addInvokeTransaction(params)
            taken.set()
            time.sleep(30)

        self.node.say = {"addInvokeTransaction": slow}
        p = self.start("claim", PROOF, "--task", "7", "--unchecked")
        self.assertTrue(taken.wait(120))
        p.kill()
        p.communicate()
        self.assertEqual(len(self.entries()), 1)
        r = self.claim()
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual((len(self.node.sent), self.entries()), (1, []))

    def test_what_is_under_way_comes_before_anything_else(self):
        written = self.killed_before_the_broadcast()
        r = self.chain("task", "cancel", "8", sends=True)
        self.assertEqual(r.code, 0, r.err)
        self.assertIn("comes first\n", r.err)
        self.assertEqual((self.node.sent[0], len(self.node.sent)), (written, 2))
        nonces = [int(json.loads(t)["nonce"], 16) for t in self.node.sent]
        self.assertEqual(nonces[1], nonces[0] + 1)

    def test_nothing_else_is_signed_while_one_may_be_executed(self):
        self.node.in_block = False
        self.stuck()
        r = self.chain("task", "cancel", "8", "--wait", "1", sends=True)
        self.assertEqual(r.code, 5, r.err)
        self.assertEqual(len(self.node.sent), 1)

    def test_a_reverted_claim_is_told_and_can_be_made_again(self):
        self.node.in_block = False
        self.stuck()
        self.node.in_block, self.node.reverts = True, "Provider not active"
        r = self.claim()
        self.assertEqual(r.code, 7)
        self.assertIn("reverted: Provider not active: ", r.err)
        self.assertEqual(self.entries(), [])
        self.node.reverts = None
        self.assertEqual(self.claim().code, 0)
        self.assertEqual(len(self.node.sent), 2)

    def test_a_task_is_not_made_twice(self):
        self.node.in_block = False
        self.assertEqual(self.create("--amount", "5", "--wait", "1").code, 5)
        self.node.in_block = True
        r = self.create("--amount", "5", "--duration", "2d")  # of another time it is the same task
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual((r.json()["task"], len(self.node.sent)), ("8", 1))
        self.assertEqual(self.create("--amount", "5").code, 0)  # a second one is one's wish now
        self.assertEqual(len(self.node.sent), 2)

    def test_interrupted_while_waiting(self):
        self.node.in_block = False
        p = self.start("claim", PROOF, "--task", "7", "--unchecked")
        self.until(lambda: self.node.sent)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=120)
        self.assertEqual((p.returncode, out), (130, b""))
        self.assertIn(b"may be executed", err)
        self.assertEqual(len(self.entries()), 1)

    def test_two_at_a_time(self):
        self.node.in_block = False
        p = self.start("claim", PROOF, "--task", "7", "--unchecked")
        self.until(lambda: self.node.sent)
        self.fails(self.claim(), 5, "another sprove is sending")
        p.kill()
        p.communicate()
        self.assertEqual(len(self.node.sent), 1)

    def test_without_a_journal_nothing_is_sent(self):
        self.path("journal", "a file")
        self.fails(self.claim(), 5, "cannot be opened; nothing was sent")
        os.remove(self.path("journal"))
        self.killed_before_the_broadcast()
        with open(self.entries()[0], "ab") as f:
            f.write(b"x")
        self.fails(self.claim(), 3, "not what was written")
        clean = self.environment()
        del clean["HOME"]
        r = harness.run(SPROVE, "task", "cancel", "7", "--rpc", self.node.url, "--deployment", self.deployment, *self.sender,
                        env=clean)
        self.fails(r, 2, "--journal is needed")
        self.assertEqual(self.node.sent, [])

    def test_the_journal_is_of_the_account_and_private(self):
        for place, env in ((".local/state/sprove/journal", {}), ("s/sprove/journal", {"XDG_STATE_HOME": self.path("s")})):
            self.node.stop_before = None
            r = self.run_clean("task", "cancel", "7", "--rpc", self.node.url, "--deployment", self.deployment, *self.sender,
                               **env)
            self.assertEqual(r.code, 0, r.err)
            folder = os.path.join(self.dir, place, "%#x-%#x" % (SEPOLIA, ACCOUNT))
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)

    def test_pending_and_forget(self):
        self.killed_before_the_broadcast()
        r = self.chain("chain", "pending", "--journal", self.journal)
        self.assertEqual(r.code, 0, r.err)
        one = r.json()["pending"][0]
        self.assertEqual((one["node_says"], one["nonce"]), ("unknown", "0x3"))
        self.assertEqual(os.path.basename(self.entries()[0]), one["transaction"] + ".tx")
        for word, part in (("0x5", "not in the journal"), ("x", "0x and hex digits")):
            self.fails(self.chain("chain", "forget", word, "--journal", self.journal), 2, part)
        r = self.chain("chain", "forget", one["transaction"], "--journal", self.journal)
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual((self.entries(), self.node.sent), ([], []))
        self.assertEqual(self.chain("chain", "pending", "--journal", self.journal).json()["pending"], [])

    def test_refused_when_sent_again(self):
        self.killed_before_the_broadcast()
        self.node.say = {"addInvokeTransaction": Refused(65, "Fee too low")}
        r = self.claim()
        self.assertEqual(r.code, 7)
        self.assertIn("sprove chain forget 0x", r.err)
        self.assertEqual(len(self.entries()), 1)


class Prompt(ChainCase):
    def test_the_password_is_asked_for_on_the_terminal(self):
        for typed, code, part in ((PASSWORD, 0, b"transaction"), ("wrong", 2, b"password is wrong")):
            t = Terminal(*self.words("task", "cancel", "7", sends=True, password=False), env=self.environment())
            self.assertTrue(t.until(b"password of the keystore: "), t.screen)
            self.assertFalse(t.echoes())
            t.type(typed + "\n")
            self.assertEqual(t.end(), code, t.screen)
            self.assertIn(part, t.screen)
            self.assertNotIn(typed.encode(), t.screen.replace(b"password is wrong", b""))
        self.assertEqual(len(self.node.sent), 1)


class Claims(ChainCase):
    """What is looked at before a proof is sent."""

    def claim(self, *words, proof=PROOF, **more):
        return self.chain("claim", proof, "--task", "7", *words, sends=True, **more)

    def inspected(self):
        return harness.sprove("inspect", PROOF, "--json").json()

    def test_the_provider_and_the_task(self):
        for info, part in [([0, 1, 1, 0], "not registered; `sprove chain register`"), ([2, 1, 1, 0], "suspended")]:
            self.node.node_info = info
            self.fails(self.claim("--unchecked"), 7, part)
        self.node.node_info = [1, 2, 3, 0]
        self.node.tasks[7]["tier"] = 3
        self.fails(self.claim("--unchecked"), 7, "asks for a higher tier than the provider's")
        for given, code, part in [({"status": COMPLETED}, 8, "paid already"), ({"status": CANCELLED}, 8, "cancelled or refunded"),
                                  ({"status": ASSIGNED, "provider": 5}, 7, "assigned to another provider"),
                                  ({"deadline": self.node.now - 1}, 7, "deadline is over")]:
            self.node.tasks[7] = self.node.task(**given)
            self.fails(self.claim("--unchecked"), code, part)
        # The tier of an assigned task counted when it was assigned; the deadline itself is not late.
        self.node.tasks[7] = self.node.task(deadline=self.node.now, status=ASSIGNED, provider=ACCOUNT, tier=3)
        self.assertEqual(self.node.adds(), [])
        self.assertEqual(self.claim("--unchecked").code, 0)

    def test_a_proof_of_something_else(self):
        self.fails(self.claim(), 2, "another program than the task's")
        p = self.inspected()
        program = int.from_bytes(bytes.fromhex(p["program_id"]), "little")
        h_in = int.from_bytes(bytes.fromhex(p["h_in"]), "little")
        self.node.tasks[7]["program_id"] = program
        self.fails(self.claim(), 2, "another input than the task's")
        self.node.tasks[7]["input"] = h_in
        self.fails(self.claim(), 2, "context is of another contract, task or provider")
        self.assertEqual(self.node.adds(), [])

    def test_files_that_are_no_chain_proof(self):
        vectors = os.path.join(SOURCE, "tests", "vectors")
        self.fails(self.claim(proof=os.path.join(vectors, "digest.proof")), 2, "profile bench", "--profile chain")
        self.fails(self.claim(proof=self.path("p", b"x" * 100)), 3, "not a proof")
        self.fails(self.claim(proof=self.path("none")), 5, "none")
        self.fails(self.run_clean("claim", PROOF), 2, "--task")
        self.assertEqual(self.node.asked, [])

    def test_a_task_that_stores_only_its_hash(self):
        p = self.inspected()
        self.node.tasks[7].update(hash_only=True, max_cycles=5000,
                                  program_id=int.from_bytes(bytes.fromhex(p["program_id"]), "little"),
                                  input=int.from_bytes(bytes.fromhex(p["h_in"]), "little"))
        t = self.node.tasks[7]
        self.fails(self.claim("--unchecked"), 2, "another program, input or --max-cycles")
        r = self.claim("--unchecked", "--max-cycles", "5000")
        self.assertEqual(r.code, 0, r.err)
        data = [int(x, 16) for x in json.loads(self.node.sent[0])["calldata"]]
        self.assertEqual(data[8:12], [4128, t["program_id"], t["input"], 5000])
        self.assertEqual(poseidon(*data[9:12]), self.node.view_get_task([7, 0])[11])

    def test_calldata_above_the_limit(self):
        def felts(more):
            r = self.claim("--unchecked", "--dry-run", proof=self.path("long", lengthened(more)))
            return r.json()["calldata_felts"] if r.code == 0 else r

        words = 7 * (5000 - felts(0))  # a felt holds 7
        while felts(words) in range(5001):
            words += 1
        self.assertEqual(felts(words - 1), 5000)
        self.fails(felts(words), 4, "exceeds what one transaction takes (5,000 felts)")
        r = self.claim("--unchecked", proof=self.path("long", lengthened(words)))
        self.fails(r, 4, "5,000 felts")
        self.assertEqual((self.node.adds(), self.entries()), ([], []))

    def test_a_dry_run(self):
        r = self.claim("--unchecked", "--dry-run")
        self.assertEqual((r.code, r.err), (0, ""))
        self.assertEqual((r.json()["sent"], r.json()["calldata_felts"]), (False, 9 + 4125))
        self.assertEqual((self.node.adds(), os.path.exists(self.journal)), ([], False))

    def test_a_verifier_of_another_version(self):
        self.node.views["get_verifier_params"] = self.params[:3] + [self.params[3] + 1] + self.params[4:]
        self.fails(self.claim(), 7, "verifier is of another version")

    def test_a_receipt_without_a_payment(self):
        self.node.events = lambda tx: []
        self.fails(self.claim("--unchecked"), 7, "reports no payment to the provider")

    def test_payment_to_another(self):
        events = self.node.events
        self.node.events = lambda tx: [dict(e, keys=e["keys"][:3] + ["0x5"]) if len(e["keys"]) == 4 else e
                                       for e in events(tx)]
        self.fails(self.claim("--unchecked"), 7, "reports no payment to the provider")


if __name__ == "__main__":
    harness.main()
