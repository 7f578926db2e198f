package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;

/** A source of batches; each iterator makes one pass over the data. */
public interface Batches extends Iterable<Batch> {
    /**
     * The number of batches per pass.
     *
     * @return the number; empty if it is not known in advance
     */
    OptionalInt count();

    /**
     * Starts a pass that skips the first batches. It draws the same random numbers as a full pass.
     *
     * @param first the number of batches to skip
     * @return the remaining batches
     */
    Iterator<Batch> from(int first);

    @Override
    default Iterator<Batch> iterator() {
        return from(0);
    }

    /**
     * The random generators that determine the order of a pass. Everything is drawn when a pass begins: with the same generator
     * state, the pass is the same.
     *
     * @return the generators; empty if all passes are the same
     */
    List<Rng> generators();
}
