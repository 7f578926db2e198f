/**
 * Arrays of numbers in native memory, where they get it, and how their elements are visited. Internal: programs use a Tensor.
 */
package dev.adjoint.autograd.internal.array;
