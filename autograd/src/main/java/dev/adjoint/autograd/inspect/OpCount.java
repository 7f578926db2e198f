package dev.adjoint.autograd.inspect;

import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Observer;
import dev.adjoint.autograd.internal.engine.Op;
import dev.adjoint.autograd.internal.engine.Value;

/**
 * Counts the ops of a stretch of work, forward and backward: how much there is to do, whatever machine does it.
 *
 * <pre>{@code
 * Tensor x = Tensor.of(1.0, 2.0).requiresGrad(true);
 * try (OpCount count = OpCount.open()) {
 *     x.sin().mul(x).sum();
 *     System.out.println(count.ops() + " ops, " + count.elements() + " elements");  // 3 ops, 5 elements
 * }
 * }</pre>
 */
public final class OpCount implements AutoCloseable {
    private final Observer.Observation observation = Observer.open(this::count);
    private long ops;
    private long elements;
    private long multiplyAdds;

    private OpCount() {}

    private void count(Op op, Value[] x, Value y) {
        long length = Access.header(y).length();
        ops++;
        elements += length;
        if (length > 0) multiplyAdds += op.multiplyAdds(x, y);
    }

    /**
     * Begins to count, in this thread.
     *
     * @return the count so far; ends when closed
     */
    public static OpCount open() {
        return new OpCount();
    }

    /**
     * How many ops were applied.
     *
     * @return from 0
     */
    public long ops() {
        return ops;
    }

    /**
     * How many elements they computed together.
     *
     * @return from 0
     */
    public long elements() {
        return elements;
    }

    /**
     * How many multiplications with an addition the products of matrices and the convolutions took.
     *
     * @return from 0
     */
    public long multiplyAdds() {
        return multiplyAdds;
    }

    @Override
    public void close() {
        observation.close();
    }
}
