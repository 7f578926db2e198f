package dev.adjoint.autograd.inspect;

import dev.adjoint.autograd.internal.engine.Node;

/** The role of a vertex in backpropagation: what it does with the gradient that reaches it (the gates of the lecture notes). */
public enum Role {
    /** Passes the same gradient to all its operands, as add does; sum, reshape and broadcast pass it on as well. */
    DISTRIBUTOR,
    /** Passes the gradient to some operands or elements and 0 to the others, as max does. */
    ROUTER,
    /** Multiplies the gradient for one operand by the value of the other, as mul does. */
    SWITCHER,
    /** Multiplies the gradient by its derivative, as sin does, or mixes elements, as softmax does. */
    FUNCTION,
    /** A leaf, whose gradient the user requested. */
    LEAF,
    /** A tensor that does not require a gradient. */
    CONSTANT;

    /** The role of a node's tensor; null is the node of a constant. */
    static Role of(Node node) {
        if (node == null) return CONSTANT;
        if (node.isLeaf()) return LEAF;
        return switch (node.op().gate()) {
            case DISTRIBUTOR -> DISTRIBUTOR;
            case ROUTER -> ROUTER;
            case SWITCHER -> SWITCHER;
            case FUNCTION -> FUNCTION;
        };
    }
}
