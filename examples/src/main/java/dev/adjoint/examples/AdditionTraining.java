package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import dev.adjoint.train.ProgressReport;
import dev.adjoint.train.Trainer;

/** The training shared by {@link E8CharLstm} and {@link E9Transformer}. */
final class AdditionTraining {
    private static final int BATCH = 64;

    private AdditionTraining() {}

    /** Trains a model that maps texts [N, L] to logits [N, L, SYMBOLS], and shows the fraction of test sums that are completely correct. */
    static void run(Module model, int epochs, double learningRate, Rng rng) {
        Adam adam = new Adam(model.parameters(), learningRate);
        new Trainer(model, Addition::loss, adam)
                .scheduleEachEpoch(new Scheduler(adam, Schedule.cosine(epochs, 0)))
                .clipNorm(1)
                .validate(DataLoader.inOrder(Addition.split(false), BATCH))
                .measureValidation(new Addition.SequenceAccuracy())
                .with(new ProgressReport(System.err, System.out))
                .fit(DataLoader.shuffled(Addition.split(true), BATCH, rng), epochs);
    }
}
