"""Starts starknet-devnet on a free port of loopback, runs a test binary with SP_DEVNET_URL, ends it.
Skipped where there is none: PATH, then $CAIRO_HOME/bin (~/.local/share/cairo). With --deploy the marketplace
contract is deployed first and its address is in SP_ESCROW. usage: test_devnet.py [--deploy DEPLOY.PY] BINARY"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

home = os.environ.get("CAIRO_HOME", os.path.expanduser("~/.local/share/cairo"))
devnet = shutil.which("starknet-devnet") or shutil.which("starknet-devnet", path=os.path.join(home, "bin"))


def alive(url):
    try:
        with urllib.request.urlopen(url + "/is_alive", timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False


def main():
    if not devnet:
        print("  skipped: no starknet-devnet (PATH, CAIRO_HOME)")
        return 77
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    url = "http://127.0.0.1:%d" % port
    process = subprocess.Popen([devnet, "--seed", "42", "--host", "127.0.0.1", "--port", str(port),
                                "--state-archive-capacity", "full"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not alive(url):
            if process.poll() is not None:
                print("starknet-devnet ended with", process.returncode)
                return 1
            time.sleep(0.2)
        env = dict(os.environ, SP_DEVNET_URL=url + "/rpc")
        command = sys.argv[1:]
        if command[0] != "--deploy":
            return subprocess.run(command, env=env).returncode
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "deployment.json")
            code = subprocess.run([sys.executable, command[1], "--rpc", url + "/rpc", "--devnet", "--out", out,
                                   "--build", folder]).returncode
            if code:
                return code
            with open(out) as f:
                env["SP_ESCROW"] = json.load(f)["contract"]
            return subprocess.run(command[2:], env=env).returncode
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
