package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;

/**
 * An optimizer with setters that can be chained after its constructor:
 *
 * <pre>{@code
 * new Adam(model.parameters()).learningRate(3e-4).betas(0.9, 0.99).weightDecay(1e-4)
 * }</pre>
 *
 * @param <O> the type of the optimizer, which the setters return
 */
public abstract class ConfigurableOptimizer<O extends ConfigurableOptimizer<O>> extends Optimizer {
    /**
     * Makes an optimizer with one parameter group.
     *
     * @param parameters leaves that require a gradient
     * @param learningRate the learning rate, not negative
     * @param weightDecay the weight decay coefficient, not negative
     * @throws IllegalArgumentException if there are no parameters, one is not a leaf or is given twice, or a setting is out of range
     */
    protected ConfigurableOptimizer(Collection<? extends Tensor> parameters, double learningRate, double weightDecay) {
        super(parameters, learningRate, weightDecay);
    }

    /** This optimizer as its own type. */
    @SuppressWarnings("unchecked")
    final O self() {
        return (O) this;
    }

    /**
     * Sets the learning rate of all groups.
     *
     * @param rate the learning rate, not negative
     * @return this optimizer
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public final O learningRate(double rate) {
        setLearningRate(rate);
        return self();
    }

    /**
     * Sets the weight decay of all groups.
     *
     * @param factor the weight decay coefficient, not negative
     * @return this optimizer
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public final O weightDecay(double factor) {
        groups().forEach(group -> group.setWeightDecay(factor));
        return self();
    }

    /**
     * Sets whether the objective is maximized instead of minimized.
     *
     * @param up true to maximize
     * @return this optimizer
     */
    public final O maximize(boolean up) {
        setMaximize(up);
        return self();
    }
}
