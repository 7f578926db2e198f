package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;

/** A number that says how good predictions are, over as many batches as are shown to it. */
public interface Metric {
    /**
     * What it is called in reports.
     *
     * @return a short name, such as "accuracy"
     */
    String name();

    /**
     * Takes a batch into account.
     *
     * @param prediction what the model returned
     * @param target what it should have returned
     * @throws IllegalArgumentException if the shapes do not fit
     */
    void add(Tensor prediction, Tensor target);

    /**
     * The number for all that was added; every example counts alike, whatever the size of its batch.
     *
     * @return the number; NaN if nothing was added
     */
    double value();

    /** Begins anew. */
    void reset();

    /**
     * All that was added, so that a run can go on in the middle of an epoch.
     *
     * @return counts and sums, always as many
     */
    double[] state();

    /**
     * Goes on from there.
     *
     * @param state what {@link #state} gave
     */
    void restore(double... state);
}
