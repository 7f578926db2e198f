package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;
import java.util.List;

/**
 * Adagrad, same as {@code torch.optim.Adagrad}; at step t = 1, 2, …:
 *
 * <pre>
 * g ← g + weightDecay·w
 * s ← s + g²
 * w ← w − learningRate / (1 + (t − 1)·decay) · g / (√s + ε)
 * </pre>
 *
 * <p>Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12, 2011.
 */
public final class Adagrad extends AdaptiveOptimizer<Adagrad> {
    private double decay;
    private final List<Tensor> squares;

    /**
     * Makes the optimizer with PyTorch's defaults: learning rate 0.01.
     *
     * @param parameters the parameters
     */
    public Adagrad(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-2);
    }

    /**
     * Makes the optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     */
    public Adagrad(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0, 0, 1e-10);
    }

    /**
     * Makes the optimizer with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param decay the learning-rate decay
     * @param weightDecay the coefficient of the L2 penalty
     * @param epsilon ε, added to the square root
     * @throws IllegalArgumentException if a setting is out of range
     */
    public Adagrad(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double decay,
            double weightDecay,
            double epsilon) {
        super(parameters, learningRate, epsilon, weightDecay);
        this.decay = check("decay", decay, 0, Double.MAX_VALUE);
        squares = state("squares");
    }

    /**
     * Sets the learning-rate decay.
     *
     * @param speed the decay, not negative; 0 by default
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has already been taken
     */
    public Adagrad decay(double speed) {
        checkNotStarted("decay");
        decay = check("decay", speed, 0, Double.MAX_VALUE);
        return this;
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        Tensor g = withDecay(group, parameter, grad);
        Tensor s = squares.get(index);
        s.assign(s.add(g.square()));
        double rate = group.learningRate() / (1 + (steps(index) - 1) * decay);
        parameter.assign(parameter.sub(safeDivide(g, s.sqrt().add(epsilon())).mul(rate)));
    }
}
