package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;

/**
 * The tensor ops that the engine needs. The public tensor class supplies them when it is loaded, so that the engine depends neither
 * on that class nor on particular ops.
 */
public interface Arithmetic {
    /** Creates a tensor from its parts. */
    Value make(Array array, Node node, String origin, int pinnedVersion, Dual dual);

    /** a + b, recorded and with tangents like any op. */
    Value add(Value a, Value b);

    /** Sums over the axes that a broadcast added or repeated. */
    Value sumTo(Value x, long... shape);

    /** Broadcasts to a shape: repeats axes of size 1 and adds leading axes. */
    Value broadcastTo(Value x, long... shape);

    /** Copies to new memory. */
    Value copy(Value x);

    /** Zeros of x's shape and type. */
    Value zerosLike(Value x);

    /** Creates an array of tensors of the given length. */
    Value[] newArray(int length);
}
