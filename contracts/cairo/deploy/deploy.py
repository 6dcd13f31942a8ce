"""Declares the verifier class and the class of the marketplace contract, deploys the contract, and writes what
came of it as JSON. The classes are compiled by scarb, or by the starknet-compile of $CAIRO_HOME (default
~/.local/share/cairo). Needs starknet-py. `deploy.py --help` says what it takes."""

import argparse
import asyncio
import getpass
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.environ.get("CAIRO_HOME", os.path.expanduser("~/.local/share/cairo"))
CLASSES = {"verifier": "sprove::chain_verifier::ChainVerifier", "escrow": "sprove::escrow::contract::Escrow"}
STRK = 0x4718F5A0FC34CC1AF16A1CDEE98FFB20C31F5CD61D6AB07201858F4287C938D
# The universal deployer, the same on all networks (docs.starknet.io, universal deployer).
DEPLOYER = 0x2CEED65A4BD731034C01113685C831B01C15D7D432F71AFB1CF1634B53A2125
SKIPPED = 77

try:
    from starknet_py.common import create_casm_class, create_sierra_compiled_contract
    from starknet_py.hash.address import compute_address
    from starknet_py.hash.casm_class_hash import compute_casm_class_hash
    from starknet_py.hash.selector import get_selector_from_name
    from starknet_py.hash.sierra_class_hash import compute_sierra_class_hash
    from starknet_py.net.account.account import Account
    from starknet_py.net.client_errors import ClientError
    from starknet_py.net.client_models import Call
    from starknet_py.net.full_node_client import FullNodeClient
    from starknet_py.net.signer.key_pair import KeyPair
except ImportError as e:
    print("  skipped: no Python package %s (starknet-py 0.30)" % e.name)
    sys.exit(SKIPPED)


def fail(text):
    sys.exit("deploy.py: " + text)


def compiler():
    """The path of scarb or starknet-compile, or None."""
    return shutil.which("scarb") or shutil.which("starknet-compile", path=os.path.join(HOME, "bin"))


def compile_classes(out):
    """Sierra (and where it is made, CASM) of each class as files; {name: (sierra, casm or None)}."""
    os.makedirs(out, exist_ok=True)
    tool = compiler()
    if not tool:
        print("  skipped: no Cairo compiler (scarb, or starknet-compile in %s/bin)" % HOME)
        sys.exit(SKIPPED)
    made = {}
    if os.path.basename(tool) == "scarb":
        target = os.path.join(out, "scarb")
        subprocess.run([tool, "--release", "--target-dir", target, "build"], cwd=PACKAGE, check=True)
        for name, path in CLASSES.items():
            stem = os.path.join(target, "release", "sprove_" + path.rsplit("::", 1)[1])
            made[name] = (stem + ".contract_class.json", stem + ".compiled_contract_class.json")
    else:
        for name, path in CLASSES.items():
            made[name] = (os.path.join(out, name + ".json"), None)
            subprocess.run([tool, "--contract-path", path, PACKAGE, made[name][0]], check=True)
    return made


def casm_hash(sierra, casm):
    """The hash of the compiled class, or None where nothing here compiles Sierra to CASM."""
    tool = shutil.which("starknet-sierra-compile")
    if casm is None and tool:
        casm = sierra + ".casm"
        subprocess.run([tool, "--add-pythonic-hints", sierra, casm], check=True)
    if casm is None:
        return None
    with open(casm) as f:
        return compute_casm_class_hash(create_casm_class(f.read()))


async def settled(client, tx_hash):
    receipt = await client.wait_for_tx(tx_hash, check_interval=0.5)
    return receipt


async def declare(account, name, sierra, casm):
    client = account.client
    with open(sierra) as f:
        text = f.read()
    contract = create_sierra_compiled_contract(text)
    class_hash = compute_sierra_class_hash(contract)
    size = len(json.loads(text)["sierra_program"])
    try:
        await client.get_class_by_hash(class_hash)
        print("%-9s class %#x is declared already" % (name, class_hash), flush=True)
        return class_hash, 0
    except ClientError:
        pass
    compiled = casm_hash(sierra, casm)
    if compiled is None:
        # No compiler to CASM here: the node compiles anyway, and its refusal of a wrong hash says the right one.
        try:
            tx = await account.sign_declare_v3(text, 1, auto_estimate=True)
        except ClientError as e:
            seen = [int(x, 16) for x in re.findall(r"0x[0-9a-fA-F]{50,64}", str(e) + str(getattr(e, "data", "")))]
            others = [x for x in seen if x not in (class_hash, 1)]
            if not others:
                fail("the node refuses the class %s: %s" % (name, str(e)[:400]))
            compiled = others[0]
    tx = await account.sign_declare_v3(text, compiled, auto_estimate=True)
    sent = await client.declare(tx)
    receipt = await settled(client, sent.transaction_hash)
    gas = receipt.execution_resources.l2_gas
    print("%-9s class %#x declared: %d felts of Sierra, %d L2 gas" % (name, class_hash, size, gas), flush=True)
    return class_hash, gas


