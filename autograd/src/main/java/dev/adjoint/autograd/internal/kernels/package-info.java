/**
 * The kernels: the only code that uses ND4J's ops, BLAS and native memory. They do not depend on the graph. Internal: programs use
 * Tensor.
 */
package dev.adjoint.autograd.internal.kernels;
