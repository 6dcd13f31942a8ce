"""Attacks on the rules of the contract: time, roles, tokens, the form of calldata, what the owner may do."""

from attack import Attack
from world import AMOUNT, DAY, DEMANDER, OWNER, PROVIDER, RELAYER, THIEF, TREASURY, u256

P = 2**251 + 17 * 2**192 + 1


class Rules(Attack):
    def late(self):
        w, late = self.w, self.t["late"]
        claim = w.claim(late, self.provider, w.felts("late"))
        self.would_be_paid(late, "late")
        self.refused("refund before the deadline", "Deadline not passed", THIEF,
                     (w.contract, "claim_expired", u256(late)))
        deadline = w.view("get_task_ext", *u256(late))[5]
        w.pass_time(deadline + 1)
        self.refused("claim after the deadline", "Deadline passed", PROVIDER, claim)
        self.moves({("demander", "STRK"): AMOUNT, ("contract", "STRK"): -AMOUNT}, THIEF,
                   (w.contract, "claim_expired", u256(late)))
        self.refused("claim after the refund", "Invalid task status", PROVIDER, claim)
        self.refused("a second refund", "Invalid task status", THIEF, (w.contract, "claim_expired", u256(late)))
        self.refused("cancelling after the refund", "Task cannot be cancelled", DEMANDER,
                     (w.contract, "cancel_task", u256(late)))

    def assigned(self):
        w, task = self.w, u256(self.t["assigned"])
        deadline = w.now() + DAY
        self.refused("cancelling an assigned task", "Task cannot be cancelled", DEMANDER,
                     (w.contract, "cancel_task", task))
        self.refused("assigning it to another", "Invalid task status", DEMANDER,
                     (w.contract, "assign_task", [*task, self.thief, deadline]))
        self.refused("taking it from its provider early", "Deadline not passed", DEMANDER,
                     (w.contract, "unassign_expired", task))
        self.refused("a claim by another provider", "Provider not assigned", THIEF,
                     w.claim(self.t["assigned"], self.thief, self.honest))
        self.refused("cancelling another's task", "Only creator can cancel", THIEF,
                     (w.contract, "cancel_task", u256(self.t["one"])))
        self.refused("assigning another's task", "Unauthorized relayer", THIEF,
                     (w.contract, "assign_task", [*u256(self.t["one"]), self.thief, deadline]))

    def suspended(self):
        w, one = self.w, self.t["one"]
        self.would_be_paid(one, "one")
        self.refused("suspending another node", "Caller is not the owner", THIEF,
                     (w.contract, "suspend_node", [self.provider]))
        self.done(OWNER, (w.contract, "suspend_node", [self.provider]))
        self.refused("a claim by a suspended node", "Provider not active", PROVIDER,
                     w.claim(one, self.provider, self.honest))
        self.refused("the same, sent by another", "Provider not active", THIEF,
                     w.claim(one, self.provider, self.honest))
        self.refused("registering again", "Node suspended", PROVIDER, (w.contract, "register_node", []))
        self.refused("reinstating oneself", "Caller is not the owner", PROVIDER,
                     (w.contract, "reinstate_node", [self.provider]))
        self.refused("assigning it a task", "Provider not active", DEMANDER,
                     (w.contract, "assign_task", [*u256(one), self.provider, w.now() + DAY]))
        self.done(OWNER, (w.contract, "reinstate_node", [self.provider]))
        self.done(PROVIDER, (w.contract, "register_node", []))
        self.would_be_paid(one, "one")

    def tokens(self):
        """The demander's token turns against the contract."""
        w, token, to = self.w, self.w.token, self.w.contract
        honest, fee, pretends, takes_more, calls, quietly = range(6)  # Manner in cairo/src/lib.cairo

        def manner(m, name=None, *data):
            tell = [(token, "set_manner", [m])]
            if name:
                tell.append((token, "set_call", [to, w.raw.selector(name), len(data), *data]))
            return tell

        self.done(OWNER, *manner(fee))
        self.refused("a fee on the way in", "Token transfer failed", DEMANDER, *w.create(token))
        self.done(OWNER, *manner(pretends))
        self.refused("a transfer that never was", "Token transfer failed", DEMANDER, *w.create(token))
        self.done(OWNER, *manner(honest))
        claim = w.claim(self.t["token"], self.provider, w.felts("token"))
        self.would_be_paid(self.t["token"], "token")
        refund = (to, "cancel_task", u256(self.t["refund"]))
        self.done(OWNER, *manner(pretends))
        self.refused("a payment that never was", "Provider payment failed", PROVIDER, claim)
        self.refused("a refund that never was", "Refund transfer failed", DEMANDER, refund)
        self.done(OWNER, *manner(takes_more))
        self.refused("a payment that takes other tasks' money", "Provider payment failed", PROVIDER, claim)
        self.refused("a refund that takes other tasks' money", "Refund transfer failed", DEMANDER, refund)
        again = u256(self.t["token"])
        for name, data in (("cancel_task", u256(self.t["refund"])), ("claim_expired", again),
                           ("unassign_expired", again),
                           ("submit_proof_and_claim", [*again, self.provider, w.result, 0]),
                           ("create_task", [token, *u256(AMOUNT), 1]), ("assign_task",
                                                                        [*again, self.thief, w.now() + DAY])):
            self.done(OWNER, *manner(calls, name, *data))
            self.refused("re-entry while paying: " + name, "Task locked", PROVIDER, claim)
        self.refused("re-entry while refunding", "Task locked", DEMANDER, refund)
        self.refused("re-entry while taking the amount", "Task locked", DEMANDER, *w.create(token))
        # And where the token hides what the call back came to: paid and refunded once.
        share = AMOUNT * 12 // 100
        self.done(OWNER, *manner(quietly, "cancel_task", *u256(self.t["refund"])))
        self.moves({("contract", "token"): -AMOUNT, ("provider", "token"): AMOUNT - share,
                    ("treasury", "token"): share}, PROVIDER,
                   claim)
        self.locked_out(2)
        self.done(OWNER, *manner(quietly, *refund[1:2], *refund[2]))
        self.moves({("contract", "token"): -AMOUNT, ("demander", "token"): AMOUNT}, DEMANDER, refund)
        self.locked_out(1)
        self.done(OWNER, *manner(honest), (to, "set_token_allowed", [token, 0]))
        self.refused("a token that is not allowed", "Token not allowed", DEMANDER, *w.create(token))
        self.done(OWNER, (to, "set_token_allowed", [token, 1]))

    def locked_out(self, times):
        calls, result = self.w.raw.call(self.w.token, "call_result")
        self.must(calls == times and result == int.from_bytes(b"Task locked", "big"), "%d calls, %#x" % (calls, result))
        print("   %d calls back: Task locked" % calls, flush=True)

    def calldata(self):
        w, one, to = self.w, self.t["one"], self.w.contract
        approve, create = w.create()
        terms = create[2]
        broken = ("Input too long for arguments", *("Failed to deserialize param #%d" % i for i in range(1, 9)))
        self.refused("an amount of one felt", broken, DEMANDER, approve,
                     (to, create[1], [terms[0], AMOUNT, *terms[3:]]))
        self.refused("the same, and what follows would do for a high half", broken, DEMANDER, approve,
                     (to, create[1], [terms[0], AMOUNT, 0, *terms[4:]]))
        self.refused("an amount of one felt above 2^128", broken, DEMANDER, approve,
                     (to, create[1], [terms[0], 2**128 + 5, *terms[3:]]))
        self.refused("an amount whose low half is 2^128", broken, DEMANDER, approve,
                     (to, create[1], [terms[0], 2**128, 0, *terms[3:]]))
        self.refused("an amount of 2^256 - 1", "ERC20: insufficient allowance", DEMANDER,
                     (to, create[1], [terms[0], 2**128 - 1, 2**128 - 1, *terms[3:]]))
        self.refused("a deadline of 2^64", broken, DEMANDER, approve, (to, create[1], [*terms[:6], 2**64, terms[7]]))
        for name in ("cancel_task", "claim_expired", "unassign_expired"):
            self.refused(name + " with a task id of one felt", broken, DEMANDER, (to, name, [one]))
        claim = w.claim(one, self.provider, self.honest)[2]
        self.refused("a claim with a task id of one felt", broken, PROVIDER,
                     (to, "submit_proof_and_claim", [one, *claim[2:]]))
        n = len(self.honest)
        for what, length in (("one more", n + 1), ("one less", n - 1), ("2^32", 2**32), ("-1", P - 1)):
            self.refused("a proof whose length is given as " + what, broken, PROVIDER,
                         (to, "submit_proof_and_claim", [*claim[:4], length, *self.honest]))
        self.refused("a claim with something after it", broken, PROVIDER, (to, "submit_proof_and_claim", [*claim, 0]))
        self.refused("a task id with a high half", "Invalid task status", PROVIDER,
                     (to, "submit_proof_and_claim", [one, 1, *claim[2:]]))
        self.refused("the zero task", "Invalid task status", PROVIDER,
                     (to, "submit_proof_and_claim", [0, 0, *claim[2:]]))
        self.refused("a task that is not there", "Invalid task status", PROVIDER,
                     (to, "submit_proof_and_claim", [99, 0, *claim[2:]]))
        effort = [1, 0, 10000, 0, 1, 1]
        for name, data in (("pull_and_execute", [self.provider, w.strk, 1, 0, 1]),
                           ("settle_with_effort", [1, 0, self.provider, 1, *effort]),
                           ("settle_with_effort_and_affiliate", [1, 0, self.provider, self.thief, 1, *effort])):
            self.refused(name, "Mode not supported", OWNER, (to, name, data))

    def upgrade(self):
        w, to = self.w, self.w.contract
        pairs = (("upgrade", "schedule_upgrade", "get_scheduled_upgrade", "cancel_upgrade", w.escrow_class),
                 ("set_verifier", "schedule_verifier", "get_scheduled_verifier", "cancel_verifier", w.verifier_class))
        for apply, schedule, scheduled, cancel, value in pairs:
            self.refused(apply + " of what was not announced", "Change not scheduled", OWNER, (to, apply, [value]))
            self.refused(schedule + " by another", "Caller is not the owner", THIEF, (to, schedule, [value]))
            self.done(OWNER, (to, schedule, [value]))
            ready = w.view(scheduled)[1]
            self.must(ready >= w.now() + 7 * DAY - 60, "the delay is %d s" % (ready - w.now()))
            self.refused(apply + " at once", "Timelock not expired", OWNER, (to, apply, [value]))
            self.refused(apply + " of something else", "Change not scheduled", OWNER,
                         (to, apply, [w.verifier_class + 1]))
            self.refused(apply + " by another", "Caller is not the owner", THIEF, (to, apply, [value]))
            w.pass_time(ready - 60)
            self.refused(apply + " a minute early", "Timelock not expired", OWNER, (to, apply, [value]))
            self.done(OWNER, (to, cancel, []))
            w.pass_time(ready + 60)
            self.refused(apply + " of what was withdrawn", "Change not scheduled", OWNER, (to, apply, [value]))
            self.done(OWNER, (to, schedule, [value]))
            w.pass_time(w.view(scheduled)[1])
            self.done(OWNER, (to, apply, [value]))  # in time; to what was there before
        for name, data in (("pause", []), ("transfer_ownership", [self.thief]), ("set_treasury", [self.thief]),
                           ("set_relayer", [self.thief]), ("set_token_allowed", [w.token, 1]), ("grant_tier",
                                                                                                [self.thief, 3])):
            self.refused(name + " by another", "Caller is not the owner", THIEF, (to, name, data))
        self.refused("accepting an ownership that was not offered", "Caller is not the pending owner", THIEF,
                     (to, "accept_ownership", []))

    def trapped(self):
        """An owner who, with a relayer and a pause, would keep a creator here until a new class comes."""
        w, to, task = self.w, self.w.contract, u256(self.t["leaving"])
        for what, whom in (("the owner", w.at[OWNER]), ("the treasury", int(TREASURY, 16)), ("nobody", 0)):
            self.refused("a relayer that is " + what, "Invalid relayer address", OWNER, (to, "set_relayer", [whom]))
        self.done(OWNER, (to, "set_relayer", [w.at[RELAYER]]), (to, "schedule_upgrade", [w.escrow_class]))
        ready = w.view("get_scheduled_upgrade")[1]

        def assign(whom, seconds):
            return (to, "assign_task", [*task, whom, w.now() + seconds])

        w.pass_time(ready - 7 * DAY - 3600)
        self.refused("the relayer assigning to itself", "Invalid provider address", RELAYER,
                     assign(w.at[RELAYER], 3600))
        self.refused("the relayer assigning for more than a day", "Invalid deadline", RELAYER,
                     assign(self.provider, DAY + 600))
        self.done(RELAYER, assign(self.provider, DAY - 600))
        self.refused("the relayer taking the task back", "Only creator can cancel", RELAYER, (to, "cancel_task", task))
        self.refused("the creator, on the first day after", "Task cannot be cancelled", DEMANDER,
                     (to, "cancel_task", task))
        self.done(OWNER, (to, "pause", []), (to, "suspend_node", [self.provider]))
        w.pass_time(ready - 7 * DAY + 60)
        self.refused("the new class, seven days early", "Timelock not expired", OWNER,
                     (to, "upgrade", [w.escrow_class]))
        self.moves({("contract", "STRK"): -AMOUNT, ("demander", "STRK"): AMOUNT}, DEMANDER, (to, "cancel_task", task))
        print("   assigned, paused, and the creator has left before the change", flush=True)
        self.done(OWNER, (to, "cancel_upgrade", []), (to, "unpause", []), (to, "reinstate_node", [self.provider]))
        self.done(PROVIDER, (to, "register_node", []))

    def pause(self):
        """What a pause stops, and what it must not."""
        w, to, one = self.w, self.w.contract, self.t["one"]
        self.done(OWNER, (to, "pause", []))
        self.refused("a new task", "Pausable: paused", DEMANDER, *w.create())
        self.refused("a new task by the older call", "Pausable: paused", DEMANDER, w.create()[0],
                     (to, "create_task", [w.strk, *u256(AMOUNT), 1]))
        self.refused("an assignment", "Pausable: paused", DEMANDER,
                     (to, "assign_task", [*u256(one), self.provider, w.now() + DAY]))
        self.refused("a new node", "Pausable: paused", DEMANDER, (to, "register_node", []))
        back = {("contract", "STRK"): -AMOUNT, ("demander", "STRK"): AMOUNT}
        self.moves(back, DEMANDER, (to, "cancel_task", u256(self.t["paused"])))
        deadline = w.view("get_task_ext", *u256(self.t["expired"]))[5]
        w.pass_time(max(deadline + 1, w.now()))
        self.moves(back, THIEF, (to, "claim_expired", u256(self.t["expired"])))
        print("   paused, and refunded", flush=True)
        # Sent by the thief: the provider is paid, who pays no fee here.
        share = AMOUNT * 12 // 100
        self.moves({("contract", "STRK"): -AMOUNT, ("provider", "STRK"): AMOUNT - share, ("treasury", "STRK"): share},
                   THIEF,
                   w.claim(one, self.provider, self.honest))
        print("   paused, and the proof that was copied and altered before is paid, to its provider", flush=True)
        self.refused("the same claim again", "Invalid task status", PROVIDER, w.claim(one, self.provider, self.honest))
        self.refused("cancelling what is paid", "Task cannot be cancelled", DEMANDER, (to, "cancel_task", u256(one)))
        self.refused("a refund of what is paid", "Invalid task status", THIEF, (to, "claim_expired", u256(one)))
        self.done(OWNER, (to, "unpause", []))
        self.done(DEMANDER, *w.create())
