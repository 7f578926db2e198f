package dev.adjoint.optim;

/**
 * Reduces the learning rates when a metric has stopped decreasing: multiplies them by a factor when the metric has not improved by
 * a relative threshold of 10⁻⁴ for more than {@code patience} calls. Same as PyTorch's
 * {@code torch.optim.lr_scheduler.ReduceLROnPlateau} with its defaults.
 */
public final class ReduceOnPlateau {
    private static final double THRESHOLD = 1e-4;

    private final Optimizer optimizer;
    private final double factor;
    private final int patience;
    private double best = Double.POSITIVE_INFINITY;
    private int badEpochs;

    /**
     * Makes a scheduler for an optimizer.
     *
     * @param optimizer the optimizer whose learning rates are reduced
     * @param factor the factor that they are multiplied by, between 0 and 1
     * @param patience the number of calls without improvement that are allowed
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
     * Reports the metric and reduces the learning rates if needed. Call it after each epoch.
     *
     * @param metric the metric to be minimised, such as the validation loss
     */
    public void step(double metric) {
        // Relative to the magnitude of the best, which may be negative.
        boolean better = Double.isInfinite(best) ? metric < best : best - metric > THRESHOLD * Math.abs(best);
        if (better) {
            best = metric;
            badEpochs = 0;
        } else if (++badEpochs > patience) {
            for (ParameterGroup group : optimizer.groups()) group.scaleLearningRate(factor);
            badEpochs = 0;
        }
    }

    /**
     * The best metric so far and the number of calls without improvement, for saving.
     *
     * @return the state for {@link #restore}
     */
    public double[] state() {
        return new double[] {best, badEpochs};
    }

    /**
     * Restores a saved state.
     *
     * @param state the result of {@link #state}
     * @throws IllegalArgumentException if the state has the wrong length
     */
    public void restore(double... state) {
        if (state.length != 2) {
            throw new IllegalArgumentException(
                    "reduceOnPlateau: a state of " + state.length + " values: expected the 2 that state() returned");
        }
        best = state[0];
        badEpochs = (int) state[1];
    }
}
