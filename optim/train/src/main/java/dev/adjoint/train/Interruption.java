package dev.adjoint.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Graceful handling of Ctrl-C: the program can finish its step and save before the JVM exits.
 *
 * <pre>{@code
 * try (Interruption ctrlC = Interruption.listen()) {
 *     while (training && !ctrlC.isRequested()) step();
 *     save();
 * }
 * }</pre>
 */
public final class Interruption implements AutoCloseable {
    /** How long the JVM waits for the program to finish. */
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::request, "adjoint-interruption");
    private volatile boolean requested;

    private Interruption() {}

    /**
     * Starts to listen for Ctrl-C and termination signals.
     *
     * @return the listener; close it when everything is saved
     */
    public static Interruption listen() {
        Interruption listener = new Interruption();
        Runtime.getRuntime().addShutdownHook(listener.hook);
        return listener;
    }

    private void request() {
        requested = true;
        try {
            finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Whether the program was asked to terminate.
     *
     * @return true after Ctrl-C or a termination signal
     */
    public boolean isRequested() {
        return requested;
    }

    /** Stops listening, and lets the JVM exit if it is waiting. */
    @Override
    public void close() {
        finished.countDown();
        if (requested) return;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            requested = true; // the JVM is already shutting down
        }
    }
}
