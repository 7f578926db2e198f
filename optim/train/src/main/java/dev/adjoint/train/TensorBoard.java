package dev.adjoint.train;

import java.nio.file.Path;

/** Logs losses, learning rates and epoch results for TensorBoard; view them with {@code tensorboard --logdir FOLDER}. */
public final class TensorBoard implements Callback {
    private final Path folder;
    private final int every;
    private EventFile events;
    private long step;

    /**
     * Makes a callback that writes a new event file for each run.
     *
     * @param folder the log directory, created if it does not exist
     * @param every the number of steps between logged losses, at least 1
     * @throws IllegalArgumentException if {@code every} is below 1
     */
    public TensorBoard(Path folder, int every) {
        if (every < 1)
            throw new IllegalArgumentException("TensorBoard: every " + every + " steps: expected at least 1");
        this.folder = folder;
        this.every = every;
    }

    @Override
    public void fitBegan(TrainingRun run, Plan plan) {
        events = EventFile.create(folder);
        step = plan.step();
        // Steps that an interrupted run took after its last snapshot are repeated.
        if (step > 0) events.restart(step + 1);
    }

    @Override
    public void stepEnded(TrainingRun run, Step done) {
        step = done.step();
        if (step % every != 0) return;
        events.scalar("step/loss", step, done.loss());
        events.scalar("step/learning_rate", step, run.optimizer().learningRate());
    }

    @Override
    public void epochEnded(TrainingRun run, Epoch epoch) {
        epoch.values().forEach((name, value) -> events.scalar("epoch/" + name, step, value));
    }

    @Override
    public void fitEnded(TrainingRun run) {
        if (events != null) events.close();
        events = null;
    }
}
