/**
 * The rules: every op with its derivative, a file per family, one small declaration per op. Start with {@link
 * dev.adjoint.autograd.rules.Elementwise}. Internal: programs call the ops as methods of {@link dev.adjoint.autograd.Tensor}.
 */
package dev.adjoint.autograd.rules;
