package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;
import java.util.List;

/**
 * Adadelta, same as {@code torch.optim.Adadelta}:
 *
 * <pre>
 * g ← g + weightDecay·w
 * s ← ρ·s + (1 − ρ)·g²
 * d = √(u + ε) / √(s + ε) · g
 * u ← ρ·u + (1 − ρ)·d²
 * w ← w − learningRate·d
 * </pre>
 *
 * <p>Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.
 */
public final class Adadelta extends AdaptiveOptimizer<Adadelta> {
    private double rho;
    private final List<Tensor> squares;
    private final List<Tensor> updates;

    /**
     * Makes the optimizer with PyTorch's defaults: learning rate 1.
     *
     * @param parameters the parameters
     */
    public Adadelta(Collection<? extends Tensor> parameters) {
        this(parameters, 1);
    }

    /**
     * Makes the optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     */
    public Adadelta(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 1e-6, 0);
    }

    /**
     * Makes the optimizer with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param rho ρ, the decay rate of the running averages, 0 ≤ ρ &lt; 1
     * @param epsilon ε, added inside the square roots
     * @param weightDecay the coefficient of the L2 penalty
     * @throws IllegalArgumentException if a setting is out of range
     */
    public Adadelta(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double rho,
            double epsilon,
            double weightDecay) {
        super(parameters, learningRate, epsilon, weightDecay);
        this.rho = check("rho", rho, 0, Math.nextDown(1.0));
        squares = state("squares");
        updates = state("updates");
    }

    /**
     * Sets the decay rate of the running averages.
     *
     * @param part ρ, 0 ≤ ρ &lt; 1; 0.9 by default
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has already been taken
     */
    public Adadelta rho(double part) {
        checkNotStarted("rho");
        rho = check("rho", part, 0, Math.nextDown(1.0));
        return this;
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        Tensor g = withDecay(group, parameter, grad);
        Tensor s = squares.get(index);
        Tensor u = updates.get(index);
        s.assign(s.mul(rho).add(g.square().mul(1 - rho)));
        Tensor d = safeDivide(u.add(epsilon()).sqrt(), s.add(epsilon()).sqrt()).mul(g);
        u.assign(u.mul(rho).add(d.square().mul(1 - rho)));
        parameter.assign(parameter.sub(d.mul(group.learningRate())));
    }
}
