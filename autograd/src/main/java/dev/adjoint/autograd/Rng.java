package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.engine.DrawListener;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A random number generator with a seed and a state that can be saved: SplitMix64 (Steele, Lea and Flood, "Fast Splittable
 * Pseudorandom Number Generators", OOPSLA 2014). The same seed gives the same numbers on every machine and JVM. A generator is for
 * one thread at a time; {@link #shared()} may be used by all threads.
 */
public final class Rng implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final Rng SHARED = new Rng(0);

    private long state;

    /**
     * Creates a generator.
     *
     * @param seed the seed
     */
    public Rng(long seed) {
        this.state = seed;
    }

    /**
     * The shared generator, which layers use by default.
     *
     * @return the generator shared by the program, initially seeded with 0
     */
    public static Rng shared() {
        return SHARED;
    }

    /**
     * The state: a generator set to it continues with the same random numbers.
     *
     * @return the state
     */
    public synchronized long state() {
        return state;
    }

    /**
     * Sets the state; a seed is also a state.
     *
     * @param newState a state or a seed
     */
    public synchronized void setState(long newState) {
        state = newState;
    }

    @Override
    public synchronized long nextLong() {
        DrawListener.tell(this, state);
        return next();
    }

    @Override
    public synchronized int nextInt(int bound) {
        if (bound < 1) throw new IllegalArgumentException("nextInt: bound " + bound + ": expected at least 1");
        DrawListener.tell(this, state);
        // The high half of a random 32-bit number times the bound is uniform if draws with certain low halves are
        // rejected (Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019).
        long reject = (1L << Integer.SIZE) % bound;
        long product;
        do {
            product = (next() >>> Integer.SIZE) * bound;
        } while ((product & 0xffff_ffffL) < reject);
        return (int) (product >>> Integer.SIZE);
    }

    @Override
    public synchronized double nextGaussian() {
        DrawListener.tell(this, state);
        return gaussian();
    }

    private double gaussian() {
        // Marsaglia's polar method; StrictMath, so that every JVM gets the same bits.
        double u;
        double square;
        do {
            u = 2 * unit() - 1;
            double v = 2 * unit() - 1;
            square = u * u + v * v;
        } while (square >= 1 || square == 0);
        return u * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
    }

    /** Fills an array with values uniformly distributed in [low, high), taking the lock only once. */
    synchronized void fillUniform(Array x, double low, double high) {
        DrawListener.tell(this, state);
        boolean rounds = x.dtype() == ElementType.FLOAT32;
        for (long i = 0; i < x.length(); i++) {
            double u = unit();
            double value = Double.isFinite(high - low) ? low + (high - low) * u : low * (1 - u) + high * u;
            boolean isHigh = high > low && (rounds ? (float) value >= high : value >= high);
            x.set(i, !isHigh ? value : rounds ? Math.nextDown((float) high) : Math.nextDown(high));
        }
    }

    /** Fills an array with normally distributed values, taking the lock only once. */
    synchronized void fillNormal(Array x, double mean, double std) {
        DrawListener.tell(this, state);
        for (long i = 0; i < x.length(); i++) x.set(i, mean + std * gaussian());
    }

    /**
     * Records which generators a computation draws from and their states before it, so that it can be repeated with the same random
     * numbers.
     */
    static final class StateLog {
        private final Map<Rng, Long> before = new IdentityHashMap<>();

        /** Runs the computation for the first time, recording the states. */
        <T> T recording(Supplier<T> work) {
            try (DrawListener.Listening on =
                    DrawListener.open((generator, state) -> before.putIfAbsent((Rng) generator, state))) {
                return work.get();
            }
        }

        /** Runs it again with the same random numbers, then restores the current states of the generators. */
        <T> T replaying(Supplier<T> work) {
            Map<Rng, Long> now = new IdentityHashMap<>();
            before.forEach((rng, state) -> {
                now.put(rng, rng.state());
                rng.setState(state);
            });
            try {
                return work.get();
            } finally {
                now.forEach(Rng::setState);
            }
        }
    }

    /** A uniform value in [0, 1), a multiple of 2⁻⁵³. */
    private double unit() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    private long next() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
