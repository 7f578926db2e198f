package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;

/**
 * What the engine needs of the tensors it works on. The public tensor class supplies it when it is loaded, so that the engine knows
 * neither that class nor any op by name.
 */
public interface Arithmetic {
    /** A tensor with these parts. */
    Value make(Array array, Node node, String origin, int pinnedVersion, Dual dual);

    /** a + b, recorded and with tangents like any op. */
    Value add(Value a, Value b);

    /** Sums the axes that a broadcast added or repeated. */
    Value sumTo(Value x, long... shape);

    /** Repeats along axes of size 1, and along new axes in front. */
    Value broadcastTo(Value x, long... shape);

    /** The same numbers in new memory. */
    Value copy(Value x);

    /** Zeros of x's shape and type. */
    Value zerosLike(Value x);

    /** An array of tensors, as long as the given number. */
    Value[] newArray(int length);
}
