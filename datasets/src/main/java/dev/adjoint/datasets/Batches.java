package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;

/** Examples in batches, to be gone through once for each loop over them. */
public interface Batches extends Iterable<Batch> {
    /**
     * The number of batches in a loop.
     *
     * @return how many there are; empty if that is known only at the end
     */
    OptionalInt count();

    /**
     * Begins a loop in the middle: draws what a whole loop would draw, and leaves the first batches out.
     *
     * @param first how many to leave out
     * @return the others
     */
    Iterator<Batch> from(int first);

    @Override
    default Iterator<Batch> iterator() {
        return from(0);
    }

    /**
     * What the order of a loop is drawn from. All is drawn when the loop begins: a generator that is set back to what it was then
     * gives the same loop again.
     *
     * @return the generators; none if every loop is the same
     */
    List<Rng> generators();
}
