/**
 * Interactive material for the lecture notes on which this project is based: the step-by-step evaluation and differentiation of a function
 * ({@link dev.adjoint.lab.Explain}), and measurements of the costs of forward and reverse mode ({@link dev.adjoint.lab.Modes}).
 */
package dev.adjoint.lab;
