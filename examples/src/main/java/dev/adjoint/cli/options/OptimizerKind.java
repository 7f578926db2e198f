package dev.adjoint.cli.options;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.SGD;
import java.util.Collection;
import java.util.Locale;

/** The optimizers that can be selected on the command line. */
public enum OptimizerKind {
    /** Adam. */
    ADAM,
    /** SGD, optionally with momentum. */
    SGD;

    /**
     * Creates the optimizer.
     *
     * @param parameters the parameters to update
     * @param learningRate the step size
     * @param momentum the momentum for SGD; ignored by Adam
     * @return the optimizer
     */
    public Optimizer make(Collection<? extends Tensor> parameters, double learningRate, double momentum) {
        return this == ADAM ? new Adam(parameters, learningRate) : new SGD(parameters, learningRate, momentum);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
