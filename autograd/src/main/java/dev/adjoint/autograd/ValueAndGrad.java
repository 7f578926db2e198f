package dev.adjoint.autograd;

/**
 * A function's value with its gradient.
 *
 * @param value y = f(x), a scalar
 * @param grad ∂y/∂x, a {@link Tensor} or a list of them, as the function takes
 * @param <X> the type of the gradient
 */
public record ValueAndGrad<X>(Tensor value, X grad) {}
