package dev.adjoint.train;

import java.util.Map;

/** Hears of what a {@link Trainer} does, and may ask it to stop. One that remembers what it heard says so as its state. */
public interface Callback extends Stateful {
    /**
     * A step of training.
     *
     * @param epoch from 1
     * @param step of all, from 1
     * @param batch of this epoch, from 1
     * @param batches in an epoch; 0 if that is not known yet
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
     * Before the first step, or before going on with a run that was interrupted; its state has been restored then.
     *
     * @param trainer the trainer
     * @param plan what is to be done
     */
    default void fitBegan(Trainer trainer, Plan plan) {}

    /**
     * What is to be done.
     *
     * @param epochs in all
     * @param done epochs that have come to their end before, 0 in a new run
     * @param step steps that were done before, 0 in a new run
     */
    record Plan(int epochs, int done, long step) {}

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
     * Before a snapshot is written: what belongs to the steps before it is to be on the disk.
     *
     * @param trainer the trainer
     */
    default void saving(Trainer trainer) {}

    /**
     * When training has come to its end, or to a break, for whatever reason. Called only if {@link #fitBegan} did not fail.
     *
     * @param trainer the trainer
     */
    default void fitEnded(Trainer trainer) {}

    @Override
    default Snapshot state() {
        return Snapshot.EMPTY;
    }

    @Override
    default void restore(Snapshot state) {}
}
