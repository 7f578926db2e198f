/**
 * The graph: ops, the record of their application, and the walk back through it. Knows no op by name. Internal: programs use
 * {@link dev.adjoint.autograd.Tensor}.
 */
package dev.adjoint.autograd.graph;