async def deploy(account, class_hash, calldata, salt):
    address = compute_address(class_hash=class_hash, constructor_calldata=calldata, salt=salt, deployer_address=0)
    call = Call(DEPLOYER, get_selector_from_name("deployContract"), [class_hash, salt, 0, len(calldata), *calldata])
    sent = await account.execute_v3(call, auto_estimate=True)
    receipt = await settled(account.client, sent.transaction_hash)
    print("%-9s at %#x, %d L2 gas" % ("contract", address, receipt.execution_resources.l2_gas), flush=True)
    return address, receipt.block_number


def private_key(path):
    """The key of a keystore file (Web3 Secret Storage), its password asked for."""
    from eth_keyfile import extract_key_from_keyfile

    if os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        fail("%s is open to other users" % path)
    return int.from_bytes(extract_key_from_keyfile(path, getpass.getpass("password of the keystore: ").encode()), "big")


async def main(args):
    client = FullNodeClient(node_url=args.rpc)
    if args.devnet:
        accounts = json.loads(rpc(args.rpc, "devnet_getPredeployedAccounts"))["result"]
        address, key = int(accounts[0]["address"], 16), int(accounts[0]["private_key"], 16)
    elif args.account and args.keystore:
        address, key = int(args.account, 16), private_key(args.keystore)
    else:
        fail("--account and --keystore are needed (or --devnet)")
    chain = int(await client.get_chain_id(), 16)
    account = Account(client=client, address=address, key_pair=KeyPair.from_private_key(key), chain=chain)
    start = time.monotonic()
    made = compile_classes(args.build)
    print("compiled in %.0f s by %s" % (time.monotonic() - start, compiler()), flush=True)
    verifier, verifier_gas = await declare(account, "verifier", *made["verifier"])
    escrow, escrow_gas = await declare(account, "escrow", *made["escrow"])
    owner = int(args.owner, 16) if args.owner else address
    treasury = int(args.treasury, 16) if args.treasury else owner
    tokens = [int(t, 16) for t in args.token] or [STRK]
    contract, block = await deploy(account, escrow, [owner, treasury, verifier, len(tokens), *tokens], args.salt)
    written = {
        "chain_id": hex(chain),
        "contract": hex(contract),
        "token": hex(tokens[0]),
        "block": block,
        "owner": hex(owner),
        "treasury": hex(treasury),
        "verifier_class": hex(verifier),
        "escrow_class": hex(escrow),
        "declare_gas": {"verifier": verifier_gas, "escrow": escrow_gas},
    }
    with open(args.out, "w") as f:
        json.dump(written, f, indent=2)
        f.write("\n")
    print("written to", args.out)


def rpc(url, method):
    import urllib.request

    body = json.dumps({"jsonrpc": "2.0", "id": 0, "method": method, "params": {}}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.read()


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rpc", required=True, metavar="URL", help="JSON-RPC of a node")
    p.add_argument("--out", default="deployment.json", metavar="F", help="what was deployed, as JSON")
    p.add_argument("--build", default=os.path.join(PACKAGE, "target"), metavar="DIR", help="where the classes are compiled to")
    p.add_argument("--account", metavar="ADDR", help="the account that declares, deploys and pays")
    p.add_argument("--keystore", metavar="F", help="its key under a password")
    p.add_argument("--devnet", action="store_true", help="a devnet: its first account instead")
    p.add_argument("--owner", metavar="ADDR", help="owner of the contract (default: the account)")
    p.add_argument("--treasury", metavar="ADDR", help="who gets the fees (default: the owner)")
    p.add_argument("--token", action="append", default=[], metavar="ADDR", help="tokens that are taken (default: STRK)")
    p.add_argument("--salt", type=int, default=0, metavar="N", help="part of the address")
    return p.parse_args()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
