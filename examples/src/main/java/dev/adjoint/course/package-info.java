/**
 * Five assignments that build on each other: backward rules, broadcasting, layers and losses, optimizers, and a convolutional network
 * that is trained with the code of the earlier ones. Students complete {@link dev.adjoint.course.Answer1} to
 * {@link dev.adjoint.course.Answer5}; {@code adjoint course grade N} reports what is correct, and explains the mistakes.
 */
package dev.adjoint.course;
