/**
 * What the modules above share when they write files: files that are written as a whole or not at all, the bytes of tensors, and the
 * reasons of failures in words. Internal.
 */
package dev.adjoint.autograd.internal.io;
