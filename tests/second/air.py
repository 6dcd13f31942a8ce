"""air.py - the constraints as the graph that AIR_ID is the hash of (docs/air.md, "Identity")."""

import functools

from field import QM31, combine
from hashing import DIGEST, tagged, to_bytes

# Their places are the numbers that are hashed.
OPERATIONS = ("const main pre before is_first image_end gamma z alpha prod sum prod_before sum_before "
              "claim_prod claim_sum add sub mul").split()


class Component:
    """Columns, nodes (operation, a, b) and the nodes that must be zero."""

    def __init__(self, number, name, pre, main, prod, sums, before):
        self.number, self.name = number, name
        self.pre, self.main, self.prod, self.sum = pre, main, prod, sums
        self.before = before  # main columns read at the row before
        self.nodes, self.constraints = [], []

    def words(self):
        r = [self.number, self.pre, self.main, self.prod, self.sum, len(self.before), *self.before]
        r.append(len(self.nodes))
        for op, a, b in self.nodes:
            r += [OPERATIONS.index(op), a, b]
        return r + [len(self.constraints), *self.constraints]

    def evaluate(self, at):
        """The values of the constraints in order; at: a Mask."""
        values = []
        for op, a, b in self.nodes:
            if op == "add":
                v = values[a] + values[b]
            elif op == "sub":
                v = values[a] - values[b]
            elif op == "mul":
                v = values[a] * values[b]
            elif op == "const":
                v = QM31(a)
            else:
                v = getattr(at, op)
                if isinstance(v, list):
                    v = v[a]
            values.append(v)
        return [values[i] for i in self.constraints]


class Mask:
    """What the leaves of a graph stand for: sampled columns, challenges, claims; one attribute for
    each operation without operands, named like it, QM31 or a list of them."""


class Air:
    def __init__(self, instances, split):
        self.instances, self.split = instances, split
        self.components = []

    @functools.cached_property
    def id(self):
        words = [len(self.components), self.instances, self.split]
        for c in self.components:
            words += c.words()
        return tagged("spAir", to_bytes(words))[:DIGEST]

    def slots(self):
        """The component of each instance slot."""
        r = []
        for i, c in enumerate(self.components):
            r += [c] * (self.instances if i < self.split else 1)
        return r


def read_graph(text):
    """From what air_record --graph prints. Every number in it is read or checked."""
    lines = iter(text.splitlines())

    def line(*form):
        """The words of the next line where form has None; elsewhere they must be those of form."""
        words = next(lines).split()
        assert len(words) == len(form) and all(f in (None, w) for f, w in zip(form, words)), words
        return [w for f, w in zip(form, words) if f is None]

    n, instances, split = map(int, line("components", None, "instances", None, "split", None))
    air = Air(instances, split)
    for number in range(n):
        name, *columns = line("component", str(number), None, "pre", None, "main", None, "prod", None,
                              "sum", None)
        word, count, *before = next(lines).split()
        assert word == "before" and int(count) == len(before)
        c = Component(number, name, *map(int, columns), list(map(int, before)))
        for i in range(int(line("nodes", None)[0])):
            op, a, b = line(str(i), None, None, None)
            a, b = int(a), int(b)
            assert op in OPERATIONS and (op not in ("add", "sub", "mul") or max(a, b) < i)
            c.nodes.append((op, a, b))
        for i in range(int(line("constraints", None)[0])):
            c.constraints.append(int(line(str(i), None)[0]))
        air.components.append(c)
    assert next(lines, None) is None
    return air


def column_values(samples, n):
    """n QM31 columns from the samples of their four M31 columns each."""
    return [combine(samples[4 * i:4 * i + 4]) for i in range(n)]
