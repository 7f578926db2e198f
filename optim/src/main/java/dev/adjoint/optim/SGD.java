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
public final class SGD extends ConfigurableOptimizer<SGD> {
    private double momentum;
    private double dampening;
    private boolean nesterov;
    private List<Tensor> velocities = List.of();

    /**
     * Plain descent with learning rate 0.001, PyTorch's default.
     *
     * @param parameters the parameters
     */
    public SGD(Collection<? extends Tensor> parameters) {
        this(parameters, 1e-3);
    }

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
     * Sets the factor of the velocity.
     *
     * @param factor not negative; 0, no momentum, unless set
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has been made already
     */
    public SGD momentum(double factor) {
        return set("momentum", factor, dampening, nesterov);
    }

    /**
     * Sets the part of the gradient that does not enter the velocity.
     *
     * @param part from 0 to 1; 0 unless set
     * @return this optimizer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if a step has been made already
     */
    public SGD dampening(double part) {
        return set("dampening", momentum, part, nesterov);
    }

    /**
     * Sets whether to look ahead along the velocity.
     *
     * @param isOn needs a momentum, and no dampening; it is off unless set
     * @return this optimizer
     * @throws IllegalArgumentException without momentum, or with dampening
     * @throws IllegalStateException if a step has been made already
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
