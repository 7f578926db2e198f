package dev.adjoint.autograd.internal.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread pool that runs the parts of a kernel. A kernel is split into as many parts as there are threads; the caller and the
 * helper threads claim one part after the other, so that a helper that wakes up late costs nothing: the caller has done its part by
 * then.
 *
 * <p>A training step submits work every few microseconds, so an idle helper spins for a while before it sleeps. OpenBLAS's threads
 * would do the same and compete for the cores, so OpenBLAS has one thread, and its products are split here: two parallel products
 * of half the rows each take less time than OpenBLAS with two threads.
 */
public final class ThreadPool {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadPool.class);

    /** The number of threads: all cores, unless the system property adjoint.threads sets another number. */
    public static final int SIZE = size(System.getProperty("adjoint.threads"));

    /**
     * The cost from which on work is worth more than one thread, since a hand-over takes a microsecond or two. Cost is counted in
     * operations on an element of an array in memory, such as an addition of two floats.
     */
    private static final double PARALLEL_THRESHOLD = 16_384;

    /** The number of multiply-adds in a matrix product that take as long as one operation on an element in memory. */
    public static final double PRODUCTS_PER_OPERATION = 32;

    /** The number of operations on an element that take as long as an exponential in double precision. */
    public static final double OPERATIONS_PER_EXPONENTIAL = 8;

    /** How long a helper spins before it sleeps, in nanoseconds: longer than the gaps in a training step. */
    private static final long SPIN_NANOS = 500_000;
    /** The number of spins between two readings of the clock. */
    private static final int SPINS_PER_CLOCK_CHECK = 64;
    /** The number of spins after which the waiting caller yields its core, which a helper may need. */
    private static final int SPINS_BEFORE_YIELD = 1 << 16;
    /** How long the caller waits for a helper; the largest matrix product takes minutes. */
    private static final long MAX_WAIT_SECONDS = 3600;

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

    /**
     * Runs the parts 0 … SIZE − 1, and returns when all are done. If the pool is busy with the work of another thread, the caller
     * runs all.
     */
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
                job.part = null; // it references arrays, and a helper keeps its last job
            }
        } finally {
            BUSY.unlock();
        }
    }

    /** Work on the items from {@code from} (inclusive) to {@code to} (exclusive). */
    public interface Span {
        void run(int from, int to);
    }

    /** Whether work of the given number of operations on elements is worth more than one thread. */
    public static boolean isWorthParallel(double operations) {
        return operations >= PARALLEL_THRESHOLD;
    }

    /**
     * Runs work on n items that costs the given number of operations in all: if that is worth it, in parallel, in parts that begin
     * at multiples of the given number, else on the calling thread.
     */
    public static void runParallel(double operations, int n, int multiple, Span work) {
        if (isWorthParallel(operations)) run(k -> work.run(begin(k, n, multiple), begin(k + 1, n, multiple)));
        else work.run(0, n);
    }

    /** The index at which part i of n elements begins, a multiple of the given number; part SIZE begins at n. */
    public static int begin(int i, int n, int multiple) {
        return i == SIZE ? n : (int) ((long) n * i / SIZE / multiple * multiple);
    }

    /** A kernel that is split into parts. */
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
                } catch (Throwable e) { // any error: the caller would wait for a part that is not counted
                    failure = e;
                }
                done.incrementAndGet();
            }
        }

        void await() {
            long since = 0;
            for (int looks = 1; done.get() < SIZE; looks++) {
                Thread.onSpinWait();
                if (looks % SPINS_BEFORE_YIELD != 0) continue;
                if (since == 0) since = System.nanoTime();
                checkHelpers(System.nanoTime() - since);
                Thread.yield();
            }
            if (failure != null) ThreadPool.<RuntimeException>rethrow(failure);
        }
    }

    /** Throws if a helper thread has ended or does not finish, so that the caller does not wait forever. */
    private static void checkHelpers(long nanosWaited) {
        boolean tooLong = nanosWaited > TimeUnit.SECONDS.toNanos(MAX_WAIT_SECONDS);
        for (Helper helper : HELPERS) {
            if (!tooLong && helper.isAlive()) continue;
            StackTraceElement[] stack = helper.getStackTrace();
            throw new IllegalStateException("kernel: its part on thread " + helper.getName() + " "
                    + (helper.isAlive()
                            ? "has not finished after " + MAX_WAIT_SECONDS + " s"
                            : "was lost, for the thread has ended")
                    + (stack.length == 0 ? "" : "; it is at " + stack[0])
                    + "; restart the program, with -Dadjoint.threads=1 if it happens again");
        }
    }

    /** Rethrows the exception of a part, checked or not. */
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
                if (looks % SPINS_PER_CLOCK_CHECK != 0) continue;
                if (System.nanoTime() - since > SPIN_NANOS) sleep(last);
                else Thread.yield(); // for example to the JIT compiler, which needs a core as well
            }
        }

        /** Sleeps until there may be work. */
        private void sleep(Job last) {
            asleep = true;
            Job job = current;
            if (job == null || job == last) LockSupport.park(this);
            // Clears the interrupt status, which is not used here: with it set, the thread would never sleep again.
            Thread.interrupted();
            asleep = false;
        }
    }
}
