package dev.adjoint.autograd.internal.kernels;

import java.util.function.DoubleBinaryOperator;

/** Binary functions that have dedicated kernels, with their definitions in double precision. */
enum Binary {
    ADD((a, b) -> a + b),
    SUB((a, b) -> a - b),
    MUL((a, b) -> a * b),
    DIV((a, b) -> a / b),
    POW(Functions::pow),
    MAXIMUM(Math::max),
    MINIMUM(Math::min),
    EQ((a, b) -> a == b ? 1 : 0),
    GT((a, b) -> a > b ? 1 : 0),
    GE((a, b) -> a >= b ? 1 : 0),
    ZERO_SAFE_MUL(Functions::zeroSafeMul),
    ZERO_SAFE_DIV((d, p) -> d == 0 ? 0 : d / p),
    GATE((a, b) -> b > 0 ? a : 0);

    final DoubleBinaryOperator definition;

    Binary(DoubleBinaryOperator definition) {
        this.definition = definition;
    }

    /** The comparison of int64 values, which would be rounded as doubles: 1 if it is true, else 0. */
    long ofLongs(long a, long b) {
        boolean holds = switch (this) {
            case EQ -> a == b;
            case GT -> a > b;
            case GE -> a >= b;
            default -> throw new IllegalArgumentException(this + ": int64: expected a floating type");
        };
        return holds ? 1 : 0;
    }
}
