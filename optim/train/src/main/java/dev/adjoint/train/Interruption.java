package dev.adjoint.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a wish: the program hears of it, finishes its step, saves and says how to go on, and only then the JVM ends.
 *
 * <pre>{@code
 * try (Interruption ctrlC = Interruption.listen()) {
 *     while (training && !ctrlC.isRequested()) step();
 *     save();
 * }
 * }</pre>
 */
public final class Interruption implements AutoCloseable {
    /** How long the JVM waits for the program to come to an end by itself. */
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::request, "adjoint-interruption");
    private volatile boolean requested;

    private Interruption() {}

    /**
     * Begins to listen.
     *
     * @return the listener, to be closed when nothing is left to be saved
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
     * Whether the program was asked to end.
     *
     * @return true after Ctrl-C, or a signal to terminate
     */
    public boolean isRequested() {
        return requested;
    }

    /** Lets the JVM end, if it is about to. */
    @Override
    public void close() {
        finished.countDown();
        if (requested) return;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            requested = true; // the signal has just come
        }
    }
}
