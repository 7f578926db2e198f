/** Gradient checking: compares derivatives with difference quotients and diagnoses wrong rules. */
package dev.adjoint.autograd.check;
