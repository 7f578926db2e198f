/**
 * Optimizers, which update parameters in place from their gradients, and learning-rate schedules. Names, defaults and arithmetic are
 * PyTorch's.
 */
package dev.adjoint.optim;
