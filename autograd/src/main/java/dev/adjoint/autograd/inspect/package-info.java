/** Inspection of a computation: its graph, the ops that it applies, and the op that produced a NaN. */
package dev.adjoint.autograd.inspect;
