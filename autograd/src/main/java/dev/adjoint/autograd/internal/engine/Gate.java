package dev.adjoint.autograd.internal.engine;

/** The gate type of an op: what it does with the gradient that reaches it. */
public enum Gate {
    /** Passes the same gradient to all its operands, as add does; sum, reshape and broadcast pass it on as well. */
    DISTRIBUTOR,
    /** Passes the gradient to some operands or elements and 0 to the others, as max does. */
    ROUTER,
    /** Multiplies the gradient for one operand by the value of the other, as mul does. */
    SWITCHER,
    /** Multiplies the gradient by its derivative, as sin does, or mixes elements, as softmax does. */
    FUNCTION
}
