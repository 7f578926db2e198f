/**
 * Tensors, automatic differentiation and memory scopes.
 *
 * <p>This package also declares all ops together with their derivatives, which are written in the public tensor ops: the methods of
 * a tensor and the declarations depend on each other. The {@code internal} packages are not for users: {@code engine} records ops
 * and runs backward, {@code kernels} computes, and {@code array} stores the elements. The packages {@code check}, which compares
 * gradients with finite differences, and {@code inspect}, which shows a graph, counts ops and finds the op that produced a NaN,
 * build on this one.
 */
package dev.adjoint.autograd;
