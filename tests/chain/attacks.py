"""Attacks on the deployed contract, each of which must be refused for its reason and move nothing. Each is sent as a
transaction past `sprove`, whose own checks would stop most of them. usage:
    attacks.py setup FOLDER SPROVE CHAIN_RAW CHAIN_WEAK_PROVER     a devnet, deployments, tasks and proofs
    attacks.py GROUP FOLDER CHAIN_RAW                              one group of attacks
    attacks.py cleanup FOLDER
Groups come in any order, but `pause` last: it has the honest proof paid, which shows that it could have been before."""

import os
import sys

import devnet
import world
from attack_proofs import Proofs
from attack_rules import Rules

GROUPS = {name: kind for kind, names in (
    (Proofs, ("replay", "statement", "altered", "weak_proof")),
    (Rules, ("late", "assigned", "suspended", "tokens", "calldata", "upgrade", "trapped", "pause"))) for name in names}


def setup(folder, sprove, raw, weak):
    world.stop(folder)
    devnet.new_folder(folder)
    why = devnet.missing()
    try:
        import starknet_py  # noqa: F401
    except ImportError:
        why = why or "no Python package starknet_py (starknet-py 0.30)"
    if why:
        with open(os.path.join(folder, "skipped"), "w") as f:
            f.write(why)
        return devnet.skip(why)
    return world.Maker(folder, os.path.abspath(sprove), raw, weak).make(world.start(folder))


def main(what, folder, *programs):
    folder = os.path.abspath(folder)
    if what == "setup":
        return setup(folder, *programs)
    if what == "cleanup":
        world.stop(folder)
        return 0
    why = world.read(os.path.join(folder, "skipped"))
    if why:
        return devnet.skip(why)
    getattr(GROUPS[what](world.World(folder, *programs)), what)()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
