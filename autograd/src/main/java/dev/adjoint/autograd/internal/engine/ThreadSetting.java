package dev.adjoint.autograd.internal.engine;

import java.util.List;
import java.util.function.Function;

/**
 * A per-thread setting that is in effect until it is closed. Settings of one kind can be closed in any order: those that are still
 * open stay in effect, the last one opened has precedence, and without any the thread is in its default state.
 */
abstract class ThreadSetting<S extends ThreadSetting<S>> implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final List<S> open;
    private boolean isClosed;

    /** Creates a setting for the list of its kind. */
    ThreadSetting(Function<ThreadState, List<S>> kind) {
        open = kind.apply(state);
    }

    /** Puts the setting into effect; called at the end of the constructor of the subclass. */
    final void begin(S self) {
        open.add(self);
        apply(state, open);
    }

    /** Sets the thread's state according to the open settings, in the order of opening; to the default if there are none. */
    abstract void apply(ThreadState state, List<S> open);

    /**
     * Ends the setting; closing twice has no effect.
     *
     * @throws IllegalStateException if another thread opened it
     */
    @Override
    public final void close() {
        if (isClosed) return;
        if (state != ThreadState.get()) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + ": it was opened by another thread; close it there");
        }
        isClosed = true;
        open.removeIf(other -> other == this);
        apply(state, open);
    }
}
