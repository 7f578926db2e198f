package dev.adjoint.autograd;

import dev.adjoint.autograd.graph.Observer;

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
    private final Observer.Observation observation = Observer.open((op, x, y) -> count(y));
    private long ops;
    private long elements;

    private OpCount() {}

    private void count(Tensor y) {
        ops++;
        elements += y.length();
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

    @Override
    public void close() {
        observation.close();
    }
}
