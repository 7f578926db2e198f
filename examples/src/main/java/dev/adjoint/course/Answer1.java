package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/** Your answer to assignment 1; {@link BackwardRules} specifies each method. */
public final class Answer1 implements BackwardRules {
    /** Called by the grader. */
    public Answer1() {}

    @Override
    public Tensor sin(Tensor g, Tensor x) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor sigmoid(Tensor g, Tensor y) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor[] mul(Tensor g, Tensor a, Tensor b) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor[] div(Tensor g, Tensor a, Tensor b) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor[] max(Tensor g, Tensor a, Tensor b) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor[] matmul(Tensor g, Tensor a, Tensor b) {
        throw NotImplementedException.method();
    }

    @Override
    public Tensor softmax(Tensor g, Tensor y) {
        throw NotImplementedException.method();
    }
}
