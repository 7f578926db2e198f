/**
 * Layers, losses and initialisers. A layer is a {@link dev.adjoint.nn.Module}: parameters and a forward function made of tensor
 * ops, from which the engine derives the backward one. Names, defaults and weight layouts are PyTorch's.
 */
package dev.adjoint.nn;
