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
        if (batchSize < 1) {
            throw new IllegalArgumentException("DataLoader: batch size " + batchSize + ": expected at least 1");
        }
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.dropLast = dropLast;
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
