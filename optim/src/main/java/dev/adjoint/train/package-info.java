/** Training as a whole: what it takes to stop at any moment and go on as if nothing had happened. */
package dev.adjoint.train;
