package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Forward mode: one run, in which some tensors carry a tangent and every op hands it on, ẏ = Σᵢ ∂y/∂xᵢ·ẋᵢ, next to its value.
 * There is no tape: a tangent lives as long as its tensor does.
 *
 * <p>Runs nest, and each has an ε of its own: an op first computes with the tangents of the innermost run, whose arithmetic is
 * carried out on tensors that may be duals of the runs around it. So the derivative of a derivative comes out right, and a
 * tensor of an outer run is a constant for an inner one (no "perturbation confusion", see Siskind and Pearlmutter, "Nesting
 * Forward-Mode AD in a Functional Framework", Higher-Order and Symbolic Computation 21, 2008).
 */
public final class ForwardLevel implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final int depth = ++state.deepest;
    private final List<Value> lent = new ArrayList<>();
    private boolean open = true;

    private ForwardLevel() {
        state.levels++;
    }

    /**
     * Starts a run inside those that are under way in this thread.
     *
     * @return the run
     */
    public static ForwardLevel open() {
        return new ForwardLevel();
    }

    /**
     * Whether a run is under way in this thread, so that tensors may be duals.
     *
     * @return true inside forward mode
     */
    public static boolean anyOpen() {
        return ThreadState.get().levels > 0;
    }

    /**
     * A dual number of this run.
     *
     * @param primal x
     * @param tangent ẋ, of the same shape and type
     * @return x + ẋ·ε, cut off from the tape of x as far as this run is concerned
     */
    public Value dual(Value primal, Value tangent) {
        return primal.with(new Dual(primal, tangent, this));
    }

    /**
     * Makes a tensor itself a dual number until the run ends: for one that a function does not get as an argument, such as a
     * parameter.
     *
     * @param tensor x
     * @param tangent ẋ, of the same shape and type
     */
    public void lend(Value tensor, Value tangent) {
        tensor.setDual(new Dual(tensor.alias(), tangent, this));
        lent.add(tensor);
    }

    /**
     * A result without this run's tangent.
     *
     * @param y a tensor
     * @return y, or its primal if it is a dual of this run
     */
    public Value primal(Value y) {
        Dual dual = in(y);
        return dual == null ? y : dual.primal();
    }

    /**
     * The tangent of a result.
     *
     * @param y a tensor
     * @return ẏ; null if y does not depend on anything that has a tangent in this run
     */
    public Value tangent(Value y) {
        Dual dual = in(y);
        return dual == null ? null : dual.tangent();
    }

    /** A tensor's part in this run, which is the innermost that is still open. */
    private Dual in(Value y) {
        Dual dual = innermost(y.dual());
        return dual != null && dual.level() == this ? dual : null;
    }

    /** The dual of the innermost run still under way; what an ended run left behind is a plain tensor. */
    private static Dual innermost(Dual x) {
        Dual dual = x;
        while (dual != null && !dual.level().open) dual = dual.primal().dual();
        return dual;
    }

    /**
     * Whether a tensor has a tangent in any run that is still under way.
     *
     * @param x a tensor
     * @return true if it has
     */
    public static boolean isDual(Value x) {
        return innermost(x.dual()) != null;
    }

    /** Whether a tensor's primal or tangent, on any level, has a graph of its own. */
    static boolean hidesGraph(Value x) {
        Dual dual = x.dual();
        return dual != null && (leadsToGraph(dual.primal()) || leadsToGraph(dual.tangent()));
    }

    private static boolean leadsToGraph(Value x) {
        return x.isRecorded() || hidesGraph(x);
    }

    /** The innermost run in which any of the tensors has a tangent, or null. */
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
        for (Value tensor : lent) tensor.setDual(tensor.dual().primal().dual());
    }
}
