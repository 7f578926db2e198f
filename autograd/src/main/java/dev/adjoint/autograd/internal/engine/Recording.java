package dev.adjoint.autograd.internal.engine;

import java.util.List;

/** Switches the recording of this thread's ops for backward on or off; it is on by default. */
public final class Recording extends ThreadSetting<Recording> {
    private final boolean on;
    private final boolean isPrograms;

    private Recording(boolean on, boolean isPrograms) {
        super(state -> state.recordings);
        this.on = on;
        this.isPrograms = isPrograms;
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
     * @return a handle that restores the previous state when closed
     */
    public static Recording set(boolean on) {
        return new Recording(on, false);
    }

    /**
     * Switches recording off on behalf of the program, not of the engine.
     *
     * @return a handle that restores the previous state when closed
     */
    public static Recording noGrad() {
        return new Recording(false, true);
    }

    /**
     * Whether the program has switched recording off.
     *
     * @return true between {@link #noGrad} and its end
     */
    public static boolean isNoGrad() {
        for (Recording one : ThreadState.get().recordings) if (one.isPrograms) return true;
        return false;
    }

    @Override
    void apply(ThreadState state, List<Recording> open) {
        state.recording = open.isEmpty() || open.get(open.size() - 1).on;
    }
}
