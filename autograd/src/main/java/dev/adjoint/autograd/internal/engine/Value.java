package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import java.util.Arrays;

/**
 * A tensor as the engine sees it: numbers, the node that computed them, and a tangent. The public tensor class is its only subclass
 * and adds what users call; what stands here is reached from outside the engine by way of {@link Access} alone.
 */
public abstract class Value {
    static final int UNPINNED = -1;

    /** Set when the class of tensors is loaded, before there is one. */
    private static Arithmetic arithmetic;

    private Array array;
    /** Names the op that made this tensor, in messages. */
    private final String origin;
    /** The version that the numbers must still have when they are read, if they were saved for backward; else UNPINNED. */
    private final int pinnedVersion;
    /** How it was computed; null if no gradient is wanted. */
    private Node node;
    /** Its tangent in forward mode; null if it has none. */
    private Dual dual;

    /** A tensor of these parts. */
    protected Value(Array array, Node node, String origin, int pinnedVersion, Dual dual) {
        this.array = array;
        this.node = node;
        this.origin = origin;
        this.pinnedVersion = pinnedVersion;
        this.dual = dual;
    }

    /** A tensor with the numbers of another, in the same memory, and without its graph. */
    protected Value(Value other) {
        this(other.array(), null, other.origin, UNPINNED, null);
    }

    static void use(Arithmetic supplied) {
        arithmetic = supplied;
    }

    static Arithmetic arithmetic() {
        return arithmetic;
    }

    static Value of(Array array, String origin) {
        return arithmetic.make(array, null, origin, UNPINNED, null);
    }

    /**
     * The numbers.
     *
     * @throws IllegalStateException if their scope has closed, or they were saved for backward and have been changed in place since
     */
    final Array array() {
        if (array.isExpired()) {
            throw new IllegalStateException(
                    "tensor " + Shapes.str(array.shape()) + " from '" + origin
                            + "' is used after the scope it was made in has closed: read it inside, or carry it out with scope.keep(tensor)");
        }
        if (pinnedVersion != UNPINNED && array.version() != pinnedVersion) {
            throw new IllegalStateException("backward: tensor " + Shapes.str(array.shape()) + " from '" + origin
                    + "' was changed in place after its value was saved for backward ("
                    + (array.version() - pinnedVersion)
                    + " times): call backward before changing it, or compute with a copy()");
        }
        return array;
    }

    /** The numbers' shape and type, which can be asked for at any time. */
    final Array header() {
        return array;
    }

    final void setArray(Array numbers) {
        array = numbers;
        if (node != null) node = new Leaf(array);
    }

    final String origin() {
        return origin;
    }

    final Node node() {
        return node;
    }

    final boolean isRecorded() {
        return node != null;
    }

    /** Begins a graph here, or ends its part in one. */
    final void setLeaf(boolean wanted) {
        if (wanted && node == null) node = new Leaf(array);
        if (!wanted) node = null;
    }

    final Dual dual() {
        return dual;
    }

    final void setDual(Dual number) {
        dual = number;
    }

    /** This value and tangent as the result of a recorded op. */
    final Value with(Node made) {
        return arithmetic.make(array, made, made.name(), UNPINNED, dual);
    }

    /** This value as a dual number, cut off from the graph. */
    final Value with(Dual number) {
        return arithmetic.make(array, null, origin, UNPINNED, number);
    }

    /** Another object for the same value, tangent and place in the graph. */
    final Value alias() {
        return arithmetic.make(array, node, origin, UNPINNED, dual);
    }

    /** This value and tangent, cut off from the graph. */
    final Value withoutNode() {
        return with(dual);
    }

    /** This tensor as backward will read it, which refuses if it has been changed in place by then; without the value, its shape alone. */
    final Value saved(boolean withValue) {
        return withValue
                ? arithmetic.make(array, node, origin, array.version(), dual == null ? null : dual.saved())
                : arithmetic.make(Array.shapeOf(array), node, origin, UNPINNED, null);
    }

    /** Whether it is a gradient that can be differentiated in its turn, or that carries a tangent. */
    final boolean isDifferentiable() {
        return node != null || dual != null;
    }

    /** Refuses a tensor of another shape or type. */
    final void checkAlike(String op, String name, Value other) {
        Array theirs = other.array;
        if (theirs.dtype() == array.dtype() && Arrays.equals(theirs.shape(), array.shape())) return;
        throw new IllegalArgumentException(op + ": tensor " + Shapes.str(array.shape()) + " " + array.dtype() + ", "
                + name + " " + Shapes.str(theirs.shape()) + " " + theirs.dtype() + ": shape and type must be the same");
    }
}
