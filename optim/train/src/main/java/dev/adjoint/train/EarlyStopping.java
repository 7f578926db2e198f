package dev.adjoint.train;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Stops training when a value has not become better for some epochs, and puts the weights of the best epoch back. */
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
     * Watches a value that is to become small.
     *
     * @param value such as "val_loss"
     * @return stops after 3 epochs without a smaller one, unless {@link #patience} is set
     */
    public static EarlyStopping min(String value) {
        return new EarlyStopping(value, true, PATIENCE);
    }

    /**
     * Watches a value that is to become large.
     *
     * @param value such as "val_accuracy"
     * @return stops after 3 epochs without a larger one, unless {@link #patience} is set
     */
    public static EarlyStopping max(String value) {
        return new EarlyStopping(value, false, PATIENCE);
    }

    /**
     * Watches a value.
     *
     * @param value such as "val_loss" or "val_accuracy"
     * @param smallerIsBetter true for a loss, false for an accuracy
     * @param patience epochs without a better value after which it stops, at least 1
     * @throws IllegalArgumentException if the patience is below 1
     */
    public EarlyStopping(String value, boolean smallerIsBetter, int patience) {
        this.value = value;
        this.smallerIsBetter = smallerIsBetter;
        patience(patience);
    }

    /**
     * Sets after how many epochs without a better value training stops.
     *
     * @param epochs at least 1
     * @return this callback
     * @throws IllegalArgumentException if they are fewer
     */
    public EarlyStopping patience(int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException("EarlyStopping: patience " + epochs + ": expected at least 1 epoch");
        }
        patience = epochs;
        return this;
    }

    @Override
    public void fitBegan(Trainer trainer, Plan plan) {
        if (plan.step() > 0) return;
        best = Double.NaN;
        bestEpoch = 0;
        weights = null;
    }

    @Override
    public void epochEnded(Trainer trainer, Epoch epoch) {
        Double now = epoch.values().get(value);
        if (now == null) {
            throw new IllegalArgumentException("EarlyStopping: no '" + value + "' among "
                    + epoch.values().keySet() + "; name one of these, or validate with that metric");
        }
        // NaN is never the best; as long as there is no best, whatever is a number is better.
        boolean better = Double.isNaN(best) ? !now.isNaN() : smallerIsBetter ? now < best : now > best;
        if (better) {
            best = now;
            bestEpoch = epoch.number();
            weights = new LinkedHashMap<>();
            trainer.model().stateDict().forEach((name, tensor) -> weights.put(name, Scope.outside(tensor::copy)));
        } else if (epoch.number() - bestEpoch >= patience) {
            trainer.stop();
        }
    }

    @Override
    public void fitEnded(Trainer trainer) {
        if (weights != null && !trainer.isInterrupted()) trainer.model().loadStateDict(weights);
    }

    /**
     * The epoch whose weights are put back.
     *
     * @return from 1; 0 before the first epoch's end
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
