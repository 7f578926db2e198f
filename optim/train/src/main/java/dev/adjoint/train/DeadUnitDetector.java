package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.util.BitSet;
import java.util.stream.IntStream;

/** Tracks which units of a ReLU were active in any of the last batches. */
final class DeadUnitDetector {
    /** The number of batches without activation after which a unit counts as dead. */
    static final int BATCHES = 10;

    private final BitSet active = new BitSet();
    private int batches;
    private long units;
    private long dead;

    /** Adds the outputs [N, units, …] of a batch; true if enough batches were seen and more than a fraction of the units is dead. */
    boolean isDead(Tensor output, double fraction) {
        int[] others =
                IntStream.range(0, output.rank()).filter(axis -> axis != 1).toArray();
        double[] times = output.detach().gt(0).sum(others).toDoubles();
        for (int unit = 0; unit < times.length; unit++) if (times[unit] > 0) active.set(unit);
        units = times.length;
        if (++batches < BATCHES) return false;
        dead = units - active.cardinality();
        batches = 0;
        active.clear();
        return dead > fraction * units;
    }

    @Override
    public String toString() {
        return dead + " of " + units;
    }
}
