package dev.adjoint.nn;

/**
 * Batch normalisation over the channels of feature vectors or sequences, y = γ·(x − μ)/√(σ² + ε) + β. Input and output [N, C] or
 * [N, C, L]; weights and buffers as in {@link BatchNorm}.
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
     * @param momentum the weight of each new batch in the running statistics, 0 to 1
     * @throws IllegalArgumentException if a setting is out of range
     */
    public BatchNorm1d(long channels, double momentum) {
        super(channels, momentum);
    }

    /**
     * Sets the momentum: the weight of each new batch in the running statistics.
     *
     * @param part the momentum, 0 to 1; 0.1 by default
     * @return this layer
     * @throws IllegalArgumentException if the momentum is out of range
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
