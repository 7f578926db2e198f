package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import java.util.Collection;
import java.util.List;

/**
 * Adam, same as {@code torch.optim.Adam}; at step t = 1, 2, …:
 *
 * <pre>
 * g ← g + weightDecay·w
 * m ← β₁·m + (1 − β₁)·g
 * v ← β₂·v + (1 − β₂)·g²
 * w ← w − learningRate · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 * </pre>
 *
 * <p>Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015. AMSGrad uses the
 * largest v so far instead of v: Reddi et al., "On the Convergence of Adam and Beyond", ICLR 2018.
 */
public final class Adam extends AdamFamily<Adam> {
    /** With AMSGrad, the largest v so far of each parameter; otherwise empty. */
    private List<Tensor> maxSecondMoments = List.of();

    /**
     * Makes Adam with learning rate 0.001 and the other defaults.
     *
     * @param parameters the parameters
     */
    public Adam(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-3);
    }

    /**
     * Makes Adam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ and no weight decay.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     */
    public Adam(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, 0);
    }

    /**
     * Makes Adam with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param beta1 the decay rate of the first moment, 0 ≤ β₁ &lt; 1
     * @param beta2 the decay rate of the second moment, 0 ≤ β₂ &lt; 1
     * @param epsilon the constant added to the square root of the second moment; in float32 the second moment is kept above 10⁻³⁶, so
     *     an ε below 10⁻¹⁷ has no effect
     * @param weightDecay the coefficient of the L2 penalty
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
     * Makes Adam or AMSGrad with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param beta1 the decay rate of the first moment, 0 ≤ β₁ &lt; 1
     * @param beta2 the decay rate of the second moment, 0 ≤ β₂ &lt; 1
     * @param epsilon the constant added to the square root of the second moment
     * @param weightDecay the coefficient of the L2 penalty
     * @param amsgrad whether to use the maximum of all past second moments (AMSGrad)
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
     * Sets whether to use the maximum of all past second moments (AMSGrad).
     *
     * @param isOn true for AMSGrad; false by default
     * @return this optimizer
     * @throws IllegalStateException if a step has already been taken
     */
    public Adam amsgrad(boolean isOn) {
        checkNotStarted("amsgrad");
        maxSecondMoments = optionalState("largest", maxSecondMoments, isOn);
        return this;
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        AdamStep step = adamStep(group, index, group.weightDecay());
        if (maxSecondMoments.isEmpty()) adam(step, index, parameter, grad);
        else amsgrad(step, index, parameter, withDecay(group, parameter, grad));
    }

    private void amsgrad(AdamStep step, int index, Tensor parameter, Tensor g) {
        updateMoments(index, g);
        Tensor maxSecondMoment = maxSecondMoments.get(index);
        maxSecondMoment.assign(maxSecondMoment.maximum(second(index)));
        Tensor denominator = maxSecondMoment.sqrt().div(step.rootCorrection()).add(epsilon());
        parameter.assign(parameter.sub(safeDivide(first(index), denominator).mul(step.stepSize())));
    }
}
