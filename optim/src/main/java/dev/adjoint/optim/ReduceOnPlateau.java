package dev.adjoint.optim;

/**
 * Lowers the rates when a metric stops falling: by a factor, whenever it has not fallen by a relative threshold for more than
 * {@code patience} calls, as {@code torch.optim.lr_scheduler.ReduceLROnPlateau} does by default.
 */
public final class ReduceOnPlateau {
    private static final double THRESHOLD = 1e-4;

    private final Optimizer optimizer;
    private final double factor;
    private final int patience;
    private double best = Double.POSITIVE_INFINITY;
    private int bad;

    /**
     * Watches a metric for an optimizer.
     *
     * @param optimizer whose rates are lowered
     * @param factor what they are multiplied by, between 0 and 1
     * @param patience how many calls without an improvement are put up with
     * @throws IllegalArgumentException if a setting is out of range
     */
    public ReduceOnPlateau(Optimizer optimizer, double factor, int patience) {
        if (!(factor > 0 && factor < 1) || patience < 0) {
            throw new IllegalArgumentException("reduceOnPlateau: factor " + factor + ", patience " + patience
                    + ": expected a factor between 0 and 1 and a patience of at least 0");
        }
        this.optimizer = optimizer;
        this.factor = factor;
        this.patience = patience;
    }

    /**
     * Takes note of the metric, after an epoch.
     *
     * @param metric what should fall, such as the loss on validation data
     */
    public void step(double metric) {
        // By the size of the best, also where it is negative.
        boolean better = Double.isInfinite(best) ? metric < best : best - metric > THRESHOLD * Math.abs(best);
        if (better) {
            best = metric;
            bad = 0;
        } else if (++bad > patience) {
            for (ParameterGroup group : optimizer.groups()) group.scaleLearningRate(factor);
            bad = 0;
        }
    }

    /**
     * The best metric so far and the calls since it, to be saved.
     *
     * @return numbers for {@link #restore}
     */
    public double[] state() {
        return new double[] {best, bad};
    }

    /**
     * Goes on from where another one was.
     *
     * @param state what {@link #state} gave
     * @throws IllegalArgumentException if it is of another length
     */
    public void restore(double... state) {
        if (state.length != 2) {
            throw new IllegalArgumentException(
                    "reduceOnPlateau: a state of " + state.length + " numbers: expected the 2 that state() gave");
        }
        best = state[0];
        bad = (int) state[1];
    }
}
