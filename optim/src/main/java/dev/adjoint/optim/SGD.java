package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import java.util.Collection;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum as {@code torch.optim.SGD} has it:
 *
 * <pre>
 * g ← g + weightDecay·w
 * v ← momentum·v + (1 − dampening)·g        (first step: v ← g)
 * d = g + momentum·v with Nesterov, else v   (without momentum: d = g)
 * w ← w − learningRate·d
 * </pre>
 *
 * <p>Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
 */
public final class SGD extends Optimizer {
    private final double momentum;
    private final double dampening;
    private final boolean nesterov;
    private final List<Tensor> velocities;

    /**
     * Plain descent, w ← w − learningRate·g.
     *
     * @param parameters the parameters
     * @param learningRate step size
     */
    public SGD(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0);
    }

    /**
     * Descent with momentum.
     *
     * @param parameters the parameters
     * @param learningRate step size
     * @param momentum factor of the velocity
     */
    public SGD(Collection<? extends Tensor> parameters, double learningRate, double momentum) {
        this(parameters, learningRate, momentum, 0, false, 0);
    }

    /**
     * Descent with all settings.
     *
     * @param parameters the parameters
     * @param learningRate step size
     * @param momentum factor of the velocity, 0 for none
     * @param dampening part of the gradient that does not enter the velocity
     * @param nesterov whether to look ahead along the velocity; needs momentum and no dampening
     * @param weightDecay factor of the L2 penalty's gradient
     * @throws IllegalArgumentException if a setting is out of range
     */
    public SGD(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double momentum,
            double dampening,
            boolean nesterov,
            double weightDecay) {
        super(parameters, learningRate, weightDecay);
        this.momentum = check("momentum", momentum, 0, Double.MAX_VALUE);
        this.dampening = check("dampening", dampening, 0, 1);
        this.nesterov = nesterov;
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException("SGD: nesterov with momentum " + momentum + ", dampening " + dampening
                    + ": expected a momentum above 0 and no dampening");
        }
        velocities = momentum == 0 ? List.of() : state("velocity");
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        SgdStep step = new SgdStep(
                group.learningRate(), momentum, dampening, nesterov, group.weightDecay(), steps(index) == 1);
        Kernels.current()
                .sgd(
                        Access.array(parameter),
                        Access.array(grad),
                        momentum == 0 ? null : Access.array(velocities.get(index)),
                        step);
    }
}
