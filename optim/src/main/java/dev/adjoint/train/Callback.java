package dev.adjoint.train;

import java.util.Map;

/** Hears of what a {@link Trainer} does, and may ask it to stop. */
public interface Callback {
    /**
     * A step of training.
     *
     * @param epoch from 1
     * @param step of all, from 1
     * @param batch of this epoch, from 1
     * @param batches in an epoch
     * @param examples learned from in this epoch so far
     * @param loss of this batch
     * @param meanLoss over this epoch's examples so far
     */
    record Step(int epoch, long step, int batch, int batches, long examples, double loss, double meanLoss) {}

    /**
     * An epoch of training.
     *
     * @param number from 1
     * @param values its mean loss, metrics, and those of the validation, which begin with "val_"
     * @param seconds how long it took, without the validation
     */
    record Epoch(int number, Map<String, Double> values, double seconds) {}

    /**
     * After each step.
     *
     * @param trainer the trainer
     * @param step what happened
     */
    default void stepEnded(Trainer trainer, Step step) {}

    /**
     * After each epoch and its validation.
     *
     * @param trainer the trainer
     * @param epoch what happened
     */
    default void epochEnded(Trainer trainer, Epoch epoch) {}

    /**
     * When training has come to its end, for whatever reason.
     *
     * @param trainer the trainer
     */
    default void fitEnded(Trainer trainer) {}
}
