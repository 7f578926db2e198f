package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.List;

/** The per-thread state that an op reads when it is applied, in one object so that one lookup is enough. */
final class ThreadState {
    private static final ThreadLocal<ThreadState> CURRENT = ThreadLocal.withInitial(ThreadState::new);

    /** Whether ops are recorded for backward. */
    boolean recording = true;

    final List<Recording> recordings = new ArrayList<>();
    /** The observer of all ops; null for none. */
    Observer observer;

    final List<Observer.Observation> observations = new ArrayList<>();
    /** Whether nodes save all values and the source lines that applied the ops. */
    boolean tracing;

    final List<Tracing> tracings = new ArrayList<>();
    final List<CustomOpExpansion> transparencies = new ArrayList<>();
    final List<DrawListener.Listening> listenings = new ArrayList<>();
    /** The region to which new nodes belong, see {@link GraphRegion}; null for none. */
    GraphRegion region;
    /** The number of open forward-mode levels. */
    int levels;
    /** The depth of the forward-mode level that was opened last; a level that is opened later is always deeper. */
    int deepest;
    /** The node that backward is visiting; null in the forward pass. */
    Node visited;

    static ThreadState get() {
        return CURRENT.get();
    }
}
