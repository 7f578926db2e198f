package dev.adjoint.examples;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.SGD;
import java.util.Collection;
import java.util.Locale;

/** The optimizers that a command can be told to use. */
enum OptimizerKind {
    ADAM,
    SGD;

    Optimizer make(Collection<? extends Tensor> parameters, double learningRate, double momentum) {
        return this == ADAM ? new Adam(parameters, learningRate) : new SGD(parameters, learningRate, momentum);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
