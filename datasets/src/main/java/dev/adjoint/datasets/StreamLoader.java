package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Loads the examples of a stream in batches. For shuffling a stream that does not fit into memory, it uses a shuffle buffer: each
 * example is drawn at random from the buffer and replaced by the next example of the stream.
 */
public final class StreamLoader implements Batches {
    private final Streaming stream;
    private final int batchSize;
    private final int bufferSize;
    private final Rng shuffle;
    private final Prefetcher prefetcher;

    private StreamLoader(Streaming stream, int batchSize, int bufferSize, Rng shuffle, Prefetcher prefetcher) {
        if (batchSize < 1 || bufferSize < 1) {
            throw new IllegalArgumentException("StreamLoader: batch size " + batchSize + ", " + bufferSize
                    + " examples held: expected at least 1 of each");
        }
        this.stream = stream;
        this.batchSize = batchSize;
        this.bufferSize = bufferSize;
        this.shuffle = shuffle;
        this.prefetcher = prefetcher;
    }

    /**
     * Makes a loader in the order of the stream, which keeps a last batch that is not full.
     *
     * @param stream the examples
     * @param batchSize the number of examples per batch, at least 1
     * @return the loader
     * @throws IllegalArgumentException if the batch size is not positive
     */
    public static StreamLoader inOrder(Streaming stream, int batchSize) {
        return new StreamLoader(stream, batchSize, 1, null, null);
    }

    /**
     * Makes a loader that shuffles with a buffer.
     *
     * @param stream the examples
     * @param batchSize the number of examples per batch, at least 1
     * @param bufferSize the size of the shuffle buffer in examples, at least 1
     * @param rng the generator for shuffling
     * @return the loader
     * @throws IllegalArgumentException if the batch size or the buffer size is not positive
     */
    public static StreamLoader shuffled(Streaming stream, int batchSize, int bufferSize, Rng rng) {
        return new StreamLoader(stream, batchSize, bufferSize, rng, null);
    }

    /**
     * Returns a loader that assembles batches ahead of time in worker threads. The stream itself is read by the thread that iterates
     * over the batches. The batches do not depend on the number of threads.
     *
     * @param workers the number of threads; 0 for no prefetching
     * @return the loader
     * @throws IllegalArgumentException if {@code workers} is negative
     */
    public StreamLoader prefetch(int workers) {
        return new StreamLoader(stream, batchSize, bufferSize, shuffle, Prefetcher.of(workers));
    }

    @Override
    public OptionalInt count() {
        return OptionalInt.empty();
    }

    @Override
    public Iterator<Batch> from(int first) {
        Iterator<Streaming.Example> examples = stream.open();
        if (shuffle != null) examples = new ShuffleBuffer(examples, bufferSize, new Rng(shuffle.nextLong()));
        Iterator<Batch> batches = new Collated(examples, batchSize);
        for (int i = 0; i < first && batches.hasNext(); i++) batches.next();
        return prefetcher == null ? batches : prefetcher.ahead(batches);
    }

    @Override
    public List<Rng> generators() {
        return shuffle == null ? List.of() : List.of(shuffle);
    }

    /** Shuffles a stream with a buffer. */
    private static final class ShuffleBuffer implements Iterator<Streaming.Example> {
        private final Iterator<Streaming.Example> source;
        private final Rng rng;
        private final List<Streaming.Example> buffer = new ArrayList<>();

        ShuffleBuffer(Iterator<Streaming.Example> source, int bufferSize, Rng rng) {
            this.source = source;
            this.rng = rng;
            while (buffer.size() < bufferSize && source.hasNext()) buffer.add(source.next());
        }

        @Override
        public boolean hasNext() {
            return !buffer.isEmpty();
        }

        @Override
        public Streaming.Example next() {
            if (!hasNext()) throw new NoSuchElementException("the stream has no more examples");
            int chosen = rng.nextInt(buffer.size());
            Streaming.Example last = source.hasNext() ? source.next() : buffer.remove(buffer.size() - 1);
            return chosen == buffer.size() ? last : buffer.set(chosen, last);
        }
    }

    /** Collates examples into batches. */
    private static final class Collated implements Iterator<Batch> {
        private final Iterator<Streaming.Example> examples;
        private final int batchSize;
        private int seen;

        Collated(Iterator<Streaming.Example> examples, int batchSize) {
            this.examples = examples;
            this.batchSize = batchSize;
        }

        @Override
        public boolean hasNext() {
            return examples.hasNext();
        }

        @Override
        public Batch next() {
            List<Streaming.Example> some = new ArrayList<>();
            while (some.size() < batchSize && examples.hasNext()) some.add(examples.next());
            if (some.isEmpty()) throw new NoSuchElementException("the stream has no more examples");
            int[] indices = IntStream.range(seen, seen + some.size()).toArray();
            seen += some.size();
            return new Batch(
                    indices, () -> stack(some, Streaming.Example::input), () -> stack(some, Streaming.Example::target));
        }

        private static Tensor stack(List<Streaming.Example> some, Function<Streaming.Example, Tensor> part) {
            return Tensor.stack(0, some.stream().map(part).toArray(Tensor[]::new));
        }
    }
}
