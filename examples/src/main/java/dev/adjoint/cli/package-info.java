/** The command line: {@link dev.adjoint.cli.Main} and its subcommands. */
package dev.adjoint.cli;
