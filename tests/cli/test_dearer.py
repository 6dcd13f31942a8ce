"""A transaction of an earlier run that offers too low a fee by now: signed once more, the same act with the same nonce, and at most
one of the two is ever executed."""

import json

import harness
from chain_case import JournalCase
from fake_node import COMPLETED, Refused, panic
from stark import invoke_hash


class Dearer(JournalCase):
    def setUp(self):
        super().setUp()
        self.node.tasks[8] = self.node.task()

    def fails(self, r, code, *parts):
        """After the notes of what came first."""
        self.assertEqual((r.code, r.out), (code, ""), r.err)
        for part in parts:
            self.assertIn(part, r.err)

    def cheap(self):
        """A claim of task 7 on the disk that the network does not take any more."""
        written = self.killed_before_the_broadcast()
        self.node.price *= 10
        return written

    def other(self, *words, **more):
        return self.claim(*words, task="8", **more)

    def executed(self):
        """(nonce, task, price) of what the node has, and that no nonce is used twice."""
        out = []
        for tx in self.node.pool.values():
            price = int(tx["resource_bounds"]["l2_gas"]["max_price_per_unit"], 16)
            out.append((int(tx["nonce"], 16), int(tx["calldata"][4], 16), price))
        self.assertEqual(len({nonce for nonce, _, _ in out}), len(out))
        return sorted(out)

    def undo(self):
        """The blocks with all of it are no more."""
        self.node.pool, self.node.nonce, self.node.sent = {}, 3, []

    def take(self, written):
        tx = json.loads(written)
        self.node.pool[invoke_hash(tx, self.node.chain_id)] = tx
        self.node.nonce += 1

    def written(self):
        return [self.bytes_sent(e) for e in self.entries()]

    def all_alike(self, n):
        """n entries of one nonce that ask for the same, felt by felt."""
        kept = [json.loads(t) for t in self.written()]
        self.assertEqual(len(kept), n)
        self.assertEqual(len({(t["nonce"], *t["calldata"]) for t in kept}), 1)

    def test_another_claim_goes_through(self):
        old = self.cheap()
        r = self.other()
        self.assertEqual(r.code, 0, r.err)
        self.assertIn("is refused: The transaction's resources", r.err)
        first, second = self.executed()
        self.assertEqual((first[:2], second[:2]), ((3, 7), (4, 8)))
        self.assertGreaterEqual(first[2], self.node.price)
        self.assertEqual(json.loads(self.node.sent[1])["calldata"], json.loads(old)["calldata"])
        self.assertEqual(self.entries(), [])
        self.assertEqual(r.json()["events"][3]["task"], "8")

    def test_the_same_claim_is_made_once(self):
        old = self.cheap()
        r = self.claim()
        self.assertEqual((r.code, len(self.executed())), (0, 1), r.err)
        self.assertEqual([self.node.sent[0], self.entries()], [old, []])

    def test_both_stay_until_the_nonce_is_used(self):
        old = self.cheap()
        self.node.in_block = False
        for run in (self.other, self.claim, self.other):
            r = run(wait="1")
            self.assertEqual(r.code, 5, r.err)
            self.all_alike(2)
        # The node that has the new one loses it, and what it takes then is the old one.
        self.assertIn(old, self.written())
        self.undo()
        self.take(old)
        self.node.in_block = True
        r = self.other()
        self.assertEqual(r.code, 0, r.err)
        self.assertEqual([(n, t) for n, t, _ in self.executed()], [(3, 7), (4, 8)])
        self.assertEqual(self.entries(), [])

    def test_a_killed_program_goes_on_with_both(self):
        self.cheap()
        self.node.in_block = False
        self.assertEqual(self.claim(wait="1").code, 5)
        self.undo()  # signed, but never delivered
        self.node.in_block = True
        r = self.claim()
        self.assertEqual((r.code, len(self.executed()), self.entries()), (0, 1, []), r.err)

    def test_what_is_kept_is_kept_together(self):
        self.cheap()
        r = self.claim("--keep", "3600")
        self.assertEqual(r.code, 0, r.err)
        self.all_alike(2)
        for n in (3, 4):
            self.undo()
            self.node.price *= 2
            r = self.claim("--keep", "3600")
            self.assertEqual(r.code, 0, r.err)
            self.all_alike(n)
            self.assertEqual([x[:2] for x in self.executed()], [(3, 7)])
        r = self.other("--keep", "3600")
        self.assertEqual((r.code, len(self.entries())), (0, 5), r.err)
        self.assertEqual(self.other().code, 0)  # without --keep what is executed goes
        self.assertEqual((self.entries(), len(self.executed())), ([], 2))

    def test_never_above_the_cap(self):
        self.cheap()
        r = self.other("--max-fee", "0.5strk")
        self.fails(r, 4, "above --max-fee of")
        self.fails(self.other("--password-file", self.path("bad", "bad\n"), password=False), 2, "password is wrong")
        self.assertEqual((len(self.entries()), self.executed()), (1, []))

    def test_a_refusal_that_no_fee_changes(self):
        self.killed_before_the_broadcast()
        gas = self.node.gas
        for code in (53, 65):
            self.node.gas = gas
            self.node.say = {"addInvokeTransaction": Refused(code, "Fee too low")}
            r = self.other()
            self.fails(r, 7, "is refused: Fee too low", "sprove chain forget 0x")
            self.assertEqual(len(self.entries()), 1)
            self.node.gas += 1  # what would be signed anew is another one, and is refused, too
            r = self.other()
            self.fails(r, 7, "sending: the network wants a higher fee")
            self.assertEqual(len(self.entries()), 1)
        self.node.say = {"addInvokeTransaction": Refused(54)}
        self.fails(self.other(), 7, "is refused", "sprove chain forget 0x")
        self.assertEqual((len(self.entries()), self.executed()), (1, []))

    def test_it_is_executed_while_it_is_signed_anew(self):
        for method in ("estimateFee", "getNonce"):
            with self.subTest(method):
                self.undo()
                self.node.price = 10**9
                old = self.cheap()
                counted = []

                def meanwhile(params, method=method, old=old, counted=counted):
                    counted.append(method)
                    # The first question for the nonce comes before the bytes are sent again, the second before the signature.
                    if len(counted) == (2 if method == "getNonce" else 1):
                        self.take(old)
                    return getattr(self.node, method)(params)

                self.node.say = {method: meanwhile}
                r = self.claim()
                self.assertEqual((r.code, len(self.executed())), (0, 1), r.err)
                self.assertEqual(([json.dumps(tx) for tx in self.node.pool.values()], self.entries()), ([old], []))
                self.node.say = {}

    def refuse(self, task, said):
        """The contract would refuse what is for a task."""
        def estimate(params):
            if int(params["request"][0]["calldata"][4], 16) == task:
                raise Refused(41, "Transaction execution error", panic(said).error["data"])
            return self.node.estimateFee(params)

        self.node.say = {"estimateFee": estimate}

    def test_a_claim_that_the_contract_would_refuse_is_given_up(self):
        self.cheap()
        self.refuse(7, "Task already completed")
        r = self.other()
        self.assertEqual(r.code, 0, r.err)
        self.assertIn("is given up: the contract would refuse it: Task already completed", r.err)
        self.assertEqual([x[:2] for x in self.executed()], [(3, 8)])
        self.assertEqual(self.entries(), [])
        # The command of that task itself says that it is over.
        self.undo()
        self.node.say = {}
        self.cheap()
        self.refuse(7, "Task already completed")
        self.node.tasks[7]["status"] = COMPLETED
        self.fails(self.claim(), 8, "paid already")
        self.assertEqual((self.entries(), self.executed()), ([], []))

    def test_what_others_wait_for_is_not_given_up(self):
        """Without the lower nonce the higher one would never be executed."""
        for run in (self.claim, self.other):
            self.assertEqual(run("--keep", "3600").code, 0)
        self.undo()
        self.node.price *= 10
        self.refuse(7, "Task already completed")
        r = self.other("--keep", "3600")
        self.fails(r, 7, "before sending: refused: Task already completed")
        self.assertEqual((len(self.entries()), self.executed()), (2, []))

    def test_a_task_is_not_given_up_and_not_made_twice(self):
        def create(wait="1"):
            return self.create("--amount", "5", "--wait", wait)

        self.node.stop_before = None
        self.node.say = {"addInvokeTransaction": lambda params: None}  # it never arrives
        self.assertEqual(create().code, 5)
        self.node.price *= 10
        self.node.say = {"estimateFee": Refused(41, "Transaction execution error", panic("Task locked").error["data"])}
        self.fails(self.other(), 7, "before sending: refused: Task locked")
        self.assertEqual(len(self.entries()), 1)
        self.node.say = {}
        r = create("60")
        self.assertEqual((r.code, r.json()["task"], len(self.executed()), self.entries()), (0, "8", 1, []), r.err)

    def test_there_is_an_end_to_it(self):
        self.node.price //= 1000
        self.killed_before_the_broadcast()
        for n in range(2, 17):
            self.node.price = self.node.price * 8 // 5
            self.assertEqual(self.claim("--keep", "3600").code, 0)
            self.all_alike(n)
            self.undo()
        self.node.price *= 2
        self.fails(self.claim("--keep", "3600"), 7, "16 have its nonce")
        self.all_alike(16)
        self.node.price //= 2  # and where it falls
        self.assertEqual(self.claim().code, 0)
        self.assertEqual((self.entries(), len(self.executed())), ([], 1))

    def test_pending_and_forget_know_each(self):
        self.cheap()
        self.node.in_block = False
        self.assertEqual(self.claim(wait="1").code, 5)
        words = ("--journal", self.journal)
        listed = self.chain("chain", "pending", *words).json()["pending"]
        self.assertEqual([t["nonce"] for t in listed], ["0x3", "0x3"])
        self.assertEqual({t["node_says"] for t in listed}, {"unknown", "received"})
        for left, t in ((1, listed[0]), (0, listed[1])):
            self.assertEqual(self.chain("chain", "forget", t["transaction"], *words).code, 0)
            self.assertEqual(len(self.entries()), left)


if __name__ == "__main__":
    harness.main()
