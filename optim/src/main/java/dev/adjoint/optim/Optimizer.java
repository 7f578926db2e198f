package dev.adjoint.optim;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Access;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The base class of optimizers: parameter groups, an update of each parameter that has a gradient, and a state that can be saved
 * and loaded, so that training resumes bit for bit.
 */
public abstract class Optimizer {
    private static final String STEPS = "steps";
    private static final String LEARNING_RATES = "learningRates";
    private static final String BASE_RATES = "baseLearningRates";
    private static final String WEIGHT_DECAYS = "weightDecays";
    private static final String MAXIMIZE = "maximize";
    /** Entries that may be missing from states saved by earlier versions; the current values are kept then. */
    private static final Set<String> OPTIONAL = Set.of(BASE_RATES, WEIGHT_DECAYS, MAXIMIZE);

    private final List<ParameterGroup> groups = new ArrayList<>();
    private final List<Tensor> parameters = new ArrayList<>();
    private final List<DType> dtypes = new ArrayList<>();
    private final Map<String, List<Tensor>> states = new LinkedHashMap<>();
    private long[] steps = new long[0];
    private final List<Runnable> beforeStep = new ArrayList<>();
    private boolean maximize;

    /**
     * Makes an optimizer with one parameter group.
     *
     * @param parameters leaves that require a gradient
     * @param learningRate the learning rate, not negative
     * @param weightDecay the weight decay coefficient, not negative
     * @throws IllegalArgumentException if there are no parameters, one is not a leaf or is given twice, or a setting is out of range
     */
    protected Optimizer(Collection<? extends Tensor> parameters, double learningRate, double weightDecay) {
        add(parameters, learningRate, weightDecay);
    }

    /**
     * Adds a parameter group with its own settings. The first group is made by the constructor.
     *
     * @param more leaves that require a gradient and are not in another group
     * @param learningRate the learning rate of the group
     * @param weightDecay the weight decay of the group
     * @return the group
     * @throws IllegalArgumentException if there are no parameters, one is not a leaf or is given twice, or a setting is out of range
     */
    public final ParameterGroup addGroup(Collection<? extends Tensor> more, double learningRate, double weightDecay) {
        return add(more, learningRate, weightDecay);
    }

    private ParameterGroup add(Collection<? extends Tensor> more, double learningRate, double weightDecay) {
        if (more.isEmpty()) {
            throw new IllegalArgumentException("optimizer: no parameters: pass model.parameters()");
        }
        if (more.stream().noneMatch(Tensor::requiresGrad)) {
            throw new IllegalArgumentException(
                    "optimizer: none of the parameters requires a gradient: there is nothing to"
                            + " update; unfreeze some, or call requiresGrad(true)");
        }
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.addAll(parameters);
        for (Tensor parameter : more) {
            String which = "optimizer: parameter " + seen.size() + " " + Arrays.toString(parameter.shape());
            // A frozen parameter is accepted: it has no gradient, and is not updated until it requires one again.
            if (parameter.requiresGrad() && !parameter.isLeaf()) {
                throw new IllegalArgumentException(
                        which + " is not a leaf that requires a gradient: pass the tensors that"
                                + " requiresGrad(true) was called on, not what was computed from them");
            }
            if (!seen.add(parameter)) {
                throw new IllegalArgumentException(which + " is given twice and would be updated twice; pass it once");
            }
        }
        ParameterGroup group = new ParameterGroup(more, learningRate, weightDecay);
        groups.add(group);
        parameters.addAll(group.parameters());
        group.parameters().forEach(parameter -> dtypes.add(parameter.dtype()));
        steps = Arrays.copyOf(steps, parameters.size());
        states.values().forEach(list -> list.addAll(zeros(group.parameters())));
        return group;
    }

    /**
     * The parameter groups.
     *
     * @return the groups; the first is that of the constructor
     */
    public final List<ParameterGroup> groups() {
        return List.copyOf(groups);
    }

    /**
     * Sets whether the objective is maximized instead of minimized.
     *
     * @param up true to maximize
     */
    public final void setMaximize(boolean up) {
        maximize = up;
    }

