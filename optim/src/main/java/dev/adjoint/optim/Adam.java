package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import java.util.Collection;
import java.util.List;

/**
 * Adam, as {@code torch.optim.Adam} has it; at step t = 1, 2, …:
 *
 * <pre>
 * g ← g + weightDecay·w
 * m ← β₁·m + (1 − β₁)·g
 * v ← β₂·v + (1 − β₂)·g²
 * w ← w − learningRate · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 * </pre>
 *
 * <p>Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015. With AMSGrad, the largest v so far takes the place
 * of v: Reddi et al., "On the Convergence of Adam and Beyond", ICLR 2018.
 */
public final class Adam extends AdamFamily<Adam> {
    /** The largest v so far, with AMSGrad; else empty. */
    private List<Tensor> largest = List.of();

    /**
     * Adam with learning rate 0.001 and the other defaults.
     *
     * @param parameters the parameters
     */
    public Adam(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-3);
    }

    /**
     * Adam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ and no weight decay.
     *
     * @param parameters the parameters
     * @param learningRate step size
     */
    public Adam(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, 0);
    }

    /**
     * Adam with all settings.
     *
     * @param parameters the parameters
     * @param learningRate step size
     * @param beta1 decay of the first moment, 0 ≤ β₁ &lt; 1
     * @param beta2 decay of the second moment, 0 ≤ β₂ &lt; 1
     * @param epsilon added to the root of the second moment; in float32 that is held above 10⁻³⁶, so an ε below 10⁻¹⁷ would not
     *     matter
     * @param weightDecay factor of the L2 penalty's gradient
     * @throws IllegalArgumentException if a setting is out of range
     */
    public Adam(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay) {
        this(parameters, learningRate, beta1, beta2, epsilon, weightDecay, false);
    }

    /**
     * Adam or AMSGrad with all settings.
     *
     * @param parameters the parameters
     * @param learningRate step size
     * @param beta1 decay of the first moment, 0 ≤ β₁ &lt; 1
     * @param beta2 decay of the second moment, 0 ≤ β₂ &lt; 1
     * @param epsilon added to the root of the second moment
     * @param weightDecay factor of the L2 penalty's gradient
     * @param amsgrad whether the second moment never shrinks
     * @throws IllegalArgumentException if a setting is out of range
     */
    public Adam(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            boolean amsgrad) {
        super(parameters, learningRate, beta1, beta2, epsilon, weightDecay);
        amsgrad(amsgrad);
    }

    /**
     * Sets whether the second moment never shrinks.
     *
     * @param isOn true for AMSGrad; it is off unless set
     * @return this optimizer
     * @throws IllegalStateException if a step has been made already
     */
    public Adam amsgrad(boolean isOn) {
        checkNotStarted("amsgrad");
        largest = optionalState("largest", largest, isOn);
        return this;
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        AdamStep step = adamStep(group, index, group.weightDecay());
        if (largest.isEmpty()) adam(step, index, parameter, grad);
        else amsgrad(step, index, parameter, withDecay(group, parameter, grad));
    }

    private void amsgrad(AdamStep step, int index, Tensor parameter, Tensor g) {
        observe(index, g);
        Tensor most = largest.get(index);
        most.assign(most.maximum(second(index)));
        Tensor denominator = most.sqrt().div(step.rootCorrection()).add(epsilon());
        parameter.assign(parameter.sub(quotient(first(index), denominator).mul(step.stepSize())));
    }
}
