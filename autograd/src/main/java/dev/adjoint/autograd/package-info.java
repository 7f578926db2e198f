/**
 * Tensors, their gradients, and the memory they live in.
 *
 * <p>The declarations of all ops stand here, too, each with its derivative, written in the tensor ops that users call: a tensor's
 * methods need the declarations, and the declarations need a tensor's methods. Below are rooms that users do not see: the engine records
 * ops and walks back through them, the kernels compute, and arrays hold the numbers. Above are {@code check}, which compares gradients
 * with differences, and {@code inspect}, which shows a graph, counts ops and finds where a NaN came from.
 */
package dev.adjoint.autograd;
