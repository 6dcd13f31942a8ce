"""What the tests of nodes share: what the relayer knows of a node, what it refuses it, and results that nodes with keys have
signed. The arguments of such a test: RELAYER SPROVE [TEST]."""
import hashlib
import uuid

from relayer_process import Relayer, run_tests
from scripted import sha256
from signing import hexes, poseidon, short, sign
from test_redundancy import CALM, is_state
from test_tasks import RELAYER, SEED, prove

CYCLES = 432  # of SEED


def view(r, node):
    s, j, _ = r.call("GET", "/api/v1/nodes/" + node)
    assert s == 200, j
    return j


def refused(node, m, code):
    node.ws.send({"id": "q", **m})
    while True:
        e = node.ws.recv()
        if e["message_type"] == "error":
            assert e["code"] == code and e["re"] == "q", e
            return


def io_commitment(a, output):
    """As docs/protocol.md 1 has it."""
    h_out = hashlib.blake2s(len(output).to_bytes(4, "little") + output).digest()[:31]
    return hashlib.blake2s(b"sprove io" + bytes.fromhex(a["job"]["input_commitment"]) + h_out).digest()[:31]


def signed_result(node, a, proof, output, cycles=CYCLES, status="success", size=None, commitment=None, **more):
    """A result, or a failure, and its signature; `more` is said besides what is signed."""
    good = status == "success"
    halves = lambda h: (int(h[:32], 16), int(h[32:], 16))
    zero = "0" * 64
    commitment = commitment or io_commitment(a, output)
    size = len(proof) if size is None else size
    z = poseidon(short("SPROVE_V1"), short("RESULT"), node.chain, uuid.UUID(a["task_id"]).int >> 64, uuid.UUID(a["task_id"]).int % 2**64,
                 a["attempt"], *halves(a["job"]["program_id"] + "0" * 8), *halves(a["job"]["input_sha256"]),
                 *halves(sha256(output) if good else zero), int.from_bytes(commitment, "little") if good else 0,
                 *halves(sha256(proof) if good else zero), size if good else 0, cycles if good else 0, int(good))
    m = {"message_type": "task_result", **node.fence(a), "status": status}
    if good:
        m = node.result_message(a, proof, output, io_commitment=commitment.hex(), proof={"sha256": sha256(proof), "size": size},
                                usage={"cycles": cycles, "exec_ms": 1, "prove_ms": 2})
    return {**m, "id": "q", "signature": hexes(sign(z, node.key)), **more}


def taken(r, node):
    """The next task: its node has the lease."""
    a = node.take()
    is_state(r, a["task_id"], "leased")
    return a


def run(tests):
    """The tests of a module, with a relayer, and a proof and an output of SEED."""
    proof, output = prove(SEED["payload"])
    r = Relayer(RELAYER, settings=CALM + ["sched.exploration_ppm=0"]).start()
    run_tests(tests, r, proof, output, only=2)
