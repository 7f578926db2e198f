package dev.adjoint.train;

import java.nio.file.Path;

/** Writes the loss of each step, and all values of each epoch, for TensorBoard: {@code tensorboard --logdir FOLDER} shows them. */
public final class TensorBoard implements Callback {
    private final Path folder;
    private final int every;
    private EventFile events;
    private long step;

    /**
     * Writes a new file for each run into a folder.
     *
     * @param folder where it goes, made if it is not there
     * @param every how many steps lie between two losses that are written, at least 1
     * @throws IllegalArgumentException if it is less
     */
    public TensorBoard(Path folder, int every) {
        if (every < 1)
            throw new IllegalArgumentException("TensorBoard: every " + every + " steps: expected at least 1");
        this.folder = folder;
        this.every = every;
    }

    @Override
    public void fitBegan(Trainer trainer, Plan plan) {
        events = EventFile.create(folder);
        step = plan.step();
        // Steps that an interrupted run had taken after its last snapshot are taken again.
        if (step > 0) events.restart(step + 1);
    }

    @Override
    public void stepEnded(Trainer trainer, Step done) {
        step = done.step();
        if (step % every != 0) return;
        events.scalar("step/loss", step, done.loss());
        events.scalar("step/learning_rate", step, trainer.optimizer().learningRate());
    }

    @Override
    public void epochEnded(Trainer trainer, Epoch epoch) {
        epoch.values().forEach((name, value) -> events.scalar("epoch/" + name, step, value));
    }

    @Override
    public void fitEnded(Trainer trainer) {
        if (events != null) events.close();
        events = null;
    }
}
