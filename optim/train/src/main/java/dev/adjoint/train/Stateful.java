package dev.adjoint.train;

/** Part of a run that has a state of its own, which is saved with the run. */
public interface Stateful {
    /**
     * The state.
     *
     * @return copies
     */
    Snapshot state();

    /**
     * Goes on from a state.
     *
     * @param state what {@link #state} gave
     * @throws dev.adjoint.datasets.DataException if it is of something else
     */
    void restore(Snapshot state);
}
