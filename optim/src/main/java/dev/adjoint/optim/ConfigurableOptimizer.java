package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;

/**
 * An optimizer with settings that follow its constructor, each by its name:
 *
 * <pre>{@code
 * new Adam(model.parameters()).learningRate(3e-4).betas(0.9, 0.99).weightDecay(1e-4)
 * }</pre>
 *
 * @param <O> the optimizer itself, which the settings return
 */
public abstract class ConfigurableOptimizer<O extends ConfigurableOptimizer<O>> extends Optimizer {
    /**
     * Takes the parameters.
     *
     * @param parameters leaves that require a gradient
     * @param learningRate step size, not negative
     * @param weightDecay how strongly weights are drawn towards 0, not negative
     * @throws IllegalArgumentException if there are none, one is no leaf or named twice, or a setting is out of range
     */
    protected ConfigurableOptimizer(Collection<? extends Tensor> parameters, double learningRate, double weightDecay) {
        super(parameters, learningRate, weightDecay);
    }

    /** This optimizer, of its own type. */
    @SuppressWarnings("unchecked")
    final O self() {
        return (O) this;
    }

    /**
     * Sets the step size of all groups.
     *
     * @param rate the step size, not negative
     * @return this optimizer
     * @throws IllegalArgumentException if it is negative or not a number
     */
    public final O learningRate(double rate) {
        setLearningRate(rate);
        return self();
    }

    /**
     * Sets the weight decay of all groups.
     *
     * @param factor how strongly weights are drawn towards 0, not negative
     * @return this optimizer
     * @throws IllegalArgumentException if it is negative or not a number
     */
    public final O weightDecay(double factor) {
        groups().forEach(group -> group.setWeightDecay(factor));
        return self();
    }

    /**
     * Sets whether the objective is made larger instead of smaller.
     *
     * @param up true to climb
     * @return this optimizer
     */
    public final O maximize(boolean up) {
        setMaximize(up);
        return self();
    }
}
