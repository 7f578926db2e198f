package dev.adjoint.autograd;

/**
 * A function's value with the tangent that forward mode carried to it.
 *
 * @param value y = f(x)
 * @param tangent ẏ = ∂y/∂x·ẋ, of y's shape
 */
public record Jvp(Tensor value, Tensor tangent) {}
