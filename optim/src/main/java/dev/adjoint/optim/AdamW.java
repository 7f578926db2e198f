package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import java.util.Collection;
import java.util.List;

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
public final class AdamW extends Optimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final List<Tensor> m;
    private final List<Tensor> v;

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
        super(parameters, learningRate, weightDecay);
        this.beta1 = check("beta1", beta1, 0, Math.nextDown(1.0));
        this.beta2 = check("beta2", beta2, 0, Math.nextDown(1.0));
        this.epsilon = check("epsilon", epsilon, 0, Double.MAX_VALUE);
        m = state("m");
        v = state("v");
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        parameter.assign(parameter.mul(1 - group.learningRate() * group.weightDecay()));
        AdamStep step = new AdamStep(group.learningRate(), beta1, beta2, epsilon, 0, steps(index));
        Kernels.current()
                .adam(
                        Access.array(parameter),
                        Access.array(grad),
                        Access.array(m.get(index)),
                        Access.array(v.get(index)),
                        step);
    }
}
