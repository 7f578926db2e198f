package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import java.util.Arrays;

/**
 * A tensor as the engine sees it: an array, the node that computed it, and a tangent. The public tensor class extends it by the
 * user API; code outside the engine reaches this class only through {@link Access}.
 */
public abstract class Value {
    static final int UNPINNED = -1;

    /** Set when the tensor class is loaded, before there is a tensor. */
    private static Arithmetic arithmetic;

    private Array array;
    /** The name of the op that created this tensor, for messages. */
    private final String origin;
    /** The version that the array must still have when it is read, if it was saved for backward; else UNPINNED. */
    private final int pinnedVersion;
    /** The graph node; null if it does not require a gradient. */
    private Node node;
    /** Its tangent in forward mode; null if it has none. */
    private Dual dual;

    /** Creates a tensor from its parts. */
    protected Value(Array array, Node node, String origin, int pinnedVersion, Dual dual) {
        this.array = array;
        this.node = node;
        this.origin = origin;
        this.pinnedVersion = pinnedVersion;
        this.dual = dual;
    }

    /** Creates a tensor that shares the memory of another, without its graph. */
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
     * The array.
     *
     * @throws IllegalStateException if its scope has closed, or it was saved for backward and has been changed in place since
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

    /** The array as a source of shape and type, without the checks of {@link #array()}. */
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

    /** Makes this a leaf, or removes it from its graph. */
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

    /** This value as a dual number, detached from the graph. */
    final Value with(Dual number) {
        return arithmetic.make(array, null, origin, UNPINNED, number);
    }

    /** Another object with the same array, tangent and node. */
    final Value alias() {
        return arithmetic.make(array, node, origin, UNPINNED, dual);
    }

    /** This value and tangent, detached from the graph. */
    final Value withoutNode() {
        return with(dual);
    }

    /**
     * This tensor as saved for backward: reading it throws if it has been changed in place since; without the value, only its shape
     * is saved.
     */
    final Value saved(boolean withValue) {
        return withValue
                ? arithmetic.make(array, node, origin, array.version(), dual == null ? null : dual.saved())
                : arithmetic.make(Array.shapeOf(array), node, origin, UNPINNED, null);
    }

    /** Whether it is recorded, so that it can be differentiated, or has a tangent. */
    final boolean isDifferentiable() {
        return node != null || dual != null;
    }

    /** Throws if another tensor differs in shape or type. */
    final void checkAlike(String op, String name, Value other) {
        Array theirs = other.array;
        if (theirs.dtype() == array.dtype() && Arrays.equals(theirs.shape(), array.shape())) return;
        throw new IllegalArgumentException(op + ": tensor " + Shapes.str(array.shape()) + " " + array.dtype() + ", "
                + name + " " + Shapes.str(theirs.shape()) + " " + theirs.dtype() + ": shape and type must be the same");
    }
}
