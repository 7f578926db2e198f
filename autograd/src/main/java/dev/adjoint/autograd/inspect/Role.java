package dev.adjoint.autograd.inspect;

import dev.adjoint.autograd.internal.engine.Node;

/** What a vertex of the graph does with the gradient that reaches it: the gates of the lecture notes. */
public enum Role {
    /** Passes the same gradient to all its operands, as add does; sum, reshape and broadcast pass it on as well. */
    DISTRIBUTOR,
    /** Passes the gradient to some operands or elements and 0 to the others, as max does. */
    ROUTER,
    /** Multiplies the gradient for one operand by the value of the other, as mul does. */
    SWITCHER,
    /** Multiplies the gradient by a derivative of its own, as sin does, or mixes elements, as softmax does. */
    FUNCTION,
    /** A tensor that the user asked the gradient of. */
    LEAF,
    /** A tensor that no gradient is asked of. */
    CONSTANT;

    /** The role of what a node made; of a constant, which has no node. */
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
