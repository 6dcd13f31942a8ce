"""second_verdicts.py DIRECTORY.. - the second verifier (tests/second) gives the proofs of the directories
the verdicts of their index (docs/proof-format.md 5)."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "second"))
import air
import verify
from proof import Rejected


def contents(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def proof_of(directory, v):
    data = bytearray(contents(directory, v.get("file") or v["base"]))
    if "base" in v:
        data = data[:v["length"]].ljust(v["length"], b"\0")
        for patch in v["patch"]:
            b = bytes.fromhex(patch["bytes"])
            data[patch["at"]:patch["at"] + len(b)] = b
    return bytes(data)


def expectation(v):
    h = {k: bytes.fromhex(v[k]) for k in ("program_id", "context", "input", "output") if k in v}
    e = verify.Expect(v["profile"], h["program_id"], h["context"], h.get("input"), h.get("output"),
                      exit_code=v["exit_code"], allow_unsound=v["allow_unsound"])
    if "io_commitment" in v:
        e.io_commitment = bytes.fromhex(v["io_commitment"])[:31]
    return e


def main():
    graph = subprocess.run([os.environ["SPROVE_AIR_RECORD"], "--graph"], capture_output=True, text=True, check=True)
    constraints = air.read_graph(graph.stdout)
    n = wrong = 0
    for directory in sys.argv[1:]:
        for v in json.loads(contents(directory, "index.json"))["vectors"]:
            found = "accepted"
            try:
                verify.verify(proof_of(directory, v), expectation(v), constraints)
            except Rejected as r:
                found = r.check
            n += 1
            if found != v.get("check", v["verdict"]):
                wrong += 1
                print("  %s: %s, expected %s" % (v["name"], found, v.get("check", v["verdict"])))
    print("%d proofs, %d with another verdict" % (n, wrong))
    return 1 if wrong or not n else 0


sys.exit(main())
