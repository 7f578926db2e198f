/**
 * Arrays in native memory, memory management, and iteration over elements. Internal: programs use Tensor.
 */
package dev.adjoint.autograd.internal.array;
