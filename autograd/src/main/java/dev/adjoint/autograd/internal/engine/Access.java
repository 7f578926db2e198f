package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;

/**
 * Access to the engine's view of a tensor, for the packages that may use it: the public package, the checker, the inspection, and
 * optimizers. None of these methods is in the public tensor class.
 */
public final class Access {
    private Access() {}

    /** Registers the tensor class, which calls this once when it is loaded. */
    public static void use(Arithmetic arithmetic) {
        Value.use(arithmetic);
    }

    /**
     * The array of a tensor.
     *
     * @throws IllegalStateException if its scope has closed, or it was saved for backward and has been changed in place since
     */
    public static Array array(Value x) {
        return x.array();
    }

    /** The array of a tensor as a source of shape and type, without the checks of {@link #array}. */
    public static Array header(Value x) {
        return x.header();
    }

    /** Replaces the array of a tensor by one of any shape and type; a leaf stays a leaf and loses its gradient. */
    public static void setArray(Value x, Array array) {
        x.setArray(array);
    }

    /** Creates a tensor over an array, without a graph; the origin is the op name for messages. */
    public static Value of(Array array, String origin) {
        return Value.of(array, origin);
    }

    /** The graph node of a tensor; null if it does not require a gradient. */
    public static Node node(Value x) {
        return x.node();
    }

    /** Makes a tensor a leaf, or removes it from its graph. */
    public static void setLeaf(Value x, boolean wanted) {
        x.setLeaf(wanted);
    }

    /** The name of the op that created a tensor. */
    public static String origin(Value x) {
        return x.origin();
    }

    /** The dual number of a tensor; null if it has no tangent. */
    public static Dual dual(Value x) {
        return x.dual();
    }

    /** The value of a tensor as a dual number, detached from the graph. */
    public static Value with(Value x, Dual dual) {
        return x.with(dual);
    }

    /** The value and tangent of a tensor, detached from the graph. */
    public static Value withoutNode(Value x) {
        return x.withoutNode();
    }

    /**
     * An alias of a tensor, with the same value and tangent, with respect to which derivatives can be taken without computing the
     * gradients of its operands: a new leaf, or a new node whose operand is x.
     */
    public static Value watch(Value x) {
        return Node.watch(x);
    }

    /** Throws if another tensor differs from x in shape or type. */
    public static void checkAlike(Value x, String op, String name, Value other) {
        x.checkAlike(op, name, other);
    }

    /** The gradient of a leaf, for immediate use only, since the next gradient reuses its memory; null if there is none. */
    public static Value gradientOf(Value x) {
        Node node = x.node();
        return node == null ? null : node.grad();
    }
}
