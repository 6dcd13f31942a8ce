"""Compares the answers of starknet_cases with independent Python packages: poseidon-py, crypto-cpp-py,
starknet-py and pycryptodome. Skipped where they are not installed (SP_STARKNET_PYTHON names the
interpreter of an environment that has them). usage: test_packages.py CASES N [SEED]"""

import subprocess
import sys

try:
    from Crypto.Hash import keccak
    from crypto_cpp_py.utils import cpp_generate_k_rfc6979
    from poseidon_py.poseidon_hash import poseidon_hash, poseidon_hash_many, poseidon_perm
    from starknet_py.hash.address import compute_address
    from starknet_py.hash.selector import get_selector_from_name
    from starknet_py.hash import transaction as tx
    from starknet_py.hash.utils import (
        compute_hash_on_elements,
        message_signature,
        pedersen_hash,
        private_to_stark_key,
        verify_message_signature,
    )
    from starknet_py.net.client_models import DAMode, ResourceBounds, ResourceBoundsMapping
except ImportError as e:
    print("  skipped: no Python package %s (starknet-py 0.30 in the environment of SP_STARKNET_PYTHON)" % e.name)
    sys.exit(77)

P = 2**251 + 17 * 2**192 + 1
ORDER = 0x800000000000010FFFFFFFFFFFFFFFFB781126DCAE7B2321E66A241ADC64D2F


class Words:
    """The words of a line, taken from the front."""

    def __init__(self, words):
        self.words, self.at = words, 0

    def felt(self):
        self.at += 1
        return int(self.words[self.at - 1], 0)

    def text(self):
        self.at += 1
        return self.words[self.at - 1][1:]

    def list(self):
        return [self.felt() for _ in range(self.felt())]


def on_curve(x):
    y2 = (x**3 + x + 0x06F21413EFBE40DE150E596D72F7A8C5609AD26C15C915C1F4CDFCB99CEE9E89) % P
    return pow(y2, (P - 1) // 2, P) != P - 1


def verify(w):
    pub, z, r, s, ours = (w.felt() for _ in range(5))
    # crypto-cpp stops with an error where numbers are out of range; there the rule is stated here.
    top = 2**251
    if not (z < top and 0 < r < top and 0 < s < top and on_curve(pub)):
        return [ours], [0]
    if pow(s, -1, ORDER) >= top:
        return [ours], [0]
    return [ours], [int(verify_message_signature(z, [r, s], pub)) if z else ours]


def sign(w):
    z, d, seed, pub, r, s = (w.felt() for _ in range(6))
    sign.count += 1
    if not z:  # the package can neither sign nor verify 0, which no hash is
        signature = [r, s]
    elif sign.count % 100 == 0:
        signature = message_signature(z, d, seed or None)
    else:  # crypto-cpp takes 0.1 s to sign: its nonce and its multiplication put together
        k = cpp_generate_k_rfc6979(z, d, seed or None)
        x = private_to_stark_key(k)
        signature = [x, (z + x * d) * pow(k, -1, ORDER) % ORDER]
    return [pub, r, s], [private_to_stark_key(d), *signature]


sign.count = 0


def transactions(w):
    sender, chain, nonce, tip = (w.felt() for _ in range(4))
    bounds = [ResourceBounds(w.felt(), w.felt()) for _ in range(3)]
    modes, query = [DAMode(w.felt()) for _ in range(2)], w.felt()
    paymaster, calldata, deployment, facts = (w.list() for _ in range(4))
    class_hash, salt, declared, compiled = (w.felt() for _ in range(4))

    def common(prefix):
        return tx.CommonTransactionV3Fields(
            tx_prefix=prefix, version=3 + (2**128 if query else 0), address=sender, tip=tip,
            resource_bounds=ResourceBoundsMapping(l1_gas=bounds[0], l2_gas=bounds[1], l1_data_gas=bounds[2]),
            paymaster_data=paymaster, chain_id=chain, nonce=nonce,
            nonce_data_availability_mode=modes[0], fee_data_availability_mode=modes[1])

    prefix = tx.TransactionHashPrefix
    return [w.felt() for _ in range(3)], [
        tx.compute_invoke_v3_transaction_hash(
            account_deployment_data=deployment, calldata=calldata, proof_facts=facts,
            common_fields=common(prefix.INVOKE)),
        tx.compute_deploy_account_v3_transaction_hash(
            class_hash=class_hash, constructor_calldata=calldata, contract_address_salt=salt,
            common_fields=common(prefix.DEPLOY_ACCOUNT)),
        tx.compute_declare_v3_transaction_hash(
            class_hash=declared, compiled_class_hash=compiled, account_deployment_data=deployment,
            common_fields=common(prefix.DECLARE))]


def address(w):
    deployer, salt, class_hash, calldata = w.felt(), w.felt(), w.felt(), w.list()
    want = compute_address(class_hash=class_hash, constructor_calldata=calldata, salt=salt,
                           deployer_address=deployer)
    return [w.felt()], [want]


# Name of a line -> (ours, theirs).
CHECKS = {
    "hades": lambda w: (lambda a, b, c: ([w.felt() for _ in range(3)], list(poseidon_perm(a, b, c))))(
        w.felt(), w.felt(), w.felt()),
    "poseidon": lambda w: (lambda a: ([w.felt()], [a]))(poseidon_hash(w.felt(), w.felt())),
    "poseidon_many": lambda w: (lambda a: ([w.felt()], [a]))(poseidon_hash_many(w.list())),
    "pedersen": lambda w: (lambda a: ([w.felt()], [a]))(pedersen_hash(w.felt(), w.felt())),
    "pedersen_many": lambda w: (lambda a: ([w.felt()], [a]))(compute_hash_on_elements(w.list())),
    "keccak": lambda w: (lambda a: ([w.text()], [a]))(
        keccak.new(digest_bits=256, data=bytes.fromhex(w.text())).hexdigest()),
    "selector": lambda w: (lambda a: ([w.felt()], [a]))(get_selector_from_name(w.text())),
    "address": address,
    "sign": sign,
    "verify": verify,
    "tx": transactions,
}


def main():
    cases, n = sys.argv[1], sys.argv[2]
    seed = sys.argv[3] if len(sys.argv) > 3 else "1"
    counts = dict.fromkeys(CHECKS, 0)
    process = subprocess.Popen([cases, n, seed], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        name, *words = line.split()
        ours, theirs = CHECKS[name](Words(words))
        counts[name] += 1
        if ours != theirs:
            print("seed %s: %s\nours   %s\ntheirs %s" % (seed, line.strip(), ours, theirs))
            process.kill()
            return 1
    if process.wait() or any(v != int(n) for v in counts.values()):
        print("starknet_cases ended with", process.returncode, counts)
        return 1
    print("%s cases of each of: %s" % (n, " ".join(counts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
