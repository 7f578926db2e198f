package dev.adjoint.examples;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.GradientClipping;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import java.util.Locale;

/** How {@link E8CharLstm} and {@link E9Transformer} learn to add. */
final class SumsTraining {
    private static final int BATCH = 64;

    private SumsTraining() {}

    /** Trains a model from texts [N, L] to logits [N, L, SYMBOLS]; prints the part of unseen sums that it gets wholly right. */
    static void run(Module model, int epochs, double learningRate, Rng rng) {
        Sums train = Sums.toLearn(true);
        Sums test = Sums.toLearn(false);
        Adam adam = new Adam(model.parameters(), learningRate);
        Scheduler scheduler = new Scheduler(adam, Schedule.cosine(epochs, 0));
        long start = System.nanoTime();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double loss = 0;
            for (Sums.Texts texts : train.batches(BATCH, rng)) {
                try (Scope step = Scope.open()) {
                    Tensor error = texts.loss(model.apply(texts.inputs()));
                    error.backward();
                    GradientClipping.byNorm(model.parameters(), 1);
                    adam.step();
                    adam.zeroGrad();
                    loss += error.item() * texts.inputs().shape(0);
                }
            }
            scheduler.step();
            if (epoch % 5 != 0 && epoch != epochs) continue;
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "epoch %2d  loss %.4f  unseen sums right %.1f %%  %.0f s%n",
                    epoch,
                    loss / train.size(),
                    100 * accuracy(model, test, rng),
                    seconds);
        }
    }

    private static double accuracy(Module model, Sums sums, Rng rng) {
        double right = 0;
        try (NoGrad off = NoGrad.open()) {
            for (Sums.Texts texts : sums.batches(BATCH, rng)) {
                try (Scope step = Scope.open()) {
                    right += texts.right(model.apply(texts.inputs()));
                }
            }
        }
        return right / sums.size();
    }
}
