package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.util.Iterator;

/**
 * Examples that come one after the other, too many to be kept or not yet known: lines of a long file, what a simulation makes. The
 * {@link StreamLoader} puts them into batches.
 */
@FunctionalInterface
public interface Streaming {
    /**
     * One example.
     *
     * @param input of the same shape as every other
     * @param target of the same shape as every other
     */
    record Example(Tensor input, Tensor target) {}

    /**
     * Begins anew.
     *
     * @return the examples in their order
     */
    Iterator<Example> open();
}
