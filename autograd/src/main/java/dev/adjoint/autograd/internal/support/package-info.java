/** Support code: the start of native libraries, the thread pool of the kernels, and warnings. Internal. */
package dev.adjoint.autograd.internal.support;
