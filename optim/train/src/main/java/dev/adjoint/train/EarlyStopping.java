package dev.adjoint.train;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Stops training when a monitored value has not improved for some epochs, and restores the weights of the best epoch. */
public final class EarlyStopping implements Callback {
    private static final int PATIENCE = 3;
    private static final String BEST = "best";
    private static final String EPOCH = "epoch";
    private static final String WEIGHTS = "weights.";

    private final String value;
    private final boolean smallerIsBetter;
    private int patience;
    private double best = Double.NaN;
    private int bestEpoch;
    private Map<String, Tensor> weights;

    /**
     * Monitors a value to be minimised.
     *
     * @param value the name of the value, such as "val_loss"
     * @return a callback with a {@link #patience} of 3 epochs
     */
    public static EarlyStopping min(String value) {
        return new EarlyStopping(value, true, PATIENCE);
    }

    /**
     * Monitors a value to be maximised.
     *
     * @param value the name of the value, such as "val_accuracy"
     * @return a callback with a {@link #patience} of 3 epochs
     */
    public static EarlyStopping max(String value) {
        return new EarlyStopping(value, false, PATIENCE);
    }

    /**
     * Monitors a value.
     *
     * @param value the name of the value, such as "val_loss" or "val_accuracy"
     * @param smallerIsBetter true for a loss, false for an accuracy
     * @param patience the number of epochs without improvement after which training stops, at least 1
     * @throws IllegalArgumentException if the patience is below 1
     */
    public EarlyStopping(String value, boolean smallerIsBetter, int patience) {
        this.value = value;
        this.smallerIsBetter = smallerIsBetter;
        patience(patience);
    }

    /**
     * Sets the number of epochs without improvement after which training stops.
     *
     * @param epochs at least 1
     * @return this callback
     * @throws IllegalArgumentException if it is below 1
     */
    public EarlyStopping patience(int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException("EarlyStopping: patience " + epochs + ": expected at least 1 epoch");
        }
        patience = epochs;
        return this;
    }

    @Override
    public void fitBegan(TrainingRun run, Plan plan) {
        if (plan.step() > 0) return;
        best = Double.NaN;
        bestEpoch = 0;
        weights = null;
    }

    @Override
    public void epochEnded(TrainingRun run, Epoch epoch) {
        Double now = epoch.values().get(value);
        if (now == null) {
            throw new IllegalArgumentException("EarlyStopping: no '" + value + "' among "
                    + epoch.values().keySet() + "; name one of these, or validate with that metric");
        }
        // NaN is never the best; the first value that is not NaN becomes the best.
        boolean better = Double.isNaN(best) ? !now.isNaN() : smallerIsBetter ? now < best : now > best;
        if (better) {
            best = now;
            bestEpoch = epoch.number();
            weights = new LinkedHashMap<>();
            run.model().stateDict().forEach((name, tensor) -> weights.put(name, Scope.outside(tensor::copy)));
        } else if (epoch.number() - bestEpoch >= patience) {
            run.stop();
        }
    }

    @Override
    public void fitEnded(TrainingRun run) {
        if (weights != null && !run.isInterrupted()) run.model().loadStateDict(weights);
    }

    /**
     * The epoch with the best value, whose weights are restored.
     *
     * @return the epoch, from 1; 0 if there is none yet
     */
    public int bestEpoch() {
        return bestEpoch;
    }

    @Override
    public Snapshot state() {
        Snapshot numbers =
                new Snapshot(Map.of(), Map.of(BEST, Double.toString(best), EPOCH, Integer.toString(bestEpoch)));
        return weights == null ? numbers : numbers.with(WEIGHTS, new Snapshot(weights, Map.of()));
    }

    @Override
    public void restore(Snapshot state) {
        best = state.decimal(BEST);
        bestEpoch = (int) state.number(EPOCH);
        weights = bestEpoch == 0 ? null : state.part(WEIGHTS).tensors();
    }
}
