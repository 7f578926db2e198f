/** Benchmarks of training steps, kernels, small ops and data loading. */
package dev.adjoint.bench;