    /**
     * Registers a hook that runs at the start of each {@link #step}, before the parameters are updated.
     *
     * @param hook the hook
     * @return removes the hook when closed
     */
    public final Hook beforeStep(Runnable hook) {
        beforeStep.add(hook);
        return () -> beforeStep.remove(hook);
    }

    /** A registered hook. */
    @FunctionalInterface
    public interface Hook extends AutoCloseable {
        /** Removes the hook. */
        @Override
        void close();
    }

    /**
     * Updates every parameter that has a gradient.
     *
     * @throws IllegalStateException if a parameter was converted to another dtype since it was added to this optimizer
     */
    public final void step() {
        for (int i = 0; i < parameters.size(); i++) checkUnconverted(i);
        for (Runnable hook : List.copyOf(beforeStep)) hook.run();
        try (Scope scope = Scope.open();
                NoGrad off = NoGrad.open()) {
            int index = 0;
            for (ParameterGroup group : groups) {
                for (Tensor parameter : group.parameters()) update(group, index++, parameter);
            }
        }
    }

    private Tensor perGroup(ToDoubleFunction<ParameterGroup> number) {
        return Tensor.of(groups.stream().mapToDouble(number).toArray());
    }

    private void update(ParameterGroup group, int index, Tensor parameter) {
        Tensor grad = (Tensor) Access.gradientOf(parameter);
        if (grad == null) return;
        steps[index]++;
        update(group, index, parameter, maximize ? grad.neg() : grad);
        Access.array(parameter).touch();
    }

    private void checkUnconverted(int i) {
        DType now = parameters.get(i).dtype();
        if (now != dtypes.get(i)) {
            throw new IllegalStateException("optimizer: parameter " + i + " was " + dtypes.get(i) + ", is " + now
                    + ": its state no longer fits; make the optimizer after model.to(dtype)");
        }
    }

    /**
     * Updates one parameter in place. It is called with gradient recording off and in a {@link Scope} that frees all intermediate
     * results.
     *
     * @param group its group, with the settings
     * @param index the index of the parameter and of its state
     * @param parameter the parameter
     * @param grad the gradient to descend, negated if the objective is maximized
     */
    protected abstract void update(ParameterGroup group, int index, Tensor parameter, Tensor grad);

    /**
     * The number of updates of a parameter, including the current one.
     *
     * @param index the index of the parameter
     * @return t, 1 at the first update
     */
    protected final long steps(int index) {
        return steps[index];
    }

    /**
     * Registers an optimizer state: a tensor of zeros for each parameter, saved and loaded under a name. For constructors.
     *
     * @param name the name
     * @return a tensor for each parameter, to be updated in place
     */
    protected final List<Tensor> state(String name) {
        List<Tensor> list = new ArrayList<>(zeros(parameters));
        states.put(name, list);
        return list;
    }

    /** Registers, keeps or removes a state, depending on whether the settings need it. */
    final List<Tensor> optionalState(String name, List<Tensor> present, boolean isNeeded) {
        if (!isNeeded) {
            states.remove(name);
            return List.of();
        }
        return present.isEmpty() ? state(name) : present;
    }

    /** Checks that no step has been taken yet. For setters that may only be called right after the constructor. */
    final void checkNotStarted(String setting) {
        for (long count : steps) {
            if (count == 0) continue;
            throw new IllegalStateException(getClass().getSimpleName() + ": " + setting
                    + " is set after the first step: call it right after the constructor");
        }
    }

    private static List<Tensor> zeros(List<Tensor> like) {
        return Scope.outside(() -> like.stream().map(Tensor::zerosLike).toList());
    }

    /** A quotient that is 0 where the denominator is 0, so that without ε a weight whose gradients were all 0 is not changed. */
    static Tensor safeDivide(Tensor numerator, Tensor denominator) {
        Tensor isZero = denominator.eq(0);
        Tensor one = Tensor.full(denominator.dtype(), 1);
        return isZero.where(Tensor.zerosLike(numerator), numerator.div(isZero.where(one, denominator)));
    }

    /** The gradient plus that of the L2 penalty ½·weightDecay·|w|². */
    static Tensor withDecay(ParameterGroup group, Tensor parameter, Tensor grad) {
        return group.weightDecay() == 0 ? grad : grad.add(parameter.detach().mul(group.weightDecay()));
    }

