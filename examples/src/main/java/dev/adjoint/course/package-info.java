/**
 * Five assignments that build on each other: backward rules, broadcasting, layers and losses, optimizers, a convolutional net trained by
 * what was written before. Each {@code AnswerN} is to be filled in; {@code adjoint course grade N} says what is right, and of what is wrong why.
 */
package dev.adjoint.course;
