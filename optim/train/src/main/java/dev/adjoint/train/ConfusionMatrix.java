package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * How often each class was taken for which, and what follows from it. Its value is the macro-averaged F₁.
 *
 * <p>Predictions [N, C], of which the highest score counts, targets int64 [N].
 */
public final class ConfusionMatrix implements Metric {
    private final long[][] counts;
    /** Of each true class, the examples with a score that is NaN. */
    private final long[] unclassified;

    /**
     * Makes an empty one.
     *
     * @param classes how many classes there are
     * @throws IllegalArgumentException if there is none
     */
    public ConfusionMatrix(int classes) {
        if (classes < 1) throw new IllegalArgumentException("ConfusionMatrix: " + classes + " classes: expected one");
        counts = new long[classes][classes];
        unclassified = new long[classes];
    }

    @Override
    public String name() {
        return "f1";
    }

    @Override
    public void add(Tensor prediction, Tensor target) {
        Ranking.check("confusion matrix", prediction, target);
        if (prediction.shape(1) != counts.length) {
            throw new IllegalArgumentException("confusion matrix: prediction " + Arrays.toString(prediction.shape())
                    + ": expected scores of " + counts.length + " classes");
        }
        Ranking ranking = new Ranking(prediction);
        long[] wanted = target.toLongs();
        for (int i = 0; i < wanted.length; i++) {
            int named = ranking.best(i);
            if (named < 0) unclassified[(int) wanted[i]]++;
            else counts[(int) wanted[i]][named]++;
        }
    }

    /**
     * How many examples of each class were not taken for any, since a score was NaN.
     *
     * @return a count for each true class, a copy
     */
    public long[] unclassified() {
        return unclassified.clone();
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
     * The support of a class: the number of examples whose true class it is, also those with a score that is NaN.
     *
     * @param c a class
     * @return a count
     */
    public long support(int c) {
        return Arrays.stream(counts[c]).sum() + unclassified[c];
    }

    /**
     * Accuracy: the fraction of examples whose predicted class is the true class.
     *
     * @return from 0 to 1; NaN if there are no examples
     */
    public double accuracy() {
        long right = 0;
        long all = 0;
        for (int c = 0; c < counts.length; c++) {
            right += counts[c][c];
            all += support(c);
        }
        return (double) right / all;
    }

    /**
     * Precision: TP / (TP + FP), the part of the examples named so that are of the class.
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
     * Recall: TP / (TP + FN), the part of the examples of the class that are named so.
     *
     * @param c a class
     * @return from 0 to 1; 0 if there was none
     */
    public double recall(int c) {
        long all = support(c);
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
        if (Arrays.stream(counts).flatMapToLong(Arrays::stream).sum()
                        + Arrays.stream(unclassified).sum()
                == 0) return Double.NaN;
        double sum = 0;
        for (int c = 0; c < counts.length; c++) sum += f1(c);
        return sum / counts.length;
    }

    @Override
    public void reset() {
        for (long[] row : counts) Arrays.fill(row, 0);
        Arrays.fill(unclassified, 0);
    }

    @Override
    public double[] state() {
        return LongStream.concat(Arrays.stream(counts).flatMapToLong(Arrays::stream), Arrays.stream(unclassified))
                .asDoubleStream()
                .toArray();
    }

    @Override
    public void restore(double... state) {
        int n = counts.length;
        for (int i = 0; i < n * n; i++) counts[i / n][i % n] = (long) state[i];
        for (int c = 0; c < n; c++) unclassified[c] = (long) state[n * n + c];
    }
}
