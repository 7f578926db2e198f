/**
 * What the lecture notes that this project grew from say, to be run and seen: a function's evaluation, derivative by derivative
 * ({@link dev.adjoint.lab.Explain}), and the costs of the modes, measured.
 */
package dev.adjoint.lab;
