package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Loads a dataset in batches; each iterator makes one pass over it. With shuffling, each pass has a new random order (Fisher–Yates:
 * every order is equally likely).
 *
 * <pre>{@code
 * for (Batch batch : DataLoader.shuffled(dataset, 128, new Rng(0))) …
 * }</pre>
 */
public final class DataLoader implements Batches {
    private static final Transform NONE = (x, rng) -> x;

    private final Dataset dataset;
    private final int batchSize;
    private final Rng shuffle;
    private final boolean dropLast;
    private final Transform inputTransform;
    private final Transform targetTransform;
    /** Loads batches ahead of time; null if each batch is loaded on request. */
    private final Prefetcher prefetcher;

    /**
     * Makes a loader.
     *
     * @param dataset the examples
     * @param batchSize the number of examples per batch, at least 1
     * @param shuffle the generator for shuffling; null to keep the order of the dataset
     * @param dropLast whether to drop the last batch if it is not full
     * @throws IllegalArgumentException if the batch size is not positive
     */
    public DataLoader(Dataset dataset, int batchSize, Rng shuffle, boolean dropLast) {
        this(dataset, batchSize, shuffle, dropLast, NONE, NONE, null);
    }

    private DataLoader(
            Dataset dataset,
            int batchSize,
            Rng shuffle,
            boolean dropLast,
            Transform inputTransform,
            Transform targetTransform,
            Prefetcher prefetcher) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("DataLoader: batch size " + batchSize + ": expected at least 1");
        }
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.dropLast = dropLast;
        this.inputTransform = inputTransform;
        this.targetTransform = targetTransform;
        this.prefetcher = prefetcher;
    }

    /**
     * Returns a loader that loads batches ahead of time in worker threads. The batches and their order do not depend on the number of
     * threads. The dataset must support concurrent access. On a machine with two cores, prefetching competes with the training step;
     * if there is little to load, batches are then loaded in the step instead.
     *
     * @param workers the number of threads; 0 for no prefetching
     * @return the loader
     * @throws IllegalArgumentException if {@code workers} is negative
     */
    public DataLoader prefetch(int workers) {
        return new DataLoader(
                dataset, batchSize, shuffle, dropLast, inputTransform, targetTransform, Prefetcher.of(workers));
    }

    /**
     * Returns a loader that also applies a transform to the inputs of each batch, after existing transforms. Random transforms differ
     * in each pass if the loader shuffles, and are the same in each pass if it does not.
     *
     * @param transform the transform
     * @return the loader
     */
    public DataLoader mapInputs(Transform transform) {
        return new DataLoader(
                dataset, batchSize, shuffle, dropLast, inputTransform.then(transform), targetTransform, prefetcher);
    }

    /**
     * Same as {@link #mapInputs}, for the targets.
     *
     * @param transform the transform
     * @return the loader
     */
    public DataLoader mapTargets(Transform transform) {
        return new DataLoader(
                dataset, batchSize, shuffle, dropLast, inputTransform, targetTransform.then(transform), prefetcher);
    }

    /**
     * Makes a loader with a new random order in each pass, which keeps a last batch that is not full.
     *
     * @param dataset the examples
     * @param batchSize the number of examples per batch, at least 1
     * @param rng the generator for shuffling
     * @return the loader
     */
    public static DataLoader shuffled(Dataset dataset, int batchSize, Rng rng) {
        return new DataLoader(dataset, batchSize, rng, false);
    }

    /**
     * Makes a loader in the order of the dataset, which keeps a last batch that is not full.
     *
     * @param dataset the examples
     * @param batchSize the number of examples per batch, at least 1
     * @return the loader
     */
    public static DataLoader inOrder(Dataset dataset, int batchSize) {
        return new DataLoader(dataset, batchSize, null, false);
    }

    /**
     * The number of batches per pass.
     *
     * @return the number of batches
     */
    public int batches() {
        return dropLast ? dataset.size() / batchSize : (int) (((long) dataset.size() + batchSize - 1) / batchSize);
    }

    @Override
    public OptionalInt count() {
        return OptionalInt.of(batches());
    }

    @Override
    public List<Rng> generators() {
        return shuffle == null ? List.of() : List.of(shuffle);
    }

    @Override
    public Iterator<Batch> from(int first) {
        int[] order = IntStream.range(0, dataset.size()).toArray();
        if (shuffle != null) shuffle(order);
        boolean random = shuffle != null && (inputTransform != NONE || targetTransform != NONE);
        Iterator<Batch> batches = new Pass(order, random ? shuffle.nextLong() : 0, first);
        return prefetcher == null ? batches : prefetcher.ahead(batches);
    }

    /** One pass over the examples in a given order. */
    private final class Pass implements Iterator<Batch> {
        private final int[] order;
        private final long seed;
        private int next;

        Pass(int[] order, long seed, int first) {
            this.order = order;
            this.seed = seed;
            this.next = first;
        }

        @Override
        public boolean hasNext() {
            return next < batches();
        }

        @Override
        public Batch next() {
            if (!hasNext()) throw new NoSuchElementException("the loader has no more batches");
            long random = new Rng(seed + next).nextLong();
            int from = next++ * batchSize;
            int[] batchIndices = Arrays.copyOfRange(order, from, (int) Math.min(order.length, (long) from + batchSize));
            return new Batch(
                    batchIndices,
                    () -> inputTransform.apply(dataset.inputs(batchIndices), new Rng(random)),
                    () -> targetTransform.apply(dataset.targets(batchIndices), new Rng(~random)));
        }
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
