package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;

/** Argument checks of ops, with uniform messages: op, operand, shape, what does not match, how to fix it. */
final class Check {
    private Check() {}

    static void floating(String op, String operand, Array x) {
        if (!x.dtype().isFloating()) {
            throw new IllegalArgumentException(op + ": " + operand + " " + Shapes.str(x.shape()) + " is " + x.dtype()
                    + ": expected float32 or float64; convert it with to(DType.FLOAT32)");
        }
    }

    static void sameType(String op, Array a, Array b) {
        sameType(op, "a", a, "b", b);
    }

    static void sameType(String op, String nameA, Array a, String nameB, Array b) {
        if (a.dtype() != b.dtype()) {
            throw new IllegalArgumentException(
                    op + ": " + nameA + " " + Shapes.str(a.shape()) + " is " + a.dtype() + ", " + nameB + " "
                            + Shapes.str(b.shape()) + " is " + b.dtype() + ": types differ; convert one with to(DType."
                            + a.dtype().name() + ") or to(DType." + b.dtype().name() + ")");
        }
    }

    static void integer(String op, String operand, Array index) {
        if (index.dtype() != ElementType.INT64) {
            throw new IllegalArgumentException(op + ": " + operand + " " + Shapes.str(index.shape()) + " is "
                    + index.dtype() + ": expected int64; make it with Tensor.of(int...) or to(DType.INT64)");
        }
    }

    /** Throws if an index is outside 0 … size − 1. */
    static void inRange(String op, String operand, Array index, long size) {
        for (long i = 0; i < index.length(); i++) {
            long value = index.longs().get((int) i);
            if (value < 0 || value >= size) {
                throw new IllegalArgumentException(op + ": " + operand + " " + Shapes.str(index.shape()) + ": entry "
                        + i + " is " + value + ": expected 0 to " + (size - 1));
            }
        }
    }

    static void notEmpty(String op, Array x, int[] axes) {
        for (int axis : axes) {
            if (x.shape()[axis] == 0) {
                throw new IllegalArgumentException(
                        op + ": x " + Shapes.str(x.shape()) + ": axis " + axis + " is empty, so it has no " + op);
            }
        }
    }
}
