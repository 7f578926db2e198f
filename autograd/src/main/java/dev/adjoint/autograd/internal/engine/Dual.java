package dev.adjoint.autograd.internal.engine;

/**
 * A dual number x + ẋ·ε: the primal, the tangent, and the forward-mode level that it belongs to. Levels can be nested, so primal
 * and tangent may themselves be duals of an outer level.
 *
 * @param primal x
 * @param tangent ẋ, of x's shape
 * @param level the level
 */
public record Dual(Value primal, Value tangent, ForwardLevel level) {
    /** This dual number as saved for backward: reading it throws if its primal has been changed in place since. */
    public Dual saved() {
        return new Dual(primal.saved(true), tangent, level);
    }
}
