package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How a tensor came about: the op, its operands, and what backward needs of them. Nodes point to the nodes of their operands;
 * together they are the graph.
 */
public sealed class Node permits Leaf {
    private final Op op;
    private final StackTraceElement site;
    private final Region region;
    private Value[] inputs;
    private Value output;
    private List<UnaryOperator<Value>> hooks;
    private boolean retains;
    private Value retained;

    /** What the walk that is under way notes of this node; null if there is none. */
    Backward.Visit visit;

    Node(Op op, StackTraceElement site) {
        this.op = op;
        this.site = site;
        this.region = ThreadState.get().region;
    }

    Region region() {
        return region;
    }

    static Value record(Op op, Value[] x, Value y, boolean tracing) {
        Node node = new Node(op, tracing ? Tracing.caller() : null);
        boolean withValues = tracing || op.keepsValues();
        node.inputs = Value.arithmetic().newArray(x.length);
        for (int i = 0; i < x.length; i++) node.inputs[i] = x[i].saved(withValues);
        Value result = y.with(node);
        node.output = result.saved(withValues);
        return result;
    }

    /**
     * A tensor with the same value and tangent from which a derivative can be taken without the gradients of what it was
     * computed from: a leaf of its own, or a node on the way to x's.
     *
     * @param x a tensor
     * @return an alias that requires a gradient
     */
    public static Value watch(Value x) {
        Value alias = x.alias();
        if (x.isRecorded()) return record(Alias.INSTANCE, new Value[] {x}, alias, false);
        alias.setLeaf(true);
        return alias;
    }

    /**
     * What made the tensor: the op's name, or "leaf".
     *
     * @return a name for messages
     */
    public String name() {
        return op.name();
    }

    /**
     * Whether the graph begins here.
     *
     * @return true for a leaf
     */
    public boolean isLeaf() {
        return this instanceof Leaf;
    }

    /**
     * The op.
     *
     * @return the op, null for a leaf
     */
    public Op op() {
        return op;
    }

    /**
     * The operands as they were saved.
     *
     * @return the operands; none for a leaf, null once the graph was let go
     */
    public List<Value> inputs() {
        return inputs == null ? null : List.of(inputs);
    }

    /**
     * The value as it was saved, perhaps without its numbers.
     *
     * @return the value, null once the graph was let go
     */
    public Value output() {
        return output;
    }

    /**
     * The line of the program that applied the op, if that was traced.
     *
     * @return the line or null
     */
    public StackTraceElement site() {
        return site;
    }

    /**
     * The node that backward is visiting in this thread.
     *
     * @return the node, or null in a forward pass
     */
    public static Node visited() {
        return ThreadState.get().visited;
    }

    /**
     * Has backward show this node's gradient, once it is complete, to a function that may put another one in its place.
     *
     * @param hook gets the gradient, returns the one to go on with, or null to leave it
     */
    public void addHook(UnaryOperator<Value> hook) {
        if (hooks == null) hooks = new ArrayList<>();
        hooks.add(hook);
    }

    /**
     * Undoes {@link #addHook}.
     *
     * @param hook the function
     */
    public void removeHook(UnaryOperator<Value> hook) {
        if (hooks != null) hooks.remove(hook);
    }

    /** Has backward keep this node's gradient. */
    public void retainGrad() {
        retains = true;
    }

    /**
     * The sum of the gradients so far, if they are kept.
     *
     * @return the gradient, or null if there is none
     */
    public Value grad() {
        return retained;
    }

    /**
     * The same for somebody who may keep it.
     *
     * @return the gradient, or null if there is none
     */
    public Value handOutGrad() {
        return grad();
    }

    /** Forgets the gradient. */
    public void clear() {
        retained = null;
    }

    /** The gradient after all hooks, noted if it is to be kept. */
    Value hooked(Value gradient) {
        Value result = hooks == null ? gradient : afterHooks(gradient);
        if (retains) {
            Arithmetic arithmetic = Value.arithmetic();
            retained = retained == null ? arithmetic.copy(result) : arithmetic.add(retained, result);
        }
        return result;
    }

    private Value afterHooks(Value gradient) {
        Value result = gradient;
        for (UnaryOperator<Value> hook : List.copyOf(hooks)) {
            Value replacement = hook.apply(result);
            if (replacement == null) continue;
            result.checkAlike("hook", "the gradient it returned", replacement);
            result = replacement;
        }
        return result;
    }

    boolean isWatched() {
        return retains || hooks != null && !hooks.isEmpty();
    }

    boolean isReleased() {
        return inputs == null;
    }

    /** Lets go of the saved values. The graph cannot be walked through this node again. */
    void release() {
        inputs = null;
        output = null;
    }

    int inputCount() {
        return inputs.length;
    }

    /** The node that an operand's share of the gradient goes to, or null if none wants it. */
    Node parent(int input) {
        return op.isDifferentiable(input) ? inputs[input].node() : null;
    }

    /** Whether an operand is a dual number with a graph that is not the one this node belongs to. */
    boolean hidesGraph(int input) {
        return ForwardLevel.hidesGraph(inputs[input]);
    }

    Op.Scatter scatter() {
        return op.scatter();
    }

    Value[] savedInputs() {
        return inputs;
    }

    /**
     * What a gradient of this node's output contributes to the operands' gradients.
     *
     * @param g the gradient
     * @param wanted which operands to ask for; those that no gradient passes to are not
     * @return a share for each operand in its own shape; null for zero, or if it was not wanted
     */
    public Value[] pullBack(Value g, boolean... wanted) {
        Value[] shares = op.vjp(g, inputs, output, wanted);
        for (int i = 0; i < shares.length; i++) {
            if (!wanted[i] || shares[i] == null || shares[i].array().sameShape(inputs[i].array())) continue;
            shares[i] = Value.arithmetic().sumTo(shares[i], inputs[i].array().shape());
        }
        return shares;
    }

    /**
     * Whether a gradient passes to an operand.
     *
     * @param operand which
     * @return false of an index, a condition and the like
     */
    public boolean passesGradientTo(int operand) {
        return op.isDifferentiable(operand);
    }
}
