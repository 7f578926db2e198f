package dev.adjoint.nn;

/**
 * Batch normalisation of each channel of rows of features or of sequences, y = γ·(x − μ)/√(σ² + ε) + β; input and output [N, C] or [N, C, L], the rest as in {@link BatchNorm}.
 */
public final class BatchNorm1d extends BatchNorm {
    /**
     * Makes a layer with momentum 0.1.
     *
     * @param channels C
     */
    public BatchNorm1d(long channels) {
        this(channels, 0.1);
    }

    /**
     * Makes a layer.
     *
     * @param channels C
     * @param momentum how fast the running statistics follow, 0 to 1
     * @throws IllegalArgumentException if a setting is out of range
     */
    public BatchNorm1d(long channels, double momentum) {
        super(channels, momentum);
    }

    /**
     * Sets the part of a batch's statistics in the running ones.
     *
     * @param part from 0 to 1; 0.1 unless set
     * @return this layer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public BatchNorm1d momentum(double part) {
        setMomentum(part);
        return this;
    }

    @Override
    boolean accepts(int rank) {
        return rank == 2 || rank == 3;
    }

    @Override
    String expected() {
        return "[N, C] or [N, C, L]";
    }
}
