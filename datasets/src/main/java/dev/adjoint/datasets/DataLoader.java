package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;

/**
 * Goes through a dataset in batches, once for each loop over it. Shuffled, each loop has an order of its own, drawn from the
 * generator (Fisher–Yates: every order is equally likely).
 *
 * <pre>{@code
 * for (Batch batch : DataLoader.shuffled(dataset, 128, new Rng(0))) …
 * }</pre>
 */
public final class DataLoader implements Iterable<Batch> {
    private final Dataset dataset;
    private final int batchSize;
    private final Rng shuffle;
    private final boolean dropLast;
    /** Who makes batches ahead of time; null if each is made when it is asked for. */
    private final Prefetcher prefetcher;

    /**
     * Makes a loader.
     *
     * @param dataset the examples
     * @param batchSize examples in a batch, at least 1
     * @param shuffle what draws the orders; null to keep the dataset's
     * @param dropLast whether a last batch that is not full is left out
     * @throws IllegalArgumentException if the batch size is not positive
     */
    public DataLoader(Dataset dataset, int batchSize, Rng shuffle, boolean dropLast) {
        this(dataset, batchSize, shuffle, dropLast, null);
    }

    private DataLoader(Dataset dataset, int batchSize, Rng shuffle, boolean dropLast, Prefetcher prefetcher) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("DataLoader: batch size " + batchSize + ": expected at least 1");
        }
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.dropLast = dropLast;
        this.prefetcher = prefetcher;
    }

    /**
     * The same loader with batches made ahead of time by threads of their own, while the program works with the one before. The
     * batches and their order are the same, however many threads there are. The dataset is asked by several threads at once.
     *
     * @param workers how many threads; 0 for none
     * @return the loader
     * @throws IllegalArgumentException if the number is negative
     */
    public DataLoader prefetch(int workers) {
        if (workers < 0) {
            throw new IllegalArgumentException("DataLoader: " + workers + " workers: expected at least 0");
        }
        Prefetcher ahead = workers == 0 ? null : new Prefetcher(workers);
        return new DataLoader(dataset, batchSize, shuffle, dropLast, ahead);
    }

    /**
     * A loader in a new random order each time, with all batches.
     *
     * @param dataset the examples
     * @param batchSize examples in a batch, at least 1
     * @param rng what draws the orders
     * @return the loader
     */
    public static DataLoader shuffled(Dataset dataset, int batchSize, Rng rng) {
        return new DataLoader(dataset, batchSize, rng, false);
    }

    /**
     * A loader in the dataset's own order, with all batches.
     *
     * @param dataset the examples
     * @param batchSize examples in a batch, at least 1
     * @return the loader
     */
    public static DataLoader inOrder(Dataset dataset, int batchSize) {
        return new DataLoader(dataset, batchSize, null, false);
    }

    /**
     * The number of batches in a loop.
     *
     * @return how many there are
     */
    public int batches() {
        return dropLast ? dataset.size() / batchSize : (int) (((long) dataset.size() + batchSize - 1) / batchSize);
    }

    @Override
    public Iterator<Batch> iterator() {
        int[] order = IntStream.range(0, dataset.size()).toArray();
        if (shuffle != null) shuffle(order);
        Iterator<Batch> batches = inOrder(order);
        return prefetcher == null ? batches : prefetcher.ahead(batches);
    }

    private Iterator<Batch> inOrder(int... order) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < batches();
            }

            @Override
            public Batch next() {
                if (!hasNext()) throw new NoSuchElementException("the loader has no more batches");
                int from = next++ * batchSize;
                return new Batch(dataset, Arrays.copyOfRange(order, from, (int)
                        Math.min(order.length, (long) from + batchSize)));
            }
        };
    }

    private void shuffle(int[] order) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = shuffle.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }
}
