package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Confusion matrix, with the metrics derived from it: accuracy, precision, recall and F₁. Its value is the macro-averaged F₁.
 *
 * <p>Predictions are scores [N, C], of which the highest gives the predicted class; targets are int64 class indices [N].
 */
public final class ConfusionMatrix implements Metric {
    private final long[][] counts;
    /** For each true class, the number of examples with a NaN score. */
    private final long[] unclassified;

    /**
     * Makes an empty confusion matrix.
     *
     * @param classes the number of classes
     * @throws IllegalArgumentException if it is below 1
     */
    public ConfusionMatrix(int classes) {
        if (classes < 1)
            throw new IllegalArgumentException("ConfusionMatrix: " + classes + " classes: expected at least one");
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
        long[] labels = target.toLongs();
        for (int i = 0; i < labels.length; i++) {
            int predicted = ranking.best(i);
            if (predicted < 0) unclassified[(int) labels[i]]++;
            else counts[(int) labels[i]][predicted]++;
        }
    }

    /**
     * The number of examples of each class that have no predicted class because a score is NaN.
     *
     * @return a count for each true class, a copy
     */
    public long[] unclassified() {
        return unclassified.clone();
    }

    /**
     * The confusion matrix: the number of examples for each pair of true and predicted class.
     *
     * @return counts [true class][predicted class], a copy
     */
    public long[][] counts() {
        return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    /**
     * The support of a class: the number of examples whose true class it is, including those with a NaN score.
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
        long correct = 0;
        long all = 0;
        for (int c = 0; c < counts.length; c++) {
            correct += counts[c][c];
            all += support(c);
        }
        return (double) correct / all;
    }

    /**
     * Precision: TP / (TP + FP), the fraction of the examples predicted as the class that belong to it.
     *
     * @param c a class
     * @return from 0 to 1; 0 if the class was never predicted
     */
    public double precision(int c) {
        long predicted = 0;
        for (long[] row : counts) predicted += row[c];
        return predicted == 0 ? 0 : (double) counts[c][c] / predicted;
    }

    /**
     * Recall: TP / (TP + FN), the fraction of the examples of the class that are predicted as it.
     *
     * @param c a class
     * @return from 0 to 1; 0 if the class has no examples
     */
    public double recall(int c) {
        long all = support(c);
        return all == 0 ? 0 : (double) counts[c][c] / all;
    }

    /**
     * F₁ score: the harmonic mean of precision and recall.
     *
     * @param c a class
     * @return from 0 to 1; 0 if precision and recall are 0
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
