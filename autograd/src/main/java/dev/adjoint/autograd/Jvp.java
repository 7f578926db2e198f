package dev.adjoint.autograd;

/**
 * A function's value and its Jacobian-vector product, as computed by forward mode.
 *
 * @param value y = f(x)
 * @param tangent ẏ = ∂y/∂x·ẋ, of y's shape
 */
public record Jvp(Tensor value, Tensor tangent) {}
