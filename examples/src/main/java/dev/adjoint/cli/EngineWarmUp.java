package dev.adjoint.cli;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import java.util.Optional;

/**
 * Starts the engine on a separate thread while the command line and the data are read: loading OpenBLAS and the classes of a training
 * step takes half a second. One training step of a minimal network loads them all.
 */
final class EngineWarmUp {
    private static final Thread THREAD = new Thread(EngineWarmUp::runOneStep, "adjoint-start");
    private static final int TIMEOUT_MILLIS = 300_000;
    private static volatile Throwable failure;

    private EngineWarmUp() {}

    static void startInBackground() {
        THREAD.setDaemon(true);
        // Not reported here: a command that needs the engine will fail as well, and then reports this first failure.
        THREAD.setUncaughtExceptionHandler((thread, e) -> failure = e);
        THREAD.start();
    }

    /** Waits, with a timeout, until the engine has started, and returns the cause if it failed to start. */
    static Optional<Throwable> failure() {
        try {
            THREAD.join(TIMEOUT_MILLIS);
            if (THREAD.isAlive()) {
                return Optional.of(new IllegalStateException(
                        "the engine has not started after " + TIMEOUT_MILLIS / 1000 + " s; restart the program"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(failure);
    }

    private static void runOneStep() {
        Rng rng = new Rng(0); // does not advance the shared default generator
        Sequential net = new Sequential(new Linear(1, 2).rng(rng), new ReLU(), new Linear(2, 2).rng(rng));
        Adam adam = new Adam(net.parameters(), 0);
        Tensor x = Tensor.of(new float[] {1}, 1, 1);
        Tensor target = Tensor.of(new int[] {0});
        new CrossEntropyLoss().forward(net.apply(x), target).backward();
        adam.step();
    }
}
