/**
 * The kernels: the only code that touches ND4J's ops, BLAS and native memory. Knows no graph. Internal: programs use
 * {@link dev.adjoint.autograd.Tensor}.
 */
package dev.adjoint.autograd.kernels;
