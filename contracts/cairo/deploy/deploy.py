"""Declares the verifier class and the class of the marketplace contract, deploys the contract, checks it, and writes
what came of it as JSON. What is there already is checked and used: a run that was cut short is run again. Needs
starknet-py, and scarb or starknet-compile. docs/chain.md 8 is the guide, `deploy.py --help` says what it takes."""

import argparse
import asyncio
import json
import os
import sys
import time

SKIPPED = 77  # a tool is missing
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "build", "contracts")
CLASSES = {"verifier": "sprove::chain_verifier::ChainVerifier", "escrow": "sprove::escrow::contract::Escrow"}
STRK = 0x4718F5A0FC34CC1AF16A1CDEE98FFB20C31F5CD61D6AB07201858F4287C938D
# The universal deployer, the same on all networks (docs.starknet.io, universal deployer).
DEPLOYER = 0x2CEED65A4BD731034C01113685C831B01C15D7D432F71AFB1CF1634B53A2125
CONTRACT_NOT_FOUND = 20  # of the Starknet JSON-RPC

try:
    from starknet_py.hash.address import compute_address
    from starknet_py.hash.selector import get_selector_from_name
    from starknet_py.net.client_errors import ClientError
    from starknet_py.net.client_models import Call
    from starknet_py.transaction_errors import TransactionFailedError

    import classes
    import signer
    from signer import Refused, address, view
except ImportError as e:
    print("  skipped: no Python package %s (starknet-py 0.30)" % e.name)
    sys.exit(SKIPPED)


async def class_at(client, contract):
    """0 where there is no contract."""
    try:
        return await client.get_class_hash_at(contract)
    except ClientError as e:
        if e.code != CONTRACT_NOT_FOUND:
            raise
        return 0


async def check_arguments(client, plan):
    """What the constructor would take, but nobody would want."""
    if not await class_at(client, plan.owner):
        raise Refused("owner %#x: there is no such contract; deploy the account first" % plan.owner)
    if not await class_at(client, plan.treasury):
        print("note: there is no contract at the treasury %#x yet" % plan.treasury, flush=True)
    if len(set(plan.tokens)) != len(plan.tokens):
        raise Refused("a token is named twice")
    for token in plan.tokens:
        try:
            if len(await view(client, token, "balance_of", plan.owner)) != 2:
                raise Refused("token %#x: its balance_of returns no u256" % token)
        except ClientError as e:
            raise Refused("token %#x: no token answers there" % token) from e


async def check_contract(client, plan):
    """The contract is of the class, asks the verifier, and is of the owner that it was meant for."""
    found = await class_at(client, plan.contract)
    if found != plan.escrow.hash:
        raise Refused("the contract %#x is of class %#x, not %#x: it was upgraded, or this package changed" %
                      (plan.contract, found, plan.escrow.hash))
    verifier = (await view(client, plan.contract, "get_verifier_params"))[0]
    if verifier != plan.verifier.hash:
        raise Refused("the contract asks the verifier class %#x, not %#x" % (verifier, plan.verifier.hash))
    for name, want in (("owner", plan.owner), ("get_treasury", plan.treasury)):
        found = (await view(client, plan.contract, name))[0]
        if found != want:
            raise Refused("%s of the contract is %#x, not %#x: it was changed since" % (name, found, want))
    for token in plan.tokens:
        if not (await view(client, plan.contract, "is_token_allowed", token))[0]:
            raise Refused("the contract does not allow the token %#x" % token)


async def first_block(client, contract):
    """That of the contract's first event, which its constructor emits."""
    page = await client.get_events(address=contract, from_block_number=0, to_block_number="latest", chunk_size=1)
    return page.events[0].block_number if page.events else None


async def deploy(account, plan, max_fee):
    """The block, and the transaction; None where the contract was there."""
    client = account.client
    if await class_at(client, plan.contract):
        print("contract  at %#x is deployed already" % plan.contract, flush=True)
        return await first_block(client, plan.contract), None
    arguments = [plan.escrow.hash, plan.salt, 0, len(plan.constructor), *plan.constructor]
    call = Call(DEPLOYER, get_selector_from_name("deployContract"), arguments)
    receipt = await signer.send(account, call, max_fee)
    print("contract  at %#x, %d L2 gas" % (plan.contract, receipt.execution_resources.l2_gas), flush=True)
    return receipt.block_number, receipt.transaction_hash


def write(path, what):
    """All of the file, or none of it."""
    draft = path + ".new"
    with open(draft, "w") as f:
        json.dump(what, f, indent=2)
        f.write("\n")
        f.flush()
        os.fsync(f.fileno())
    os.replace(draft, path)


