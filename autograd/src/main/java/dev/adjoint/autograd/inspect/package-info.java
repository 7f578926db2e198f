/** Looking into a computation: its graph, the ops that it applies, and the op that made a NaN. */
package dev.adjoint.autograd.inspect;
