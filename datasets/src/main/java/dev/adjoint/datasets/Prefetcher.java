package dev.adjoint.datasets;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/** A thread pool that loads batches ahead of time. Idle threads end after a few seconds. */
final class Prefetcher {
    /** The number of batches that are loaded ahead per thread. */
    private static final int AHEAD = 2;

    private static final int IDLE_SECONDS = 5;
    /** The number of batches after which it is decided whether prefetching is worth it. */
    private static final int TRIAL_BATCHES = 32;
    /** With at most this many cores, prefetching competes with the training step and is not worth it if there is little to load. */
    private static final int FEW_CORES = 2;

    private static final int WORTHWHILE_FRACTION = 4;

    /** The timeout for a batch, long enough for loading over a slow network. */
    private static final int TIMEOUT_MINUTES = 30;

    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    private final ThreadPoolExecutor threads;
    /** Whether prefetching was found not to be worth it. */
    private volatile boolean disabled;

    private final int ahead;

    /** Makes a prefetcher; null for 0 workers. */
    static Prefetcher of(int workers) {
        if (workers < 0) {
            throw new IllegalArgumentException("prefetch: " + workers + " workers: expected at least 0");
        }
        return workers == 0 ? null : new Prefetcher(workers);
    }

    private Prefetcher(int workers) {
        ahead = AHEAD * workers;
        threads = new ThreadPoolExecutor(
                workers, workers, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "adjoint-loader");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** The same batches in the same order, loaded ahead of time. */
    Iterator<Batch> ahead(Iterator<Batch> batches) {
        return new Ahead(batches);
    }

    /** Loads some batches ahead; the memory of the previous batch is reused for a later one. */
    private final class Ahead implements Iterator<Batch> {
        private final Iterator<Batch> batches;
        private final Deque<Future<Batch>> waiting = new ArrayDeque<>();
        private final Deque<Batch.Slot> free = new ArrayDeque<>();
        private final LongAdder loadNanos = new LongAdder();
        private final LongAdder loads = new LongAdder();
        private Batch last;
        private int taken;
        private long begun;

        Ahead(Iterator<Batch> batches) {
            this.batches = batches;
        }

        @Override
        public boolean hasNext() {
            return !waiting.isEmpty() || batches.hasNext();
        }

        @Override
        public Batch next() {
            if (!hasNext()) throw new NoSuchElementException("the loader has no more batches");
            if (last != null) free.add(last.release());
            last = null;
            if (taken++ == 0) begun = System.nanoTime();
            if (taken == TRIAL_BATCHES && !isWorthIt(System.nanoTime() - begun)) disabled = true;
            if (disabled && waiting.isEmpty()) return batches.next();
            while (!disabled && waiting.size() <= ahead && batches.hasNext()) submit(batches.next());
            last = result(waiting.remove());
            return last;
        }

        private void submit(Batch batch) {
            Batch.Slot slot = free.isEmpty() ? new Batch.Slot() : free.remove();
            waiting.add(threads.submit(() -> {
                // CPU time of this thread, which excludes waiting for a core.
                long start = CLOCK.getCurrentThreadCpuTime();
                Batch loaded = batch.load(slot);
                loadNanos.add(CLOCK.getCurrentThreadCpuTime() - start);
                loads.increment();
                return loaded;
            }));
        }

        /** Whether prefetching is worth it: there are enough cores, or loading takes a large fraction of the time. */
        private boolean isWorthIt(long nanos) {
            boolean much =
                    loadNanos.sum() / (double) loads.sum() > nanos / (double) TRIAL_BATCHES / WORTHWHILE_FRACTION;
            return much || Runtime.getRuntime().availableProcessors() > FEW_CORES;
        }
    }

    private static Batch result(Future<Batch> batch) {
        try {
            return batch.get(TIMEOUT_MINUTES, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "loader: a batch has not been loaded after " + TIMEOUT_MINUTES
                            + " minutes; load it without prefetch to see where the dataset or a transform hangs",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException fault) throw fault;
            if (e.getCause() instanceof Error fault) throw fault;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch", e);
        }
    }
}
