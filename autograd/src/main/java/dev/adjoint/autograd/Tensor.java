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
 * A multi-dimensional array that records the ops that produced it and supports automatic differentiation.
 *
 * <pre>{@code
 * Tensor x1 = Tensor.of(2.0).requiresGrad(true);
 * Tensor x2 = Tensor.of(3.0).requiresGrad(true);
 * Tensor y = x1.mul(x2).add(x1.sin());
 * y.backward();
 * x1.grad().item();  // ∂y/∂x1 = x2 + cos x1
 * }</pre>
 *
 * <p>Tensors created from Java {@code float} values are float32, from {@code double} values float64, from {@code int} or
 * {@code long} values int64. Tensors created without Java values (zeros, random values, layers) are float32 unless a {@link DType}
 * is given. A Java number as an operand, as in {@code x.mul(2)}, takes the tensor's type. The operands of an op must have the same
 * type.
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
     * For subclasses: creates a tensor that shares the memory of another tensor, without its graph.
     *
     * @param value the tensor whose memory is shared
     */
    protected Tensor(Tensor value) {
        super(value);
    }

    /**
     * For subclasses: replaces the data of this tensor with that of another tensor of any shape and type, whose memory is shared. A
     * leaf stays a leaf, and its gradient is cleared.
     *
     * @param value the tensor with the new data
     */
    protected final void setValue(Tensor value) {
        Access.setArray(this, value.array());
    }

    // ---- shape and type ----

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
     * @throws IllegalArgumentException if the axis is out of range
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

    // ---- elements ----

    /**
     * The value of a tensor with exactly one element, as a double.
     *
     * @return the value
     * @throws IllegalArgumentException if the number of elements is not 1
     */
    public final double item() {
        if (length() != 1) {
            throw new IllegalArgumentException("item: tensor " + Shapes.str(header().shape()) + " has " + length()
                    + " elements: expected one; use get(index…), toFloats() or toDoubles()");
        }
        return array().get(0);
    }

    /**
     * The element at an index, as a double.
     *
     * @param index the index along each axis
     * @return the element
     * @throws IllegalArgumentException if the index is out of range or does not have one entry per axis
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
     * All elements in row-major order, converted to int64; for labels and indices.
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
     * Copies the elements to an ND4J INDArray.
     *
     * @return a new array of the same shape and type
     */
    public final INDArray toINDArray() {
        return array().toINDArray();
    }

    /**
     * Overwrites the elements in place; the write is not recorded. If backward has saved the old values and has not run yet, it
     * will throw.
     *
     * @param source the new values, of this shape and type
     * @throws IllegalArgumentException if shape or type differ
     */
    public final void assign(Tensor source) {
        checkAlike("assign", "source", source);
        Kernels.current().copy(source.array(), array());
        header().touch();
    }

    // ---- gradient ----

    /**
     * Whether this is a leaf that requires a gradient, or was computed from one.
     *
     * @return true if backward computes a gradient for it
     */
    public final boolean requiresGrad() {
        return node() != null;
    }

    /**
     * Whether this is a leaf of the graph: a tensor that the user created and whose gradient was requested. Its gradient is
     * accumulated in {@link #grad}.
     *
     * @return true for parameters and other leaves, false for constants and results of ops
     */
    public final boolean isLeaf() {
        return node() instanceof Leaf;
    }

    /**
     * Sets whether backward computes the gradient of this tensor. For tensors that the user created; the result of an op requires a
     * gradient if an operand does.
     *
     * @param wanted whether to compute its gradient
     * @return this tensor
     * @throws IllegalArgumentException if {@code wanted} is true for an int64 tensor, or false for the result of a recorded op
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
     * The accumulated gradient of this leaf: the sum over all calls of backward since {@link #zeroGrad}. The returned tensor does
     * not change: later gradients are stored in other memory.
     *
     * @return the gradient, of this shape and type; null if there is none
     */
    public final Tensor grad() {
        Node node = node();
        return node == null ? null : (Tensor) node.gradForUser();
    }

    /** Clears the gradient, so that the next backward starts a new sum. */
    public final void zeroGrad() {
        if (node() != null) node().clear();
    }

    /**
     * Makes backward store the gradient of this non-leaf tensor in {@link #grad}; by default, only leaves store theirs.
     *
     * @return this tensor
     * @throws IllegalArgumentException if it does not require a gradient
     */
    public final Tensor retainGrad() {
        requireNode("retainGrad").retainGrad();
        return this;
    }

    /**
     * Registers a gradient hook: backward passes it the complete gradient of this tensor and continues with the gradient that it
     * returns. Hooks are called in the order of registration, in every backward pass that reaches the tensor.
     *
     * @param hook takes the gradient; returns one of the same shape and type, or null to leave it unchanged
     * @return a handle that removes the hook when closed
     * @throws IllegalArgumentException if this tensor does not require a gradient
     */
    public final Hook onGrad(UnaryOperator<Tensor> hook) {
        Node watched = requireNode("onGrad");
        // The hook may hold on to the gradient that it is given and to the one that it returns.
        UnaryOperator<Value> exposing = gradient -> {
            Access.array(gradient).expose();
            Tensor replacement = hook.apply((Tensor) gradient);
            if (replacement != null) replacement.array().expose();
            return replacement;
        };
        watched.addHook(exposing);
        return () -> watched.removeHook(exposing);
    }

    /** A registered gradient hook. */
    @FunctionalInterface
    public interface Hook extends AutoCloseable {
        /** Removes the hook. */
        @Override
        void close();
    }

    /**
     * Computes the gradient of this scalar, ∂this/∂leaf, for every leaf it was computed from and accumulates it in {@link #grad} of
     * the leaf. The graph is released.
     *
     * @throws IllegalArgumentException if this is not a scalar or does not require a gradient
     * @throws IllegalStateException if an earlier backward released the graph, or a saved value was changed in place
     */
    public final void backward() {
        backward(null, false);
    }

    /**
     * Computes Σ cotangent ⊙ ∂this/∂leaf for every leaf this was computed from and accumulates it in {@link #grad} of the leaf.
     *
     * @param cotangent the cotangent of this tensor, of its shape and type
     * @throws IllegalArgumentException if the cotangent has another shape or type, or this does not require a gradient
     * @throws IllegalStateException if an earlier backward released the graph, or a saved value was changed in place
     */
    public final void backward(Tensor cotangent) {
        backward(cotangent, false);
    }

    /**
     * Same as {@link #backward(Tensor)}, optionally retaining the graph.
     *
     * @param cotangent the cotangent of this tensor; null for 1 if it is a scalar
     * @param retainGraph whether the graph is kept for another backward pass
     * @throws IllegalArgumentException if the cotangent has another shape or type, or this does not require a gradient
     * @throws IllegalStateException if an earlier backward released the graph, or a saved value was changed in place
     */
    public final void backward(Tensor cotangent, boolean retainGraph) {
        backward(cotangent, retainGraph, false);
    }

    /**
     * Same as {@link #backward(Tensor)}, optionally with gradients that can be differentiated again.
     *
     * @param cotangent the cotangent of this tensor; null for 1 if it is a scalar
     * @param retainGraph whether the graph is kept for another backward pass
     * @param differentiable whether the gradients are recorded, so that {@link #grad} can be differentiated ({@code create_graph}
     *     in PyTorch); this also retains the graph
     * @throws IllegalArgumentException if the cotangent has another shape or type, or this does not require a gradient
     * @throws IllegalStateException if an earlier backward released the graph, or a saved value was changed in place
     */
    public final void backward(Tensor cotangent, boolean retainGraph, boolean differentiable) {
        Tensor seed = seed("backward", cotangent);
        Backward.accumulate(node(), seed, retainGraph, differentiable, null);
    }

    /**
     * Same as {@link #backward(Tensor)}, visiting the nodes of the graph in a given order.
     *
     * @param cotangent the cotangent of this tensor; null for 1 if it is a scalar
     * @param order chooses the next of the ready nodes; the gradients do not depend on it
     * @throws IllegalArgumentException if the cotangent has another shape or type, or this does not require a gradient
     * @throws IllegalStateException if an earlier backward released the graph, or a saved value was changed in place
     */
    public final void backward(Tensor cotangent, Order order) {
        Tensor seed = seed("backward", cotangent);
        Backward.accumulate(node(), seed, false, false, order::next);
    }

    private Node requireNode(String op) {
        if (node() != null) return node();
        String fix = switch (Access.origin(this)) {
            case "keep" -> ": Scope.keep returned it without its graph; call " + op + " inside the scope";
            case "detach" -> ": it was detached from the graph; call " + op + " on the tensor before detach";
            default ->
                ": none of its operands does, or it was computed under NoGrad; call requiresGrad(true) on a leaf"
                        + " before computing";
        };
        throw new IllegalArgumentException(op + ": tensor " + Shapes.str(header().shape()) + " from '"
                + Access.origin(this) + "' does not require a gradient" + fix);
    }

    /** The cotangent from which a backward pass starts. */
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
        return cotangent.copy(); // it may be a leaf's gradient, in which backward accumulates
    }

    /**
     * Returns this tensor detached from the graph: no gradient passes through the result. The memory is shared.
     *
     * @return a tensor that does not require a gradient
     */
    public final Tensor detach() {
        return of(array(), "detach");
    }

    // ---- package-private ----

    /** Creates a tensor over an array, without a graph; the origin is the op name for messages. */
    static Tensor of(Array array, String origin) {
        return (Tensor) Access.of(array, origin);
    }

    /** The array; throws if its scope has closed, or if it was saved for backward and has been changed in place since. */
    final Array array() {
        return Access.array(this);
    }

    /** The array as a source of shape and type, which stay available after its scope has closed. */
    final Array header() {
        return Access.header(this);
    }

    /** The graph node; null if this tensor does not require a gradient. */
    final Node node() {
        return Access.node(this);
    }

    /** Throws if another tensor differs in shape or type. */
    final void checkAlike(String op, String name, Tensor other) {
        Access.checkAlike(this, op, name, other);
    }

    @Override
    public String toString() {
        return TensorText.of(this);
    }

    /** The tensor ops that the engine needs. */
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