    /** Clears the gradients of all parameters. */
    public final void zeroGrad() {
        parameters.forEach(Tensor::zeroGrad);
    }

    /**
     * The learning rate of the first group.
     *
     * @return the learning rate
     */
    public final double learningRate() {
        return groups.get(0).learningRate();
    }

    /**
     * Sets the learning rate of all groups.
     *
     * @param learningRate the learning rate from the next step on, not negative
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public final void setLearningRate(double learningRate) {
        groups.forEach(group -> group.setLearningRate(learningRate));
    }

    /**
     * The state of the optimizer: moments, step counts, learning rates, weight decays, and whether the objective is maximized.
     *
     * @return copies, with names such as "m.0"
     */
    public final Map<String, Tensor> stateDict() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put(STEPS, Tensor.of(steps, steps.length));
        state.put(LEARNING_RATES, perGroup(ParameterGroup::learningRate));
        state.put(BASE_RATES, perGroup(ParameterGroup::baseLearningRate));
        state.put(WEIGHT_DECAYS, perGroup(ParameterGroup::weightDecay));
        state.put(MAXIMIZE, Tensor.of(maximize ? 1L : 0L));
        states.forEach((name, list) -> {
            for (int i = 0; i < list.size(); i++)
                state.put(name + "." + i, list.get(i).copy());
        });
        return state;
    }

    /**
     * Loads the state of an optimizer of the same class with the same parameters. If anything does not match, nothing is changed.
     *
     * @param state the result of {@link #stateDict}
     * @throws IllegalArgumentException if a name is missing or unexpected, a shape differs, or a setting is out of range; the message
     *     lists all missing and unexpected names and wrong shapes
     */
    public final void loadStateDict(Map<String, Tensor> state) {
        Map<String, Tensor> own = stateDict();
        checkMatches(own, state);
        double[] rates = state.get(LEARNING_RATES).toDoubles();
        double[] bases =
                state.getOrDefault(BASE_RATES, state.get(LEARNING_RATES)).toDoubles();
        double[] decays =
                state.getOrDefault(WEIGHT_DECAYS, own.get(WEIGHT_DECAYS)).toDoubles();
        long[] counts = state.get(STEPS).toLongs();
        for (int i = 0; i < rates.length; i++) {
            ParameterGroup.checkRate(rates[i]);
            ParameterGroup.checkRate(bases[i]);
            check("weightDecay", decays[i], 0, Double.MAX_VALUE);
        }
        // All checks are done: nothing throws from here on.
        steps = counts;
        maximize = state.getOrDefault(MAXIMIZE, own.get(MAXIMIZE)).item() != 0;
        for (int i = 0; i < rates.length; i++) {
            groups.get(i).setLearningRate(bases[i]);
            groups.get(i).schedule(rates[i]);
            groups.get(i).setWeightDecay(decays[i]);
        }
        states.forEach((name, list) -> {
            for (int i = 0; i < list.size(); i++) {
                Tensor value = state.get(name + "." + i);
                list.get(i).assign(value.to(list.get(i).dtype()));
            }
        });
    }

    /** Throws unless a state has the names and shapes of this optimizer's. */
    private void checkMatches(Map<String, Tensor> own, Map<String, Tensor> state) {
        List<String> mismatches = new ArrayList<>();
        own.forEach((name, value) -> {
            Tensor other = state.get(name);
            if (other == null && OPTIONAL.contains(name)) return;
            if (other == null) mismatches.add("missing " + name);
            else if (!Arrays.equals(other.shape(), value.shape())) {
                mismatches.add(name + " is " + Arrays.toString(other.shape()) + ", expected "
                        + Arrays.toString(value.shape()));
            }
        });
        state.keySet().stream()
                .filter(name -> !own.containsKey(name))
                .forEach(name -> mismatches.add("unexpected " + name));
        if (!mismatches.isEmpty()) {
            throw new IllegalArgumentException("optimizer.loadStateDict: the state is of another optimizer: "
                    + String.join("; ", mismatches) + "; make the optimizer with the settings it was saved with");
        }
    }

    /** Checks that a setting is in its range. */
    static double check(String name, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("optimizer: " + name + " " + value + ": expected at least " + min
                    + (max == Double.MAX_VALUE ? "" : " and at most " + max));
        }
        return value;
    }
}
