/**
 * Layers, losses and initialisers. A layer is a {@link dev.adjoint.nn.Module}: parameters and a forward function of tensor
 * operations, which autograd differentiates. Names, defaults and weight layouts are PyTorch's.
 */
package dev.adjoint.nn;
