package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;
import java.util.List;

/**
 * RMSprop, same as {@code torch.optim.RMSprop}:
 *
 * <pre>
 * g ← g + weightDecay·w
 * s ← α·s + (1 − α)·g²
 * a ← α·a + (1 − α)·g              (centered; else a = 0)
 * d = g / (√(s − a²) + ε)
 * b ← momentum·b + d               (without momentum: b = d)
 * w ← w − learningRate·b
 * </pre>
 *
 * <p>Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", Coursera 2012; centered: Graves, "Generating
 * Sequences With Recurrent Neural Networks", 2013.
 */
public final class RMSprop extends AdaptiveOptimizer<RMSprop> {
    private double alpha;
    private double momentum;
    private final List<Tensor> squares;
    private List<Tensor> averages = List.of();
    private List<Tensor> velocities = List.of();

    /**
     * Makes the optimizer with PyTorch's defaults: learning rate 0.01.
     *
     * @param parameters the parameters
     */
    public RMSprop(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-2);
    }

    /**
     * Makes the optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     */
    public RMSprop(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.99, 1e-8, 0, 0, false);
    }

    /**
     * Makes the optimizer with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param alpha α, the decay rate of the running averages, 0 ≤ α &lt; 1
     * @param epsilon ε, added to the square root
     * @param weightDecay the coefficient of the L2 penalty
     * @param momentum the momentum factor, 0 for none
     * @param centered whether to divide by the standard deviation of the gradient instead of its root mean square
     * @throws IllegalArgumentException if a setting is out of range
     */
    public RMSprop(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double alpha,
            double epsilon,
            double weightDecay,
            double momentum,
            boolean centered) {
        super(parameters, learningRate, epsilon, weightDecay);
        squares = state("squares");
        alpha(alpha).centered(centered).momentum(momentum);
    }

    /**
     * Sets the decay rate of the running averages.
     *
     * @param decay α, 0 ≤ α &lt; 1; 0.99 by default
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has already been taken
     */
    public RMSprop alpha(double decay) {
        checkNotStarted("alpha");
        alpha = check("alpha", decay, 0, Math.nextDown(1.0));
        return this;
    }

    /**
     * Sets the momentum factor.
     *
     * @param factor the momentum factor, not negative; 0 by default
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has already been taken
     */
    public RMSprop momentum(double factor) {
        checkNotStarted("momentum");
        momentum = check("momentum", factor, 0, Double.MAX_VALUE);
        velocities = optionalState("velocity", velocities, momentum > 0);
        return this;
    }

    /**
     * Sets whether to divide by the standard deviation of the gradient instead of its root mean square.
     *
     * @param isOn true for the standard deviation; false by default
     * @return this optimizer
     * @throws IllegalStateException if a step has already been taken
     */
    public RMSprop centered(boolean isOn) {
        checkNotStarted("centered");
        averages = optionalState("averages", averages, isOn);
        return this;
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        Tensor g = withDecay(group, parameter, grad);
        Tensor s = squares.get(index);
        s.assign(s.mul(alpha).add(g.square().mul(1 - alpha)));
        Tensor variance = s;
        if (!averages.isEmpty()) {
            Tensor a = averages.get(index);
            a.assign(a.mul(alpha).add(g.mul(1 - alpha)));
            // For a constant gradient, rounding can make the variance negative.
            variance = s.sub(a.square()).maximum(0);
        }
        Tensor d = safeDivide(g, variance.sqrt().add(epsilon()));
        if (momentum > 0) {
            Tensor b = velocities.get(index);
            b.assign(b.mul(momentum).add(d));
            d = b;
        }
        parameter.assign(parameter.sub(d.mul(group.learningRate())));
    }
}
