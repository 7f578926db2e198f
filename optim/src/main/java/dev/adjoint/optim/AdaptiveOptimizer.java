package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;

/**
 * The base class of optimizers that divide the update of each weight by a running estimate of the size of its gradient, plus ε.
 *
 * @param <O> the type of the optimizer
 */
public abstract class AdaptiveOptimizer<O extends AdaptiveOptimizer<O>> extends ConfigurableOptimizer<O> {
    private double epsilon;

    AdaptiveOptimizer(
            Collection<? extends Tensor> parameters, double learningRate, double epsilon, double weightDecay) {
        super(parameters, learningRate, weightDecay);
        epsilon(epsilon);
    }

    /**
     * Sets ε, the constant that is added to the estimate to avoid division by zero.
     *
     * @param added ε, not negative; 10⁻⁸ by default, 10⁻⁶ for Adadelta, 10⁻¹⁰ for Adagrad. In float32 Adam's second moment is kept
     *     above 10⁻³⁶, so an ε below 10⁻¹⁷ has no effect there
     * @return this optimizer
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     * @throws IllegalStateException if a step has already been taken
     */
    public final O epsilon(double added) {
        checkNotStarted("epsilon");
        epsilon = check("epsilon", added, 0, Double.MAX_VALUE);
        return self();
    }

    final double epsilon() {
        return epsilon;
    }
}
