"""proof.py - docs/proof-format.md: reads a proof, refusing what is not its one canonical form; the
numbers that follow from its head; the felts of the same fields."""

from field import P, QM31
from hashing import to_bytes, to_words

MAGIC, VERSION = 0x56525053, 1
HEAD_WORDS = 61
N_SLOTS = 22
INITFIN, IMAGE, ROM, TABLES = 18, 19, 20, 21  # slots
TABLES_LOG = 18
WINDOW_BYTES = 2**26
WORDS_MODE, DIGEST_MODE = 0, 1
PROGRAM, MAIN, INTERACTION, COMPOSITION = range(4)


class Rejected(Exception):
    """check: its name in VERIFY_CHECKS."""

    def __init__(self, check, text=""):
        super().__init__("%s: %s" % (check, text))
        self.check, self.text = check, text


def require(truth, check, text=""):
    if not truth:
        raise Rejected(check, text)


class Profile:
    """A row of protocol.md, section 8."""

    def __init__(self, name, blowup, queries, grind, cap_log, last):
        self.name, self.blowup, self.queries = name, blowup, queries
        self.grind = dict(zip(("lookup", "oods", "deep", "commit", "query"), grind))
        self.cap_log, self.last = cap_log, last
        self.sound = name != "bench"
        self.instances = 1 if name == "chain" else 2
        # An extended column is taller than the cap.
        self.min_log = max(5, cap_log + 1 - blowup)
        self.max_log = 20 if name == "chain" else 24


PROFILES = {
    1: Profile("fast", 1, 70, (0, 0, 0, 0, 26), 6, 6),
    2: Profile("balanced", 1, 115, (0, 0, 12, 2, 26), 7, 6),
    3: Profile("proven", 1, 193, (12, 4, 12, 0, 20), 8, 6),
    4: Profile("chain", 4, 20, (24, 0, 10, 4, 24), 5, 6),
    5: Profile("bench", 1, 3, (0, 0, 0, 0, 10), 2, 6),
}


class Instance:
    """A present slot; n: its trace log size; first[tree]: the number of its first column there."""

    def __init__(self, slot, component, n):
        self.slot, self.component, self.n = slot, component, n
        self.first = {}


