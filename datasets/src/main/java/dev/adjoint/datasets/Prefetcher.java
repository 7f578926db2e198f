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

/** Threads that load batches ahead of time. They end by themselves when there is nothing to do for a while. */
final class Prefetcher {
    /** Batches that wait to be taken, for each thread: one that is being used up and one that is being made. */
    private static final int AHEAD = 2;

    private static final int IDLE_SECONDS = 5;
    /** Batches after which it is decided whether loading ahead is worth it. */
    private static final int TRIAL = 32;
    /** With no more cores than these, loading ahead takes time away from the step; little of it is better done in the step. */
    private static final int FEW_CORES = 2;

    private static final int LITTLE = 4;

    /** How long the program waits for a batch: one may have to be fetched over a slow network. */
    private static final int LONGEST_MINUTES = 30;

    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    private final ThreadPoolExecutor threads;
    /** Whether it was found that loading ahead is not worth it. */
    private volatile boolean idle;

    private final int ahead;

    /** Threads to load with; null for none. */
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

    /** The same batches in the same order, loaded. */
    Iterator<Batch> ahead(Iterator<Batch> batches) {
        return new Ahead(batches);
    }

    /** Loads some batches more than the program has asked for; the memory of the one before goes to a later one. */
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
            if (taken == TRIAL && !isWorthIt(System.nanoTime() - begun)) idle = true;
            if (idle && waiting.isEmpty()) return batches.next();
            while (!idle && waiting.size() <= ahead && batches.hasNext()) submit(batches.next());
            last = result(waiting.remove());
            return last;
        }

        private void submit(Batch batch) {
            Batch.Slot slot = free.isEmpty() ? new Batch.Slot() : free.remove();
            waiting.add(threads.submit(() -> {
                // Of this thread alone: it may have to wait for a core.
                long start = CLOCK.getCurrentThreadCpuTime();
                Batch loaded = batch.load(slot);
                loadNanos.add(CLOCK.getCurrentThreadCpuTime() - start);
                loads.increment();
                return loaded;
            }));
        }

        /** Whether a core is free for it, or there is much to load. */
        private boolean isWorthIt(long nanos) {
            boolean much = loadNanos.sum() / (double) loads.sum() > nanos / (double) TRIAL / LITTLE;
            return much || Runtime.getRuntime().availableProcessors() > FEW_CORES;
        }
    }

    private static Batch result(Future<Batch> batch) {
        try {
            return batch.get(LONGEST_MINUTES, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "loader: a batch has not been loaded after " + LONGEST_MINUTES
                            + " minutes; load it without prefetch to see where the dataset or a transform stands still",
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
