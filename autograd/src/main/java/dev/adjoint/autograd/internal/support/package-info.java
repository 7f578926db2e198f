/** What everything stands on: the start of native code, the threads of kernels, and warnings. Internal. */
package dev.adjoint.autograd.internal.support;
