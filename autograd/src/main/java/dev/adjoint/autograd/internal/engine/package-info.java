/**
 * The differentiation engine: recording of ops, backward (reverse mode) and tangents (forward mode). It depends neither on
 * particular ops nor on the tensor class: it works on {@code Value}. Internal: programs use Tensor.
 */
package dev.adjoint.autograd.internal.engine;
