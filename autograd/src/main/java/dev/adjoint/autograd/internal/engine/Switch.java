package dev.adjoint.autograd.internal.engine;

import java.util.List;
import java.util.function.Function;

/**
 * A setting of one thread that holds until it is closed. The one that was opened last decides, in whatever order they are closed: what
 * remains open goes on to hold, and when none does, the thread is as it was before.
 */
abstract class Switch<S extends Switch<S>> implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final List<S> open;
    private boolean isClosed;

    /** Opens it among those of its kind. */
    Switch(Function<ThreadState, List<S>> kind) {
        open = kind.apply(state);
    }

    /** To be called by the constructor when the setting is there. */
    final void begin(S self) {
        open.add(self);
        apply(state, open);
    }

    /** Sets the thread's state to what the open ones say, from the first to the last; to what it is without any if there is none. */
    abstract void apply(ThreadState state, List<S> open);

    /**
     * Ends it; closing twice does nothing.
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
