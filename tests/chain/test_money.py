"""The relayer's money over a starknet-devnet: assignments that it sends with its own account, payments that it sees, what
it makes of nodes of the chain that fail, lie and go back, and of being killed at every step. Each scenario has a relayer
of its own; the contract is one. Skipped where a tool is missing.
usage: test_money.py SPROVE CHAIN_RAW RELAYER NODE FAULTS DIRECTORY [SCENARIO...]"""

import os
import sys
import time

from devnet_demo import say
from money_assigned import assigns, capped, killed, lost_answers, not_alone, refusals, unpayable
from money_chain import liars, other_terms, outage, views
from money_dearer import price_rises
from money_undone import claim_undone, goes_back
from money_world import over_devnet

SCENARIOS = [assigns, unpayable, capped, lost_answers, refusals, not_alone, outage, liars, killed, goes_back, other_terms, views, claim_undone,
             price_rises]


def main():
    chosen = sys.argv[7:]

    def act(w):
        for scenario in SCENARIOS:
            if chosen and scenario.__name__ not in chosen:
                continue
            begun = time.monotonic()
            if scenario is killed and os.environ.get("SPROVE_CRASH_POINTS", "1") == "0":
                print("  skipped: killed: this build has no crash points (SP_CRASH_POINTS)")
                continue
            say(scenario.__doc__)
            scenario(w)
            w.proxy.rule = None
            print("   %s: %.0f s" % (scenario.__name__, time.monotonic() - begun), flush=True)
    return over_devnet(*sys.argv[1:7], act)


if __name__ == "__main__":
    sys.exit(main())
