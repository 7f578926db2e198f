package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;

/**
 * What makes a tensor a dual number x + ẋ·ε: the tensor it is without its tangent, the tangent, and the forward-mode run that it
 * belongs to. Runs nest, so both may be duals of an outer run in their turn.
 *
 * @param primal x
 * @param tangent ẋ, of x's shape
 * @param level the run
 */
public record Dual(Tensor primal, Tensor tangent, Level level) {
    /**
     * The same as backward will read it, see {@link Tensor#saved}.
     *
     * @return a dual that refuses if its primal has been changed in place by then
     */
    public Dual saved() {
        return new Dual(primal.saved(true), tangent, level);
    }
}
