package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * A lookup table of learned vectors: y[…, :] = W[index[…], :].
 *
 * <p>Input int64, any shape; weight W [V, D], initialised from N(0, 1); output [input's shape…, D].
 */
public final class Embedding extends Module {
    private final Parameter weight;

    /**
     * Makes a lookup table.
     *
     * @param numEmbeddings V, the number of vectors
     * @param embeddingDim D, the size of each vector
     * @throws IllegalArgumentException if a size is not positive
     */
    public Embedding(long numEmbeddings, long embeddingDim) {
        this(numEmbeddings, embeddingDim, Rng.shared());
    }

    /**
     * Makes a lookup table.
     *
     * @param numEmbeddings V, the number of vectors
     * @param embeddingDim D, the size of each vector
     * @param rng the generator that draws the initial vectors
     * @throws IllegalArgumentException if a size is not positive
     */
    public Embedding(long numEmbeddings, long embeddingDim, Rng rng) {
        if (numEmbeddings < 1 || embeddingDim < 1) {
            throw new IllegalArgumentException(
                    "Embedding: entries " + numEmbeddings + ", size " + embeddingDim + ": expected at least 1 of each");
        }
        weight = parameter("weight", Tensor.normal(rng, 0, 1, numEmbeddings, embeddingDim));
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Embedding rng(Rng rng) {
        checkNotApplied("rng");
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
