"""contracts/cairo/deploy/: deploy.py with an account of one's own, as on a public network: deploys once however
often it is run, refuses what nobody wants before it sends anything, and takes what scarb builds (a stand-in for
scarb, where there is none, hands out the classes that starknet-compile made); then owner.py, every kind of action.
usage: test_deploy.py DIRECTORY"""

import asyncio
import contextlib
import io
import json
import os
import secrets
import shutil
import sys

import devnet

sys.path.insert(0, os.path.dirname(devnet.DEPLOY))
try:
    from eth_keyfile import create_keyfile_json
    from starknet_py.hash.address import compute_address
    from starknet_py.net.account.account import Account
    from starknet_py.net.full_node_client import FullNodeClient
    from starknet_py.net.signer.key_pair import KeyPair

    import deploy
    import owner
except ImportError as e:
    sys.exit(devnet.skip("no Python package %s (starknet-py 0.30)" % e.name))

ACCOUNT_CLASS = 0x5B4B537EAA2399E3AA99C4E2E0208EBD6C71BC1467938CD52C798C601E43564  # devnet has it declared
TREASURY = "0x7ea5"
SCARB = """#!/bin/sh
# scarb --release --target-dir DIR build
[ "$1 $2 $4" = "--release --target-dir build" ] || exit 2
mkdir -p "$3/release" && cp %s/* "$3/release/"
"""


def must(holds, text):
    if not holds:
        sys.exit("test_deploy: failed: " + text)


def write(path, text, mode=0o600):
    if os.path.exists(path):
        os.remove(path)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as f:
        f.write(text)
    os.chmod(path, mode)


