"""Writes the vector files of these tests, from Python's decimal numbers of 80 digits, and compares
them with the files that are here.

usage: vectors.py           compares; 0 equal, 1 different
       vectors.py --write   writes them anew"""

import os
import random
import sys
import textwrap
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 80
HERE = os.path.dirname(os.path.abspath(__file__))
DAY = 86400000
Z = Decimal("1.64")
# Kind, what it adds to good and to bad, in the order of reputation.h.
KINDS = [(1, 0), (Decimal("-0.25"), 0), (0, Decimal("0.5")), (0, Decimal("0.5")), (0, 10), (0, 50)]


def table(declaration, rows):
    text = "\nstatic const struct {\n    %s\n} %s[] = {\n" % declaration
    for row in rows:
        line = "{" + ", ".join(row) + "},"
        text += textwrap.fill(line, 100, initial_indent="    ", subsequent_indent="     ") + "\n"
    return text + "};\n"


def u64(v):
    return "UINT64_C(%d)" % v if v >> 31 else str(v)


def exact(x):
    """In parts of 10^12, rounded down."""
    return u64(int(x * 10**12))


def half(dt, days):
    return Decimal(2) ** (-Decimal(dt) / (days * DAY))


class Decaying:
    """Two counts that halve in some days."""

    def __init__(self, days):
        self.days, self.a, self.b, self.at = days, Decimal(0), Decimal(0), 0

    def to(self, at):
        if at > self.at:
            f = half(at - self.at, self.days)
            self.a, self.b, self.at = self.a * f, self.b * f, at
        return self.a, self.b


def beta_bound(good, bad):
    a, b = 2 + good, 2 + bad
    mean = a / (a + b)
    return max(Decimal(0), mean - Z * (mean * (1 - mean) / (a + b + 1)).sqrt())


def wilson_bound(good, n):
    if n == 0:
        return Decimal(0)
    p = good / n
    inner = p * (1 - p) / n + Z * Z / (4 * n * n)
    return max(Decimal(0), (p + Z * Z / (2 * n) - Z * inner.sqrt()) / (1 + Z * Z / n))


