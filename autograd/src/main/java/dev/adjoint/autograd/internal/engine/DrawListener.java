package dev.adjoint.autograd.internal.engine;

import java.util.List;

/** Is told before each random number that a thread draws, so that work can be done again with the same numbers. */
@FunctionalInterface
public interface DrawListener {
    /** A generator is about to draw; its state before. */
    void drawing(Object generator, long state);

    /** Tells a listener, beside those before it, of every draw of this thread, until the result is closed. */
    static Listening open(DrawListener listener) {
        return new Listening(listener);
    }

    /** Tells the listeners of this thread. */
    static void tell(Object generator, long state) {
        List<Listening> open = ThreadState.get().listenings;
        for (int i = 0; i < open.size(); i++) open.get(i).listener.drawing(generator, state);
    }

    /** A listener at work. */
    final class Listening extends Switch<Listening> {
        private final DrawListener listener;

        private Listening(DrawListener listener) {
            super(state -> state.listenings);
            this.listener = listener;
            begin(this);
        }

        @Override
        void apply(ThreadState state, List<Listening> open) {}
    }
}
