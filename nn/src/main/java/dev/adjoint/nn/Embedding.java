package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * A table of learned vectors: y[…, :] = W[index[…], :].
 *
 * <p>Input int64, any shape; weight W [V, D], normally distributed at first; output [input's shape…, D].
 */
public final class Embedding extends Module {
    private final Parameter weight;

    /**
     * Makes a table.
     *
     * @param entries V
     * @param size D
     * @throws IllegalArgumentException if a size is not positive
     */
    public Embedding(long entries, long size) {
        this(entries, size, Rng.shared());
    }

    /**
     * Makes a table.
     *
     * @param entries V
     * @param size D
     * @param rng where the first vectors come from
     * @throws IllegalArgumentException if a size is not positive
     */
    public Embedding(long entries, long size, Rng rng) {
        if (entries < 1 || size < 1) {
            throw new IllegalArgumentException(
                    "Embedding: entries " + entries + ", size " + size + ": expected at least 1 of each");
        }
        weight = parameter("weight", Tensor.normal(rng, 0, 1, entries, size));
    }

    /**
     * Draws the first weights anew, from a generator of one's own.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Embedding rng(Rng rng) {
        checkUnused("rng");
        weight.replace(Tensor.normal(rng, 0, 1, weight.shape()));
        return this;
    }

    @Override
    protected Tensor forward(Tensor index) {
        return weight.embedding(index);
    }

    @Override
    protected String describe() {
        return weight.shape(0) + " x " + weight.shape(1);
    }
}
