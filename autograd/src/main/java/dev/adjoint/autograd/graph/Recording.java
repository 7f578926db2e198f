package dev.adjoint.autograd.graph;

/** Whether this thread's ops are recorded for backward. On unless switched off. */
public final class Recording implements AutoCloseable {
    private static final ThreadLocal<Boolean> ON = ThreadLocal.withInitial(() -> true);

    private final boolean before = ON.get();

    private Recording(boolean on) {
        ON.set(on);
    }

    /**
     * Whether ops are being recorded.
     *
     * @return true unless switched off
     */
    public static boolean isOn() {
        return ON.get();
    }

    /**
     * Switches recording on or off until the result is closed.
     *
     * @param on whether to record
     * @return restores the previous state when closed
     */
    public static Recording set(boolean on) {
        return new Recording(on);
    }

    @Override
    public void close() {
        ON.set(before);
    }
}
