/**
 * Shared code for writing files: atomic files, the bytes of tensors, and explanations of I/O errors. Internal.
 */
package dev.adjoint.autograd.internal.io;
