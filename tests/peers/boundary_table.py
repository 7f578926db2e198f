"""Writes the right values of functions at their boundary points, with their first and second derivatives, as CSV.

    python3 tests/peers/boundary_table.py > tests/src/test/resources/dev/adjoint/autograd/boundary.csv

Computed with 400 digits by mpmath and rounded to float64; at infinity they are the limits. What no limit says is a convention, the one
that PyTorch has. BoundaryTest holds the engine against them.
"""
import math

from mpmath import mp, mpf

mp.dps = 400
INF, NAN = math.inf, math.nan
GELU = mp.sqrt(2 / mp.pi)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def gate(low, high, inside, below=0, above=0):
    """A function in pieces: the slope at a bound belongs to the lower piece."""
    return lambda x: inside if low < x < high else below if x <= low else above


def erf1(x):
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def big_phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def gelu_tanh(x):
    return x * sigmoid(2 * GELU * (x + mpf(0.044715) * x**3))


def mish(x):
    return x * mp.tanh(mp.log1p(mp.exp(x)))


def numeric(f, order):
    return lambda x: mp.diff(f, x, order)


def sech2(x):
    return 1 / mp.cosh(x) ** 2


# name: f, f', f'' and the limits (f, f', f'') at -inf and +inf
F = {
    "neg": (lambda x: -x, lambda x: -1, lambda x: 0, (INF, -1, 0), (-INF, -1, 0)),
    "exp": (mp.exp, mp.exp, mp.exp, (0, 0, 0), (INF, INF, INF)),
    "log": (mp.log, lambda x: 1 / x, lambda x: -1 / x**2, None, (INF, 0, 0)),
    "sqrt": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), lambda x: -1 / (4 * mp.sqrt(x) ** 3), None, (INF, 0, 0)),
    "square": (lambda x: x * x, lambda x: 2 * x, lambda x: 2, (INF, -INF, 2), (INF, INF, 2)),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3, (0, 0, 0), (0, 0, 0)),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * mp.sqrt(x) ** 3), lambda x: 3 / (4 * mp.sqrt(x) ** 5), None, (0, 0, 0)),
    "abs": (abs, lambda x: mp.sign(x), lambda x: 0, (INF, -1, 0), (INF, 1, 0)),
    "sign": (mp.sign, lambda x: 0, lambda x: 0, (-1, 0, 0), (1, 0, 0)),
    "tanh": (mp.tanh, sech2, lambda x: -2 * mp.tanh(x) * sech2(x), (-1, 0, 0), (1, 0, 0)),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), lambda x: sigmoid(x) * sigmoid(-x) * (1 - 2 * sigmoid(x)), (0, 0, 0), (1, 0, 0)),
    "relu": (lambda x: max(x, mpf(0)), gate(0, INF, 1), lambda x: 0, (0, 0, 0), (INF, 1, 0)),
    "relu6": (lambda x: min(max(x, mpf(0)), mpf(6)), gate(0, 6, 1), lambda x: 0, (0, 0, 0), (6, 0, 0)),
    "hardtanh": (lambda x: min(max(x, mpf(-1)), mpf(1)), gate(-1, 1, 1), lambda x: 0, (-1, 0, 0), (1, 0, 0)),
    "clamp": (lambda x: min(max(x, mpf(-1)), mpf(1)), lambda x: 1 if -1 <= x <= 1 else 0, lambda x: 0, (-1, 0, 0), (1, 0, 0)),
    "leakyRelu": (lambda x: x if x > 0 else mpf(0.01) * x, lambda x: 1 if x > 0 else mpf(0.01), lambda x: 0, (-INF, 0.01, 0), (INF, 1, 0)),
    "elu": (lambda x: x if x > 0 else mp.expm1(x), lambda x: 1 if x > 0 else mp.exp(x), lambda x: 0 if x > 0 else mp.exp(x), (-1, 0, 0), (INF, 1, 0)),
    "expm1": (mp.expm1, mp.exp, mp.exp, (-1, 0, 0), (INF, INF, INF)),
    "log1p": (mp.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2, None, (INF, 0, 0)),
    "erf": (mp.erf, erf1, lambda x: -2 * x * erf1(x), (-1, 0, 0), (1, 0, 0)),
    "asin": (mp.asin, lambda x: 1 / mp.sqrt((1 - x) * (1 + x)), lambda x: x / mp.sqrt((1 - x) * (1 + x)) ** 3, None, None),
    "acos": (mp.acos, lambda x: -1 / mp.sqrt((1 - x) * (1 + x)), lambda x: -x / mp.sqrt((1 - x) * (1 + x)) ** 3, None, None),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2, (-mp.pi / 2, 0, 0), (mp.pi / 2, 0, 0)),
    "sinh": (mp.sinh, mp.cosh, mp.sinh, (-INF, INF, -INF), (INF, INF, INF)),
    "cosh": (mp.cosh, mp.sinh, mp.cosh, (INF, -INF, INF), (INF, INF, INF)),
    "logsigmoid": (lambda x: -mp.log1p(mp.exp(-x)), lambda x: sigmoid(-x), lambda x: -sigmoid(x) * sigmoid(-x), (-INF, 1, 0), (0, 0, 0)),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), sigmoid, lambda x: sigmoid(x) * sigmoid(-x), (0, 0, 0), (INF, 1, 0)),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x)),
             lambda x: sigmoid(x) * sigmoid(-x) * (2 + x * (sigmoid(-x) - sigmoid(x))), (0, 0, 0), (INF, 1, 0)),
    "mish": (mish, numeric(mish, 1), numeric(mish, 2), (0, 0, 0), (INF, 1, 0)),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2, lambda x: -2 * mp.sign(x) / (1 + abs(x)) ** 3, (-1, 0, 0), (1, 0, 0)),
    "gelu": (lambda x: x * big_phi(x), lambda x: big_phi(x) + x * phi(x), lambda x: (2 - x * x) * phi(x), (0, 0, 0), (INF, 1, 0)),
    "geluTanh": (gelu_tanh, numeric(gelu_tanh, 1), numeric(gelu_tanh, 2), (0, 0, 0), (INF, 1, 0)),
}
DOMAIN = {"log": 0, "sqrt": 0, "rsqrt": 0, "log1p": -1}
# At 0 and at the ends of a domain: what a limit from inside says, or PyTorch's convention.
ENDS = {
    ("log", 0.0): (-INF, INF, -INF),
    ("sqrt", 0.0): (0, INF, -INF),
    ("rsqrt", 0.0): (INF, -INF, INF),
    ("reciprocal", 0.0): (INF, -INF, INF),
    ("log1p", -1.0): (-INF, INF, -INF),
    ("asin", 1.0): (math.pi / 2, INF, INF), ("asin", -1.0): (-math.pi / 2, INF, -INF),
    ("acos", 1.0): (0, -INF, -INF), ("acos", -1.0): (math.pi, -INF, INF),
}
POINTS = [0.0, 1.0, 0.5, 6.0, 10.0, 20.0, 40.0, 88.0, 100.0, 1e-4, 1e-8, 1e-16, 1e-20, 1e-30, 1e20, 1e30, INF]
ONLY_64 = [1e-170, 1e-300, 700.0, 1e200, 1e300]


