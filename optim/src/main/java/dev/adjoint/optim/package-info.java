/**
 * Optimizers: they read the gradients that backward brought to the parameters and change the parameters in place. Names,
 * defaults and arithmetic are PyTorch's.
 */
package dev.adjoint.optim;
