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
 * A layer or a network of layers: parameters, submodules, and how an output is computed from an input. A layer of one's own
 * registers what it learns in its constructor and writes its formula in {@link #forward}:
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
    private boolean isUsed;

    /** Makes a module in training mode, without parameters. */
    protected Module() {}

    /**
     * Computes the output: what the author of a layer writes. Programs, and layers made of others, call {@link #apply}, which runs the
     * hooks as well.
     *
     * @param x the input
     * @return the output
     * @throws IllegalArgumentException if the input's shape does not fit
     */
    protected abstract Tensor forward(Tensor x);

    /**
     * The output for an input, computed by {@link #forward} between the hooks: how a module is called. So it is a function that can be
     * differentiated and checked.
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
     * Computes with all hooks: for another way to call a module than {@link #apply}, such as with a mask.
     *
     * @param x the input, which hooks may exchange
     * @param forward computes the output
     * @return the output, which hooks may exchange
     */
    protected final Tensor withHooks(Tensor x, UnaryOperator<Tensor> forward) {
        isUsed = true;
        Tensor input = x;
        for (PreHook hook : List.copyOf(preHooks)) input = orElse(hook.before(this, input), input);
        Tensor output = forward.apply(input);
        for (Hook hook : List.copyOf(hooks)) output = orElse(hook.after(this, input, output), output);
        return output;
    }

    private static Tensor orElse(Tensor replacement, Tensor x) {
        return replacement == null ? x : replacement;
    }

    /** Sees a module's input before the module does. */
    @FunctionalInterface
    public interface PreHook {
        /**
         * Called before {@link #forward}.
         *
         * @param module the module
         * @param input what it is to be given
         * @return what to give it instead, or null to leave it
         */
        Tensor before(Module module, Tensor input);
    }

    /** Sees what a module made of its input. */
    @FunctionalInterface
    public interface Hook {
        /**
         * Called after {@link #forward}.
         *
         * @param module the module
         * @param input what it was given
         * @param output what it returned
         * @return what to hand on instead, or null to leave it
         */
        Tensor after(Module module, Tensor input, Tensor output);
    }

    /** Takes a hook away again. */
    @FunctionalInterface
    public interface Handle extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Has a function see each input of {@link #apply}.
     *
     * @param hook the function
     * @return takes it away again when closed
     */
    public final Handle forwardPreHook(PreHook hook) {
        preHooks.add(hook);
        return () -> preHooks.remove(hook);
    }

    /**
     * Has a function see each output of {@link #apply}. To see the gradient of an output, let it call {@link Tensor#onGrad}.
     *
     * @param hook the function
     * @return takes it away again when closed
     */
    public final Handle forwardHook(Hook hook) {
        hooks.add(hook);
        return () -> hooks.remove(hook);
    }

    /**
     * Registers a parameter.
     *
     * @param name its name within this module, without a dot
     * @param initial its first value
     * @return the parameter
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Parameter parameter(String name, Tensor initial) {
        return share(name, new Parameter(initial));
    }

    /**
     * Registers a parameter that another module has as well: both learn the same numbers.
     *
     * @param name its name within this module, without a dot
     * @param parameter the parameter
     * @return the parameter
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Parameter share(String name, Parameter parameter) {
        checkName(name);
        parameters.put(name, parameter);
        return parameter;
    }

    /**
     * Registers a tensor that belongs to the state but is not learned, such as a running mean. It is changed in place.
     *
     * @param name its name within this module, without a dot
     * @param initial its first value
     * @return the buffer
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Tensor buffer(String name, Tensor initial) {
        checkName(name);
        Buffer buffer = new Buffer(initial);
        buffers.put(name, buffer);
        return buffer;
    }

    /** A tensor that can be converted to another type in its place. */
    private static final class Buffer extends Tensor {
        Buffer(Tensor value) {
            super(value);
        }

        void convert(DType dtype) {
            if (dtype().isFloating()) setValue(Scope.outside(() -> detach().to(dtype)));
        }
    }

    /**
     * All buffers under their full names.
     *
     * @return the buffers, of this module first, then of its submodules
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
     * Puts this module and all below it into evaluation mode until the result is closed; then each is in the mode it was in.
     *
     * @return restores the modes
     */
    public final Handle inEvaluation() {
        Map<Module, Boolean> before = new IdentityHashMap<>();
        visit(module -> before.put(module, module.training));
        eval();
        return () -> before.forEach((module, on) -> module.training = on);
    }

    /**
     * Registers a generator that {@link #forward} draws from, so that its state is saved with a run.
     *
     * @param rng the generator
     * @return the generator
     */
    protected final Rng generator(Rng rng) {
        generators.add(rng);
        return rng;
    }

    /**
     * The generators that this module and all below it draw from.
     *
     * @return each once, in order of registration
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
     * @param name its name within this module, without a dot
     * @param child the submodule
     * @param <M> its class
     * @return the submodule
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final <M extends Module> M child(String name, M child) {
        checkName(name);
        children.put(name, child);
        return child;
    }

    /**
     * For settings of a layer that change what has been made already: they belong right behind the constructor.
     *
     * @param setting its name, for the message
     * @throws IllegalStateException if the module has been applied already
     */
    protected final void checkUnused(String setting) {
        if (!isUsed) return;
        throw new IllegalStateException(getClass().getSimpleName() + ": " + setting
                + " is set after the layer has been applied: call it right behind the constructor");
    }

    /**
     * Takes a parameter out again, for a setting such as {@code bias(false)}.
     *
     * @param name its name
     */
    protected final void removeParameter(String name) {
        parameters.remove(name);
    }

    /**
     * Puts another module in the place of a child.
     *
     * @param name its name
     * @param child the other one
     * @param <M> its type
     * @return the other one
     */
    protected final <M extends Module> M replaceChild(String name, M child) {
        children.put(name, child);
        return child;
    }

    /**
     * Has a generator take the place of another one that was registered by {@link #generator}.
     *
     * @param old the generator until now
     * @param rng the generator from now on
     * @return the new one
     */
    protected final Rng replaceGenerator(Rng old, Rng rng) {
        generators.replaceAll(each -> each == old ? rng : each);
        return rng;
    }

    private void checkName(String name) {
        if (name.isEmpty() || name.contains(".") || isTaken(name)) {
            throw new IllegalArgumentException("module " + getClass().getSimpleName() + ": name '" + name
                    + "': expected a new one, not empty and without a dot");
        }
    }

    private boolean isTaken(String name) {
        return parameters.containsKey(name) || buffers.containsKey(name) || children.containsKey(name);
    }

    /**
     * Stops or resumes learning: frozen parameters get no gradient.
     *
     * @param frozen whether they keep their values
     */
    public final void freeze(boolean frozen) {
        parameters().forEach(parameter -> parameter.requiresGrad(!frozen));
    }

    /**
     * Does something to this module and all below it, children first.
     *
     * @param action what to do
     */
    public final void visit(Consumer<Module> action) {
        children.values().forEach(child -> child.visit(action));
        action.accept(this);
    }

    /**
     * All parameters, of this module first, then of its submodules in order of registration; each once, even if it is used in
     * several places.
     *
     * @return the parameters
     */
    public final List<Parameter> parameters() {
        Set<Parameter> each = Collections.newSetFromMap(new IdentityHashMap<>());
        return namedParameters().values().stream().filter(each::add).toList();
    }

    /**
     * All parameters under their full names, such as "0.weight"; one that is used in several places under each of its names.
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
     * The submodules registered here, not theirs.
     *
     * @return the submodules under their names
     */
    public final Map<String, Module> children() {
        return Collections.unmodifiableMap(children);
    }

    /**
     * The number of learned numbers.
     *
     * @return Σ length over all parameters
     */
    public final long parameterCount() {
        return parameters().stream().mapToLong(Tensor::length).sum();
    }

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() {
        parameters().forEach(Tensor::zeroGrad);
    }

    /**
     * Whether this module behaves as in training; dropout, for one, is active only then.
     *
     * @return true unless {@link #eval} was called last
     */
    public final boolean isTraining() {
        return training;
    }

    /** Puts this module and all below it into training mode. */
    public final void train() {
        setTraining(true);
    }

    /** Puts this module and all below it into evaluation mode. */
    public final void eval() {
        setTraining(false);
    }

    private void setTraining(boolean on) {
        training = on;
        children.values().forEach(child -> child.setTraining(on));
    }

    /**
     * Converts all parameters to another type; their gradients are forgotten.
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
     * The values of all parameters and buffers under their full names, in their own memory: later training changes them.
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
     * Sets all parameters and buffers. Nothing is changed unless everything fits.
     *
     * @param state a value for each, of its shape
     * @throws IllegalArgumentException if one is missing, unexpected or of another shape; the message lists them all
     */
    public final void loadStateDict(Map<String, Tensor> state) {
        loadStateDict(state, true);
    }

    /**
     * Sets parameters and buffers. Nothing is changed unless all shapes fit.
     *
     * @param state values under full names
     * @param strict whether each must have a value, and each value a place
     * @return what was missing and what had no place; empty if strict
     * @throws IllegalArgumentException if a shape does not fit or, if strict, a name; the message lists them all
     */
    public final Unmatched loadStateDict(Map<String, Tensor> state, boolean strict) {
        Map<String, Tensor> own = new LinkedHashMap<>(namedParameters());
        own.putAll(namedBuffers());
        List<String> missing =
                own.keySet().stream().filter(name -> !state.containsKey(name)).toList();
        List<String> unexpected =
                state.keySet().stream().filter(name -> !own.containsKey(name)).toList();
        List<String> faults = new ArrayList<>();
        if (strict) missing.forEach(name -> faults.add("missing " + name));
        own.forEach((name, value) -> {
            Tensor given = state.get(name);
            if (given != null && !Arrays.equals(given.shape(), value.shape())) {
                faults.add(name + " is " + Arrays.toString(given.shape()) + ", expected "
                        + Arrays.toString(value.shape()));
            }
        });
        if (strict) unexpected.forEach(name -> faults.add("unexpected " + name));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("loadStateDict: the weights are not of this model: "
                    + String.join("; ", faults) + "; make the model with the layers it was saved with");
        }
        own.forEach((name, value) -> {
            if (state.containsKey(name)) value.assign(state.get(name).to(value.dtype()));
        });
        return new Unmatched(missing, unexpected);
    }

    /**
     * Names that did not match.
     *
     * @param missing parameters and buffers without a value, which keep theirs
     * @param unexpected values without a place
     */
    public record Unmatched(List<String> missing, List<String> unexpected) {}

    /**
     * A table of the modules that have no submodules: output shape, parameters, multiply-adds of matrix products and convolutions.
     *
     * @param inputShape the shape of an input of float32
     * @return the table, a line each
     * @throws IllegalArgumentException if the shape does not fit
     */
    public final String summary(long... inputShape) {
        return summary(Tensor.zeros(inputShape));
    }

    /**
     * As {@link #summary(long...)}, for an input of any type.
     *
     * @param input an input
     * @return the table, a line each
     */
    public final String summary(Tensor input) {
        return Summary.of(this, input);
    }

    /**
     * What {@link #toString} puts between the brackets after this module's name.
     *
     * @return the settings, such as "784 -&gt; 128"
     */
    protected String describe() {
        return "";
    }

    /** The tree of modules, one a line. */
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
