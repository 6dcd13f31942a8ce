"""verify.py - docs/protocol.md, section 9: the checks, in their order and by their names.

verify(data, expect, air) returns the proof that it accepts and raises proof.Rejected otherwise."""

from air import Mask, column_values
from field import (P, QM31, double, is_first, m31_inv, omega, pi, point_at, point_inv, point_mul, powers,
                   qm31, vanishing)
from field import cm31_inv, cm31_mul, cm31_sub
from hashing import DIGEST, Channel, leaf, node, plain, tagged, to_bytes, to_words
from proof import (DIGEST_MODE, IMAGE, INTERACTION, PROGRAM, MAIN, COMPOSITION, ROM, TABLES_LOG, VERSION,
                   WINDOW_BYTES, WORDS_MODE, read, require)

CHECKS = ("form", "sizes", "profile", "program id", "program hash", "context", "input", "output",
          "io commitment", "expected io", "exit code", "time", "addresses", "lookup grind", "product", "sum",
          "oods grind", "oods", "deep grind", "commit grind", "query grind", "tree path", "fri path",
          "last layer")

HALT, INPUT_AT, OUTPUT_AT = 0x100, 0x20000000, 0x28000000  # byte addresses
RAM = 2**15                                                # tuple address of memory word 0
HALF = m31_inv(2)


class Expect:
    """What is required; io_commitment (31 bytes) or input and output may be None."""

    def __init__(self, profile, program_id, context=bytes(DIGEST), input=None, output=None,
                 io_commitment=None, exit_code=0, allow_unsound=False):
        self.profile, self.program_id, self.context = profile, program_id, context
        self.input, self.output, self.io_commitment = input, output, io_commitment
        self.exit_code, self.allow_unsound = exit_code, allow_unsound


# ---- the statement ----

def public_hash(data):
    return plain(to_bytes([len(data)]) + data)[:31]


def check_program(p, e):
    require(p.profile.name == e.profile, "profile", "another one is required")
    require(p.profile.sound or e.allow_unsound, "profile", "unsound")
    require(p.program_id == e.program_id, "program id")
    p.header = [p.entry, HALT, p.image_end, p.logs[ROM], TABLES_LOG, p.logs[IMAGE], p.io_mode,
                INPUT_AT, WINDOW_BYTES, OUTPUT_AT, WINDOW_BYTES, len(p.program_cap)]
    message = p.air_id + to_bytes([p.profile_id] + p.header) + b"".join(p.program_cap)
    require(tagged("spProg", message)[:DIGEST] == p.program_id, "program hash")
    require(p.context == e.context, "context")


