package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.util.Iterator;

/**
 * A stream of examples, for data that does not fit into memory or is not known in advance, such as the lines of a long file or the
 * output of a simulation. {@link StreamLoader} makes batches of it.
 */
@FunctionalInterface
public interface Streaming {
    /**
     * One example.
     *
     * @param input the input; all inputs have the same shape
     * @param target the target; all targets have the same shape
     */
    record Example(Tensor input, Tensor target) {}

    /**
     * Opens the stream at its beginning.
     *
     * @return the examples in order
     */
    Iterator<Example> open();
}
