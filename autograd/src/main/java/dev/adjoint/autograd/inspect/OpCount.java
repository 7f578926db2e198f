package dev.adjoint.autograd.inspect;

import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Observer;
import dev.adjoint.autograd.internal.engine.Op;
import dev.adjoint.autograd.internal.engine.Value;

/**
 * Counts the ops of a computation, forward and backward: a measure of cost that does not depend on the machine.
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
     * Starts counting in this thread.
     *
     * @return the counter, which stops when closed
     */
    public static OpCount open() {
        return new OpCount();
    }

    /**
     * The number of ops that were applied.
     *
     * @return the count
     */
    public long ops() {
        return ops;
    }

    /**
     * The total number of elements that they computed.
     *
     * @return the count
     */
    public long elements() {
        return elements;
    }

    /**
     * The number of multiply-adds in matrix products and convolutions.
     *
     * @return the count
     */
    public long multiplyAdds() {
        return multiplyAdds;
    }

    @Override
    public void close() {
        observation.close();
    }
}
