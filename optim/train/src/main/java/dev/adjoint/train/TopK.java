package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;

/**
 * Top-k accuracy: the fraction of examples whose true class is among the k classes with the highest scores. Ties are broken by the
 * lower class index; an example with a NaN score counts as wrong.
 *
 * <p>Predictions are scores [N, C], targets are int64 class indices [N].
 */
public final class TopK implements Metric {
    private final int k;
    private double correct;
    private long seen;

    /**
     * Makes the metric.
     *
     * @param k the number of highest-scored classes that are considered
     * @throws IllegalArgumentException if k is below 1
     */
    public TopK(int k) {
        if (k < 1) throw new IllegalArgumentException("TopK: k " + k + ": expected at least 1");
        this.k = k;
    }

    /**
     * Accuracy: the fraction of examples whose true class has the highest score, same as top-1.
     *
     * @return the metric
     */
    public static TopK accuracy() {
        return new TopK(1);
    }

    @Override
    public String name() {
        return k == 1 ? "accuracy" : "top" + k;
    }

    @Override
    public void add(Tensor prediction, Tensor target) {
        Ranking.check(name(), prediction, target);
        Ranking ranking = new Ranking(prediction);
        long[] labels = target.toLongs();
        for (int i = 0; i < labels.length; i++) if (ranking.rankOf(i, (int) labels[i]) < k) correct++;
        seen += labels.length;
    }

    @Override
    public double value() {
        return correct / seen;
    }

    @Override
    public void reset() {
        correct = 0;
        seen = 0;
    }

    @Override
    public double[] state() {
        return new double[] {correct, seen};
    }

    @Override
    public void restore(double... state) {
        correct = state[0];
        seen = (long) state[1];
    }
}
