package dev.adjoint.autograd.graph;

/** Whether this thread's ops are recorded for backward. On unless switched off. */
public final class Recording implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final boolean before = state.recording;

    private Recording(boolean on) {
        state.recording = on;
    }

    /**
     * Whether ops are being recorded.
     *
     * @return true unless switched off
     */
    public static boolean isOn() {
        return ThreadState.get().recording;
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
        state.recording = before;
    }
}
