"""Writes the vector files of these tests, from Python's integers and from poseidon-py, and compares
them with the files that are here.

usage: vectors.py           compares; 0 equal, 1 different, 77 the packages are not installed
       vectors.py --write   writes them anew"""

import os
import random
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = 2**256 - 1


def row(*values):
    text = ", ".join('"%s"' % v for v in values) + "},"
    return textwrap.fill(text, 100, initial_indent="    {", subsequent_indent="     ") + "\n"


def split(z):
    treasury, subsidy = z * 1200 // 10000, z * 300 // 10000
    return z - treasury - subsidy, subsidy, treasury


def edge_numbers(rng, n):
    """Numbers of every size, edges included."""
    some = [0, 1, 2, 3, 19, 33, 34, 1000, 9999, 10000, 10001, 10**18, 2**64 - 1, 2**64, 2**128 - 1]
    some += [2**128, 2**192 - 1, 2**192, 2**255, TOP - 1, TOP]
    return some + [rng.getrandbits(rng.randrange(1, 257)) for _ in range(n)]


def amounts():
    rng = random.Random(5)
    text = "/* vectors_amount.h - amounts, from Python's integers (vectors.py); \"-\" is a failure. */\n"
    text += "static const struct {\n    const char *z, *payout, *subsidy, *treasury;\n} splits[] = {\n"
    for z in edge_numbers(rng, 40):
        text += row(z, *split(z))
    text += "};\n\nstatic const struct {\n    const char *asked, *escrow;\n} escrows[] = {\n"
    most = TOP * 8500 // 10000  # the largest that can be asked
    for x in edge_numbers(rng, 40) + [most - 1, most, most + 1]:
        z = -(-x * 10000 // 8500)
        assert z > TOP or split(z)[0] >= x
        assert z == 0 or (z - 1) * 8500 < x * 10000
        text += row(x, z if z <= TOP else "-")
    text += "};\n\nstatic const struct {\n    const char *a, *b, *sum, *difference;\n} sums[] = {\n"
    numbers = edge_numbers(rng, 10)
    for a in numbers:
        for b in rng.sample(numbers, 4) + [TOP - a, a]:
            text += row(a, b, a + b if a + b <= TOP else "-", a - b if a >= b else "-")
    text += "};\n\nstatic const struct {\n    const char *a, *factor, *divisor, *result;\n} scales[] = {\n"
    for a in numbers:
        for _ in range(4):
            f, d = rng.getrandbits(rng.randrange(1, 65)), rng.getrandbits(rng.randrange(1, 65)) + 1
            d = min(d, 2**64 - 1)
            f = rng.choice([f, f, 0, 1, 2**64 - 1])
            d = rng.choice([d, d, 1, 2**64 - 1, 10**6])
            r = -(-a * f // d)
            text += row(a, f, d, r if r <= TOP else "-")
    return text + "};\n"


FILES = [("vectors_amount.h", amounts)]


def main():
    different = 0
    for name, make in FILES:
        path, text = os.path.join(HERE, name), make()
        if sys.argv[1:] == ["--write"]:
            with open(path, "w") as f:
                f.write(text)
        else:
            with open(path) as f:
                same = f.read() == text
            different |= not same
            print(name, "is as computed" if same else "is DIFFERENT")
    return different


if __name__ == "__main__":
    sys.exit(main())
