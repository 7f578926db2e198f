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
public final class RMSprop extends ConfigurableOptimizer<RMSprop> {
    private double alpha;
    private double epsilon;
    private double momentum;
    private final List<Tensor> squares;
    private List<Tensor> averages = List.of();
    private List<Tensor> velocities = List.of();

    /**
     * The optimizer with PyTorch's defaults: learning rate 0.01.
     *
     * @param parameters the parameters
     */
    public RMSprop(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-2);
    }

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
        squares = state("squares");
        alpha(alpha).epsilon(epsilon).centered(centered).momentum(momentum);
    }

    /**
     * Sets the decay of the averages.
     *
     * @param decay α, 0 ≤ α &lt; 1; 0.99 unless set
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has been made already
     */
    public RMSprop alpha(double decay) {
        checkNotStarted("alpha");
        alpha = check("alpha", decay, 0, Math.nextDown(1.0));
        return this;
    }

    /**
     * Sets what is added to the root.
     *
     * @param added ε, not negative; 10⁻⁸ unless set
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has been made already
     */
    public RMSprop epsilon(double added) {
        checkNotStarted("epsilon");
        epsilon = check("epsilon", added, 0, Double.MAX_VALUE);
        return this;
    }

    /**
     * Sets the factor of the velocity.
     *
     * @param factor not negative; 0, no momentum, unless set
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has been made already
     */
    public RMSprop momentum(double factor) {
        checkNotStarted("momentum");
        momentum = check("momentum", factor, 0, Double.MAX_VALUE);
        velocities = optionalState("velocity", velocities, momentum > 0);
        return this;
    }

    /**
     * Sets whether to divide by the deviation instead of the root mean square.
     *
     * @param isOn true for the deviation; it is off unless set
     * @return this optimizer
     * @throws IllegalStateException if a step has been made already
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