def check_public(p, e):
    h_in, h_out = (to_bytes(h)[:31] for h in (p.h_in, p.h_out))
    if p.io_mode == WORDS_MODE:
        require(public_hash(p.input) == h_in, "input")
        require(public_hash(p.output) == h_out, "output")
    p.io_digest = plain(b"sprove io" + h_in + h_out)
    commitment = to_bytes(p.io_commitment)[:31]
    require(p.io_digest[:31] == commitment, "io commitment")
    require(e.io_commitment in (None, commitment), "expected io")
    require(e.input is None or public_hash(e.input) == h_in, "expected io", "input")
    require(e.output is None or public_hash(e.output) == h_out, "expected io", "output")
    require(p.exit_code == e.exit_code, "exit code")
    require(1 <= p.cycles <= 2**27 - 2, "time")
    require(p.entry % 4 == 0 and p.entry < 2**30, "addresses", "entry")
    require(p.image_end < RAM + INPUT_AT // 4, "addresses", "image")


def mix_statement(channel, p):
    channel.mix([VERSION] + to_words(p.air_id) + [p.profile_id] + to_words(p.program_id + p.context) +
                p.io_commitment + [p.exit_code, p.cycles % 2**32, p.cycles >> 32, p.io_mode] +
                p.h_in + p.h_out + p.logs)


# ---- the arguments ----

class Challenges:
    def __init__(self, channel):
        self.gamma, alpha, self.z = (channel.draw_felt() for _ in range(3))
        self.alpha = powers(alpha, 12)

    def cell(self, addr, ts, word):
        lo, hi = word & 0xFFFF, word >> 16
        return self.gamma + addr + self.alpha[1] * ts + self.alpha[2] * lo + self.alpha[3] * hi

    def state(self, ts, pc):
        return self.gamma + self.alpha[4] + self.alpha[1] * ts + self.alpha[2] * pc


def window(data):
    """The words of an io window."""
    return to_words(to_bytes([len(data)]) + data + bytes(-len(data) % 4))


def check_product(p, ch):
    end = 4 * (p.cycles + 1)
    read_, left = ch.state(end, HALT // 4), ch.state(4, p.entry // 4)
    final = [(9, p.exit_code)]
    if p.io_mode == WORDS_MODE:
        for i, w in enumerate(window(p.input)):
            a = RAM + INPUT_AT // 4 + i
            read_, left = read_ * ch.cell(a, 0, 0), left * ch.cell(a, 1, w)
        final += [(RAM + OUTPUT_AT // 4 + i, w) for i, w in enumerate(window(p.output))]
    if p.io_mode == DIGEST_MODE:
        final += [(10 + i, w) for i, w in enumerate(to_words(p.io_digest))]
    for a, w in final:
        read_, left = read_ * ch.cell(a, end, w), left * ch.cell(a, end + 1, w)
    for claim in p.products:
        read_ = read_ * claim
    require(read_ == left and left != QM31(0), "product")


def draw_points(channel, n_max):
    """Z0, and Z1 = the row before it."""
    back = point_inv(omega(n_max))
    while True:
        t = channel.draw_felt()
        d = 1 + t * t
        if d == QM31(0):
            continue
        z0 = (1 - t * t) * d.inv(), 2 * t * d.inv()
        z1 = point_mul(z0, (QM31(back[0]), QM31(back[1])))
        if z0[1].im() != (0, 0) and z1[1].im() != (0, 0):
            return z0, z1


def constraint_values(p, ch, z0):
    """The values of all constraints, over the present instances in order."""
    s = p.shape
    start, i = [], 0  # number of the first sample of each tree
    for columns in s.trees:
        start.append(i)
        i += len(columns)
    before = iter(p.samples[i:])
    take = lambda n: [next(before) for _ in range(n)]
    products, sums = iter(p.products), iter(p.sums)
    r = []
    for instance in s.instances:
        c, m = instance.component, Mask()

        def samples(tree, n):
            first = start[tree] + instance.first[tree]
            return p.samples[first:first + n]

        m.pre, m.main, m.before = samples(PROGRAM, c.pre), samples(MAIN, c.main), take(len(c.before))
        columns = column_values(samples(INTERACTION, 4 * (c.prod + c.sum)), c.prod + c.sum)
        m.prod, m.sum = columns[:c.prod], columns[c.prod:]
        m.prod_before = column_values(take(4), 1)[0] if c.prod else None
        m.sum_before = column_values(take(4), 1)[0] if c.sum else None
        m.claim_prod = next(products) if c.prod else None
        m.claim_sum = next(sums) if c.sum else None
        m.is_first = is_first(instance.n, double(z0, s.n_max - instance.n))
        m.image_end = qm31(p.image_end)
        m.gamma, m.z, m.alpha = ch.gamma, ch.z, ch.alpha
        r += c.evaluate(m)
    assert next(before, None) is None
    return r


def check_oods(p, ch, rho, z0):
    s = p.shape
    values = constraint_values(p, ch, z0)
    left = QM31(0)
    for v in reversed(values):
        left = left * rho + v
    composition = p.samples[s.n_columns - len(s.trees[COMPOSITION]):s.n_columns]
    q0, q1 = column_values(composition, 2)
    v = vanishing(s.n_max, z0)
    require(left == v * (q0 + v * q1), "oods")


# ---- the quotient ----

class Quotient:
    """The samples of one point, weighted; the quotient at points of the domain."""

    def __init__(self, z, samples, weights):
        self.z, self.weights = z, weights
        self.c = z[1].conj() - z[1]
        self.a = self.b = QM31(0)
        for s, w in zip(samples, weights):
            a = s.conj() - s
            self.a += w * a
            self.b += w * (s * self.c - a * z[1])
        # Coordinates of the weights, apart, so that a sum over columns is one over integers.
        self.coordinates = list(zip(*(w.words() for w in weights)))

    def at(self, values, point):
        total = QM31(*(sum(w * v for w, v in zip(column, values)) for column in self.coordinates))
        x, y = self.z
        den = cm31_sub(cm31_mul(cm31_sub(x.re(), (point[0], 0)), y.im()),
                       cm31_mul(cm31_sub(y.re(), (point[1], 0)), x.im()))
        return (self.c * total - self.a * point[1] - self.b) * QM31(*cm31_inv(den))


# ---- openings ----

def opens(cap, index, values, logs, path, cap_log):
    """A tree of columns of several heights: values of columns of log sizes logs at index."""
    top = max(logs)
    here = lambda level: [v for v, m in zip(values, logs) if m == level]
    digest, siblings = leaf(here(top)), iter(path)
    for level in range(top - 1, cap_log - 1, -1):
        sibling = next(siblings)
        pair = (sibling, digest) if index & 1 else (digest, sibling)
        digest = node(*pair, here(level))
        index >>= 1
    return cap[index] == digest


def check_trees(p, position, query):
    caps = p.program_cap, p.main_cap, p.interaction_cap, p.composition_cap
    for cap, columns, values, path in zip(caps, p.shape.trees, query.values, query.paths):
        index = position >> (p.shape.M - max(columns))
        require(opens(cap, index, values, columns, path, p.profile.cap_log), "tree path")


def fold_pair(f, g, coordinate, beta):
    return (f + g) * HALF + beta * ((f - g) * (HALF * m31_inv(coordinate) % P))


def fold_by_x(values, xs, beta):
    """Neighbours are at points with x and -x; down to one value."""
    while len(values) > 1:
        values = [fold_pair(values[i], values[i + 1], xs[i], beta) for i in range(0, len(values), 2)]
        xs = [pi(x) % P for x in xs[::2]]
        beta = beta * beta
    return values[0]


def check_fri(p, position, query, value, betas):
    """value: the quotient at position."""
    s = p.shape
    m = s.M
    for i, (k, t) in enumerate(zip(s.folds, s.leaf_logs)):
        siblings, path = query.layers[i]
        siblings = iter(siblings)
        if i == 0:  # both halves of the circle: l is the position in the half
            half, width = 2**(m - 1), 2**(k - 1)
            index = position % half // width
            places = [flag * half + index * width + j for flag in (0, 1) for j in range(width)]
        else:
            index = position >> k
            places = [index * 2**k + j for j in range(2**k)]
        values = [value if place == position else next(siblings) for place in places]
        assert next(siblings, None) is None
        cap_log = min(p.profile.cap_log, t)
        words = [w for v in values for w in v.words()]
        require(opens(p.layer_caps[i], index, words, [t] * len(words), path, cap_log), "fri path",
                "layer %d" % i)
        beta = betas[i]
        if i == 0:
            points = [point_at(m, place) for place in places[:width]]
            values = [fold_pair(values[j], values[j + width], points[j][1], beta) for j in range(width)]
            value = fold_by_x(values, [x for x, _ in points], beta * beta)
        else:
            value = fold_by_x(values, [point_at(m + 1, place)[0] for place in places], beta)
        position, m = index, t
    require(value == last_layer(p.last, point_at(m + 1, position)[0]), "last layer")


def last_layer(coefficients, x):
    """At x, in the basis of products of x, pi(x), pi(pi(x)), ..."""
    values = coefficients
    while len(values) > 1:
        values = [values[i] + values[i + 1] * x for i in range(0, len(values), 2)]
        x = pi(x) % P
    return values[0]


# ---- all of it ----

def verify(data, e, air):
    p = read(data, air)  # form, sizes
    s, grind = p.shape, p.profile.grind
    check_program(p, e)
    check_public(p, e)

    channel = Channel()
    mix_statement(channel, p)
    channel.mix_cap(p.main_cap)
    require(channel.grind(grind["lookup"], p.lookup_nonce), "lookup grind")
    ch = Challenges(channel)
    check_product(p, ch)
    require(sum(p.sums, QM31(0)) == QM31(0), "sum")
    channel.mix_felts(p.products + p.sums)
    channel.mix_cap(p.interaction_cap)
    rho = channel.draw_felt()
    channel.mix_cap(p.composition_cap)
    require(channel.grind(grind["oods"], p.oods_nonce), "oods grind")
    z0, z1 = draw_points(channel, s.n_max)
    check_oods(p, ch, rho, z0)

    channel.mix_felts(p.samples)
    require(channel.grind(grind["deep"], p.deep_nonce), "deep grind")
    weights = powers(channel.draw_felt(), s.n_samples)
    n = s.n_columns
    at_z0 = Quotient(z0, p.samples[:n], weights[:n])
    at_z1 = Quotient(z1, p.samples[n:], weights[n:])
    betas = []
    for cap, nonce in zip(p.layer_caps, p.commit_nonces):
        channel.mix_cap(cap)
        require(channel.grind(grind["commit"], nonce), "commit grind")
        betas.append(channel.draw_felt())
    channel.mix_felts(p.last)
    require(channel.grind(grind["query"], p.query_nonce), "query grind")

    for position, query in zip(channel.draw_queries(p.profile.queries, s.M), p.queries):
        check_trees(p, position, query)
        values = [v for tree in query.values for v in tree]
        before = [query.values[tree][column] for tree, column in s.before]
        point = point_at(s.M, position)
        value = at_z0.at(values, point) + at_z1.at(before, point)
        check_fri(p, position, query, value, betas)
    return p
