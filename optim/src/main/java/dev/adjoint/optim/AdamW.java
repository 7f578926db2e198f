package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;

/**
 * Adam with decoupled weight decay, same as {@code torch.optim.AdamW}: the decay is applied to the weights directly and
 * does not enter the moments:
 *
 * <pre>
 * w ← w − learningRate·weightDecay·w
 * then same as {@link Adam} without weight decay
 * </pre>
 *
 * <p>Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
 */
public final class AdamW extends AdamFamily<AdamW> {
    /**
     * Makes the optimizer with PyTorch's defaults: learning rate 0.001, weight decay 0.01.
     *
     * @param parameters the parameters
     */
    public AdamW(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-3);
    }

    /**
     * Makes the optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     */
    public AdamW(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, 1e-2);
    }

    /**
     * Makes the optimizer with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param beta1 the decay rate of the first moment, 0 ≤ β₁ &lt; 1
     * @param beta2 the decay rate of the second moment, 0 ≤ β₂ &lt; 1
     * @param epsilon the constant added to the square root of the second moment
     * @param weightDecay the coefficient of the decoupled weight decay
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
