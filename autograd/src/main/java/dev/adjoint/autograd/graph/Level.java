package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;
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
public final class Level implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final int depth = ++state.deepest;
    private final List<Tensor> lent = new ArrayList<>();
    private boolean open = true;

    private Level() {
        state.levels++;
    }

    /**
     * Starts a run inside those that are under way in this thread.
     *
     * @return the run
     */
    public static Level open() {
        return new Level();
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
    public Tensor dual(Tensor primal, Tensor tangent) {
        return primal.with(new Dual(primal, tangent, this));
    }

    /**
     * Makes a tensor itself a dual number until the run ends: for one that a function does not get as an argument, such as a
     * parameter.
     *
     * @param tensor x
     * @param tangent ẋ, of the same shape and type
     */
    public void lend(Tensor tensor, Tensor tangent) {
        tensor.setDual(new Dual(tensor.alias(), tangent, this));
        lent.add(tensor);
    }

    /**
     * A result without this run's tangent.
     *
     * @param y a tensor
     * @return y, or its primal if it is a dual of this run
     */
    public Tensor primal(Tensor y) {
        Dual dual = in(y);
        return dual == null ? y : dual.primal();
    }

    /**
     * The tangent of a result.
     *
     * @param y a tensor
     * @return ẏ; null if y does not depend on anything that has a tangent in this run
     */
    public Tensor tangent(Tensor y) {
        Dual dual = in(y);
        return dual == null ? null : dual.tangent();
    }

    /** A tensor's part in this run, which is the innermost that is still open. */
    private Dual in(Tensor y) {
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
    public static boolean isDual(Tensor x) {
        return innermost(x.dual()) != null;
    }

    /** Whether a tensor's primal or tangent, on any level, has a graph of its own. */
    static boolean hidesGraph(Tensor x) {
        Dual dual = x.dual();
        return dual != null && (leadsToGraph(dual.primal()) || leadsToGraph(dual.tangent()));
    }

    private static boolean leadsToGraph(Tensor x) {
        return x.requiresGrad() || hidesGraph(x);
    }

    /** The innermost run in which any of the tensors has a tangent, or null. */
    static Level innermost(Tensor... x) {
        Level innermost = null;
        for (Tensor t : x) {
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
        for (Tensor tensor : lent) tensor.setDual(tensor.dual().primal().dual());
    }
}
