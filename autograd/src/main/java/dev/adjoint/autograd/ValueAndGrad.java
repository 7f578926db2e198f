package dev.adjoint.autograd;

/**
 * A function's value and its gradient.
 *
 * @param value y = f(x), a scalar
 * @param grad ∂y/∂x, a {@link Tensor} or a list of tensors, like the function's argument
 * @param <X> the type of the gradient
 */
public record ValueAndGrad<X>(Tensor value, X grad) {}
