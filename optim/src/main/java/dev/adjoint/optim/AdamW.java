package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;

/**
 * Adam with decoupled weight decay, as {@code torch.optim.AdamW} has it: the weights shrink by themselves, apart from the
 * gradient:
 *
 * <pre>
 * w ← w − learningRate·weightDecay·w
 * then as {@link Adam} without weight decay
 * </pre>
 *
 * <p>Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
 */
public final class AdamW extends AdamFamily<AdamW> {
    /**
     * The optimizer with PyTorch's defaults: learning rate 0.001, weight decay 0.01.
     *
     * @param parameters the parameters
     */
    public AdamW(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-3);
    }

    /**
     * The optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate step size
     */
    public AdamW(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, 1e-2);
    }

    /**
     * The optimizer with all settings.
     *
     * @param parameters the parameters
     * @param learningRate step size
     * @param beta1 decay of the first moment, 0 ≤ β₁ &lt; 1
     * @param beta2 decay of the second moment, 0 ≤ β₂ &lt; 1
     * @param epsilon added to the root of the second moment
     * @param weightDecay how strongly weights are drawn towards 0
     * @throws IllegalArgumentException if a setting is out of range
     */
    public AdamW(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay) {
        super(parameters, learningRate, beta1, beta2, epsilon, weightDecay);
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        parameter.assign(parameter.mul(1 - group.learningRate() * group.weightDecay()));
        adam(adamStep(group, index, 0), index, parameter, grad);
    }
}
