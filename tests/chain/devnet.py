"""A starknet-devnet on a free port of loopback, and the marketplace contract on it, for the tests that need one.
Looked for in PATH, then in $CAIRO_HOME/bin (default ~/.local/share/cairo); Python's standard library suffices."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOME = os.environ.get("CAIRO_HOME", os.path.expanduser("~/.local/share/cairo"))
BIN = os.path.join(HOME, "bin")
DEPLOY = os.path.join(SOURCE, "contracts", "cairo", "deploy", "deploy.py")
STRK = "0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d"
SKIPPED = 77  # SKIP_RETURN_CODE of the tests


def program(name):
    return shutil.which(name) or shutil.which(name, path=BIN)


def missing(compiler=True):
    """Why a test has to be skipped; None where nothing is missing."""
    if not program("starknet-devnet"):
        return "no starknet-devnet (PATH, or %s)" % BIN
    if compiler and not (shutil.which("scarb") or os.path.exists(os.path.join(BIN, "starknet-compile"))):
        return "no Cairo compiler (scarb, or starknet-compile in %s)" % BIN
    return None


def new_folder(path):
    """Its whole path; what was there is removed."""
    path = os.path.abspath(path)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def skip(why):
    print("  skipped:", why, flush=True)
    return SKIPPED


def rpc(url, method, params):
    """The result of a JSON-RPC call; RuntimeError with the error's text."""
    body = json.dumps({"jsonrpc": "2.0", "id": 0, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        answer = json.load(reply)
    if "error" in answer:
        raise RuntimeError("%s: %s" % (method, json.dumps(answer["error"])[:2000]))
    return answer["result"]


def ends_with_parent():
    """A test that ctest kills leaves no devnet behind (prctl PR_SET_PDEATHSIG, Linux)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    except (OSError, AttributeError):
        pass


class Devnet:
    """with Devnet() as d: d.url is the JSON-RPC, d.accounts what it has published keys of."""

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        for _ in range(3):  # the port may be taken between being found and being used
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
            self.process = subprocess.Popen(
                [program("starknet-devnet"), "--seed", "42", "--host", "127.0.0.1", "--port", str(port), *self.options],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                preexec_fn=ends_with_parent)
            while self.process.poll() is None:
                if alive("http://127.0.0.1:%d" % port):
                    self.url = "http://127.0.0.1:%d/rpc" % port
                    self.accounts = self.rpc("devnet_getPredeployedAccounts", {})
                    return self
                time.sleep(0.1)
        raise RuntimeError("starknet-devnet ended with %d" % self.process.returncode)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def rpc(self, method, params):
        return rpc(self.url, method, params)


class Blocks:
    """with Blocks(d): the devnet makes a block every second, as a network does; else its time stands still."""

    def __init__(self, node):
        self.node, self.over = node, threading.Event()
        self.thread = threading.Thread(target=self.make, daemon=True)

    def make(self):
        while not self.over.wait(1):
            try:
                self.node.rpc("devnet_createBlock", {})
            except (OSError, RuntimeError):
                pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def alive(url):
    try:
        with urllib.request.urlopen(url + "/is_alive", timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False


def deploy(url, folder, *options, python=sys.executable):
    """Declares and deploys the contract with the devnet's first account, by deploy.py and a Python that has
    starknet-py. The exit code of it, and the path of the deployment that it wrote into the folder."""
    out = os.path.join(folder, "deployment.json")
    r = subprocess.run([python, DEPLOY, "--rpc", url, "--devnet", "--build", os.path.join(folder, "classes"), "--out",
                        out, *options], check=False)
    return r.returncode, out
