package dev.adjoint.optim;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What all optimizers share: the parameters, the step size, and one update for each parameter that has a gradient. */
public abstract class Optimizer {
    private final List<Tensor> parameters;
    private final List<DType> dtypes;
    private double learningRate;

    /**
     * Takes the parameters.
     *
     * @param parameters leaves that require a gradient
     * @param learningRate step size, not negative
     * @throws IllegalArgumentException if there are none, one is no leaf or named twice, or the step size is negative
     */
    protected Optimizer(Collection<? extends Tensor> parameters, double learningRate) {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("optimizer: no parameters: pass model.parameters()");
        }
        Set<Tensor> each = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Tensor parameter : parameters) {
            String which = "optimizer: parameter " + each.size() + " " + Arrays.toString(parameter.shape());
            if (!parameter.isLeaf()) {
                throw new IllegalArgumentException(which + " is no leaf that requires a gradient: pass the tensors that"
                        + " requiresGrad(true) was called on, not what was computed from them");
            }
            if (!each.add(parameter)) {
                throw new IllegalArgumentException(which + " is named twice, and would be updated twice; name it once");
            }
        }
        this.parameters = new ArrayList<>(parameters);
        this.dtypes = this.parameters.stream().map(Tensor::dtype).toList();
        checkLearningRate(learningRate);
        this.learningRate = learningRate;
    }

    /**
     * Updates every parameter that has a gradient.
     *
     * @throws IllegalStateException if a parameter was converted to another type since this optimizer was made
     */
    public final void step() {
        for (int i = 0; i < parameters.size(); i++) checkUnconverted(i);
        for (int i = 0; i < parameters.size(); i++) {
            Tensor parameter = parameters.get(i);
            Tensor grad = parameter.grad();
            if (grad == null) continue;
            update(i, parameter, grad);
            parameter.array().touch();
        }
    }

    private void checkUnconverted(int i) {
        DType now = parameters.get(i).dtype();
        if (now != dtypes.get(i)) {
            throw new IllegalStateException("optimizer: parameter " + i + " was " + dtypes.get(i) + ", is " + now
                    + ": its state does not fit any more; make the optimizer after model.to(dtype)");
        }
    }

    /**
     * Updates one parameter in place.
     *
     * @param index which one it is, the place of its state
     * @param parameter the parameter
     * @param grad its gradient
     */
    protected abstract void update(int index, Tensor parameter, Tensor grad);

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() {
        parameters.forEach(Tensor::zeroGrad);
    }

    /**
     * The step size.
     *
     * @return the step size
     */
    public final double learningRate() {
        return learningRate;
    }

    /**
     * Changes the step size.
     *
     * @param learningRate the step size from the next step on, not negative
     * @throws IllegalArgumentException if it is negative or not a number
     */
    public final void setLearningRate(double learningRate) {
        checkLearningRate(learningRate);
        this.learningRate = learningRate;
    }

    private static void checkLearningRate(double learningRate) {
        check("learningRate", learningRate, 0, Double.MAX_VALUE);
    }

    /** Refuses a setting outside its range. */
    static double check(String name, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("optimizer: " + name + " " + value + ": expected a number of at least "
                    + min + (max == Double.MAX_VALUE ? "" : " and at most " + max));
        }
        return value;
    }

    /** Zeros beside each parameter, for an optimizer's state; they outlive the step that makes them. */
    final List<Tensor> zerosForEach() {
        return Scope.outside(() -> parameters.stream().map(Tensor::zerosLike).toList());
    }
}
