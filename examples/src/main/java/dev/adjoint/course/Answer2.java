package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/** Your answer to assignment 2; {@link Broadcasting} specifies each method. */
public final class Answer2 implements Broadcasting {
    /** Called by the grader. */
    public Answer2() {}

    @Override
    public Tensor sumTo(Tensor g, long... shape) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor[] add(Tensor g, Tensor a, Tensor b) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor[] mul(Tensor g, Tensor a, Tensor b) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor sum(Tensor g, Tensor x, int axis) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor mean(Tensor g, Tensor x, int axis) {
        throw NotImplementedException.method();
    }
}
