package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;

/**
 * Adam with the infinity norm in place of the second moment, same as {@code torch.optim.Adamax}; at step t = 1, 2, …:
 *
 * <pre>
 * g ← g + weightDecay·w
 * m ← β₁·m + (1 − β₁)·g
 * u ← max(β₂·u, |g| + ε)
 * w ← w − learningRate/(1 − β₁ᵗ) · m/u
 * </pre>
 *
 * <p>Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 7.1.
 */
public final class Adamax extends AdamFamily<Adamax> {
    /**
     * Makes the optimizer with PyTorch's defaults: learning rate 0.002.
     *
     * @param parameters the parameters
     */
    public Adamax(Collection<? extends Tensor> parameters) {
        this(parameters, 2e-3);
    }

    /**
     * Makes the optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @throws IllegalArgumentException if the learning rate is negative, NaN or infinite
     */
    public Adamax(Collection<? extends Tensor> parameters, double learningRate) {
        super(parameters, learningRate, 0.9, 0.999, 1e-8, 0);
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        Tensor g = withDecay(group, parameter, grad);
        Tensor m = first(index);
        Tensor u = second(index);
        m.assign(m.mul(beta1()).add(g.mul(1 - beta1())));
        u.assign(u.mul(beta2()).maximum(g.abs().add(epsilon())));
        double rate = group.learningRate() / (1 - Math.pow(beta1(), steps(index)));
        parameter.assign(parameter.sub(safeDivide(m, u).mul(rate)));
    }
}
