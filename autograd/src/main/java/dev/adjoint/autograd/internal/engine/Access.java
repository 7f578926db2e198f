package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;

/**
 * The door to the engine's side of a tensor, for the rooms that are allowed through it: the public package, the checker, the
 * inspection, and optimizers. Nothing of this is a method of the public tensor class.
 */
public final class Access {
    private Access() {}

    /** To be called once by the class of tensors, when it is loaded. */
    public static void use(Arithmetic arithmetic) {
        Value.use(arithmetic);
    }

    /**
     * The numbers of a tensor.
     *
     * @throws IllegalStateException if their scope has closed, or they were saved for backward and have been changed in place since
     */
    public static Array array(Value x) {
        return x.array();
    }

    /** The shape and type of a tensor, which can be asked for at any time. */
    public static Array header(Value x) {
        return x.header();
    }

    /** Exchanges the numbers, of whatever shape and type; a leaf stays a leaf and loses its gradient. */
    public static void setArray(Value x, Array array) {
        x.setArray(array);
    }

    /** A tensor over an array, without a graph; the origin names what made it, in messages. */
    public static Value of(Array array, String origin) {
        return Value.of(array, origin);
    }

    /** How a tensor was computed; null if it does not require a gradient. */
    public static Node node(Value x) {
        return x.node();
    }

    /** Has a tensor begin a graph, or end its part in one. */
    public static void setLeaf(Value x, boolean wanted) {
        x.setLeaf(wanted);
    }

    /** What made a tensor. */
    public static String origin(Value x) {
        return x.origin();
    }

    /** The dual number that a tensor is; null if it has no tangent. */
    public static Dual dual(Value x) {
        return x.dual();
    }

    /** The value as a dual number, cut off from the graph. */
    public static Value with(Value x, Dual dual) {
        return x.with(dual);
    }

    /** The value and tangent, cut off from the graph. */
    public static Value withoutNode(Value x) {
        return x.withoutNode();
    }

    /**
     * A tensor with the same value and tangent from which a derivative can be taken without the gradients of what it was computed
     * from: a leaf of its own, or a node on the way to x's.
     */
    public static Value watch(Value x) {
        return Node.watch(x);
    }

    /** Refuses a tensor of another shape or type than x's. */
    public static void checkAlike(Value x, String op, String name, Value other) {
        x.checkAlike(op, name, other);
    }

    /** A leaf's gradient to work with at once: not to be kept, since the next one gets its memory. Null if there is none. */
    public static Value gradientOf(Value x) {
        Node node = x.node();
        return node == null ? null : node.grad();
    }
}
