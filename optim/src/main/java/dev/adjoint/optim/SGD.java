package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import java.util.Collection;
import java.util.List;

/**
 * Stochastic gradient descent, optionally with momentum, same as {@code torch.optim.SGD}:
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
public final class SGD extends ConfigurableOptimizer<SGD> {
    private double momentum;
    private double dampening;
    private boolean nesterov;
    private List<Tensor> velocities = List.of();

    /**
     * Makes plain SGD with learning rate 0.001, PyTorch's default.
     *
     * @param parameters the parameters
     */
    public SGD(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-3);
    }

    /**
     * Makes plain SGD, w ← w − learningRate·g.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     */
    public SGD(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0);
    }

    /**
     * Makes SGD with momentum.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param momentum the momentum factor
     */
    public SGD(Collection<? extends Tensor> parameters, double learningRate, double momentum) {
        this(parameters, learningRate, momentum, 0, false, 0);
    }

    /**
     * Makes SGD with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param momentum the momentum factor, 0 for none
     * @param dampening the dampening of the momentum, 0 to 1
     * @param nesterov whether to use Nesterov momentum, which requires a momentum and no dampening
     * @param weightDecay the coefficient of the L2 penalty
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
        set("momentum", momentum, dampening, nesterov);
    }

    private SGD set(String setting, double newMomentum, double newDampening, boolean isNesterov) {
        checkNotStarted(setting);
        check("momentum", newMomentum, 0, Double.MAX_VALUE);
        check("dampening", newDampening, 0, 1);
        if (isNesterov && (newMomentum == 0 || newDampening != 0)) {
            throw new IllegalArgumentException("SGD: nesterov with momentum " + newMomentum + ", dampening "
                    + newDampening + ": expected a momentum above 0, which is set first, and no dampening");
        }
        momentum = newMomentum;
        dampening = newDampening;
        nesterov = isNesterov;
        velocities = optionalState("velocity", velocities, momentum > 0);
        return this;
    }

    /**
     * Sets the momentum factor.
     *
     * @param factor the momentum factor, not negative; 0 by default
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has already been taken
     */
    public SGD momentum(double factor) {
        return set("momentum", factor, dampening, nesterov);
    }

    /**
     * Sets the dampening of the momentum: the fraction of the gradient that is not added to the velocity.
     *
     * @param part the dampening, 0 to 1; 0 by default
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has already been taken
     */
    public SGD dampening(double part) {
        return set("dampening", momentum, part, nesterov);
    }

    /**
     * Sets whether to use Nesterov momentum.
     *
     * @param isOn true for Nesterov momentum, which requires a momentum and no dampening; false by default
     * @return this optimizer
     * @throws IllegalArgumentException without momentum, or with dampening
     * @throws IllegalStateException if a step has already been taken
     */
    public SGD nesterov(boolean isOn) {
        return set("nesterov", momentum, dampening, isOn);
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
