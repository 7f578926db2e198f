package dev.adjoint.autograd;

import dev.adjoint.autograd.kernels.Array;
import java.util.random.RandomGenerator;

/**
 * A random number generator with a seed and a state that can be saved: SplitMix64 (Steele, Lea and Flood, "Fast Splittable
 * Pseudorandom Number Generators", OOPSLA 2014). The same seed gives the same numbers on every machine and JVM. One generator
 * serves one thread at a time; {@link #shared()} may be used by all.
 */
public final class Rng implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final Rng SHARED = new Rng(0);

    private long state;

    /**
     * Makes a generator.
     *
     * @param seed where its sequence starts
     */
    public Rng(long seed) {
        this.state = seed;
    }

    /**
     * The generator that layers use if they are given none.
     *
     * @return the generator of the whole program, seeded with 0 at its start
     */
    public static Rng shared() {
        return SHARED;
    }

    /**
     * The whole state: a generator set to it goes on with the same numbers.
     *
     * @return the state
     */
    public synchronized long state() {
        return state;
    }

    /**
     * Goes back (or forth) to a state; a seed is a state, too.
     *
     * @param newState a state or a seed
     */
    public synchronized void setState(long newState) {
        state = newState;
    }

    @Override
    public synchronized long nextLong() {
        return next();
    }

    /** Fills an array with numbers evenly distributed in [low, high), taking the lock once for all. */
    synchronized void fillUniform(Array x, double low, double high) {
        double unit = (high - low) * 0x1.0p-53;
        for (long i = 0; i < x.length(); i++) x.set(i, low + unit * (next() >>> 11));
    }

    private long next() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
