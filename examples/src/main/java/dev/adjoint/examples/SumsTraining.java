package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import dev.adjoint.train.ProgressReport;
import dev.adjoint.train.Trainer;

/** How {@link E8CharLstm} and {@link E9Transformer} learn to add. */
final class SumsTraining {
    private static final int BATCH = 64;

    private SumsTraining() {}

    /** Trains a model from texts [N, L] to logits [N, L, SYMBOLS]; shows the part of unseen sums that it gets wholly right. */
    static void run(Module model, int epochs, double learningRate, Rng rng) {
        Adam adam = new Adam(model.parameters(), learningRate);
        new Trainer(model, Sums::loss, adam)
                .scheduleEachEpoch(new Scheduler(adam, Schedule.cosine(epochs, 0)))
                .clipNorm(1)
                .validate(DataLoader.inOrder(Sums.toLearn(false), BATCH))
                .measureValidation(new Sums.Right())
                .with(new ProgressReport(System.err, System.out))
                .fit(DataLoader.shuffled(Sums.toLearn(true), BATCH, rng), epochs);
    }
}