def told(program, *words):
    """Exit code and output of a program, run here: starknet-py takes seconds to load."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        code = program(list(words))
    return code, said.getvalue()


class Operator:
    def __init__(self, node, folder):
        self.node, self.folder, self.n = node, folder, 0
        self.key = KeyPair.from_private_key(1 + secrets.randbelow(2**250))
        self.address = compute_address(class_hash=ACCOUNT_CLASS, constructor_calldata=[self.key.public_key], salt=1)
        sealed = create_keyfile_json(self.key.private_key.to_bytes(32, "big"), b"word", kdf="scrypt", iterations=1024)
        for name, text, mode in (("key", json.dumps(sealed), 0o600), ("open", json.dumps(sealed), 0o644),
                                 ("text", "none", 0o600), ("password", "word\n", 0o600), ("wrong", "other\n", 0o600)):
            write(self.path(name), text, mode)

    def path(self, name):
        return os.path.join(self.folder, name)

    async def open_account(self):
        self.node.rpc("devnet_mint", {"address": hex(self.address), "amount": 10**21, "unit": "FRI"})
        client = FullNodeClient(node_url=self.node.url)
        chain = int(await client.get_chain_id(), 16)
        made = await Account.deploy_account_v3(
            address=self.address, class_hash=ACCOUNT_CLASS, salt=1, key_pair=self.key, client=client,
            constructor_calldata=[self.key.public_key], auto_estimate=True)
        await made.wait_for_acceptance(check_interval=0.2)
        must(made.account.address == self.address and chain, "the account")

    def nonce(self):
        where = {"block_id": "latest", "contract_address": hex(self.address)}
        return int(self.node.rpc("starknet_getNonce", where), 16)

    def run(self, *options, keystore="key", password="password", treasury=TREASURY, **out):
        """The file that was written, or None; then what was said."""
        self.n += 1
        where = out.get("out") or self.path("deployment%d.json" % self.n)
        code, said = told(deploy.main, *self.account(keystore, password), "--treasury", treasury, "--build",
                          self.path("build"), "--out", where, *options)
        written = None
        if os.path.exists(where):
            with open(where) as f:
                written = json.load(f)
        must((code == 0) == (written is not None) or "--dry-run" in options, said)
        must(not [f for f in os.listdir(self.folder) if f.endswith(".new")], "a draft is left")
        return written, said

    def account(self, keystore="key", password="password"):
        return ["--rpc", self.node.url, "--account", hex(self.address), "--keystore", self.path(keystore),
                "--password-file", self.path(password)]

    def owns(self, *words, account=None):
        """What owner.py said; it must have gone well."""
        code, said = told(owner.main, *words, "--deployment", self.path("deployment1.json"),
                          *(account or self.account()))
        must(code == 0, "%s: %s" % (words, said))
        return said

    def owns_not(self, why, *words, account=None):
        before = self.nonce()
        code, said = told(owner.main, *words, "--deployment", self.path("deployment1.json"),
                          *(account or self.account()))
        must(code == 1 and why in said and "Traceback" not in said, "%s: %s" % (words, said))
        must(self.nonce() == before, "%s: something was sent" % (words,))
        print("   refused:", said.strip(), flush=True)

    def refused(self, why, *options, **more):
        before = self.nonce()
        written, said = self.run(*options, **more)
        must(written is None and why in said, "%s: %s" % (why, said))
        must("Traceback" not in said, said)
        must(self.nonce() == before, why + ": something was sent")
        print("   refused:", said.strip().splitlines()[-1], flush=True)

    def stand_in_scarb(self):
        """From here on scarb is found; it builds what starknet-compile built before."""
        made, shim = self.path("made"), self.path("bin")
        os.makedirs(made)
        os.makedirs(shim)
        contracts = []
        for name, module in (("verifier", "sprove::chain_verifier::ChainVerifier"),
                             ("escrow", "sprove::escrow::contract::Escrow")):
            shutil.copy(os.path.join(self.path("build"), name + ".json"), made)
            contracts.append({"module_path": module, "artifacts": {"sierra": name + ".json", "casm": None}})
        write(os.path.join(made, "sprove.starknet_artifacts.json"), json.dumps({"version": 1, "contracts": contracts}))
        write(os.path.join(shim, "scarb"), SCARB % made, 0o700)
        os.environ["PATH"] = shim + os.pathsep + os.environ["PATH"]


def test(op):
    asyncio.run(op.open_account())
    before = op.nonce()
    one, said = op.run()
    must(one is not None and "skipped" not in said, said)
    print(said, end="", flush=True)
    must(op.nonce() == before + 3, "three transactions")
    must(one["owner"] == hex(op.address) and one["treasury"] == TREASURY and one["token"] == devnet.STRK, str(one))
    at = {"block_id": "latest", "contract_address": one["contract"]}
    must(op.node.rpc("starknet_getClassHashAt", at) == one["escrow_class"], "class of the contract")
    if not shutil.which("scarb"):
        op.stand_in_scarb()
    again, said = op.run()
    must(said.count("declared already") == 2 and "deployed already" in said and "scarb" in said, said)
    must(op.nonce() == before + 3, "the second run sent something")
    must({**again, "transaction": None, "declare_gas": 0} == {**one, "transaction": None, "declare_gas": 0}, said)
    other, said = op.run("--salt", "1")
    must(other["contract"] != one["contract"] and other["escrow_class"] == one["escrow_class"], said)
    must(op.nonce() == before + 4, "one transaction")
    _, said = op.run("--salt", "2", "--dry-run")
    must("not deployed" in said and "nothing was sent" in said and op.nonce() == before + 4, said)

    _, said = told(deploy.main, *op.account(), "--build", op.path("build"), "--declare")
    must(said.count("declared already") == 2 and "contract" not in said and op.nonce() == before + 4, said)

    op.refused("the password is wrong", password="wrong")
    op.refused("open to other users", keystore="open")
    op.refused("no keystore", keystore="text")
    op.refused("No such file", keystore="nowhere")
    op.refused("must be 0x", treasury="0x0")
    op.refused("must be 0x", treasury="7ea5")
    op.refused("must be 0x", treasury=hex(2**251 - 256))
    op.refused("there is no such contract", "--owner", "0x1234567")
    op.refused("no token answers", "--token", hex(op.address))
    op.refused("no token answers", "--token", "0x1234567")
    op.refused("a token is named twice", "--token", devnet.STRK, "--token", devnet.STRK)
    op.refused("not SN_MAIN", "--chain", "SN_MAIN")
    op.refused("above --max-fee", "--salt", "3", "--max-fee", "1000")
    op.refused("cannot be written", "--salt", "3", out=op.path("nowhere/deployment.json"))
    return one


def test_owner(op, deployment):
    escrow, verifier = deployment["escrow_class"], deployment["verifier_class"]
    stranger = ["--rpc", op.node.url, "--devnet"]
    said = op.owns("show", account=["--rpc", op.node.url])
    must(hex(op.address) in said and escrow in said and said.count("nothing") == 2, said)
    op.owns_not("Caller is not the owner", "pause", account=stranger)
    op.owns("pause")
    must("paused             yes" in op.owns("show"), "a pause that does not show")
    op.owns("unpause")
    op.owns_not("Pausable: not paused", "unpause")
    other = hex(op.address)  # no token, but that is the owner's affair
    op.owns("allow-token", other)
    op.owns("forbid-token", other)
    op.owns("grant-tier", other, "2")
    op.owns_not("must be 1, 2 or 3", "grant-tier", other, "4")
    op.owns_not("the action takes ADDRESS TIER", "grant-tier", other)
    op.owns_not("must be 0x", "set-treasury", "7")
    op.owns_not("is not declared", "schedule-upgrade", "0x1234")
    op.owns_not("above --max-fee", "pause", account=[*op.account(), "--max-fee", "1000"])
    must("nothing was sent" in op.owns("pause", "--dry-run"), "a dry run")
    must("paused             no" in op.owns("show"), "a dry run that pauses")
    for schedule, apply, cancel, value in (("schedule-verifier", "set-verifier", "cancel-verifier", verifier),
                                           ("schedule-upgrade", "upgrade", "cancel-upgrade", escrow)):
        op.owns_not("Change not scheduled", apply, value)
        op.owns(schedule, value)
        op.owns_not("Timelock not expired", apply, value)
        op.owns(cancel)
        op.owns(schedule, value)
        must(value + " from 20" in op.owns("show"), "what is scheduled shows")
        op.node.rpc("devnet_increaseTime", {"time": 9 * 86400})
        op.owns(apply, value)
    first = op.node.accounts[0]["address"]
    op.owns("transfer-ownership", first)
    op.owns_not("Caller is not the pending owner", "accept-ownership")
    op.owns("accept-ownership", account=stranger)
    op.owns_not("Caller is not the owner", "pause")
    print("   owner.py: pause, tokens, tiers, verifier and class after their delay, two steps to another owner")


def main():
    why = devnet.missing()
    if why:
        return devnet.skip(why)
    folder = devnet.new_folder(sys.argv[1])
    with devnet.Devnet() as node:
        op = Operator(node, folder)
        test_owner(op, test(op))
    return 0


if __name__ == "__main__":
    sys.exit(main())