class Plan:
    def __init__(self, args, account):
        self.salt = args.salt
        self.owner = address("--owner", args.owner) if args.owner else account
        self.treasury = address("--treasury", args.treasury) if args.treasury else self.owner
        self.tokens = [address("--token", t) for t in args.token] or [STRK]

    def compiled(self, made):
        self.verifier, self.escrow = made["verifier"], made["escrow"]
        self.constructor = [self.owner, self.treasury, self.verifier.hash, len(self.tokens), *self.tokens]
        self.contract = compute_address(class_hash=self.escrow.hash, constructor_calldata=self.constructor,
                                        salt=self.salt, deployer_address=0)


async def dry_run(account, plan):
    client = account.client
    for c in (plan.verifier, plan.escrow):
        there = await classes.is_declared(client, c.hash)
        print("%-9s class %#x, %d felts of Sierra %s: %s" % (c.name, c.hash, c.felts, c.sierra_version,
                                                             "declared" if there else "not declared"))
        if not there:
            e = await classes.estimate_declare(account, c, await classes.compiled_hash(account, c), skip_validate=True)
            print("          compiled class %#x; declaring takes %d L2 gas, %d FRI" %
                  (c.casm_hash, e.l2_gas_consumed, e.overall_fee))
    there = await class_at(client, plan.contract)
    print("contract  %#x: %s" % (plan.contract, "deployed" if there else "not deployed"))
    print("          constructor %s" % " ".join("%#x" % x for x in plan.constructor))
    if there:
        await check_contract(client, plan)
        print("          as it should be")
    print("nothing was sent")


async def run(args):
    account, chain = await signer.open_account(args)
    client = account.client
    folder = os.path.dirname(os.path.abspath(args.out))
    if not args.dry_run and not os.access(folder, os.W_OK):
        raise Refused("--out %s: the folder cannot be written to" % args.out)
    if not classes.compiler():
        print("  skipped: no Cairo compiler (scarb, or starknet-compile in %s/bin)" % classes.HOME)
        return SKIPPED
    plan = Plan(args, account.address)
    if not args.declare:
        await check_arguments(client, plan)
    start = time.monotonic()
    plan.compiled(classes.compile_package(PACKAGE, CLASSES, args.build))
    print("compiled in %.0f s by %s" % (time.monotonic() - start, classes.compiler()), flush=True)
    if args.dry_run:
        await dry_run(account, plan)
        return 0
    verifier_gas = await classes.declare(account, plan.verifier, args.max_fee)
    escrow_gas = await classes.declare(account, plan.escrow, args.max_fee)
    if args.declare:
        return 0
    block, transaction = await deploy(account, plan, args.max_fee)
    await check_contract(client, plan)
    write(args.out, {
        "chain_id": hex(chain),
        "contract": hex(plan.contract),
        "token": hex(plan.tokens[0]),
        "block": block,
        "owner": hex(plan.owner),
        "treasury": hex(plan.treasury),
        "tokens": [hex(t) for t in plan.tokens],
        "salt": plan.salt,
        "verifier_class": hex(plan.verifier.hash),
        "escrow_class": hex(plan.escrow.hash),
        "transaction": transaction and hex(transaction),
        "declare_gas": {"verifier": verifier_gas, "escrow": escrow_gas},
    })
    print("written to", args.out)
    return 0


def arguments(words):
    p = argparse.ArgumentParser(description=__doc__)
    signer.add_arguments(p)
    p.add_argument("--out", default="deployment.json", metavar="F", help="what was deployed, as JSON")
    p.add_argument("--build", default=BUILD, metavar="DIR",
                   help="where the classes are compiled to (default: build/contracts of the checkout)")
    p.add_argument("--owner", metavar="ADDR", help="owner of the contract (default: the account)")
    p.add_argument("--treasury", metavar="ADDR", help="who gets the fees (default: the owner)")
    p.add_argument("--token", action="append", default=[], metavar="ADDR", help="tokens that are taken (default: STRK)")
    p.add_argument("--salt", type=int, default=0, metavar="N", help="part of the address")
    p.add_argument("--declare", action="store_true", help="only the classes, as for a later upgrade")
    return p.parse_args(words)


def main(words):
    try:
        return asyncio.run(run(arguments(words)))
    except Refused as e:
        print("deploy.py: %s" % e, file=sys.stderr)
    except (ClientError, TransactionFailedError) as e:
        print("deploy.py: the node says: %s" % signer.said(e), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
