"""stark.py - of Starknet what a node that plays one needs: Keccak names, Poseidon, hashes of transactions, the
contract's context. Written from the documents, apart from the C sources that it tests."""

import hashlib

P = 2**251 + 17 * 2**192 + 1
MASK = 2**64 - 1


def keccak256(data):
    rotations, at, x, y = {}, 1, 1, 0
    for t in range(24):
        rotations[x, y] = at % 64
        at += t + 2
        x, y = y, (2 * x + 3 * y) % 5

    def rotate(v, n):
        return (v << n | v >> 64 - n) & MASK if n else v

    a = {(x, y): 0 for x in range(5) for y in range(5)}
    data = bytearray(data) + b"\x01"
    data += bytes(-len(data) % 136)
    data[-1] |= 0x80
    for start in range(0, len(data), 136):
        for i in range(17):
            a[i % 5, i // 5] ^= int.from_bytes(data[start + 8 * i:start + 8 * i + 8], "little")
        lfsr = 1
        for _ in range(24):
            c = [a[x, 0] ^ a[x, 1] ^ a[x, 2] ^ a[x, 3] ^ a[x, 4] for x in range(5)]
            for x in range(5):
                d = c[x - 1] ^ rotate(c[(x + 1) % 5], 1)
                for y in range(5):
                    a[x, y] ^= d
            b = {}
            for x in range(5):
                for y in range(5):
                    b[y, (2 * x + 3 * y) % 5] = rotate(a[x, y], rotations.get((x, y), 0))
            for x in range(5):
                for y in range(5):
                    a[x, y] = b[x, y] ^ (~b[(x + 1) % 5, y] & b[(x + 2) % 5, y])
            for j in range(7):
                if lfsr & 1:
                    a[0, 0] ^= 1 << (1 << j) - 1
                lfsr = lfsr << 1 ^ (0x171 if lfsr & 0x80 else 0)
    return b"".join(a[i, 0].to_bytes(8, "little") for i in range(4))


def selector(name):
    return int.from_bytes(keccak256(name.encode()), "big") % 2**250


def short(text):
    return int.from_bytes(text.encode(), "big")


ROUNDS = [[int.from_bytes(hashlib.sha256(b"Hades%d" % (3 * r + c)).digest(), "big") % P for c in range(3)]
          for r in range(91)]


def hades(a, b, c):
    for r in range(91):
        a, b, c = a + ROUNDS[r][0], b + ROUNDS[r][1], pow(c + ROUNDS[r][2], 3, P)
        if r < 4 or r >= 87:
            a, b = pow(a, 3, P), pow(b, 3, P)
        s = a + b + c
        a, b, c = (s + 2 * a) % P, (s - 2 * b) % P, (s - 3 * c) % P
    return a, b, c


def poseidon(*felts):
    felts = list(felts) + [1]
    felts += [0] * (len(felts) % 2)
    state = (0, 0, 0)
    for i in range(0, len(felts), 2):
        state = hades((state[0] + felts[i]) % P, (state[1] + felts[i + 1]) % P, state[2])
    return state[0]


def invoke_hash(tx, chain_id):
    """The hash of an invoke transaction of version 3 as the JSON of RPC has it."""
    def number(x):
        return int(x, 16)

    bounds = tx["resource_bounds"]
    fee = [number(tx["tip"])]
    for name, key in (("L1_GAS", "l1_gas"), ("L2_GAS", "l2_gas"), ("L1_DATA", "l1_data_gas")):
        b = bounds[key]
        fee.append((short(name) << 192) + (number(b["max_amount"]) << 128) + number(b["max_price_per_unit"]))
    return poseidon(short("invoke"), number(tx["version"]), number(tx["sender_address"]), poseidon(*fee), poseidon(),
                    chain_id, number(tx["nonce"]), 0, poseidon(), poseidon(*map(number, tx["calldata"])))


def context(chain_id, contract, task, provider):
    """docs/chain.md 1, as a felt."""
    numbers = [chain_id, contract, task % 2**128, task >> 128, provider]
    message = b"sprove ctx" + bytes(22) + b"".join(x.to_bytes(32, "little") for x in numbers)
    return int.from_bytes(hashlib.blake2s(message).digest()[:28], "little")


assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
assert selector("transfer") == 0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e
assert hades(0, 0, 0)[0] == 0x79e8d1e78258000a28fc9d49e233bc6852357968577b1e386550ed6a9086133
assert poseidon(1, 2) == 0x371cb6995ea5e7effcd2e174de264b5b407027a75a231a70c2c8d196107f0e7
