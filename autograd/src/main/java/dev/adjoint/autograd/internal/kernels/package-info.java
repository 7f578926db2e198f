/**
 * The kernels: the only code that touches ND4J's ops, BLAS and native memory. Knows no graph. Internal: programs use
 * a Tensor.
 */
package dev.adjoint.autograd.internal.kernels;
