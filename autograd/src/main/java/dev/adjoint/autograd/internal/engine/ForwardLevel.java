package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * A forward-mode level: while it is open, some tensors have a tangent, and every op computes the tangent of its result, ẏ = Σᵢ
 * ∂y/∂xᵢ·ẋᵢ, together with the value. There is no tape: a tangent lives as long as its tensor.
 *
 * <p>Levels can be nested, each with its own ε: an op first computes with the tangents of the innermost level, by arithmetic on
 * tensors that may be duals of the outer levels. So higher derivatives are right, and a tensor of an outer level is a constant for
 * an inner one (no "perturbation confusion", see Siskind and Pearlmutter, "Nesting Forward-Mode AD in a Functional Framework",
 * Higher-Order and Symbolic Computation 21, 2008).
 */
public final class ForwardLevel implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final int depth = ++state.deepest;
    private final List<Value> withTangents = new ArrayList<>();
    private boolean open = true;

    private ForwardLevel() {
        state.levels++;
    }

    /**
     * Opens a level inside those that are open in this thread.
     *
     * @return the level
     */
    public static ForwardLevel open() {
        return new ForwardLevel();
    }

    /**
     * Whether a level is open in this thread, so that tensors may be duals.
     *
     * @return true inside forward mode
     */
    public static boolean anyOpen() {
        return ThreadState.get().levels > 0;
    }

    /**
     * Creates a dual number of this level.
     *
     * @param primal x
     * @param tangent ẋ, of the same shape and type
     * @return x + ẋ·ε, which at this level is detached from the graph of x
     */
    public Value dual(Value primal, Value tangent) {
        return primal.with(new Dual(primal, tangent, this));
    }

    /**
     * Makes an existing tensor a dual number until the level is closed: for one that is not an argument of the function, such as a
     * parameter.
     *
     * @param tensor x
     * @param tangent ẋ, of the same shape and type
     */
    public void attachTangent(Value tensor, Value tangent) {
        tensor.setDual(new Dual(tensor.alias(), tangent, this));
        withTangents.add(tensor);
    }

    /**
     * The primal of a result at this level.
     *
     * @param y a tensor
     * @return y, or its primal if it is a dual of this level
     */
    public Value primal(Value y) {
        Dual dual = in(y);
        return dual == null ? y : dual.primal();
    }

    /**
     * The tangent of a result at this level.
     *
     * @param y a tensor
     * @return ẏ; null if y does not depend on anything that has a tangent at this level
     */
    public Value tangent(Value y) {
        Dual dual = in(y);
        return dual == null ? null : dual.tangent();
    }

    /** The dual of a tensor at this level, which is the innermost one that is still open; null if it has none. */
    private Dual in(Value y) {
        Dual dual = innermost(y.dual());
        return dual != null && dual.level() == this ? dual : null;
    }

    /** The dual at the innermost level that is still open; a dual of a closed level counts as a plain tensor. */
    private static Dual innermost(Dual x) {
        Dual dual = x;
        while (dual != null && !dual.level().open) dual = dual.primal().dual();
        return dual;
    }

    /**
     * Whether a tensor has a tangent at any level that is still open.
     *
     * @param x a tensor
     * @return true if it has
     */
    public static boolean isDual(Value x) {
        return innermost(x.dual()) != null;
    }

    /** Whether a tensor's primal or tangent, at any level, is recorded. */
    static boolean isRecordedInside(Value x) {
        Dual dual = x.dual();
        return dual != null && (leadsToGraph(dual.primal()) || leadsToGraph(dual.tangent()));
    }

    private static boolean leadsToGraph(Value x) {
        return x.isRecorded() || isRecordedInside(x);
    }

    /** The innermost open level at which any of the tensors has a tangent, or null. */
    static ForwardLevel innermost(Value... x) {
        ForwardLevel innermost = null;
        for (Value t : x) {
            if (t.dual() == null) continue;
            Dual dual = innermost(t.dual());
            if (dual != null && (innermost == null || dual.level().depth > innermost.depth)) innermost = dual.level();
        }
        return innermost;
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        if (--state.levels == 0) state.deepest = 0;
        for (Value tensor : withTangents) tensor.setDual(tensor.dual().primal().dual());
    }
}
