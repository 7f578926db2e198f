package dev.adjoint.autograd.graph;

import java.util.List;

/** Whether this thread's ops are recorded for backward. On unless switched off. */
public final class Recording extends Switch<Recording> {
    private final boolean on;

    private Recording(boolean on) {
        super(state -> state.recordings);
        this.on = on;
        begin(this);
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
    void apply(ThreadState state, List<Recording> open) {
        state.recording = open.isEmpty() || open.get(open.size() - 1).on;
    }
}
