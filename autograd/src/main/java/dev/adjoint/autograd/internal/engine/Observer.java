package dev.adjoint.autograd.internal.engine;

import java.util.List;

/** Observes every op that a thread applies, in the forward pass, in backward and in forward mode. */
@FunctionalInterface
public interface Observer {
    /**
     * Called after an op was applied.
     *
     * @param op the op
     * @param x its operands
     * @param y its value
     */
    void applied(Op op, Value[] x, Value y);

    /**
     * Registers an observer, in addition to others, for every op of this thread until the result is closed.
     *
     * @param observer the observer
     * @return a handle that removes the observer when closed
     */
    static Observation open(Observer observer) {
        return new Observation(observer);
    }

    /** A registered observer. */
    final class Observation extends ThreadSetting<Observation> {
        private final Observer observer;

        private Observation(Observer observer) {
            super(state -> state.observations);
            this.observer = observer;
            begin(this);
        }

        @Override
        void apply(ThreadState state, List<Observation> open) {
            List<Observer> told = open.stream().map(o -> o.observer).toList();
            if (told.size() < 2) state.observer = told.isEmpty() ? null : told.get(0);
            else state.observer = (op, x, y) -> told.forEach(one -> one.applied(op, x, y));
        }
    }
}
