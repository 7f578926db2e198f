/**
 * The programs people run: {@link dev.adjoint.examples.Main} with its subcommands, and small programs numbered in the order in
 * which to read them, from {@link dev.adjoint.examples.E1Gradient} on.
 */
package dev.adjoint.examples;
