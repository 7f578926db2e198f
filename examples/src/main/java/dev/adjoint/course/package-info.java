/**
 * Five assignments that build on each other: backward rules, broadcasting, layers and losses, optimizers, a convolutional net trained by
 * what was written before. Students fill in {@link dev.adjoint.course.Answer1} to {@link dev.adjoint.course.Answer5};
 * {@code adjoint course grade N} says what is right, and why the rest is wrong.
 */
package dev.adjoint.course;
