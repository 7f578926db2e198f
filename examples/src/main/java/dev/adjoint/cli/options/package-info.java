/** Options that several commands share, such as the sizes of a net's layers. */
package dev.adjoint.cli.options;
