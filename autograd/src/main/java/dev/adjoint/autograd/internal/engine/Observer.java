package dev.adjoint.autograd.internal.engine;

import java.util.List;

/** Is told of every op that a thread applies, of the forward pass, of backward and of forward mode. */
@FunctionalInterface
public interface Observer {
    /**
     * An op was applied.
     *
     * @param op the op
     * @param x its operands
     * @param y its value
     */
    void applied(Op op, Value[] x, Value y);

    /**
     * Tells an observer, and those before it, of every op of this thread until the result is closed.
     *
     * @param observer who is told
     * @return restores the previous state when closed
     */
    static Observation open(Observer observer) {
        return new Observation(observer);
    }

    /** An observer at work. */
    final class Observation extends Switch<Observation> {
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
