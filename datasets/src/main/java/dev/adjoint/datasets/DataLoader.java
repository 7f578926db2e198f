package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Goes through a dataset in batches, once for each loop over it. Shuffled, each loop has an order of its own, drawn from the
 * generator (Fisher–Yates: every order is equally likely).
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
    private final Transform ofInputs;
    private final Transform ofTargets;
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
        this(dataset, batchSize, shuffle, dropLast, NONE, NONE, null);
    }

    private DataLoader(
            Dataset dataset,
            int batchSize,
            Rng shuffle,
            boolean dropLast,
            Transform ofInputs,
            Transform ofTargets,
            Prefetcher prefetcher) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("DataLoader: batch size " + batchSize + ": expected at least 1");
        }
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.dropLast = dropLast;
        this.ofInputs = ofInputs;
        this.ofTargets = ofTargets;
        this.prefetcher = prefetcher;
    }

    /**
     * The same loader with batches made ahead of time by threads of their own, while the program works with the one before. The
     * batches and their order are the same, however many threads there are. The dataset is asked by several threads at once. On a
     * machine of two cores, a step that uses both would wait for the loading thread; if there is little to load, it is loaded in the
     * step after all.
     *
     * @param workers how many threads; 0 for none
     * @return the loader
     * @throws IllegalArgumentException if the number is negative
     */
    public DataLoader prefetch(int workers) {
        return new DataLoader(dataset, batchSize, shuffle, dropLast, ofInputs, ofTargets, Prefetcher.of(workers));
    }

    /**
     * The same loader with something done to the inputs of each batch, after what is done already. What is random in it is drawn
     * anew in each loop of a shuffled loader, and the same in each loop of one that is not.
     *
     * @param transform what to do
     * @return the loader
     */
    public DataLoader mapInputs(Transform transform) {
        return new DataLoader(dataset, batchSize, shuffle, dropLast, ofInputs.then(transform), ofTargets, prefetcher);
    }

    /**
     * As {@link #mapInputs}, for the targets.
     *
     * @param transform what to do
     * @return the loader
     */
    public DataLoader mapTargets(Transform transform) {
        return new DataLoader(dataset, batchSize, shuffle, dropLast, ofInputs, ofTargets.then(transform), prefetcher);
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
        boolean random = shuffle != null && (ofInputs != NONE || ofTargets != NONE);
        Iterator<Batch> batches = new Loop(order, random ? shuffle.nextLong() : 0, first);
        return prefetcher == null ? batches : prefetcher.ahead(batches);
    }

    /** Goes through the examples once, in an order. */
    private final class Loop implements Iterator<Batch> {
        private final int[] order;
        private final long seed;
        private int next;

        Loop(int[] order, long seed, int first) {
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
            int[] some = Arrays.copyOfRange(order, from, (int) Math.min(order.length, (long) from + batchSize));
            return new Batch(
                    some,
                    () -> ofInputs.apply(dataset.inputs(some), new Rng(random)),
                    () -> ofTargets.apply(dataset.targets(some), new Rng(~random)));
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
