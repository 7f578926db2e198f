package dev.adjoint.autograd.internal.engine;

import java.util.List;

/** Listens to the random numbers that a thread draws, so that a computation can be repeated with the same ones. */
@FunctionalInterface
public interface DrawListener {
    /** Called before a generator draws, with its state before the draw. */
    void drawing(Object generator, long state);

    /** Registers a listener, in addition to others, for every draw of this thread until the result is closed. */
    static Listening open(DrawListener listener) {
        return new Listening(listener);
    }

    /** Notifies the listeners of this thread. */
    static void tell(Object generator, long state) {
        List<Listening> open = ThreadState.get().listenings;
        for (int i = 0; i < open.size(); i++) open.get(i).listener.drawing(generator, state);
    }

    /** A registered listener. */
    final class Listening extends ThreadSetting<Listening> {
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
