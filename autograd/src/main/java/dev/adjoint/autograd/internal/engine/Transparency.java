package dev.adjoint.autograd.internal.engine;

import java.util.List;

/**
 * Whether ops that a program has defined by other ops are looked through: computed and recorded as those, so that a check compares the
 * program's own derivative with that of the definition. Off unless switched on.
 */
public final class Transparency extends Switch<Transparency> {
    private Transparency() {
        super(state -> state.transparencies);
        begin(this);
    }

    /** Switches it on for this thread, until the result is closed. */
    public static Transparency open() {
        return new Transparency();
    }

    /** Whether it is on in this thread. */
    public static boolean isOn() {
        return !ThreadState.get().transparencies.isEmpty();
    }

    @Override
    void apply(ThreadState state, List<Transparency> open) {}
}
