package dev.adjoint.nn;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.ParametricFunction;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The base class of layers and networks: parameters, submodules and a forward computation. A custom layer registers its parameters
 * and implements its formula in {@link #forward}:
 *
 * <pre>{@code
 * final class Scale extends Module {
 *     private final Parameter factor = parameter("factor", Tensor.ones(1));
 *
 *     protected Tensor forward(Tensor x) {
 *         return x.mul(factor);
 *     }
 * }
 * }</pre>
 */
public abstract class Module implements ParametricFunction {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> buffers = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();
    private final List<Rng> generators = new ArrayList<>();
    private final List<PreHook> preHooks = new ArrayList<>();
    private final List<Hook> hooks = new ArrayList<>();
    private boolean training = true;
    private boolean isApplied;

    /** Makes a module in training mode, without parameters. */
    protected Module() {}

    /**
     * Computes the output; subclasses implement this method. Callers, including other layers, use {@link #apply}, which also runs the
     * hooks.
     *
     * @param x the input
     * @return the output
     * @throws IllegalArgumentException if the input's shape does not fit
     */
    protected abstract Tensor forward(Tensor x);

    /**
     * Calls the module: runs the pre-hooks, {@link #forward} and the hooks. This makes a module a function that can be differentiated
     * and gradient-checked.
     *
     * @param x the input
     * @return the output
     * @throws IllegalArgumentException if the input's shape does not fit
     */
    @Override
    public final Tensor apply(Tensor x) {
        return withHooks(x, this::forward);
    }

    /**
     * Runs a forward function with all hooks. For methods that call a module with more arguments than {@link #apply}, such as a mask.
     *
     * @param x the input, which hooks may replace
     * @param forward computes the output
     * @return the output, which hooks may replace
     */
    protected final Tensor withHooks(Tensor x, UnaryOperator<Tensor> forward) {
        isApplied = true;
        Tensor input = x;
        for (PreHook hook : List.copyOf(preHooks)) input = orElse(hook.before(this, input), input);
        Tensor output = forward.apply(input);
        for (Hook hook : List.copyOf(hooks)) output = orElse(hook.after(this, input, output), output);
        return output;
    }

    private static Tensor orElse(Tensor replacement, Tensor x) {
        return replacement == null ? x : replacement;
    }

    /** A function that is called with a module's input before {@link #forward}. */
    @FunctionalInterface
    public interface PreHook {
        /**
         * Called before {@link #forward}.
         *
         * @param module the module
         * @param input its input
         * @return the input to use instead, or null to keep it
         */
        Tensor before(Module module, Tensor input);
    }

    /** A function that is called with a module's input and output after {@link #forward}. */
    @FunctionalInterface
    public interface Hook {
        /**
         * Called after {@link #forward}.
         *
         * @param module the module
         * @param input its input
         * @param output its output
         * @return the output to use instead, or null to keep it
         */
        Tensor after(Module module, Tensor input, Tensor output);
    }

    /** Undoes a change to a module when closed, such as a registered hook. */
    @FunctionalInterface
    public interface Handle extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Registers a hook that is called before {@link #forward} on each {@link #apply}.
     *
     * @param hook the function
     * @return removes the hook when closed
     */
    public final Handle forwardPreHook(PreHook hook) {
        preHooks.add(hook);
        return () -> preHooks.remove(hook);
    }

    /**
     * Registers a hook that is called after {@link #forward} on each {@link #apply}. To observe the gradient of an output, call
     * {@link Tensor#onGrad} in it.
     *
     * @param hook the function
     * @return removes the hook when closed
     */
    public final Handle forwardHook(Hook hook) {
        hooks.add(hook);
        return () -> hooks.remove(hook);
    }

    /**
     * Registers a parameter.
     *
     * @param name its name within this module; must not contain a dot
     * @param initial its initial value
     * @return the parameter
     * @throws IllegalArgumentException if the name is empty, in use or contains a dot
     */
    protected final Parameter parameter(String name, Tensor initial) {
        return share(name, new Parameter(initial));
    }

    /**
     * Registers a parameter that is shared with another module (weight tying).
     *
     * @param name its name within this module; must not contain a dot
     * @param parameter the parameter
     * @return the parameter
     * @throws IllegalArgumentException if the name is empty, in use or contains a dot
     */
    protected final Parameter share(String name, Parameter parameter) {
        checkName(name);
        parameters.put(name, parameter);
        return parameter;
    }

    /**
     * Registers a buffer: a tensor that is part of the state but not learned, such as a running mean. It is updated in place.
     *
     * @param name its name within this module; must not contain a dot
     * @param initial its initial value
     * @return the buffer
     * @throws IllegalArgumentException if the name is empty, in use or contains a dot
     */
    protected final Tensor buffer(String name, Tensor initial) {
        checkName(name);
        Buffer buffer = new Buffer(initial);
        buffers.put(name, buffer);
        return buffer;
    }

    /** A tensor whose dtype can be converted in place. */
    private static final class Buffer extends Tensor {
        Buffer(Tensor value) {
            super(value);
        }

        void convert(DType dtype) {
            if (dtype().isFloating()) setValue(Scope.outside(() -> detach().to(dtype)));
        }
    }

    /**
     * All buffers by their full names.
     *
     * @return the buffers of this module, then those of its submodules
     */
    public final Map<String, Tensor> namedBuffers() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        collectBuffers("", all);
        return all;
    }

    private void collectBuffers(String prefix, Map<String, Tensor> all) {
        buffers.forEach((name, buffer) -> all.put(prefix + name, buffer));
        children.forEach((name, child) -> child.collectBuffers(prefix + name + ".", all));
    }

    @Override
    public final Runnable rememberState() {
        Map<String, Tensor> before = new LinkedHashMap<>();
        namedBuffers().forEach((name, buffer) -> before.put(name, buffer.copy()));
        return () -> namedBuffers().forEach((name, buffer) -> buffer.assign(before.get(name)));
    }

    /**
     * Puts this module and all its descendants into evaluation mode until the returned handle is closed.
     *
     * @return restores the previous mode of each module when closed
     */
    public final Handle inEvaluation() {
        Map<Module, Boolean> before = new IdentityHashMap<>();
        visit(module -> before.put(module, module.training));
        eval();
        return () -> before.forEach((module, on) -> module.training = on);
    }

    /**
     * Registers a random number generator that {@link #forward} draws from, so that its state is saved in snapshots of the training.
     *
     * @param rng the generator
     * @return the generator
     */
    protected final Rng generator(Rng rng) {
        generators.add(rng);
        return rng;
    }

    /**
     * The random number generators of this module and all its descendants.
     *
     * @return each generator once, children first
     */
    public final List<Rng> generators() {
        Set<Rng> each = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Rng> all = new ArrayList<>();
        visit(module -> module.generators.stream().filter(each::add).forEach(all::add));
        return all;
    }

    /**
     * Registers a submodule.
     *
     * @param name its name within this module; must not contain a dot
     * @param child the submodule
     * @param <M> its class
     * @return the submodule
     * @throws IllegalArgumentException if the name is empty, in use or contains a dot
     */
    protected final <M extends Module> M child(String name, M child) {
        checkName(name);
        children.put(name, child);
        return child;
    }

    /**
     * Checks that the module has not been applied yet. For setters that may only be called right after the constructor.
     *
     * @param setting name of the setting, for the message
     * @throws IllegalStateException if the module has been applied already
     */
    protected final void checkNotApplied(String setting) {
        if (!isApplied) return;
        throw new IllegalStateException(getClass().getSimpleName() + ": " + setting
                + " is set after the layer has been applied: call it right after the constructor");
    }

    /**
     * Removes a parameter, for a setting such as {@code bias(false)}.
     *
     * @param name its name
     */
    protected final void removeParameter(String name) {
        parameters.remove(name);
    }

    /**
     * Replaces a submodule.
     *
     * @param name its name
     * @param child the new submodule
     * @param <M> its class
     * @return the new submodule
     */
    protected final <M extends Module> M replaceChild(String name, M child) {
        children.put(name, child);
        return child;
    }

    /**
     * Replaces a generator that was registered by {@link #generator}.
     *
     * @param old the registered generator
     * @param rng the new generator
     * @return the new generator
     */
    protected final Rng replaceGenerator(Rng old, Rng rng) {
        generators.replaceAll(each -> each == old ? rng : each);
        return rng;
    }

    private void checkName(String name) {
        if (name.isEmpty() || name.contains(".") || isTaken(name)) {
            throw new IllegalArgumentException("module " + getClass().getSimpleName() + ": name '" + name
                    + "': expected an unused name, not empty and without a dot");
        }
    }

    private boolean isTaken(String name) {
        return parameters.containsKey(name) || buffers.containsKey(name) || children.containsKey(name);
    }

    /**
     * Freezes or unfreezes all parameters: frozen parameters do not require a gradient.
     *
     * @param frozen true to freeze, false to unfreeze
     */
    public final void freeze(boolean frozen) {
        parameters().forEach(parameter -> parameter.requiresGrad(!frozen));
    }

    /**
     * Applies an action to this module and all its descendants, children first.
     *
     * @param action the action
     */
    public final void visit(Consumer<Module> action) {
        children.values().forEach(child -> child.visit(action));
        action.accept(this);
    }

    /**
     * All parameters: those of this module, then those of its submodules, in order of registration. A shared parameter is listed once.
     *
     * @return the parameters
     */
    public final List<Parameter> parameters() {
        Set<Parameter> each = Collections.newSetFromMap(new IdentityHashMap<>());
        return namedParameters().values().stream().filter(each::add).toList();
    }

    /**
     * All parameters by their full names, such as "0.weight". A shared parameter is listed under each of its names.
     *
     * @return the parameters in the order of {@link #parameters}
     */
    @Override
    public final Map<String, Parameter> namedParameters() {
        Map<String, Parameter> all = new LinkedHashMap<>();
        collect("", all);
        return all;
    }

    private void collect(String prefix, Map<String, Parameter> all) {
        parameters.forEach((name, parameter) -> all.put(prefix + name, parameter));
        children.forEach((name, child) -> child.collect(prefix + name + ".", all));
    }

    /**
     * The direct submodules of this module.
     *
     * @return the submodules by name
     */
    public final Map<String, Module> children() {
        return Collections.unmodifiableMap(children);
    }

    /**
     * The number of elements of all parameters.
     *
     * @return the sum of the lengths of all parameters
     */
    public final long parameterCount() {
        return parameters().stream().mapToLong(Tensor::length).sum();
    }

    /** Clears the gradients of all parameters. */
    public final void zeroGrad() {
        parameters().forEach(Tensor::zeroGrad);
    }

    /**
     * Whether this module is in training mode. Some layers, such as dropout, behave differently in training.
     *
     * @return true by default and after {@link #train}, false after {@link #eval}
     */
    public final boolean isTraining() {
        return training;
    }

    /** Puts this module and all its descendants into training mode. */
    public final void train() {
        setTraining(true);
    }

    /** Puts this module and all its descendants into evaluation mode. */
    public final void eval() {
        setTraining(false);
    }

    private void setTraining(boolean on) {
        training = on;
        children.values().forEach(child -> child.setTraining(on));
    }

    /**
     * Converts all parameters and floating-point buffers to another dtype and clears the gradients.
     *
     * @param dtype float32 or float64
     */
    @Override
    public final void to(DType dtype) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("module.to: " + dtype + ": expected float32 or float64");
        }
        for (Parameter parameter : parameters()) {
            parameter.replace(Scope.outside(() -> parameter.detach().to(dtype)));
        }
        for (Tensor buffer : namedBuffers().values()) ((Buffer) buffer).convert(dtype);
    }

    /**
     * The values of all parameters and buffers by their full names. They share memory with the module: later training changes them.
     *
     * @return the values
     */
    public final Map<String, Tensor> stateDict() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        namedParameters().forEach((name, parameter) -> state.put(name, parameter.detach()));
        namedBuffers().forEach((name, buffer) -> state.put(name, buffer.detach()));
        return state;
    }

    /**
     * Sets all parameters and buffers. If anything does not match, nothing is changed.
     *
     * @param state a value for each parameter and buffer, of the same shape
     * @throws IllegalArgumentException if a value is missing, unexpected or of another shape; the message lists all mismatches
     */
    public final void loadStateDict(Map<String, Tensor> state) {
        loadStateDict(state, true);
    }

    /**
     * Sets parameters and buffers. If any shape does not match, nothing is changed.
     *
     * @param state values by full names
     * @param strict whether the names must match exactly
     * @return the missing and the unexpected names; both empty if strict
     * @throws IllegalArgumentException if a shape or, if strict, a name does not match; the message lists all mismatches
     */
    public final Unmatched loadStateDict(Map<String, Tensor> state, boolean strict) {
        Map<String, Tensor> own = new LinkedHashMap<>(namedParameters());
        own.putAll(namedBuffers());
        List<String> missing =
                own.keySet().stream().filter(name -> !state.containsKey(name)).toList();
        List<String> unexpected =
                state.keySet().stream().filter(name -> !own.containsKey(name)).toList();
        List<String> mismatches = new ArrayList<>();
        if (strict) missing.forEach(name -> mismatches.add("missing " + name));
        own.forEach((name, value) -> {
            Tensor given = state.get(name);
            if (given != null && !Arrays.equals(given.shape(), value.shape())) {
                mismatches.add(name + " is " + Arrays.toString(given.shape()) + ", expected "
                        + Arrays.toString(value.shape()));
            }
        });
        if (strict) unexpected.forEach(name -> mismatches.add("unexpected " + name));
        if (!mismatches.isEmpty()) {
            throw new IllegalArgumentException("loadStateDict: the state does not match this model: "
                    + String.join("; ", mismatches) + "; make the model with the layers it was saved with");
        }
        own.forEach((name, value) -> {
            if (state.containsKey(name)) value.assign(state.get(name).to(value.dtype()));
        });
        return new Unmatched(missing, unexpected);
    }

    /**
     * The names that did not match in {@link #loadStateDict(Map, boolean)}.
     *
     * @param missing parameters and buffers that were not in the state; they keep their values
     * @param unexpected names in the state that the module does not have
     */
    public record Unmatched(List<String> missing, List<String> unexpected) {}

    /**
     * A summary table of all leaf modules: output shape, parameter count, multiply-adds of matrix products and convolutions.
     *
     * @param inputShape the shape of a float32 input
     * @return the table, one row per module
     * @throws IllegalArgumentException if the shape does not fit
     */
    public final String summary(long... inputShape) {
        return summary(Tensor.zeros(inputShape));
    }

    /**
     * Same as {@link #summary(long...)}, for an input of any dtype.
     *
     * @param input an input
     * @return the table, one row per module
     */
    public final String summary(Tensor input) {
        return Summary.of(this, input);
    }

    /**
     * The settings that {@link #toString} prints in parentheses after this module's class name.
     *
     * @return the settings, such as "784 -&gt; 128"
     */
    protected String describe() {
        return "";
    }

    /** The module tree, one module per line. */
    @Override
    public final String toString() {
        String head = getClass().getSimpleName() + "(" + describe();
        if (children.isEmpty()) return head + ")";
        StringBuilder text = new StringBuilder(head);
        children.forEach((name, child) -> text.append("\n  (")
                .append(name)
                .append("): ")
                .append(child.toString().replace("\n", "\n  ")));
        return text.append("\n)").toString();
    }
}
