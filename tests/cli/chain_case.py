"""chain_case.py - what the tests of the marketplace's commands share: a node, a deployment, an account's key."""

import json
import os
import pty
import select
import socket
import subprocess
import sys
import termios
import time

import harness
from fake_node import ACCOUNT, CONTRACT, SEPOLIA, STRK, Node
from harness import SOURCE, SPROVE, Case

if "keys" not in subprocess.run([SPROVE, "help"], capture_output=True, text=True, check=False).stdout.split():
    print("  skipped: this build has no Starknet client")
    sys.exit(77)

AIR_ID = int.from_bytes(bytes.fromhex(harness.sprove("version", "--json").json()["air_id"]), "little")
PASSWORD = "words of a test"
PROOF = os.path.join(SOURCE, "tests", "vectors", "chain.proof")  # its context is nobody's: --unchecked


# The key 0x1234567 under PASSWORD: scrypt with n = 1024, which costs little, and AES-128-CTR, made with hashlib and openssl.
KEYSTORE = {"version": 3, "id": "00000000-0000-0000-0000-000000000001", "crypto": {
    "cipher": "aes-128-ctr", "cipherparams": {"iv": "000102030405060708090a0b0c0d0e0f"},
    "ciphertext": "8a54d0b349c33a4c53ffa712f7b3a03a9e7d304245019b82f858d722283e331f", "kdf": "scrypt",
    "kdfparams": {"n": 1024, "r": 8, "p": 1, "dklen": 32,
                  "salt": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"},
    "mac": "408dbcf06d4ac3849d64d834183bd38244fea6a846ee0446b7d73baac1976ad4"}}


class Terminal:
    """A command with a terminal of its own; what stands on the screen is in screen."""

    def __init__(self, *words, env=None):
        self.screen = b""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execve(SPROVE, [SPROVE, *words], env or os.environ)

    def until(self, part, seconds=60):
        end = time.monotonic() + seconds
        while part not in self.screen and time.monotonic() < end:
            if not self.more(end - time.monotonic()):
                break
        return part in self.screen

    def more(self, seconds):
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return False
        try:
            data = os.read(self.fd, 4096)
        except OSError:
            return False
        self.screen += data
        return bool(data)

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        while self.more(60):
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return code


class ChainCase(Case):
    def setUp(self):
        super().setUp()
        self.node = Node()
        self.addCleanup(self.node.close)
        self.node.views["get_verifier_params"] = self.params = [0xc1a55, 1, 4, AIR_ID, 4, 20, 24, 0, 10, 4, 24, 5, 6]
        gone = socket.socket()  # nobody listens there, and nobody else can
        gone.bind(("127.0.0.1", 0))
        self.addCleanup(gone.close)
        self.dead = "http://127.0.0.1:%d/rpc" % gone.getsockname()[1]
        self.deployment = self.path("deployment", {"contract": hex(CONTRACT), "token": hex(STRK), "chain_id": hex(SEPOLIA)})
        self.key = self.path("key.json", KEYSTORE)
        os.chmod(self.key, 0o600)
        self.password = self.path("password", PASSWORD + "\n")
        self.journal = os.path.join(self.dir, "journal")
        self.sender = ["--account", hex(ACCOUNT), "--keystore", self.key, "--password-file", self.password]

    def environment(self, **env):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("SPROVE_", "STARKNET_", "XDG_"))}
        return dict(clean, **{"HOME": self.dir, **env})

    def run_clean(self, *words, timeout=300, **env):
        """Without settings of whoever runs the tests."""
        return harness.sprove(*words, timeout=timeout, env=self.environment(**env), start_new_session=True)

    def words(self, *words, sends=False, password=True, json=True):
        out = [*words, "--rpc", self.node.url, "--deployment", self.deployment]
        if "--account" not in words:
            out += ["--account", hex(ACCOUNT)]
        if sends:
            out += ["--keystore", self.key, "--journal", self.journal]
            out += ["--password-file", self.password] if password else []
        return out + (["--json"] if json else [])

    def chain(self, *words, sends=False, password=True, json=True, **env):
        return self.run_clean(*self.words(*words, sends=sends, password=password, json=json), **env)

    def create(self, *words, **more):
        payload = self.path("fibonacci.json", {"algorithm": "fibonacci", "n": 10})
        return self.chain("task", "create", "--program", "fibonacci", "--input", payload, *words, sends=True, **more)

    def entries(self):
        """The files of the journal's transactions."""
        out = []
        for base, _, names in os.walk(self.journal):
            out += [os.path.join(base, n) for n in names if n.endswith(".tx")]
        return sorted(out)

    def bytes_sent(self, entry):
        """The transaction of an entry as the node gets it."""
        with open(entry, encoding="utf-8") as f:
            return json.dumps(json.loads(f.read().split("\n")[4])["invoke_transaction"])


class JournalCase(ChainCase):
    """Claims that end before their transaction."""

    def claim(self, *words, wait="60", task="7", **more):
        return self.chain("claim", PROOF, "--task", task, "--unchecked", "--wait", wait, *words, sends=True, **more)

    def stuck(self, *words):
        """A claim that ends before its transaction."""
        r = self.claim(*words, wait="1")
        self.assertEqual((r.code, r.out), (5, ""), r.err)
        self.assertIn("may be executed", r.err)
        self.assertIn("signs no other", r.err)
        self.assertEqual(len(self.entries()), 1)

    def start(self, *words):
        return subprocess.Popen([SPROVE, *self.words(*words, sends=True)], env=self.environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def until(self, holds):
        end = time.monotonic() + 120
        while not holds() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(holds())

    def take_and_go_away(self, params):
        """The node takes the transaction, and the line breaks before it can say so."""
        self.node.addInvokeTransaction(params)

    def killed_before_the_broadcast(self):
        """Signed and on the disk, but no node has read it."""
        self.node.stop_before = "addInvokeTransaction"
        p = self.start("claim", PROOF, "--task", "7", "--unchecked")
        self.assertTrue(self.node.stopped.wait(120))
        p.kill()
        p.communicate()
        self.node.stop_before = None
        self.node.stopped.clear()
        self.assertEqual((self.node.sent, len(self.entries())), ([], 1))
        return self.bytes_sent(self.entries()[0])
