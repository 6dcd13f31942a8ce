"""lazy_bounds.py contracts/cairo/src - the arithmetic of the Cairo verifier that is not reduced stays within
its bounds. Reads the functions of lazy.cairo, air/ops.cairo, air/generated/ and fri.cairo as they stand and runs
them on intervals of integers: no value leaves what a felt holds, and what is reduced lies within what the
reductions take. It shares nothing with tools/air_cairo, which decides where the constraints are reduced.

Each reduction of the printed constraints is then left out, one at a time; most of them must be missed."""

import os
import re
import sys

P = 2**31 - 1
PRIME = 2**251 + 17 * 2**192 + 1  # of felts
REDUCED = 2**232                  # what reduce, eighth and sixteenth say that they take


class Wrong(Exception):
    pass


class Int:
    """An integer within lo .. hi."""

    def __init__(self, lo, hi):
        # A felt stands for one integer as long as all lie within half of the prime.
        if max(-lo, hi) >= 2**250:
            raise Wrong("a felt of %d bits" % max(-lo, hi).bit_length())
        self.lo, self.hi = lo, hi

    def __add__(self, y):
        y = integer(y)
        return Int(self.lo + y.lo, self.hi + y.hi)

    def __neg__(self):
        return Int(-self.hi, -self.lo)

    def __sub__(self, y):
        return self + -integer(y)

    def __mul__(self, y):
        y = integer(y)
        ends = [a * b for a in (self.lo, self.hi) for b in (y.lo, y.hi)]
        return Int(min(ends), max(ends))

    def __rsub__(self, y):
        return integer(y) - self

    __radd__, __rmul__ = __add__, __mul__


def integer(x):
    return x if isinstance(x, Int) else Int(x, x)


class Fields:
    """A struct; a field that was not given is an element."""

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __getattr__(self, name):
        return Element() if not name.startswith("__") else None


def Element():
    return Fields(a=Int(0, P - 1), b=Int(0, P - 1), c=Int(0, P - 1), d=Int(0, P - 1))


widest = [0]


def reduce(x):
    for v in (x.a, x.b, x.c, x.d):
        widest[0] = max(widest[0], -v.lo, v.hi)
        if v.lo < -REDUCED or v.hi > REDUCED:
            raise Wrong("%d bits are reduced" % max(-v.lo, v.hi).bit_length())
    return Element()


# ---- Cairo to Python: straight-line functions of felts ----

def strip(text):
    text = re.sub(r"//.*", "", text).replace("m31::to_felt(", "to_felt(").replace(".into()", "")
    return re.sub(r"(^|[(,=\[{:]\s*)\*(?=\w)", r"\1", text)  # a dereference


def body(text, name):
    found = re.search(r"fn %s\(([^{]*?)\)\s*->\s*[^{]*\{(.*?)\n\}\n" % name, text, re.S)
    if not found:
        sys.exit("no function %s" % name)
    parameters = re.findall(r"(\w+)\s*:\s*(?=[A-Z@\[fu])", re.sub(r"\[[^\]]*\]", "A", found[1]))
    return parameters, found[2]


def expression(e):
    e = re.sub(r"\bLazy \{(.*?)\}", lambda m: "Lazy(%s)" % m[1].replace(":", "="), e, flags=re.S)
    return " ".join(e.split())


def statements(text):
    """(names, or {field: name} for a struct taken apart, expression) of each let; last, the result."""
    *lets, result = [s.strip() for s in text.split(";")]
    for s in lets:
        if not s.startswith("let "):
            if "revoke_ap_tracking" not in s:
                raise Wrong("not understood: " + s)
            continue
        left, right = s[4:].split("=", 1)
        left = re.sub(r"^mut ", "", left.strip())
        struct = re.match(r"\w+ \{(.*)\}$", left, re.S)
        if struct:
            yield [part.split(":") for part in struct[1].replace(" ", "").split(",") if part], right
        else:
            yield re.sub(r"[\[\]()\s]", "", left).split(","), right
    yield None, result


def run(text, known, values):
    values = dict(values)
    for names, e in statements(text):
        if "multi_pop_back" in e:
            values.update((n, Element()) for n in names)
            continue
        if "unbox()" in e and names == ["fixed", "powers"]:
            continue
        if names is not None and any(isinstance(n, list) for n in names):
            struct = eval(expression(e), known, values)
            for n in names:
                if n[-1] != "_":
                    values[n[-1]] = getattr(struct, n[0])
            continue
        value = eval(expression(e), known, values)
        if names is None:
            return value
        if len(names) == 1:
            values[names[0]] = value
        else:
            values.update(zip(names, value, strict=True))


def function(text, name, known):
    parameters, code = body(text, name)
    known[name] = lambda *given: run(code, known, zip(parameters, given, strict=True))


# ---- the files ----

