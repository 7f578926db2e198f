package dev.adjoint.autograd.inspect;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Observer;
import java.util.Arrays;

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
    private final Observer.Observation observation =
            Observer.open((op, x, y) -> count(op.name(), Arrays.copyOf(x, x.length, Tensor[].class), (Tensor) y));
    private long ops;
    private long elements;
    private long multiplyAdds;

    private OpCount() {}

    private void count(String op, Tensor[] x, Tensor y) {
        ops++;
        elements += y.length();
        if (y.length() == 0) return;
        switch (op) {
            case "matmul" -> multiplyAdds += y.length() * inner(x[0], y);
            case "linear" -> multiplyAdds += y.length() * x[1].shape(1);
            case "conv2d" -> multiplyAdds += y.length() * kernel(x[1]);
            case "conv2dToImages" -> multiplyAdds += x[0].length() * kernel(x[1]);
            case "conv2dToKernels" -> multiplyAdds += x[1].length() * kernel(y);
            default -> {}
        }
    }

    /** What a convolution sums over, and what each of its outputs' gradients is spread over. */
    private static long kernel(Tensor weight) {
        return weight.length() / weight.shape(0);
    }

    /** What a product of matrices sums over: the size of a's that is not among those of the result. */
    private static long inner(Tensor a, Tensor y) {
        long matrix = a.shape(-1) * a.shape(-2);
        return matrix / (a.shape(-2) == y.shape(-2) ? a.shape(-2) : a.shape(-1));
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
