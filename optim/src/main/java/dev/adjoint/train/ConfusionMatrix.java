package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * How often each class was taken for which, and what follows from it. Its value is the macro-averaged F₁.
 *
 * <p>Predictions [N, C], of which the highest score counts, targets int64 [N].
 */
public final class ConfusionMatrix implements Metric {
    private final long[][] counts;

    /**
     * Makes an empty one.
     *
     * @param classes how many classes there are
     * @throws IllegalArgumentException if there is none
     */
    public ConfusionMatrix(int classes) {
        if (classes < 1) throw new IllegalArgumentException("ConfusionMatrix: " + classes + " classes: expected one");
        counts = new long[classes][classes];
    }

    @Override
    public String name() {
        return "f1";
    }

    @Override
    public void add(Tensor prediction, Tensor target) {
        TopK.checkClasses("confusion matrix", prediction, target);
        if (prediction.shape(1) != counts.length) {
            throw new IllegalArgumentException("confusion matrix: prediction " + Arrays.toString(prediction.shape())
                    + ": expected scores of " + counts.length + " classes");
        }
        long[] said = prediction.detach().argmax(1).toLongs();
        long[] wanted = target.toLongs();
        for (int i = 0; i < said.length; i++) counts[(int) wanted[i]][(int) said[i]]++;
    }

    /**
     * How often examples of one class were taken for another.
     *
     * @return [true class][named class], a copy
     */
    public long[][] counts() {
        return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    /**
     * Of what was named so, the part that was.
     *
     * @param c a class
     * @return from 0 to 1; 0 if it was never named
     */
    public double precision(int c) {
        long named = 0;
        for (long[] row : counts) named += row[c];
        return named == 0 ? 0 : (double) counts[c][c] / named;
    }

    /**
     * Of what was so, the part that was named.
     *
     * @param c a class
     * @return from 0 to 1; 0 if there was none
     */
    public double recall(int c) {
        long all = Arrays.stream(counts[c]).sum();
        return all == 0 ? 0 : (double) counts[c][c] / all;
    }

    /**
     * The harmonic mean of precision and recall.
     *
     * @param c a class
     * @return from 0 to 1
     */
    public double f1(int c) {
        double sum = precision(c) + recall(c);
        return sum == 0 ? 0 : 2 * precision(c) * recall(c) / sum;
    }

    @Override
    public double value() {
        double sum = 0;
        for (int c = 0; c < counts.length; c++) sum += f1(c);
        return sum / counts.length;
    }

    @Override
    public void reset() {
        for (long[] row : counts) Arrays.fill(row, 0);
    }

    @Override
    public double[] state() {
        return Arrays.stream(counts)
                .flatMapToLong(Arrays::stream)
                .asDoubleStream()
                .toArray();
    }

    @Override
    public void restore(double... state) {
        for (int i = 0; i < state.length; i++) counts[i / counts.length][i % counts.length] = (long) state[i];
    }
}
