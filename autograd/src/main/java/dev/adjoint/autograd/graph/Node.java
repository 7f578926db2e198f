package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Role;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import dev.adjoint.autograd.kernels.Workspace;
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
    private Tensor[] inputs;
    private Tensor output;
    private List<UnaryOperator<Tensor>> hooks;
    private boolean retains;
    private Tensor retained;

    /** State of the walk that visits this node at present, see {@link Backward}. */
    Backward walk;

    int nextInput;
    /** Nodes that used this one and that the walk has not visited yet. */
    int pending;

    boolean needed;
    Tensor cotangent;
    boolean ownsCotangent;

    Node(Op op, StackTraceElement site) {
        this.op = op;
        this.site = site;
        this.region = ThreadState.get().region;
    }

    Region region() {
        return region;
    }

    static Tensor record(Op op, Tensor[] x, Tensor y, boolean tracing) {
        Node node = new Node(op, tracing ? Tracing.caller() : null);
        boolean withValues = tracing || op.keepsValues();
        node.inputs = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) node.inputs[i] = x[i].saved(withValues);
        Tensor result = y.with(node);
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
    public static Tensor watch(Tensor x) {
        return x.requiresGrad()
                ? record(ALIAS, new Tensor[] {x}, x.alias(), false)
                : x.alias().requiresGrad(true);
    }

    private static final Op ALIAS = Op.linear("input", x -> x[0], (g, x, y) -> g);

    /**
     * What made the tensor: the op's name, or "leaf".
     *
     * @return a name for messages
     */
    public String name() {
        return op.name();
    }

    /**
     * What it does with a gradient.
     *
     * @return the op's role, or {@link Role#LEAF}
     */
    public Role role() {
        return op.role();
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
    public List<Tensor> inputs() {
        return inputs == null ? null : List.of(inputs);
    }

    /**
     * The value as it was saved, perhaps without its numbers.
     *
     * @return the value, null once the graph was let go
     */
    public Tensor output() {
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
    public void addHook(UnaryOperator<Tensor> hook) {
        if (hooks == null) hooks = new ArrayList<>();
        hooks.add(hook);
    }

    /**
     * Undoes {@link #addHook}.
     *
     * @param hook the function
     */
    public void removeHook(UnaryOperator<Tensor> hook) {
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
    public Tensor grad() {
        return retained;
    }

    /**
     * A leaf's gradient to work with at once: not to be kept, since the next one gets its memory.
     *
     * @param x a tensor
     * @return the gradient; null if there is none
     */
    public static Tensor gradientOf(Tensor x) {
        Node node = x.node();
        return node == null ? null : node.grad();
    }

    /**
     * The same for somebody who may keep it.
     *
     * @return the gradient, or null if there is none
     */
    public Tensor handOutGrad() {
        return grad();
    }

    /** Forgets the gradient. */
    public void clear() {
        retained = null;
    }

    /** The gradient after all hooks, noted if it is to be kept. */
    Tensor hooked(Tensor gradient) {
        Tensor result = hooks == null ? gradient : afterHooks(gradient);
        if (retains) retained = retained == null ? result.copy() : retained.add(result);
        return result;
    }

    private Tensor afterHooks(Tensor gradient) {
        Tensor result = gradient;
        for (UnaryOperator<Tensor> hook : List.copyOf(hooks)) {
            Tensor replacement = hook.apply(result);
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
        return Level.hidesGraph(inputs[input]);
    }

    /** Whether this node's cotangent can be added to the first operand's in place, see {@link Op#scattering}. */
    boolean scatters() {
        return op.scatter() != null;
    }

    /** Adds this node's cotangent to that of the first operand's node, in place. */
    void scatterTo(Node parent) {
        if (!parent.ownsCotangent) {
            Array sum = Workspace.allocate(inputs[0].dtype(), inputs[0].shape());
            if (parent.cotangent == null) Kernels.current().fill(0, sum);
            else Kernels.current().copy(parent.cotangent.array(), sum);
            parent.cotangent = Tensor.of(sum, "gradient");
            parent.ownsCotangent = true;
        }
        op.scatter().add(cotangent.array(), inputs, parent.cotangent.array());
    }

    /** The wanted operands' shares of this node's cotangent, each in the operand's own shape; null for zero. */
    Tensor[] contributions(boolean... wanted) {
        return pullBack(cotangent, wanted);
    }

    /**
     * What a gradient of this node's output contributes to the operands' gradients.
     *
     * @param g the gradient
     * @param wanted which operands to ask for; those that no gradient passes to are not
     * @return a share for each operand in its own shape; null for zero, or if it was not wanted
     */
    public Tensor[] pullBack(Tensor g, boolean... wanted) {
        Tensor[] shares = op.vjp(g, inputs, output, wanted);
        for (int i = 0; i < shares.length; i++) {
            if (!wanted[i] || shares[i] == null || shares[i].array().sameShape(inputs[i].array())) continue;
            shares[i] = shares[i].sumTo(inputs[i].shape());
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
