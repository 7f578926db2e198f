/**
 * Training as a whole: {@link dev.adjoint.train.Trainer the loop} with what a loop grows to have, what it takes to stop at any moment and
 * go on as if nothing had happened, and {@link dev.adjoint.train.Lint warnings} of common mistakes.
 */
package dev.adjoint.train;
