"""The account that declares, deploys or administers: its key, and what it sends. A key comes from a keystore file under
a password, never from an argument or the environment."""

import getpass
import json
import os
import re
import stat
import urllib.request

from eth_keyfile import decode_keyfile_json
from starknet_py.hash.selector import get_selector_from_name
from starknet_py.net.account.account import Account
from starknet_py.net.client_models import Call, ResourceBounds, ResourceBoundsMapping
from starknet_py.net.full_node_client import FullNodeClient
from starknet_py.net.signer.key_pair import KeyPair

ADDRESS_BOUND = 2**251 - 256


class Refused(Exception):
    """What stops a program, in a sentence."""


def address(what, text):
    try:
        value = int(text, 16)
    except ValueError:
        value = 0
    if not text.startswith("0x") or not 0 < value < ADDRESS_BOUND:
        raise Refused("%s %s: must be 0x and hexadecimal digits of an address" % (what, text))
    return value


def private(path):
    """The bytes of a file that is the owner's alone."""
    try:
        if os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Refused("%s is open to other users (chmod 600)" % path)
        with open(path, "rb") as f:
            return f.read()
    except OSError as e:
        raise Refused("%s: %s" % (path, e.strerror)) from e


def private_key(args):
    """The key of a keystore file (Web3 Secret Storage); the password from a file, or asked for."""
    try:
        sealed = json.loads(private(args.keystore))
        if args.password_file:
            password = private(args.password_file).split(b"\n")[0].rstrip(b"\r")
        else:
            password = getpass.getpass("password of the keystore: ").encode()
        return int.from_bytes(decode_keyfile_json(sealed, password), "big")
    except (KeyError, TypeError, NotImplementedError, UnicodeDecodeError, json.JSONDecodeError) as e:
        raise Refused("%s: no keystore" % args.keystore) from e
    except ValueError as e:
        raise Refused("%s: the password is wrong, or the file was altered" % args.keystore) from e


def devnet_account(url):
    """The first account of a devnet, whose key it publishes."""
    import urllib.request

    body = json.dumps({"jsonrpc": "2.0", "id": 0, "method": "devnet_getPredeployedAccounts", "params": {}}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        answer = json.load(reply)
    if "result" not in answer:
        raise Refused("--devnet: the node is no devnet")
    first = answer["result"][0]
    return int(first["address"], 16), int(first["private_key"], 16)


def add_arguments(p):
    p.add_argument("--rpc", required=True, metavar="URL", help="JSON-RPC of a node")
    p.add_argument("--chain", default="SN_SEPOLIA", metavar="ID",
                   help="its network (default: SN_SEPOLIA, devnet's too)")
    p.add_argument("--account", metavar="ADDR", help="the account that sends and pays")
    p.add_argument("--keystore", metavar="F", help="its key under a password (`sprove keys`)")
    p.add_argument("--password-file", metavar="F", help="the password, one line (default: asked for)")
    p.add_argument("--devnet", action="store_true", help="a devnet: its first account instead")
    p.add_argument("--max-fee", type=int, default=100 * 10**18, metavar="FRI",
                   help="the most for one transaction (default: 100 STRK)")
    p.add_argument("--dry-run", action="store_true", help="only says what would be done, and what it would take")


async def open_account(args):
    """On the network that the arguments name. Without a key where nothing will be sent."""
    client = FullNodeClient(node_url=args.rpc)
    chain = int(await client.get_chain_id(), 16)
    if chain != int.from_bytes(args.chain.encode(), "big"):
        raise Refused("the node is of the network %s, not %s (--chain)" %
                      (chain.to_bytes(31, "big").lstrip(b"\0").decode("ascii", "replace"), args.chain))
    if args.devnet:
        of, key = devnet_account(args.rpc)
    elif not args.account:
        raise Refused("--account is needed (or --devnet)")
    else:
        of = address("--account", args.account)
        if args.dry_run:
            key = 1  # nothing that it signs is sent
        elif args.keystore:
            key = private_key(args)
        else:
            raise Refused("--keystore is needed")
    return Account(client=client, address=of, key_pair=KeyPair.from_private_key(key), chain=chain), chain


async def view(client, to, name, *felts):
    return await client.call_contract(Call(to, get_selector_from_name(name), list(felts)))


def bounds_of(estimated, max_fee, percent=150):
    """So much of the gas that was estimated, and half more per unit. Refused when that could cost more than max_fee."""
    e = estimated
    bounds = [ResourceBounds(gas * percent // 100 + 1, price * 3 // 2)
              for gas, price in ((e.l1_gas_consumed, e.l1_gas_price), (e.l2_gas_consumed, e.l2_gas_price),
                                 (e.l1_data_gas_consumed, e.l1_data_gas_price))]
    most = sum(b.max_amount * b.max_price_per_unit for b in bounds)
    if most > max_fee:
        raise Refused("it could cost %d FRI, above --max-fee %d; nothing was sent" % (most, max_fee))
    return ResourceBoundsMapping(l1_gas=bounds[0], l2_gas=bounds[1], l1_data_gas=bounds[2])


async def estimate(account, call, skip_validate=False):
    """What a call takes; skip_validate: of an account whose key is not here. What the node gets is signed as a query,
    which is void for sending."""
    tx = await account.sign_invoke_v3(call, resource_bounds=ResourceBoundsMapping.init_with_zeros())
    return await account.client.estimate_fee(await account.sign_for_fee_estimate(tx), skip_validate=skip_validate)


async def send(account, call, max_fee):
    """The receipt, once the transaction is in a block."""
    bounds = bounds_of(await estimate(account, call), max_fee)
    sent = await account.execute_v3(call, resource_bounds=bounds)
    return await account.client.wait_for_tx(sent.transaction_hash, check_interval=0.5)


def said(error):
    """What the contract said, where the node's error tells; else the error, cut."""
    text = str(error)
    for name in re.findall(r"\(\\?'([ -~]{1,31}?)\\?'\)", text):
        if name not in ("argent/multicall-failed", "ENTRYPOINT_FAILED"):
            return name
    return text[:800]
