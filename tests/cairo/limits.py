"""limits.py PACKAGE PROTOCOL_VECTORS PROOF - what a verification costs stays below its limits: gas and calldata
of the longest job that one proof covers, PROOF, and the sizes of both classes. Needs the Cairo compiler of
$CAIRO_HOME (77 without), for the length of CASM starknet-sierra-compile."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HOME = os.environ.get("CAIRO_HOME", os.path.expanduser("~/.local/share/cairo"))

# Sierra gas of one transaction. Of it the contract's own part is 1.9M and what handing the proof on takes
# (docs/chain.md 7); a felt of calldata costs 5,120, and 1,600 in the account that passes it on.
WHOLE = 210_000_000
CONTRACT = 15_000_000
FELT = 6_720
VERIFICATION = 160_000_000

# Felts of calldata, less those of the call around the proof.
CALLDATA = 4_950
CALL = 20

# Of the network: bytes of a class as it is sent, felts of its CASM. Sierra felts are held a tenth above
# what they are, for machines without a compiler to CASM.
JSON_BYTES = 4_089_446
CASM_FELTS = 81_920
CLASSES = {"chain_verifier::ChainVerifier": 42_000, "escrow::contract::Escrow": 22_000}

failed = False


def held(what, value, limit):
    global failed
    print("  %-32s %11d of %11d" % (what, value, limit))
    if value > limit:
        failed = True
        print("  FAILED: %s is above its limit" % what)


def tool(name):
    return shutil.which(name, path=os.path.join(HOME, "bin")) or shutil.which(name)


def gas(package, vectors, proof, directory):
    copy = os.path.join(directory, "package")
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("target", "deploy"))
    made = subprocess.run([vectors, "proof", proof], capture_output=True, text=True, check=True).stdout
    with open(os.path.join(copy, "src", "tests", "proof.cairo"), "w") as f:
        f.write(made)
    felts = int(re.search(r"\[felt252; (\d+)\]", made)[1])
    r = subprocess.run(["sh", os.path.join(copy, "test.sh"), "a_proof_is_accepted_within_its_gas"],
                       capture_output=True, text=True)
    found = re.search(r"gas of a verification: (\d+)", r.stdout)
    if r.returncode or not found:
        sys.exit(r.stdout + r.stderr)
    held("felts of calldata", felts + CALL, CALLDATA)
    held("gas of the verification", int(found[1]), VERIFICATION)
    held("with calldata and payout", int(found[1]) + FELT * (felts + CALL) + CONTRACT, WHOLE)


def sizes(package, compiler, directory):
    casm_compiler = tool("starknet-sierra-compile")
    for path, sierra_limit in CLASSES.items():
        name = path.split("::")[-1]
        out = os.path.join(directory, name)
        subprocess.run([compiler, "--contract-path", "sprove::" + path, package, out + ".json"], check=True)
        with open(out + ".json") as f:
            made = json.load(f)
        held(name + ", bytes", len(json.dumps(made, separators=(",", ":"))), JSON_BYTES)
        held(name + ", Sierra felts", len(made["sierra_program"]), sierra_limit)
        if not casm_compiler:
            print("  skipped: CASM felts of %s: no starknet-sierra-compile" % name)
            continue
        subprocess.run([casm_compiler, out + ".json", out + ".casm"], check=True)
        with open(out + ".casm") as f:
            held(name + ", CASM felts", len(json.load(f)["bytecode"]), CASM_FELTS)


def main():
    package, vectors, proof = sys.argv[1:]
    compiler = tool("starknet-compile")
    if not compiler or not tool("cairo-test"):
        print("  skipped: no starknet-compile and cairo-test in %s/bin" % HOME)
        return 77
    with tempfile.TemporaryDirectory() as directory:
        gas(package, vectors, proof, directory)
        sizes(package, compiler, directory)
    return 1 if failed else 0


sys.exit(main())
