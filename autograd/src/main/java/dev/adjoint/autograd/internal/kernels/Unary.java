package dev.adjoint.autograd.internal.kernels;

import java.util.function.DoubleUnaryOperator;

/** Unary functions that have dedicated kernels, with their definitions in double precision. */
enum Unary {
    NEG(x -> -x),
    EXP(Math::exp),
    LOG(Math::log),
    SQRT(Math::sqrt),
    SQUARE(x -> x * x),
    RECIPROCAL(x -> 1 / x),
    ABS(Math::abs),
    SIGN(Math::signum),
    SIN(Math::sin),
    COS(Math::cos),
    TANH(Math::tanh),
    SIGMOID(Functions::sigmoid),
    RELU(x -> Math.max(x, 0));

    final DoubleUnaryOperator definition;

    Unary(DoubleUnaryOperator definition) {
        this.definition = definition;
    }
}
