/** Gradient checking: derivatives held against difference quotients, and a diagnosis of what is wrong with a rule. */
package dev.adjoint.autograd.check;
