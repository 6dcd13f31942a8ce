"""What the owner of the marketplace contract does (docs/chain.md 5 and 8): owner.py ACTION [ARGUMENT...] with the
deployment that deploy.py wrote. `owner.py --help` lists the actions. Needs starknet-py."""

import argparse
import asyncio
import json
import sys
import time

SKIPPED = 77  # a tool is missing

try:
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

ADDRESS, CLASS, TIER = "ADDRESS", "CLASS", "TIER"
# Action: entry point, the arguments that are given, felts that follow.
ACTIONS = {
    "pause": ("pause", (), ()),
    "unpause": ("unpause", (), ()),
    "allow-token": ("set_token_allowed", (ADDRESS,), (1,)),
    "forbid-token": ("set_token_allowed", (ADDRESS,), (0,)),
    "set-treasury": ("set_treasury", (ADDRESS,), ()),
    "set-relayer": ("set_relayer", (ADDRESS,), ()),
    "suspend-node": ("suspend_node", (ADDRESS,), ()),
    "reinstate-node": ("reinstate_node", (ADDRESS,), ()),
    "grant-tier": ("grant_tier", (ADDRESS, TIER), ()),
    "schedule-upgrade": ("schedule_upgrade", (CLASS,), ()),
    "upgrade": ("upgrade", (CLASS,), ()),
    "cancel-upgrade": ("cancel_upgrade", (), ()),
    "schedule-verifier": ("schedule_verifier", (CLASS,), ()),
    "set-verifier": ("set_verifier", (CLASS,), ()),
    "cancel-verifier": ("cancel_verifier", (), ()),
    "collect-fees": ("collect_fees", (ADDRESS,), ()),
    "transfer-ownership": ("transfer_ownership", (ADDRESS,), ()),
    "accept-ownership": ("accept_ownership", (), ()),
}
SCHEDULED = (("upgrade", "get_scheduled_upgrade"), ("verifier", "get_scheduled_verifier"))


async def read_arguments(client, kinds, texts):
    if len(texts) != len(kinds):
        raise Refused("the action takes %s" % (" ".join(kinds) or "no argument"))
    felts = []
    for kind, text in zip(kinds, texts):
        if kind == TIER:
            if text not in ("1", "2", "3"):
                raise Refused("tier %s: must be 1, 2 or 3" % text)
            felts.append(int(text))
            continue
        felts.append(address(kind.lower(), text))
        # A class that is not there would end the contract, one day.
        if kind == CLASS and not await classes.is_declared(client, felts[-1]):
            raise Refused("class %#x is not declared (deploy.py --declare)" % felts[-1])
    return felts


async def show(client, contract):
    def text(value):
        return "%#x" % value

    for name, entry in (("owner", "owner"), ("next owner", "pending_owner"), ("treasury", "get_treasury"),
                        ("relayer", "get_relayer"), ("verifier", "get_verifier_params")):
        print("%-18s %s" % (name, text((await view(client, contract, entry))[0])))
    print("%-18s %s" % ("class", text(await client.get_class_hash_at(contract))))
    print("%-18s %s" % ("paused", "yes" if (await view(client, contract, "is_paused"))[0] else "no"))
    for name, entry in SCHEDULED:
        value, ready = await view(client, contract, entry)
        when = "%s from %s UTC" % (text(value), time.strftime("%Y-%m-%d %H:%M", time.gmtime(ready)))
        print("%-18s %s" % ("scheduled " + name, when if value else "nothing"))


async def run(args):
    with open(args.deployment) as f:
        deployment = json.load(f)
    contract = address("contract", deployment["contract"])
    if args.action == "show":
        args.dry_run, args.account = True, args.account or hex(contract)
    account, chain = await signer.open_account(args)
    if chain != int(deployment["chain_id"], 16):
        raise Refused("%s is of another network than the node" % args.deployment)
    client = account.client
    if args.action == "show":
        await show(client, contract)
        return 0
    entry, kinds, rest = ACTIONS[args.action]
    felts = [*await read_arguments(client, kinds, args.argument), *rest]
    call = Call(contract, get_selector_from_name(entry), felts)
    if args.dry_run:
        e = await signer.estimate(account, call, skip_validate=True)
        print("%s(%s): %d L2 gas, %d FRI; nothing was sent" %
              (entry, ", ".join("%#x" % x for x in felts), e.l2_gas_consumed, e.overall_fee))
        return 0
    receipt = await signer.send(account, call, args.max_fee)
    print("%s: transaction %#x, block %d, fee %d FRI" %
          (entry, receipt.transaction_hash, receipt.block_number, receipt.actual_fee.amount))
    return 0


def main(words):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                epilog="actions:\n" +
                                "\n".join("  %s" % " ".join((name, *a[1])) for name, a in ACTIONS.items()) + "\n  show")
    p.add_argument("action", choices=[*ACTIONS, "show"], metavar="ACTION")
    p.add_argument("argument", nargs="*", metavar="ARGUMENT")
    p.add_argument("--deployment", required=True, metavar="F", help="what deploy.py wrote")
    signer.add_arguments(p)
    try:
        return asyncio.run(run(p.parse_args(words)))
    except Refused as e:
        print("owner.py: %s" % e, file=sys.stderr)
    except (OSError, KeyError, ValueError) as e:
        print("owner.py: the deployment cannot be read: %r" % e, file=sys.stderr)
    except (ClientError, TransactionFailedError) as e:
        print("owner.py: the node says: %s" % signer.said(e), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
