/** Options shared by several commands, such as the layer sizes of a network. */
package dev.adjoint.cli.options;