def single(x):
    import struct

    return struct.unpack("f", struct.pack("f", x))[0]


def text(x):
    x = float(x)
    return repr(x).replace("inf", "Infinity")  # as Java reads it


def values(name, x):
    if (name, x) in ENDS:
        return ENDS[name, x]
    f, f1, f2, low, high = F[name]
    if math.isinf(x):
        return low if x < 0 else high
    if name in DOMAIN and x < DOMAIN[name] or name in ("asin", "acos") and abs(x) > 1:
        return None
    v = mpf(x)
    if name in ("mish", "geluTanh") and abs(x) > 1000:
        return (0, 0, 0) if x < 0 else (x, 1, 0)
    if abs(x) > 1e5:  # no mpmath function is asked for e to such a power
        limit = low if x < 0 else high
        if name in ("exp", "expm1", "sinh", "cosh", "tanh", "sigmoid", "elu", "erf"):
            return limit if name != "elu" or x < 0 else (x, 1, 0)
        if name in ("logsigmoid", "softplus", "silu", "gelu"):
            return tuple(x if name == "logsigmoid" and x < 0 and i == 0 or name != "logsigmoid" and x > 0 and i == 0 else t for i, t in enumerate(limit))
    return f(v), f1(v), f2(v)


print("function,type,x,value,first,second")
for name in F:
    for kind in ("FLOAT32", "FLOAT64"):
        for magnitude in POINTS + (ONLY_64 if kind == "FLOAT64" else []):
            for x in (magnitude, -magnitude) if magnitude != 0 else (0.0,):
                x = single(x) if kind == "FLOAT32" else x
                right = values(name, x)
                if right is not None:
                    print(",".join([name, kind, text(x)] + [text(v) for v in right]))
