package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.List;

/** What an op looks at when it is applied: one thread's switches, together so that one look-up serves for all. */
final class ThreadState {
    private static final ThreadLocal<ThreadState> CURRENT = ThreadLocal.withInitial(ThreadState::new);

    /** Whether ops are recorded for backward. */
    boolean recording = true;

    final List<Recording> recordings = new ArrayList<>();
    /** Who is told of every op; null for nobody. */
    Observer observer;

    final List<Observer.Observation> observations = new ArrayList<>();
    /** Whether nodes keep all values and the place in the program that asked for them. */
    boolean tracing;

    final List<Tracing> tracings = new ArrayList<>();
    final List<Transparency> transparencies = new ArrayList<>();
    final List<DrawListener.Listening> listenings = new ArrayList<>();
    /** The stretch of work that nodes are recorded for, see {@link Region}; null for none in particular. */
    Region region;
    /** Forward-mode runs that are under way, one inside the other. */
    int levels;
    /** The depth of the run that was opened last: one that is opened later is always deeper. */
    int deepest;
    /** The node that backward is visiting; null in the forward pass. */
    Node visited;

    static ThreadState get() {
        return CURRENT.get();
    }
}
