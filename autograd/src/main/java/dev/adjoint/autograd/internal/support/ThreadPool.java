package dev.adjoint.autograd.internal.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cores at work on one kernel together. A kernel is cut into as many parts as there are cores; the caller and the helpers each
 * claim one after the other, so that a helper that wakes late costs nothing: the caller has done its part by then.
 *
 * <p>A training step hands out work every few microseconds, so a helper that has nothing to do looks out for more for a while
 * before it goes to sleep. OpenBLAS's threads would do likewise and get in the way, so OpenBLAS is left with one thread, and its
 * products are cut here: two products of half the rows each, side by side, take less time than OpenBLAS's own two threads.
 */
public final class ThreadPool {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadPool.class);

    /** Cores to use; all unless the system property adjoint.threads says otherwise. */
    public static final int SIZE = size(System.getProperty("adjoint.threads"));

    /**
     * What work costs is counted in operations on an element of an array in memory, such as an addition of two floats. From so many on it
     * is worth more than one core: a hand-over takes a microsecond or two.
     */
    private static final double WORTH_SHARING = 16_384;

    /** Multiplications with an addition in a product of matrices that take as long as one operation on an element in memory. */
    public static final double PRODUCTS_PER_OPERATION = 32;

    /** How many operations on an element an exponential in double precision takes as long as. */
    public static final double OPERATIONS_PER_EXPONENTIAL = 8;

    /** How long a helper looks out before it sleeps, in nanoseconds: longer than the gaps in a training step. */
    private static final long PATIENCE = 500_000;
    /** Looks between two looks at the clock. */
    private static final int LOOKS = 64;
    /** Looks for a helper's end after which the caller lets other threads use its core: a helper may wait for one. */
    private static final int LONG = 1 << 16;
    /** How long the caller waits for a helper; the largest product of matrices takes minutes. */
    private static final long LONGEST_SECONDS = 3600;

    private static final ReentrantLock BUSY = new ReentrantLock();
    private static final Helper[] HELPERS = new Helper[SIZE - 1];

    private static volatile Job current;

    static {
        for (int i = 0; i < HELPERS.length; i++) {
            HELPERS[i] = new Helper(i);
            HELPERS[i].start();
        }
        LOG.debug("threads: {}", SIZE);
    }

    private ThreadPool() {}

    private static int size(String property) {
        int cores = Runtime.getRuntime().availableProcessors();
        if (property == null) return cores;
        try {
            int wanted = Integer.parseInt(property.trim());
            if (wanted >= 1 && wanted <= cores) return wanted;
        } catch (NumberFormatException e) {
            LOG.debug("not a number", e);
        }
        throw new IllegalArgumentException("system property adjoint.threads=" + property + ": expected 1 to " + cores
                + ", the cores of this machine");
    }

    /** Runs the parts 0 … SIZE − 1, and returns when all are done. If the team is at work for another thread, the caller runs all. */
    public static void run(IntConsumer part) {
        if (SIZE == 1 || !BUSY.tryLock()) {
            for (int i = 0; i < SIZE; i++) part.accept(i);
            return;
        }
        try {
            Job job = new Job(part);
            try {
                current = job;
                for (Helper helper : HELPERS) if (helper.asleep) LockSupport.unpark(helper);
                job.help();
                job.await();
            } finally {
                current = null;
                job.part = null; // it holds on to arrays, and a helper remembers its last job
            }
        } finally {
            BUSY.unlock();
        }
    }

    /** Work on pieces, from one (inclusive) to another (exclusive). */
    public interface Span {
        void run(int from, int to);
    }

    /** Whether work of so many operations on elements is worth more than one core. */
    public static boolean isWorthSharing(double operations) {
        return operations >= WORTH_SHARING;
    }

    /**
     * Does n pieces of work that cost so many operations together: by all cores if that is worth it, each beginning at a multiple of some
     * number, else by the caller alone.
     */
    public static void share(double operations, int n, int multiple, Span work) {
        if (isWorthSharing(operations)) run(k -> work.run(begin(k, n, multiple), begin(k + 1, n, multiple)));
        else work.run(0, n);
    }

    /** Where part i of n elements begins, at a multiple of a given number of elements; part SIZE begins at n. */
    public static int begin(int i, int n, int multiple) {
        return i == SIZE ? n : (int) ((long) n * i / SIZE / multiple * multiple);
    }

    /** A kernel in parts. */
    private static final class Job {
        private IntConsumer part;
        private final AtomicInteger claimed = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile Throwable failure;

        Job(IntConsumer part) {
            this.part = part;
        }

        void help() {
            for (int i = claimed.getAndIncrement(); i < SIZE; i = claimed.getAndIncrement()) {
                try {
                    part.accept(i);
                } catch (Throwable e) { // whatever it is: a part that is not counted as done would be waited for
                    failure = e;
                }
                done.incrementAndGet();
            }
        }

        void await() {
            long since = 0;
            for (int looks = 1; done.get() < SIZE; looks++) {
                Thread.onSpinWait();
                if (looks % LONG != 0) continue;
                if (since == 0) since = System.nanoTime();
                checkHelpers(System.nanoTime() - since);
                Thread.yield();
            }
            if (failure != null) ThreadPool.<RuntimeException>rethrow(failure);
        }
    }

    /** A helper that has ended, or does not come to an end, is an error and no reason to wait for ever. */
    private static void checkHelpers(long nanosWaited) {
        boolean tooLong = nanosWaited > TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
        for (Helper helper : HELPERS) {
            if (!tooLong && helper.isAlive()) continue;
            StackTraceElement[] stack = helper.getStackTrace();
            throw new IllegalStateException("kernel: its part on thread " + helper.getName() + " "
                    + (helper.isAlive()
                            ? "has not finished after " + LONGEST_SECONDS + " s"
                            : "was lost, for the thread has ended")
                    + (stack.length == 0 ? "" : "; it is at " + stack[0])
                    + "; restart the program, with -Dadjoint.threads=1 if it happens again");
        }
    }

    /** Throws what the part threw, checked or not. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void rethrow(Throwable failure) throws E {
        throw (E) failure;
    }

    private static final class Helper extends Thread {
        volatile boolean asleep;

        Helper(int number) {
            super("adjoint-" + (number + 1));
            setDaemon(true);
        }

        @Override
        public void run() {
            Job last = null;
            while (true) {
                last = next(last);
                last.help();
            }
        }

        private Job next(Job last) {
            long since = System.nanoTime();
            for (int looks = 0; ; looks++) {
                Job job = current;
                if (job != null && job != last) return job;
                Thread.onSpinWait();
                if (looks % LOOKS != 0) continue;
                if (System.nanoTime() - since > PATIENCE) sleep(last);
                else Thread.yield(); // to the JIT compiler, for one, which wants a core as well
            }
        }

        /** Sleeps until there may be something to do. */
        private void sleep(Job last) {
            asleep = true;
            Job job = current;
            if (job == null || job == last) LockSupport.park(this);
            // A parked thread that has been interrupted never sleeps again, and nobody here has a use for an interrupt.
            Thread.interrupted();
            asleep = false;
        }
    }
}
