package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import dev.adjoint.autograd.internal.kernels.Kernels.Groups;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A table of kernels for one kind of array. Providers add their kernels one after the other, and a later entry replaces an earlier
 * one. So a provider inherits nothing from another, and a kernel is selected once and not at each call.
 */
final class KernelTable {
    interface UnaryKernel {
        void run(Array x, Array out);
    }

    interface BinaryKernel {
        void run(Array a, Array b, Array out);
    }

    interface UnaryFunctionKernel {
        void run(DoubleUnaryOperator f, Array x, Array out);
    }

    interface BinaryFunctionKernel {
        void run(DoubleBinaryOperator f, Array a, Array b, Array out);
    }

    interface Clamp {
        void run(Array x, double min, double max, Array out);
    }

    interface Where {
        void run(Array condition, Array a, Array b, Array out);
    }

    interface Sum {
        void run(Array x, int[] axes, double divisor, Array out);
    }

    interface Reduce {
        void run(Array x, int[] axes, Array out);
    }

    interface Along {
        void run(Array x, int axis, Array out);
    }

    interface CrossEntropy {
        void run(Array x, Array target, Array out);
    }

    interface CrossEntropyBackward {
        void run(Array x, Array target, Array gradient, Array out);
    }

    interface Affine {
        void run(Array x, Array weight, Array bias, Array out);
    }

    interface Fill {
        void run(double value, Array out);
    }

    interface Strided {
        void run(Array x, long offset, long[] strides, Array out);
    }

    interface Index {
        void run(Array x, int axis, Array index, Array out);
    }

    interface Pool {
        void run(Array x, ConvGeometry windows, Array out);
    }

    interface Moments {
        void run(Array x, Groups groups, Array out);
    }

    interface Normalize {
        void run(Array x, Array weight, Array biasOrGradient, Groups groups, double epsilon, Array out);
    }

    interface NormalizeWeight {
        void run(Array x, Array gradient, Groups groups, double epsilon, Array out);
    }

    interface SgdKernel {
        void run(Array w, Array grad, Array velocity, SgdStep step);
    }

    interface AdamKernel {
        void run(Array w, Array grad, Array m, Array v, AdamStep step);
    }

    private final UnaryKernel[] unary = new UnaryKernel[Unary.values().length];
    private final BinaryKernel[] binary = new BinaryKernel[Binary.values().length];
    UnaryFunctionKernel map1;
    BinaryFunctionKernel map2;
    Clamp clamp;
    Where where;

    Sum sum;
    Reduce amax;
    Reduce amin;
    Along argmax;
    Along cumsum;
    /** Softmax along any axis; the kernels named OfRows work along the last axis only. */
    Along softmax;

    Along softmaxOfRows;
    Along logSoftmax;
    Along logSoftmaxOfRows;
    CrossEntropy crossEntropy;
    CrossEntropyBackward crossEntropyBackward;

    Affine affine;
    Fill fill;
    Strided addAt;
    Index indexSelect;
    Index indexAdd;
    Index gather;
    Index scatterAdd;
    Pool maxPoolIndices;

    Moments moments;
    Normalize normalize;
    Normalize normalizeBackward;
    NormalizeWeight normalizeWeightBackward;

    SgdKernel sgd;
    AdamKernel adam;

    UnaryKernel of(Unary op) {
        return unary[op.ordinal()];
    }

    BinaryKernel of(Binary op) {
        return binary[op.ordinal()];
    }

    void put(Unary op, UnaryKernel kernel) {
        unary[op.ordinal()] = kernel;
    }

    void put(Binary op, BinaryKernel kernel) {
        binary[op.ordinal()] = kernel;
    }
}
