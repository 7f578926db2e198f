package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Arithmetic;
import dev.adjoint.autograd.internal.engine.Backward;
import dev.adjoint.autograd.internal.engine.Dual;
import dev.adjoint.autograd.internal.engine.Leaf;
import dev.adjoint.autograd.internal.engine.Node;
import dev.adjoint.autograd.internal.engine.Value;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A multi-dimensional array of numbers that remembers how it was computed and can differentiate that.
 *
 * <pre>{@code
 * Tensor x1 = Tensor.of(2.0).requiresGrad(true);
 * Tensor x2 = Tensor.of(3.0).requiresGrad(true);
 * Tensor y = x1.mul(x2).add(x1.sin());
 * y.backward();
 * x1.grad().item();  // ∂y/∂x1 = x2 + cos x1
 * }</pre>
 *
 * <p>A Java {@code float} makes a float32 tensor, a {@code double} a float64 one, an {@code int} or {@code long} an int64 one;
 * whatever is made without a Java number (zeros, random numbers, layers) is float32 unless a {@link DType} is given. A number
 * beside a tensor, as in {@code x.mul(2)}, takes the tensor's type. Operands of one op must have the same type.
 */
public non-sealed class Tensor extends TensorFactories
        implements ElementwiseOps, TrigonometricOps, ActivationOps, ReductionOps, ShapeOps {
    static {
        Access.use(new TensorArithmetic());
    }

    private Tensor(Array array, Node node, String origin, int pinnedVersion, Dual dual) {
        super(array, node, origin, pinnedVersion, dual);
    }

    /**
     * For subclasses: a tensor with the numbers of another, in the same memory, and without its graph.
     *
     * @param value the numbers
     */
    protected Tensor(Tensor value) {
        super(value);
    }

    /**
     * For subclasses: exchanges the numbers for those of another tensor, of whatever shape and type, in that tensor's memory. A
     * leaf stays a leaf and forgets its gradient.
     *
     * @param value the new numbers
     */
    protected final void setValue(Tensor value) {
        Access.setArray(this, value.array());
    }

    // ---- what it is ----

    /**
     * The size along each axis.
     *
     * @return a copy of the shape; [] for a scalar
     */
    public final long[] shape() {
        return header().shape().clone();
    }

    /**
     * The size along one axis.
     *
     * @param axis the axis, negative counted from the end
     * @return the size
     * @throws IllegalArgumentException if there is no such axis
     */
    public final long shape(int axis) {
        return header().shape()[Shapes.axis("shape", axis, rank())];
    }

    /**
     * The number of axes.
     *
     * @return 0 for a scalar
     */
    public final int rank() {
        return header().rank();
    }

    /**
     * The number of elements.
     *
     * @return ∏ shape
     */
    public final long length() {
        return header().length();
    }

    /**
     * The type of the elements.
     *
     * @return the type
     */
    public final DType dtype() {
        return DType.of(header().dtype());
    }

    // ---- its numbers ----

    /**
     * The number in a tensor that has only one.
     *
     * @return the number
     * @throws IllegalArgumentException if there are more or none
     */
    public final double item() {
        if (length() != 1) {
            throw new IllegalArgumentException("item: tensor " + Shapes.str(header().shape()) + " has " + length()
                    + " elements: expected one; use get(index…), toFloats() or toDoubles()");
        }
        return array().get(0);
    }

    /**
     * One element.
     *
     * @param index its place along each axis
     * @return the element
     * @throws IllegalArgumentException if there is no such element
     */
    public final double get(long... index) {
        long[] shape = header().shape();
        boolean inside = index.length == shape.length;
        for (int i = 0; inside && i < index.length; i++) inside = index[i] >= 0 && index[i] < shape[i];
        if (!inside) {
            throw new IllegalArgumentException("get: tensor " + Shapes.str(shape) + ", index " + Shapes.str(index)
                    + ": expected one index below each size");
        }
        long[] strides = Shapes.strides(shape);
        long flat = 0;
        for (int i = 0; i < index.length; i++) flat += index[i] * strides[i];
        return array().get(flat);
    }

    /**
     * All elements in row-major order, rounded to float.
     *
     * @return a new array
     */
    public final float[] toFloats() {
        float[] values = new float[Math.toIntExact(length())];
        Array own = array();
        for (int i = 0; i < values.length; i++) values[i] = (float) own.get(i);
        return values;
    }

    /**
     * All elements in row-major order.
     *
     * @return a new array
     */
    public final double[] toDoubles() {
        double[] values = new double[Math.toIntExact(length())];
        Array own = array();
        for (int i = 0; i < values.length; i++) values[i] = own.get(i);
        return values;
    }

    /**
     * All elements of a tensor of labels or indices, in row-major order.
     *
     * @return a new array
     */
    public final long[] toLongs() {
        long[] values = new long[Math.toIntExact(length())];
        Array own = to(DType.INT64).array();
        own.longs().get(0, values);
        return values;
    }

    /**
     * A copy of the numbers as an INDArray.
     *
     * @return a new array of the same shape and type
     */
    public final INDArray toINDArray() {
        return array().toINDArray();
    }

    /**
     * Overwrites the numbers in place, without recording it. If the old ones were saved for a backward that is still to come,
     * that backward is refused.
     *
     * @param source the new numbers, of this shape and type
     * @throws IllegalArgumentException if shape or type differ
     */
    public final void assign(Tensor source) {
        checkAlike("assign", "source", source);
        Kernels.current().copy(source.array(), array());
        header().touch();
    }

    // ---- its gradient ----

    /**
     * Whether backward brings it, or what it was computed from, a gradient.
     *
     * @return true if it does
     */
    public final boolean requiresGrad() {
        return node() != null;
    }

    /**
     * Whether the user made this tensor and asked for its gradient, which {@link #grad} then holds.
     *
     * @return true for parameters and the like, false for constants and for what an op made
     */
    public final boolean isLeaf() {
        return node() instanceof Leaf;
    }

    /**
     * Asks for this tensor's gradient, or for it no longer. For tensors that the user made; what an op made requires a gradient
     * if an operand does.
     *
     * @param wanted whether backward shall bring a gradient
     * @return this tensor
     * @throws IllegalArgumentException if it is of an integer type, or an op made it and {@code wanted} is false
     */
    public final Tensor requiresGrad(boolean wanted) {
        if (wanted && !dtype().isFloating()) {
            throw new IllegalArgumentException("requiresGrad: tensor " + Shapes.str(header().shape()) + " is " + dtype()
                    + ": only float32 and float64 have gradients; convert it with to(DType.FLOAT32)");
        }
        if (!wanted && node() != null && !isLeaf()) {
            throw new IllegalArgumentException("requiresGrad: tensor " + Shapes.str(header().shape()) + " was made by '"
                    + Access.origin(this) + "' from operands that require a gradient; use detach()");
        }
        Access.setLeaf(this, wanted);
        return this;
    }

    /**
     * The gradient that backward brought to this leaf: the sum over all calls since {@link #zeroGrad}. What is returned keeps its
     * numbers: later gradients get other memory.
     *
     * @return the gradient, of this shape and type; null if there is none
     */
    public final Tensor grad() {
        Node node = node();
        return node == null ? null : (Tensor) node.handOutGrad();
    }

    /** Forgets the gradient, so that the next backward starts a new sum. */
    public final void zeroGrad() {
        if (node() != null) node().clear();
    }

    /**
     * Has backward keep the gradient of this tensor, which an op made, in {@link #grad}; without this only leaves keep theirs.
     *
     * @return this tensor
     * @throws IllegalArgumentException if it does not require a gradient
     */
    public final Tensor retainGrad() {
        requireNode("retainGrad").retainGrad();
        return this;
    }

    /**
     * Has backward show this tensor's gradient, once it is complete, to a function; what the function returns takes its place
     * on the way on. Hooks are called in the order in which they were added, for every walk that reaches the tensor.
     *
     * @param hook gets the gradient; returns one of the same shape and type, or null to leave it
     * @return takes the hook away when closed
     * @throws IllegalArgumentException if this tensor does not require a gradient
     */
    public final Hook onGrad(UnaryOperator<Tensor> hook) {
        Node watched = requireNode("onGrad");
        // The hook may keep what it sees, and keep what it returns.
        UnaryOperator<Value> exposing = gradient -> {
            Access.array(gradient).expose();
            Tensor replacement = hook.apply((Tensor) gradient);
            if (replacement != null) replacement.array().expose();
            return replacement;
        };
        watched.addHook(exposing);
        return () -> watched.removeHook(exposing);
    }

    /** A gradient hook that is in place. */
    @FunctionalInterface
    public interface Hook extends AutoCloseable {
        /** Takes the hook away. */
        @Override
        void close();
    }

    /**
     * Adds the gradient of this scalar, ∂this/∂leaf, to {@link #grad} of every leaf it was computed from, by one walk back
     * through the graph. The graph is let go on the way.
     *
     * @throws IllegalArgumentException if this is not a scalar or does not require a gradient
     * @throws IllegalStateException if an earlier walk let the graph go, or a value it needs was changed in place
     */
    public final void backward() {
        backward(null, false);
    }

    /**
     * Adds Σ cotangent ⊙ ∂this/∂leaf to {@link #grad} of every leaf this was computed from.
     *
     * @param cotangent the weight of each element, of this shape and type
     * @throws IllegalArgumentException if the cotangent does not fit, or this does not require a gradient
     * @throws IllegalStateException if an earlier walk let the graph go, or a value it needs was changed in place
     */
    public final void backward(Tensor cotangent) {
        backward(cotangent, false);
    }

    /**
     * As {@link #backward(Tensor)}.
     *
     * @param cotangent the weight of each element; null for 1 on a scalar
     * @param retainGraph whether the graph is kept for another walk
     * @throws IllegalArgumentException if the cotangent does not fit, or this does not require a gradient
     * @throws IllegalStateException if an earlier walk let the graph go, or a value it needs was changed in place
     */
    public final void backward(Tensor cotangent, boolean retainGraph) {
        backward(cotangent, retainGraph, false);
    }

    /**
     * As {@link #backward(Tensor)}, with gradients that can be differentiated in their turn.
     *
     * @param cotangent the weight of each element; null for 1 on a scalar
     * @param retainGraph whether the graph is kept for another walk
     * @param differentiable whether the gradients are recorded, so that {@link #grad} has a graph of its own; that keeps the graph
     * @throws IllegalArgumentException if the cotangent does not fit, or this does not require a gradient
     * @throws IllegalStateException if an earlier walk let the graph go, or a value it needs was changed in place
     */
    public final void backward(Tensor cotangent, boolean retainGraph, boolean differentiable) {
        Tensor seed = seed("backward", cotangent);
        Backward.accumulate(node(), seed, retainGraph, differentiable, null);
    }

    /**
     * As {@link #backward(Tensor)}, visiting the nodes of the graph in an order of one's own.
     *
     * @param cotangent the weight of each element; null for 1 on a scalar
     * @param order which of the nodes that are ready comes next; the gradients do not depend on it
     * @throws IllegalArgumentException if the cotangent does not fit, or this does not require a gradient
     * @throws IllegalStateException if an earlier walk let the graph go, or a value it needs was changed in place
     */
    public final void backward(Tensor cotangent, Order order) {
        Tensor seed = seed("backward", cotangent);
        Backward.accumulate(node(), seed, false, false, order::next);
    }

    private Node requireNode(String op) {
        if (node() != null) return node();
        String fix = switch (Access.origin(this)) {
            case "keep" ->
                ": keep carried its numbers out of their scope, and left the graph behind; call " + op
                        + " inside the scope";
            case "detach" -> ": detach left the graph behind; call " + op + " on the tensor before detach";
            default ->
                ": none of its operands does, or it was computed under NoGrad; call requiresGrad(true) on a leaf"
                        + " before computing";
        };
        throw new IllegalArgumentException(op + ": tensor " + Shapes.str(header().shape()) + " from '"
                + Access.origin(this) + "' does not require a gradient" + fix);
    }

    /** The cotangent to start a walk with. */
    Tensor seed(String op, Tensor cotangent) {
        array();
        requireNode(op);
        if (cotangent == null) {
            if (length() != 1) {
                throw new IllegalArgumentException(
                        op + ": tensor " + Shapes.str(header().shape()) + " from '" + Access.origin(this)
                                + "' is not a scalar: reduce it with sum() or mean(), or give a cotangent of shape "
                                + Shapes.str(header().shape()));
            }
            return onesLike(this);
        }
        checkAlike(op, "cotangent", cotangent);
        return cotangent.copy(); // it may be a leaf's gradient, which the walk adds to
    }

    /**
     * The same numbers, cut off from the graph: a constant for everything computed from it. The memory is shared.
     *
     * @return a tensor that does not require a gradient
     */
    public final Tensor detach() {
        return of(array(), "detach");
    }

    // ---- for this package ----

    /** A tensor over an array, without a graph; the origin names what made it, in messages. */
    static Tensor of(Array array, String origin) {
        return (Tensor) Access.of(array, origin);
    }

    /** The numbers; refused if their scope has closed, or they were saved for backward and have been changed in place since. */
    final Array array() {
        return Access.array(this);
    }

    /** The shape and type, which can be asked for at any time. */
    final Array header() {
        return Access.header(this);
    }

    /** How it was computed; null if it does not require a gradient. */
    final Node node() {
        return Access.node(this);
    }

    /** Refuses a tensor of another shape or type. */
    final void checkAlike(String op, String name, Tensor other) {
        Access.checkAlike(this, op, name, other);
    }

    @Override
    public String toString() {
        return TensorText.of(this);
    }

    /** What the engine needs of tensors. */
    private static final class TensorArithmetic implements Arithmetic {
        @Override
        public Value make(Array array, Node node, String origin, int pinnedVersion, Dual dual) {
            return new Tensor(array, node, origin, pinnedVersion, dual);
        }

        @Override
        public Value add(Value a, Value b) {
            return ((Tensor) a).add((Tensor) b);
        }

        @Override
        public Value sumTo(Value x, long... shape) {
            return ((Tensor) x).sumTo(shape);
        }

        @Override
        public Value broadcastTo(Value x, long... shape) {
            return ((Tensor) x).broadcastTo(shape);
        }

        @Override
        public Value copy(Value x) {
            return ((Tensor) x).copy();
        }

        @Override
        public Value zerosLike(Value x) {
            return Tensor.zerosLike((Tensor) x);
        }

        @Override
        public Value[] newArray(int length) {
            return new Tensor[length];
        }
    }
}