def read(*path):
    with open(os.path.join(sys.argv[1], *path), encoding="utf-8") as f:
        return strip(f.read())


def library():
    lazy, ops = read("lazy.cairo"), read("air", "ops.cairo")
    lift = int(re.search(r"const LIFT: felt252 = (0x[0-9a-f]+);", lazy)[1], 16)
    if lift % P or lift < REDUCED or lift + REDUCED >= PRIME:
        raise Wrong("LIFT is not a multiple of P that makes every value positive")
    known = {"Lazy": Fields, "to_felt": lambda x: x, "reduce": reduce, "eighth": reduce, "sixteenth": reduce}
    known["q_m31"] = lambda x: Fields(a=Int(0, P - 1), b=Int(0, 0), c=Int(0, 0), d=Int(0, 0))
    for name in ("from_qm31", "from_words", "add", "sub", "scale", "mul"):
        function(lazy, name, known)
    known["q"] = known["from_qm31"]
    for name in ("add_const", "const_sub", "combine"):
        function(ops, name, known)
    return known


PUBLIC = {"fixed": Fields(), "powers": Fields(), "claim": Fields(), "is_first": Element(), "acc": Element()}


def component(text, name, known):
    run(body(text, name)[1], known, PUBLIC)


def fixed(text, known):
    """Its result is a struct of elements, given or reduced."""
    code = body(text, "fixed")[1]
    code = re.sub(r"\*?ch\.(alpha\.span\(\)\[\d+\]|\w+)", "element()", code)
    lets, result = code.rsplit("Fixed {", 1)
    values = {"element": Element}
    for names, e in statements(lets + "0"):
        if names:
            values[names[0]] = eval(expression(e), known, values)
    for e in re.findall(r":\s*([^,]+),", result):
        eval(expression(e), known, values)


def folds(known):
    """Leaves of words below 2^31; inverses are felts between -P and P."""
    text = read("fri.cairo")
    word, inverse = Int(0, P), Int(-P, P)
    value = known["from_words"](word, word, word, word)
    pair = Fields(x=inverse, y=inverse)
    inverses = Fields(q0=pair, q1=pair, q2=pair, q3=pair, r0=pair, r1=pair, u=pair, w=inverse)
    known["neighbours"] = known["opposites"] = lambda first, second: [value] * 8
    for name in ("pair", "fold_pairs", "last_of_16", "half_low", "half_high", "circle_low", "circle_high"):
        function(text, name, known)
    for name, n in (("fold_8", 2), ("fold_16", 4), ("fold_circle", 4)):
        function(text, name, known)
        known[name](*[None] * n, inverses, Fields())


def quotients(known):
    """quotients.cairo, value: num is a sum of at most SAMPLES products; the points and weights are elements."""
    samples = 2**11
    lane = Int(0, samples * (P - 1) ** 2)
    if lane.hi >= 2**123:
        raise Wrong("a lane runs into its neighbour")
    num = Fields(a=lane, b=lane, c=lane, d=lane)
    code = body(read("quotients.cairo"), "value")[1]
    code = re.sub(r"let (re|im): u256 = [^;]*;", "", code)
    code = re.sub(r"let num = Lazy[^;]*;", "", code)
    code = code.replace("lazy::", "").replace("to_felt(p.y)", "element").replace("q.", "q_")
    code = re.sub(r"= to_felt\(m31::mul[^;]*;", "= element;", code)
    values = {"num": num, "element": Int(0, P - 1)}
    values.update(("q_" + n, Element()) for n in "casy")
    one = run(code, known, values)
    known["reduce"](known["add"](one, one))


def main():
    known = library()
    generated = [n[:-6] for n in sorted(os.listdir(os.path.join(sys.argv[1], "air", "generated")))]
    texts = {n: read("air", "generated", n + ".cairo") for n in generated if n not in ("each", "fixed")}
    if len(texts) != 13:
        raise Wrong("%d components" % len(texts))
    for name, text in texts.items():
        component(text, name, known)
    fixed(read("air", "generated", "fixed.cairo"), known)
    print("  constraints: at most %d bits are reduced" % widest[0].bit_length())
    widest[0] = 0
    folds(known)
    print("  folds: at most %d bits are reduced" % widest[0].bit_length())
    widest[0] = 0
    quotients(known)
    print("  quotients: at most %d bits are reduced" % widest[0].bit_length())

    needed, all_reductions = 0, 0
    for name, text in texts.items():
        for line in re.findall(r"    let \w+ = q\(reduce\(\w+\)\);\n", text):
            all_reductions += 1
            try:
                component(text.replace(line, ""), name, known)
            except Wrong:
                needed += 1
    print("  %d of %d reductions are missed when left out" % (needed, all_reductions))
    if 2 * needed < all_reductions or not needed:
        raise Wrong("so few: is anything checked here?")


try:
    main()
except Wrong as w:
    sys.exit("lazy_bounds: %s" % w)
