package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import java.util.Collection;
import java.util.List;

/**
 * The base class of Adam and its variants: running estimates of the first and second moment of the gradient g of each parameter,
 *
 * <pre>
 * m ← β₁·m + (1 − β₁)·g
 * v ← β₂·v + (1 − β₂)·g²
 * </pre>
 *
 * @param <O> the type of the optimizer
 */
public abstract class AdamFamily<O extends AdamFamily<O>> extends AdaptiveOptimizer<O> {
    private double beta1;
    private double beta2;
    private final List<Tensor> m;
    private final List<Tensor> v;

    AdamFamily(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay) {
        super(parameters, learningRate, epsilon, weightDecay);
        betas(beta1, beta2);
        m = state("m");
        v = state("v");
    }

    /**
     * Sets the decay rates of the two moments.
     *
     * @param first β₁, 0 ≤ β₁ &lt; 1; 0.9 by default
     * @param second β₂, 0 ≤ β₂ &lt; 1; 0.999 by default
     * @return this optimizer
     * @throws IllegalArgumentException if one is out of range
     * @throws IllegalStateException if a step has already been taken
     */
    public final O betas(double first, double second) {
        checkNotStarted("betas");
        check("beta1", first, 0, Math.nextDown(1.0));
        check("beta2", second, 0, Math.nextDown(1.0));
        beta1 = first;
        beta2 = second;
        return self();
    }

    final double beta1() {
        return beta1;
    }

    final double beta2() {
        return beta2;
    }

    final Tensor first(int index) {
        return m.get(index);
    }

    final Tensor second(int index) {
        return v.get(index);
    }

    /** Updates both moments with a gradient. */
    final void updateMoments(int index, Tensor g) {
        first(index).assign(first(index).mul(beta1).add(g.mul(1 - beta1)));
        second(index).assign(second(index).mul(beta2).add(g.square().mul(1 - beta2)));
    }

    final AdamStep adamStep(ParameterGroup group, int index, double weightDecay) {
        return new AdamStep(group.learningRate(), beta1, beta2, epsilon(), weightDecay, steps(index));
    }

    /** Updates both moments and the parameter in one pass: w ← w − learningRate · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε). */
    final void adam(AdamStep step, int index, Tensor parameter, Tensor grad) {
        Kernels.current()
                .adam(
                        Access.array(parameter),
                        Access.array(grad),
                        Access.array(first(index)),
                        Access.array(second(index)),
                        step);
    }
}
