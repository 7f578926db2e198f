package dev.adjoint.autograd.internal.engine;

/**
 * What makes a tensor a dual number x + ẋ·ε: the tensor it is without its tangent, the tangent, and the forward-mode level that it
 * belongs to. Levels nest, so both may be duals of an outer level in their turn.
 *
 * @param primal x
 * @param tangent ẋ, of x's shape
 * @param level the level
 */
public record Dual(Value primal, Value tangent, ForwardLevel level) {
    /** The same as backward will read it: refuses if its primal has been changed in place by then. */
    public Dual saved() {
        return new Dual(primal.saved(true), tangent, level);
    }
}
