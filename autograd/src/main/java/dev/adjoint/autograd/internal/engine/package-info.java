/**
 * Differentiation: ops and the record of their application, the walk back through it (reverse mode), and tangents that are carried along
 * (forward mode). Knows no op by name, nor the class of tensors: it works on {@code Value}. Internal: programs use a Tensor.
 */
package dev.adjoint.autograd.internal.engine;
