package dev.adjoint.autograd.internal.engine;

import java.util.List;

/**
 * Makes custom ops transparent: they are computed and recorded as the ops of their forward functions, so that a check can compare
 * the program's derivative rule with the derivative of the definition. It is off by default.
 */
public final class CustomOpExpansion extends ThreadSetting<CustomOpExpansion> {
    private CustomOpExpansion() {
        super(state -> state.transparencies);
        begin(this);
    }

    /** Switches transparency on for this thread until the result is closed. */
    public static CustomOpExpansion open() {
        return new CustomOpExpansion();
    }

    /** Whether transparency is on in this thread. */
    public static boolean isOn() {
        return !ThreadState.get().transparencies.isEmpty();
    }

    @Override
    void apply(ThreadState state, List<CustomOpExpansion> open) {}
}
