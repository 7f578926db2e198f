/** Small programs, numbered in the order in which to read them, from {@link dev.adjoint.examples.E1Gradient} on. */
package dev.adjoint.examples;
