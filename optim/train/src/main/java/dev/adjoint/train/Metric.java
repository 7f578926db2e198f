package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;

/** A measure of the quality of predictions, accumulated over batches. */
public interface Metric {
    /**
     * The name in reports.
     *
     * @return a short name, such as "accuracy"
     */
    String name();

    /**
     * Adds a batch.
     *
     * @param prediction the output of the model
     * @param target the expected output
     * @throws IllegalArgumentException if the shapes do not fit
     */
    void add(Tensor prediction, Tensor target);

    /**
     * The value over all added batches. Each example has the same weight, whatever the size of its batch.
     *
     * @return the value; NaN if nothing was added
     */
    double value();

    /** Resets the metric to its initial state. */
    void reset();

    /**
     * The accumulated state, so that training can be resumed in the middle of an epoch.
     *
     * @return counts and sums, always the same number of values
     */
    double[] state();

    /**
     * Restores a saved state.
     *
     * @param state the result of {@link #state}
     */
    void restore(double... state);
}
