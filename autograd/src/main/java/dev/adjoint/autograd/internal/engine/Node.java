package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A node of the graph: the op that computed a tensor, its operands, and the values that backward needs. Nodes point to the nodes of
 * their operands.
 */
public sealed class Node permits Leaf {
    private final Op op;
    private final StackTraceElement sourceLine;
    private final GraphRegion region;
    private Value[] inputs;
    private Value output;
    private List<UnaryOperator<Value>> hooks;
    private boolean retains;
    private Value retained;

    /** The state of this node in the current backward pass; null if there is none. */
    Backward.Visit visit;

    Node(Op op, StackTraceElement sourceLine) {
        this.op = op;
        this.sourceLine = sourceLine;
        this.region = ThreadState.get().region;
    }

    GraphRegion region() {
        return region;
    }

    static Value record(Op op, Value[] x, Value y, boolean tracing) {
        Node node = new Node(op, tracing ? Tracing.caller() : null);
        boolean withValues = tracing || op.savesValues();
        node.inputs = Value.arithmetic().newArray(x.length);
        for (int i = 0; i < x.length; i++) node.inputs[i] = x[i].saved(withValues);
        Value result = y.with(node);
        node.output = result.saved(withValues);
        return result;
    }

    /**
     * An alias of a tensor, with the same value and tangent, with respect to which derivatives can be taken without computing the
     * gradients of its operands: a new leaf, or a new node whose operand is x.
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
     * The name of the op that computed the tensor, or "leaf".
     *
     * @return a name for messages
     */
    public String name() {
        return op.name();
    }

    /**
     * Whether this is a leaf of the graph.
     *
     * @return true for a leaf
     */
    public boolean isLeaf() {
        return this instanceof Leaf;
    }

    /**
     * The op that computed the tensor.
     *
     * @return the op, null for a leaf
     */
    public Op op() {
        return op;
    }

    /**
     * The saved operands.
     *
     * @return the operands; none for a leaf, null after the graph was released
     */
    public List<Value> inputs() {
        return inputs == null ? null : List.of(inputs);
    }

    /**
     * The saved result, which may have only a shape.
     *
     * @return the result, null after the graph was released
     */
    public Value output() {
        return output;
    }

    /**
     * The source line that applied the op, if it was traced.
     *
     * @return the line or null
     */
    public StackTraceElement sourceLine() {
        return sourceLine;
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
     * Registers a gradient hook: backward passes it the complete gradient of this node and continues with the gradient that it
     * returns.
     *
     * @param hook takes the gradient; returns its replacement, or null to leave it unchanged
     */
    public void addHook(UnaryOperator<Value> hook) {
        if (hooks == null) hooks = new ArrayList<>();
        hooks.add(hook);
    }

    /**
     * Removes a gradient hook.
     *
     * @param hook the hook
     */
    public void removeHook(UnaryOperator<Value> hook) {
        if (hooks != null) hooks.remove(hook);
    }

    /** Makes backward store this node's gradient. */
    public void retainGrad() {
        retains = true;
    }

    /**
     * The accumulated gradient, if it is stored.
     *
     * @return the gradient, or null if there is none
     */
    public Value grad() {
        return retained;
    }

    /**
     * Returns the gradient to user code, which may keep it.
     *
     * @return the gradient, or null if there is none
     */
    public Value gradForUser() {
        return grad();
    }

    /** Clears the gradient. */
    public void clear() {
        retained = null;
    }

    /** Applies all hooks to the gradient, and stores the result if it is to be retained. */
    Value applyHooks(Value gradient) {
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

    /** Releases the saved values. Backward cannot pass through this node again. */
    void release() {
        inputs = null;
        output = null;
    }

    int inputCount() {
        return inputs.length;
    }

    /** The node of an operand to which a gradient passes; null if the operand does not require one. */
    Node parent(int input) {
        return op.isDifferentiable(input) ? inputs[input].node() : null;
    }

    /** Whether an operand is a dual number whose primal or tangent is recorded in another graph. */
    boolean isRecordedInside(int input) {
        return ForwardLevel.isRecordedInside(inputs[input]);
    }

    Op.Scatter scatter() {
        return op.scatter();
    }

    Value[] savedInputs() {
        return inputs;
    }

    /**
     * Computes the vector-Jacobian products for a gradient of this node's result.
     *
     * @param g the gradient
     * @param wanted the operands to compute them for; false for those that are not differentiable
     * @return a contribution for each operand, of its shape; null for zero, or if it was not wanted
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
     * @param operand the index of the operand
     * @return false for an index, a condition and the like
     */
    public boolean passesGradientTo(int operand) {
        return op.isDifferentiable(operand);
    }
}
