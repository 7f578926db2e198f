/**
 * The engine's face: tensors, their gradients, and the memory they live in.
 *
 * <p>Behind it are three rooms with one-way doors. The {@linkplain dev.adjoint.autograd.rules rules} declare every op with its
 * derivative. The {@linkplain dev.adjoint.autograd.graph graph} records ops and walks back through them. The {@linkplain
 * dev.adjoint.autograd.kernels kernels} compute.
 */
package dev.adjoint.autograd;