class Shape:
    """All sizes, from the profile, the log sizes of the slots and the components' columns."""

    def __init__(self, profile, logs, air):
        self.instances = [Instance(i, c, logs[i]) for i, c in enumerate(air.slots()) if logs[i]]
        self.n_max = max(i.n for i in self.instances)
        self.M = self.n_max + profile.blowup
        # trees[t]: domain log size of every column, in order.
        self.trees = [[], [], [], [self.M] * 8]
        for i in self.instances:
            c, m = i.component, i.n + profile.blowup
            for tree, count in ((PROGRAM, c.pre), (MAIN, c.main), (INTERACTION, 4 * (c.prod + c.sum))):
                i.first[tree] = len(self.trees[tree])
                self.trees[tree] += [m] * count
        self.with_prod = [i for i in self.instances if i.component.prod]
        self.with_sum = [i for i in self.instances if i.component.sum]
        # (tree, column) of what is read at the row before.
        self.before = []
        for i in self.instances:
            c = i.component
            self.before += [(MAIN, i.first[MAIN] + k) for k in c.before]
            for last, count in ((c.prod - 1, c.prod), (c.prod + c.sum - 1, c.sum)):
                if count:
                    self.before += [(INTERACTION, i.first[INTERACTION] + 4 * last + k) for k in range(4)]
        self.n_columns = sum(map(len, self.trees))
        self.n_samples = self.n_columns + len(self.before)
        # folds[l]: binary folds of FRI layer l; leaf_logs[l]: log size of its leaves.
        rest = self.M - profile.last - profile.blowup
        layers = -(-rest // 4)
        self.folds, self.leaf_logs, m = [], [], self.M
        for i in range(layers):
            k = -(-rest // (layers - i))
            rest, m = rest - k, m - k
            self.folds.append(k)
            self.leaf_logs.append(m)


class Query:
    """What is opened at one position; layers: (siblings, path)."""

    def __init__(self):
        self.values, self.paths, self.layers = [], [], []


class Fields:
    """Takes fields off the bytes of a proof. done: (name, kind, count, words) of all taken."""

    def __init__(self, data):
        self.data, self.at, self.done = data, 0, []

    def take(self, name, kind, count, words):
        end = self.at + 4 * words
        require(end <= len(self.data), "form", "the proof ends inside " + name)
        r = to_words(self.data[self.at:end])
        self.at = end
        if count:
            self.done.append((name, kind, count, r))
        return r

    def words(self, name, n):
        return self.take(name, "words", n, n)

    def digests(self, name, n):
        w = self.take(name, "digest", n, 7 * n)
        return [to_bytes(w[7 * i:7 * i + 7]) for i in range(n)]

    def hash31(self, name):
        w = self.take(name, "hash31", 1, 8)
        require(w[7] >> 24 == 0, "form", "byte 31 of " + name)
        return w

    def nonce(self, name, present):
        return self.take(name, "nonce", 1, 2) if present else None

    def m31(self, name, n, kind="M31"):
        w = self.take(name, kind, n, n if kind == "M31" else 4 * n)
        require(all(x < P for x in w), "form", name + " is not canonical")
        return w

    def qm31(self, name, n):
        w = self.m31(name, n, "QM31")
        return [QM31(*w[4 * i:4 * i + 4]) for i in range(n)]

    def bytes(self, name, n):
        padded = to_bytes(self.take(name, "bytes", n, -(-n // 4)))
        require(not any(padded[n:]), "form", "padding of " + name)
        return padded[:n]


class Proof:
    """The fields by name."""


def read_head(p, f, air):
    require(len(f.data) >= 4 * HEAD_WORDS, "form", "shorter than the head")
    magic, version, p.profile_id, length = f.words("header", 4)
    require(magic == MAGIC, "form", "not a proof")
    require(version == VERSION, "form", "version")
    require(p.profile_id in PROFILES, "form", "profile")
    p.profile = PROFILES[p.profile_id]
    p.air_id, = f.digests("air id", 1)
    require(p.air_id == air.id, "form", "air id")
    p.program_id, = f.digests("program id", 1)
    p.context, = f.digests("context", 1)
    p.io_commitment = f.hash31("io commitment")
    p.exit_code, low, high, p.io_mode, p.n_input, p.n_output = f.words("numbers", 6)
    p.cycles = low + 2**32 * high
    p.h_in = f.hash31("input hash")
    p.h_out = f.hash31("output hash")
    logs = to_bytes(f.words("log sizes", 6))
    assert f.at == 4 * HEAD_WORDS
    require(not any(logs[N_SLOTS:]), "form", "padding of log sizes")
    p.logs = list(logs[:N_SLOTS])
    require(p.io_mode in (WORDS_MODE, DIGEST_MODE), "form", "io mode")
    most = WINDOW_BYTES if p.io_mode == WORDS_MODE else 0
    require(p.n_input <= most and p.n_output <= most, "form", "more public bytes than there can be")
    require(length == len(f.data), "form", "length")


def check_sizes(profile, logs, air):
    for slot in (INITFIN, IMAGE, ROM, TABLES):
        require(logs[slot], "sizes", "a table is absent")
    for first in range(0, 2 * air.split, 2):
        second = logs[first + 1]
        require(second == 0 or profile.instances == 2, "sizes", "a second instance")
        require(second <= logs[first], "sizes", "the second instance is larger, or has no first")
    for n in logs:
        require(n == 0 or profile.min_log <= n <= profile.max_log, "sizes", "log size")
    require(logs[TABLES] == TABLES_LOG, "sizes", "TABLES")
    require(max(logs) + profile.blowup <= 30, "sizes", "domain")
    present = [(c, n) for c, n in zip(air.slots(), logs) if n]
    require(sum(2 * c.prod * 2**n for c, n in present) < P, "sizes", "accesses")
    require(sum(6 * c.sum * 2**n for c, n in present) < P, "sizes", "lookups")


def read(data, air):
    """Rejected with form or sizes, or the fields; .shape: the sizes; .fields: all in order."""
    p, f = Proof(), Fields(data)
    read_head(p, f, air)
    check_sizes(p.profile, p.logs, air)
    p.shape = s = Shape(p.profile, p.logs, air)
    cap_log, grind = p.profile.cap_log, p.profile.grind

    p.entry, p.image_end = f.words("program header", 2)
    p.program_cap = f.digests("program cap", 2**cap_log)
    p.input = f.bytes("input", p.n_input)
    p.output = f.bytes("output", p.n_output)
    p.main_cap = f.digests("main cap", 2**cap_log)
    p.lookup_nonce = f.nonce("lookup nonce", grind["lookup"])
    p.products = f.qm31("product claims", len(s.with_prod))
    p.sums = f.qm31("sum claims", len(s.with_sum))
    p.interaction_cap = f.digests("interaction cap", 2**cap_log)
    p.composition_cap = f.digests("composition cap", 2**cap_log)
    p.oods_nonce = f.nonce("oods nonce", grind["oods"])
    p.samples = f.qm31("samples", s.n_samples)
    p.deep_nonce = f.nonce("deep nonce", grind["deep"])
    p.layer_caps, p.commit_nonces = [], []
    for t in s.leaf_logs:
        p.layer_caps.append(f.digests("fri layer cap", 2**min(cap_log, t)))
        p.commit_nonces.append(f.nonce("commit nonce", grind["commit"]))
    p.last = f.qm31("last layer", 2**p.profile.last)
    p.query_nonce = f.nonce("query nonce", grind["query"])
    p.queries = []
    for _ in range(p.profile.queries):
        q = Query()
        for columns in s.trees:
            q.values.append(f.m31("opened values", len(columns)))
            q.paths.append(f.digests("tree path", max(columns) - cap_log))
        for k, t in zip(s.folds, s.leaf_logs):
            siblings = f.qm31("fri siblings", 2**k - 1)
            q.layers.append((siblings, f.digests("fri path", t - min(cap_log, t))))
        p.queries.append(q)
    require(f.at == len(data), "form", "bytes after the end")
    p.fields = f.done
    return p


# ---- felts ----

def felt_of_values(v):
    """8 M31 values, section 4."""
    r = v[0] | v[1] << 31 | v[2] << 62 | v[3] << 93 | (v[7] & 15) << 124
    return r | v[4] << 128 | v[5] << 159 | v[6] << 190 | v[7] >> 4 << 221


def felt_of_words(w):
    return sum(x << 32 * i for i, x in enumerate(w))


PER_FELT = {"words": 7, "bytes": 7, "digest": 7, "hash31": 8, "nonce": 2, "M31": 8, "QM31": 8}


def felts(p):
    """The proof's fields as felts."""
    r = []
    for _, kind, _, words in p.fields:
        n = PER_FELT[kind]
        for i in range(0, len(words), n):
            part = words[i:i + n]
            if kind in ("M31", "QM31"):
                r.append(felt_of_values(part + [0] * (n - len(part))))
            else:
                r.append(felt_of_words(part))
    return r
