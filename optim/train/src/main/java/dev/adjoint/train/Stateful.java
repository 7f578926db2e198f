package dev.adjoint.train;

/** A component of a training run whose state is saved in snapshots. */
public interface Stateful {
    /**
     * The current state.
     *
     * @return copies
     */
    Snapshot state();

    /**
     * Restores a saved state.
     *
     * @param state the result of {@link #state}
     * @throws dev.adjoint.datasets.DataException if the state belongs to something else
     */
    void restore(Snapshot state);
}
