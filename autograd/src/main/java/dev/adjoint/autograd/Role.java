package dev.adjoint.autograd;

/** What a vertex of the graph does with the gradient that reaches it: the gates of the lecture notes. */
public enum Role {
    /** Hands the same gradient to all its operands, as add does; sum, reshape and broadcast hand it on likewise. */
    DISTRIBUTOR,
    /** Sends the gradient to some operands or elements and 0 to the others, as max does. */
    ROUTER,
    /** Multiplies the gradient for one operand by the value of the other, as mul does. */
    SWITCHER,
    /** Multiplies the gradient by a slope of its own, as sin does, or mixes elements, as softmax does. */
    FUNCTION,
    /** A tensor that the user asked the gradient of. */
    LEAF,
    /** A tensor that no gradient is asked of. */
    CONSTANT
}
