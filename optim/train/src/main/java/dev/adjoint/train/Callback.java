package dev.adjoint.train;

import java.util.Map;

/**
 * A callback that a {@link Trainer} notifies of steps and epochs, and that may stop training. A callback with a state returns it from
 * {@link #state}, so that it is saved in snapshots.
 */
public interface Callback extends Stateful {
    /**
     * The results of a training step (one batch).
     *
     * @param epoch the epoch, from 1
     * @param step the step in the whole training, from 1
     * @param batch the batch in this epoch, from 1
     * @param batches the number of batches per epoch; 0 if it is not known yet
     * @param examples the number of training examples seen in this epoch so far
     * @param loss the loss of this batch
     * @param meanLoss the mean loss over the examples of this epoch so far
     */
    record Step(int epoch, long step, int batch, int batches, long examples, double loss, double meanLoss) {}

    /**
     * The results of a training epoch.
     *
     * @param number the epoch, from 1
     * @param values mean loss and metrics by name; the names of validation results begin with "val_"
     * @param seconds the training time in seconds, without validation
     */
    record Epoch(int number, Map<String, Double> values, double seconds) {}

    /**
     * Called before the first step, or before an interrupted run continues; the callback's state has been restored by then.
     *
     * @param run the run
     * @param plan the number of epochs and the progress so far
     */
    default void fitBegan(TrainingRun run, Plan plan) {}

    /**
     * The number of epochs of a run and its progress so far.
     *
     * @param epochs the total number of epochs
     * @param done the number of completed epochs, 0 in a new run
     * @param step the number of completed steps, 0 in a new run
     */
    record Plan(int epochs, int done, long step) {}

    /**
     * Called after each step.
     *
     * @param run the run
     * @param step the results of the step
     */
    default void stepEnded(TrainingRun run, Step step) {}

    /**
     * Called after each epoch and its validation.
     *
     * @param run the run
     * @param epoch the results of the epoch
     */
    default void epochEnded(TrainingRun run, Epoch epoch) {}

    /**
     * Called before a snapshot is written. Everything that belongs to the steps before it must be flushed to disk.
     *
     * @param run the run
     */
    default void saving(TrainingRun run) {}

    /**
     * Called when training ends or is interrupted, for whatever reason, also by an exception. Called only if {@link #fitBegan} did not
     * throw.
     *
     * @param run the run
     */
    default void fitEnded(TrainingRun run) {}

    @Override
    default Snapshot state() {
        return Snapshot.EMPTY;
    }

    @Override
    default void restore(Snapshot state) {}
}
