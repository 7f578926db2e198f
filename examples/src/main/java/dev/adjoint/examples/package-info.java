/** Small example programs, numbered in reading order, starting with {@link dev.adjoint.examples.E1Gradient}. */
package dev.adjoint.examples;
