"""Runs a test binary with SP_DEVNET_URL, the URL of a starknet-devnet that is started for it (tests/chain/devnet.py);
skipped where there is none. With --deploy the marketplace contract is deployed first and its address is in
SP_ESCROW. usage: test_devnet.py [--deploy] BINARY"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "chain"))
import devnet  # noqa: E402


def main():
    deploys = sys.argv[1] == "--deploy"
    why = devnet.missing(compiler=deploys)
    if why:
        return devnet.skip(why)
    with devnet.Devnet("--state-archive-capacity", "full") as node:
        env = dict(os.environ, SP_DEVNET_URL=node.url)
        if deploys:
            with tempfile.TemporaryDirectory() as folder:
                code, out = devnet.deploy(node.url, folder)
                if code:
                    return code
                with open(out) as f:
                    env["SP_ESCROW"] = json.load(f)["contract"]
        return subprocess.run(sys.argv[2 if deploys else 1:], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
