"""field.py - the numbers of docs/protocol.md, section 1: M31, QM31, the circle, its domains.

An element of M31 is an int from 0 to P - 1. A point is a pair (x, y), of ints or of QM31."""

P = 2**31 - 1


def m31_inv(x):
    return pow(x, P - 2, P)


# ---- CM31 = M31[i] / (i^2 + 1), as pairs ----

def cm31_mul(a, b):
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def cm31_sub(a, b):
    return (a[0] - b[0]) % P, (a[1] - b[1]) % P


def cm31_inv(a):
    n = m31_inv((a[0] * a[0] + a[1] * a[1]) % P)
    return a[0] * n % P, -a[1] * n % P


class QM31:
    """CM31[u] / (u^2 - 2 - i): four coordinates, of 1, i, u, iu."""
    __slots__ = ("a", "b", "c", "d")

    def __init__(self, a, b=0, c=0, d=0):
        self.a, self.b, self.c, self.d = a % P, b % P, c % P, d % P

    def words(self):
        return [self.a, self.b, self.c, self.d]

    def re(self):
        return self.a, self.b

    def im(self):
        return self.c, self.d

    def conj(self):
        return QM31(self.a, self.b, -self.c, -self.d)

    def __eq__(self, o):
        return self.words() == qm31(o).words()

    def __hash__(self):
        return hash(tuple(self.words()))

    def __repr__(self):
        return "QM31" + repr(tuple(self.words()))

    def __neg__(self):
        return QM31(-self.a, -self.b, -self.c, -self.d)

    def __add__(self, o):
        o = qm31(o)
        return QM31(self.a + o.a, self.b + o.b, self.c + o.c, self.d + o.d)

    def __sub__(self, o):
        o = qm31(o)
        return QM31(self.a - o.a, self.b - o.b, self.c - o.c, self.d - o.d)

    def __mul__(self, o):
        if isinstance(o, int):
            return QM31(self.a * o, self.b * o, self.c * o, self.d * o)
        # (x + y u)(x' + y' u) = x x' + (2 + i) y y' + (x y' + y x') u
        yy = (self.c * o.c - self.d * o.d, self.c * o.d + self.d * o.c)
        return QM31(self.a * o.a - self.b * o.b + 2 * yy[0] - yy[1],
                    self.a * o.b + self.b * o.a + yy[0] + 2 * yy[1],
                    self.a * o.c - self.b * o.d + self.c * o.a - self.d * o.b,
                    self.a * o.d + self.b * o.c + self.c * o.b + self.d * o.a)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o):
        return -self + o

    def inv(self):
        # 1 / (x + y u) = (x - y u) / (x^2 - (2 + i) y^2)
        x, y = self.re(), self.im()
        n = cm31_inv(cm31_sub(cm31_mul(x, x), cm31_mul((2, 1), cm31_mul(y, y))))
        x, y = cm31_mul(x, n), cm31_mul(y, n)
        return QM31(x[0], x[1], -y[0], -y[1])


def qm31(x):
    return x if isinstance(x, QM31) else QM31(x)


def combine(coordinates):
    """The QM31 value whose four M31 coordinates were sampled outside M31: each is a QM31 itself."""
    a, b, c, d = coordinates
    return a + b * QM31(0, 1) + c * QM31(0, 0, 1) + d * QM31(0, 0, 0, 1)


def powers(x, n):
    r = [QM31(1)]
    while len(r) < n:
        r.append(r[-1] * x)
    return r[:n]


# ---- the circle x^2 + y^2 = 1 ----

GENERATOR = (2, 1268011823)  # of order 2^31


def point_mul(p, q):
    r = p[0] * q[0] - p[1] * q[1], p[0] * q[1] + p[1] * q[0]
    return r if isinstance(r[0], QM31) else (r[0] % P, r[1] % P)


def point_inv(p):
    return p[0], (-p[1] if isinstance(p[1], QM31) else -p[1] % P)


def point_pow(p, e):
    r = (1, 0)
    while e:
        if e & 1:
            r = point_mul(r, p)
        p = point_mul(p, p)
        e >>= 1
    return r


def double(p, times):
    for _ in range(times):
        p = point_mul(p, p)
    return p


def pi(x):
    return 2 * x * x - 1


def omega(k):
    """Of order 2^k."""
    return point_pow(GENERATOR, 2**(31 - k))


def bitrev(v, bits):
    r = 0
    for _ in range(bits):
        r = r << 1 | v & 1
        v >>= 1
    return r


def point_at(m, s):
    """The point at position s of D_m."""
    flag, rest = s >> (m - 1), s % 2**(m - 1)
    p = point_pow(omega(m + 1), 1 + 4 * bitrev(rest, m - 1))
    return point_inv(p) if flag else p


def vanishing(n, p):
    """v_n: zero on D_n."""
    x = p[0]
    for _ in range(n - 1):
        x = pi(x)
    return x


def is_first(n, p):
    """The first-row indicator of D_n at a point outside the domain."""
    p0 = omega(n + 1)
    s = point_pow(p0, 2**(n - 1))[1]
    u = point_mul(p, (QM31(p0[0]), QM31(point_inv(p0)[1])))
    return vanishing(n, p) * (1 + u[0]) * u[1].inv() * (-s * m31_inv(2**n) % P)