def histories(rng):
    """Lists of events (days since the last, kind) and a time after them to look."""
    yield [], 0
    yield [], 400 * DAY
    for kind in range(6):
        yield [(0, kind)], 0
        yield [(5 * DAY, kind)], 30 * DAY
    yield [(DAY // 50, 0)] * 400, 0
    yield [(DAY // 50, 0)] * 400, 30 * DAY
    yield [(DAY // 50, 0)] * 400, 5000 * DAY
    yield [(DAY, 4)] * 30, 0
    yield [(DAY, 1)] * 5 + [(DAY, 0)] * 5 + [(DAY, 1)] * 5, DAY
    for _ in range(40):
        weights = rng.choice([[50, 5, 2, 1, 0, 0], [20, 1, 5, 5, 1, 0], [1, 1, 1, 1, 1, 1], [99, 0, 1, 0, 0, 0]])
        steps = [rng.choice([0, 1, 1000, rng.randrange(DAY), rng.randrange(9 * DAY)]) for _ in range(rng.randrange(60))]
        yield [(s, rng.choices(range(6), weights)[0]) for s in steps], rng.randrange(60 * DAY)


def reputation():
    rng = random.Random(7)
    text = "/* vectors_reputation.h - powers, roots and bounds from Python's decimal numbers (vectors.py);\n"
    text += " * exact is in parts of 10^12, rounded down. */\n"
    one = 2**56
    xs = [0, 1, 2, one // 2, one - 1, one, one + 1, one // 64 - 1, one // 64, 5 * one, 61 * one, 62 * one, 63 * one]
    xs += [one - 2**k for k in range(0, 56, 3)] + [rng.randrange(2 ** rng.randrange(1, 63)) for _ in range(60)]
    rows = [[u64(x), u64(int(Decimal(2) ** (62 - Decimal(x) / one)))] for x in xs]
    text += table(("uint64_t x, power;", "powers"), rows)
    events, checks = [], []
    for history, later in histories(rng):
        at, first, beta, wilson = 1700000000000, len(events), Decaying(30), Decaying(14)
        for step, kind in history:
            at += step
            good, bad = beta.to(at)
            beta.a = max(Decimal(0), good + KINDS[kind][0])
            beta.b = bad + KINDS[kind][1]
            good, n = wilson.to(at)
            wilson.a, wilson.b = good + (kind < 2), n + 1
            events.append([u64(at), str(kind)])
        now = at + later
        bounds = [beta_bound(*beta.to(now)), wilson_bound(*wilson.to(now))]
        checks.append([str(first), str(len(history)), u64(now)] + [exact(b) for b in bounds])
    text += table(("uint64_t at_ms;\n    int kind;", "history_events"), events)
    text += table(("unsigned first, n;\n    uint64_t now_ms, beta, wilson;", "histories"), checks)
    return text


def ppm(x):
    return int(x * 10**6)


def fit(need, have, same_class):
    fits = [min(Fraction(1), Fraction(2 * n, h)) for n, h in zip(need, have) if n]
    mean = sum(fits) / len(fits) if fits else Fraction(1)
    return min(Fraction(1), mean + (Fraction(1, 10) if same_class else 0))


def price_vector(rng):
    """Prices of three nodes, as a million rows cost; the first is the node in question."""
    size = rng.choice([4, 20, 60, 64, 65, 90, 128, 129, 200, 256])
    others = sorted(rng.getrandbits(size) for _ in range(2))
    if rng.randrange(5) == 0:
        return [others[0], others[0], others[0]]
    return [rng.randint(*others), *others]


def score():
    rng = random.Random(9)
    rows = []
    weights = [150, 250, 200, 200, 100, 100]
    for _ in range(200):
        need = [rng.choice([0, 1, 2, 3, 4, 7, 64, 1000]) for _ in range(4)]
        have = [n + rng.choice([0, 0, n, n + 1, rng.randrange(1, 4000)]) for n in need]
        have = [h or 1 for h in have]
        same, uptime, success = rng.randrange(2), rng.randrange(10**6 + 1), rng.randrange(10**6 + 1)
        trust, speed = rng.randrange(10**6 + 1), rng.randrange(1, 2 ** rng.randrange(1, 62))
        median = rng.choice([0, speed, speed // 2, 2 * speed + 1, rng.randrange(1, 2**40)])
        capacity = rng.randrange(1, 100)
        running, rtt = rng.randrange(capacity), rng.choice([0, 1, 30, 149, 150, 151, rng.randrange(1100)])
        prices = price_vector(rng)
        spread = max(prices) - min(prices)
        rate = min(Fraction(1), Fraction(speed, 2 * median)) if median else Fraction(1)
        exact = [
            fit(need, have, same),
            Fraction(5 * uptime + 3 * success + 2 * ppm(rate), 10**7),
            Fraction(trust, 10**6),
            Fraction(max(prices) - prices[0], spread) if spread else Fraction(1),
            1 - Fraction(ppm(Fraction(running, capacity)), 10**6),
            (Decimal(-rtt) / 150).exp() if rtt < 1024 else 0,
        ]
        factors = [ppm(f) for f in exact]
        total = sum(w * f for w, f in zip(weights, factors)) // 1000
        row = ["{%s}" % ", ".join(map(str, need)), "{%s}" % ", ".join(map(str, have)), str(same)]
        row += map(str, [uptime, success, trust, running, capacity, rtt])
        row += [u64(speed), u64(median), "{%s}" % ", ".join('"%d"' % p for p in prices)]
        rows.append(row + ["{%s}" % ", ".join(map(str, factors)), str(total)])
    text = "/* vectors_score.h - factors and scores of nodes, from Python's fractions (vectors.py). */\n"
    members = """uint32_t need[4], have[4];
    int same_class;
    uint32_t uptime, success, reputation, running, capacity, rtt;
    uint64_t speed, median;
    const char *price[3];
    uint32_t factor[6], score;"""
    return text + table((members, "score_vectors"), rows)


FILES = [("vectors_reputation.h", reputation), ("vectors_score.h", score)]


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
