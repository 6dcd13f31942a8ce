"""Classes of a Cairo package: compiled by scarb (PATH), or by the starknet-compile of $CAIRO_HOME (default
~/.local/share/cairo); their hashes computed here; declared unless they are on the network already."""

import glob
import json
import os
import re
import shutil
import subprocess

from starknet_py.common import create_casm_class, create_sierra_compiled_contract
from starknet_py.hash.casm_class_hash import compute_casm_class_hash
from starknet_py.hash.sierra_class_hash import compute_sierra_class_hash
from starknet_py.net.client_errors import ClientError
from starknet_py.net.client_models import ResourceBoundsMapping

from signer import Refused, bounds_of

HOME = os.environ.get("CAIRO_HOME", os.path.expanduser("~/.local/share/cairo"))
CLASS_NOT_FOUND = 28  # of the Starknet JSON-RPC


def compiler():
    """The path of scarb or starknet-compile, or None."""
    return shutil.which("scarb") or shutil.which("starknet-compile", path=os.path.join(HOME, "bin"))


class Compiled:
    """A class as it will be declared. casm_hash is None where nothing here compiles Sierra to CASM."""

    def __init__(self, name, sierra, casm=None):
        self.name = name
        with open(sierra) as f:
            self.text = f.read()
        program = json.loads(self.text)["sierra_program"]
        self.felts = len(program)
        self.sierra_version = ".".join(str(int(x, 16)) for x in program[:3])
        self.hash = compute_sierra_class_hash(create_sierra_compiled_contract(self.text))
        tool = shutil.which("starknet-sierra-compile") or shutil.which("starknet-sierra-compile",
                                                                       path=os.path.join(HOME, "bin"))
        if casm is None and tool:
            casm = sierra + ".casm"
            subprocess.run([tool, sierra, casm], check=True)
        self.casm_hash = None
        if casm is not None:
            with open(casm) as f:
                made = json.load(f)
            # starknet-py reads no hint with a negative number, and no hint is hashed.
            made["hints"] = made["pythonic_hints"] = []
            self.casm_hash = compute_casm_class_hash(create_casm_class(json.dumps(made)))


def compile_package(package, classes, out):
    """classes: {name: path of the contract's module}. {name: Compiled}; the files are left in out."""
    os.makedirs(out, exist_ok=True)
    tool = compiler()
    if os.path.basename(tool) != "scarb":
        made = {}
        for name, path in classes.items():
            sierra = os.path.join(out, name + ".json")
            subprocess.run([tool, "--contract-path", path, package, sierra], check=True)
            made[name] = Compiled(name, sierra)
        return made
    subprocess.run([tool, "--release", "--target-dir", out, "build"], cwd=package, check=True)
    found = {}
    for index in glob.glob(os.path.join(out, "release", "*.starknet_artifacts.json")):
        with open(index) as f:
            for contract in json.load(f)["contracts"]:
                found[contract["module_path"]] = contract["artifacts"]
    lost = [path for path in classes.values() if path not in found]
    if lost:
        raise Refused("scarb built no %s" % ", ".join(lost))
    made = {}
    for name, path in classes.items():
        sierra, casm = (found[path].get(kind) for kind in ("sierra", "casm"))
        folder = os.path.join(out, "release")
        made[name] = Compiled(name, os.path.join(folder, sierra), casm and os.path.join(folder, casm))
    return made


async def is_declared(client, class_hash):
    try:
        await client.get_class_by_hash(class_hash)
        return True
    except ClientError as e:
        if e.code != CLASS_NOT_FOUND:
            raise
        return False


async def estimate_declare(account, compiled, casm_hash, skip_validate=False):
    """What declaring takes; skip_validate: of an account whose key is not here. What the node gets is signed as a
    query, which is void for sending."""
    tx = await account.sign_declare_v3(compiled.text, casm_hash,
                                       resource_bounds=ResourceBoundsMapping.init_with_zeros())
    return await account.client.estimate_fee(await account.sign_for_fee_estimate(tx), skip_validate=skip_validate)


async def compiled_hash(account, compiled):
    """The hash of the compiled class. Without a compiler to CASM the node is asked: it compiles anyway, and its
    refusal of a wrong hash names the right one. Nothing rests on its word: a wrong hash is not taken."""
    if compiled.casm_hash is None:
        try:
            await estimate_declare(account, compiled, 1, skip_validate=True)
        except ClientError as e:
            seen = [int(x, 16) for x in re.findall(r"0x[0-9a-fA-F]{50,64}", str(e) + str(getattr(e, "data", "")))]
            others = [x for x in seen if x not in (compiled.hash, 1)]
            if not others:
                raise Refused("the node refuses the class %s: %s" % (compiled.name, str(e)[:400])) from e
            compiled.casm_hash = others[0]
        else:
            raise Refused("the node takes any hash of the compiled class %s; starknet-sierra-compile computes it" %
                          compiled.name)
    return compiled.casm_hash


async def declare(account, compiled, max_fee):
    """The L2 gas that it took; 0 when the class was there."""
    client = account.client
    if await is_declared(client, compiled.hash):
        print("%-9s class %#x is declared already" % (compiled.name, compiled.hash), flush=True)
        return 0
    casm = await compiled_hash(account, compiled)
    # A class takes most of a block: there is no room for half more.
    bounds = bounds_of(await estimate_declare(account, compiled, casm), max_fee, percent=110)
    sent = await client.declare(await account.sign_declare_v3(compiled.text, casm, resource_bounds=bounds))
    if sent.class_hash != compiled.hash:
        raise Refused("the node says that the class %s is %#x; here it is %#x" %
                      (compiled.name, sent.class_hash, compiled.hash))
    receipt = await client.wait_for_tx(sent.transaction_hash, check_interval=0.5)
    if not await is_declared(client, compiled.hash):
        raise Refused("the class %#x was declared, but the node does not know it" % compiled.hash)
    gas = receipt.execution_resources.l2_gas
    print("%-9s class %#x declared: %d felts of Sierra %s, %d L2 gas" %
          (compiled.name, compiled.hash, compiled.felts, compiled.sierra_version, gas), flush=True)
    return gas
