/**
 * Training: a {@link dev.adjoint.train.Trainer training loop} with callbacks and metrics, snapshots to interrupt and resume training at
 * any step, and {@link dev.adjoint.train.Lint warnings} about common mistakes.
 */
package dev.adjoint.train;
