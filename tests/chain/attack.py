"""How an attack is made, and what is asked of it."""

import sys

import world
from world import PROVIDER, THIEF


class Attack:
    def __init__(self, w):
        self.w, self.t, self.honest = w, w.tasks, w.felts("one")
        self.provider, self.thief = w.at[PROVIDER], w.at[THIEF]

    def must(self, holds, text):
        if not holds:
            sys.exit("attacks: failed: " + text)

    def refused(self, what, said, who, *calls):
        """Reverted with what the contract says, or one of several sayings; nothing is different but the sender's
        balance, by the fee. What was said."""
        before = self.w.state()
        r = self.w.raw.send(self.w.accounts[who], *calls)
        self.must(r.get("reverted") is True and r["said"], "%s: %s" % (what, str(r)[:600]))
        if said is not None:
            self.must(r["said"] in ([said] if isinstance(said, str) else said),
                      "%s: said '%s', expected '%s': %s" % (what, r["said"], said, r["reason"][:600]))
        before[world.NAMES[who], "STRK"] -= int(r["fee"])
        after = self.w.state()
        self.must(before == after, "%s: changed %s" % (what, [key for key in before if before[key] != after[key]]))
        if said is not None:
            print("   %-58s %-26s %11d gas" % (what, r["said"], r["l2_gas"]), flush=True)
        return r["said"]

    def done(self, who, *calls):
        r = self.w.raw.send(self.w.accounts[who], *calls)
        self.must(r.get("reverted") is False, str(r)[:600])
        return r

    def moves(self, change, who, *calls):
        """Done, and the balances change by exactly this; and the sender's by the fee."""
        before = self.w.state()
        fee = int(self.done(who, *calls)["fee"])
        after = self.w.state()
        for key in before:
            if key[1] in ("STRK", "token"):
                by = change.get(key, 0) - (fee if key == (world.NAMES[who], "STRK") else 0)
                self.must(after[key] - before[key] == by,
                          "%s changed by %d, not %d" % (key, after[key] - before[key], by))

    def would_be_paid(self, task, name):
        """The same claim by the provider would go through now: what is refused is the attack."""
        r = self.w.raw.send(self.w.accounts[PROVIDER], self.w.claim(task, self.provider, self.w.felts(name)),
                            do="estimate")
        self.must("l2_gas" in r, "the honest claim is refused: %s" % str(r)[:600])
