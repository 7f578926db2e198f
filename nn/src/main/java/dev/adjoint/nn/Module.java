package dev.adjoint.nn;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.ParametricFunction;
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

/**
 * A layer or a network of layers: parameters, submodules, and how an output is computed from an input. A layer of one's own
 * registers what it learns in its constructor and writes its formula in {@link #forward}:
 *
 * <pre>{@code
 * final class Scale extends Module {
 *     private final Parameter factor = parameter("factor", Tensor.ones(1));
 *
 *     public Tensor forward(Tensor x) {
 *         return x.mul(factor);
 *     }
 * }
 * }</pre>
 */
public abstract class Module implements ParametricFunction {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> buffers = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();
    private boolean training = true;

    /** Makes a module in training mode, without parameters. */
    protected Module() {}

    /**
     * Computes the output.
     *
     * @param x the input
     * @return the output
     * @throws IllegalArgumentException if the input's shape does not fit
     */
    public abstract Tensor forward(Tensor x);

    /** The same as {@link #forward}: a module is a function that can be differentiated and checked. */
    @Override
    public final Tensor apply(Tensor x) {
        return forward(x);
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
        checkName(name);
        Parameter parameter = new Parameter(initial);
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
     * Sets all parameters. Nothing is changed unless everything fits.
     *
     * @param state a value for each parameter, of its shape
     * @throws IllegalArgumentException if one is missing, unexpected or of another shape; the message lists them all
     */
    public final void loadStateDict(Map<String, Tensor> state) {
        Map<String, Tensor> own = new LinkedHashMap<>(namedParameters());
        own.putAll(namedBuffers());
        List<String> faults = new ArrayList<>();
        own.forEach((name, parameter) -> {
            Tensor value = state.get(name);
            if (value == null) faults.add("missing " + name);
            else if (!Arrays.equals(value.shape(), parameter.shape())) {
                faults.add(name + " is " + Arrays.toString(value.shape()) + ", expected "
                        + Arrays.toString(parameter.shape()));
            }
        });
        state.keySet().stream()
                .filter(name -> !own.containsKey(name))
                .forEach(name -> faults.add("unexpected " + name));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("loadStateDict: the weights are not of this model: "
                    + String.join("; ", faults) + "; make the model with the layers it was saved with");
        }
        own.forEach((name, parameter) -> parameter.assign(state.get(name).to(parameter.dtype())));
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
