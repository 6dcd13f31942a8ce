"""What the tests of a provider's node with escrows share: a chain that says what the test likes, and the node with an account.
The arguments of such a test: RELAYER SPROVE."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "relayer"), os.path.join(HERE, "..", "cli")]
from fake_node import ACCOUNT, Node  # noqa: E402

RELAYER, SPROVE = sys.argv[1], sys.argv[2]
PAYLOAD = {"algorithm": "matrix_multiplication", "matrix_a": [[1, 2], [3, 4]], "matrix_b": [[5, 6], [7, 8]]}
AIR = json.loads(subprocess.run([SPROVE, "version", "--json"], capture_output=True, check=True).stdout)["air_id"]


def felt(digits):
    return int.from_bytes(bytes.fromhex(digits), "little")


def chain():
    n = Node()
    n.views["get_verifier_params"] = [0xc1a55, 1, 4, felt(AIR), 4, 20, 24, 0, 10, 4, 24, 5, 6]
    n.views["get_relayer"] = [1]
    n.say["getEvents"] = lambda _: {"events": []}
    block = n.getBlockWithTxHashes
    n.say["getBlockWithTxHashes"] = lambda p: {**block(p), **(p["block_id"] if isinstance(p["block_id"], dict) else {}),
                                               "l2_gas_price": {"price_in_fri": "0x1", "price_in_wei": "0x1"}}
    n.tasks = {}
    return n


def keystore(folder):
    """(keystore, password file), new ones."""
    password, key = os.path.join(folder, "pw"), os.path.join(folder, "key.json")
    with open(password, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
        f.write("secret\n")
    subprocess.run([SPROVE, "keys", "new", "--keystore", key, "--password-file", password], check=True, capture_output=True)
    return key, password


class Provider:
    def __init__(self, r, rpc, *more, account=ACCOUNT, bench=("--no-bench",)):
        self.folder = tempfile.mkdtemp(prefix="node.")
        key, password = keystore(self.folder)
        self.password = password
        shown = subprocess.run([SPROVE, "keys", "show", "--keystore", key, "--json"], capture_output=True, text=True, input="secret\n",
                               check=True, env={**os.environ, "SPROVE_PASSWORD_FILE": password}).stdout
        self.public = int(json.loads(shown)["public_key"], 16)
        self.log = os.path.join(self.folder, "said")
        self.url = f"http://127.0.0.1:{r.port}"
        self.process = subprocess.Popen(
            [SPROVE, "node", "--relayer", f"http://127.0.0.1:{r.port}", "--data", self.folder, *bench, "--address",
             hex(account), "--keystore", key, "--password-file", password, "--rpc", rpc, "--network", "sepolia", *more],
            stderr=open(self.log, "w"), env={k: v for k, v in os.environ.items() if not k.startswith("SPROVE_")})

    def ask(self, *words):
        return subprocess.run([SPROVE, "node", *words, "--relayer", self.url, "--data", self.folder, "--no-bench"], capture_output=True,
                              text=True, timeout=120, check=False)

    def events(self, name):
        with open(self.log) as f:
            return [e for e in (json.loads(line) for line in f if line.startswith("{")) if e.get("event") == name]
