package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;
import java.util.List;

/**
 * RMSprop, as {@code torch.optim.RMSprop} has it:
 *
 * <pre>
 * g ← g + weightDecay·w
 * s ← α·s + (1 − α)·g²
 * a ← α·a + (1 − α)·g              (centred; else a = 0)
 * d = g / (√(s − a²) + ε)
 * b ← momentum·b + d               (without momentum: b = d)
 * w ← w − learningRate·b
 * </pre>
 *
 * <p>Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", Coursera 2012; centred: Graves, "Generating
 * Sequences With Recurrent Neural Networks", 2013.
 */
public final class RMSprop extends Optimizer {
    private final double alpha;
    private final double epsilon;
    private final double momentum;
    private final boolean centered;
    private final List<Tensor> squares;
    private final List<Tensor> averages;
    private final List<Tensor> velocities;

    /**
     * The optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate step size
     */
    public RMSprop(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.99, 1e-8, 0, 0, false);
    }

    /**
     * The optimizer with all settings.
     *
     * @param parameters the parameters
     * @param learningRate step size
     * @param alpha α, decay of the averages, 0 ≤ α &lt; 1
     * @param epsilon added to the root
     * @param weightDecay factor of the L2 penalty's gradient
     * @param momentum factor of the velocity, 0 for none
     * @param centered whether to divide by the deviation instead of the root mean square
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
        super(parameters, learningRate, weightDecay);
        this.alpha = check("alpha", alpha, 0, Math.nextDown(1.0));
        this.epsilon = check("epsilon", epsilon, 0, Double.MAX_VALUE);
        this.momentum = check("momentum", momentum, 0, Double.MAX_VALUE);
        this.centered = centered;
        squares = state("squares");
        averages = centered ? state("averages") : List.of();
        velocities = momentum > 0 ? state("velocity") : List.of();
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        Tensor g = withDecay(group, parameter, grad);
        Tensor s = squares.get(index);
        s.assign(s.mul(alpha).add(g.square().mul(1 - alpha)));
        Tensor variance = s;
        if (centered) {
            Tensor a = averages.get(index);
            a.assign(a.mul(alpha).add(g.mul(1 - alpha)));
            // By rounding it may come out below 0, where the gradient is constant.
            variance = s.sub(a.square()).maximum(0);
        }
        Tensor d = quotient(g, variance.sqrt().add(epsilon));
        if (momentum > 0) {
            Tensor b = velocities.get(index);
            b.assign(b.mul(momentum).add(d));
            d = b;
        }
        parameter.assign(parameter.sub(d.mul(group.learningRate())));
    }
}
