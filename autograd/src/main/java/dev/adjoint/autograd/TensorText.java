package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import java.util.Locale;

/** Formats a tensor as text: its elements, with the middle of long axes omitted, its shape and type, and whether it requires a gradient. */
final class TensorText {
    private static final int EDGE_ITEMS = 3;

    private TensorText() {}

    static String of(Tensor x) {
        StringBuilder text = new StringBuilder("tensor(");
        if (x.header().isExpired()) text.append("its scope has closed");
        else append(text, x, 0, 0);
        text.append(", shape ").append(Shapes.str(x.shape())).append(", ").append(x.dtype());
        if (x.requiresGrad()) text.append(", requires grad");
        return text.append(')').toString();
    }

    private static void append(StringBuilder text, Tensor x, int axis, int offset) {
        if (axis == x.rank()) {
            Array values = x.array();
            text.append(
                    x.dtype() == DType.INT64 ? Long.toString(values.longs().get(offset)) : number(values.get(offset)));
            return;
        }
        int size = (int) x.shape(axis);
        int step = (int) Shapes.strides(x.shape())[axis];
        String separator = axis == x.rank() - 1 ? ", " : ",\n" + " ".repeat("tensor(".length() + axis + 1);
        text.append('[');
        for (int i = 0; i < size; i++) {
            if (i > 0) text.append(separator);
            if (size > 2 * EDGE_ITEMS + 1 && i == EDGE_ITEMS) {
                text.append("…");
                i = size - EDGE_ITEMS - 1;
                continue;
            }
            append(text, x, axis + 1, offset + i * step);
        }
        text.append(']');
    }

    private static String number(double value) {
        double size = Math.abs(value);
        boolean plain = size == 0 || size >= 1e-4 && size < 1e6;
        return String.format(Locale.ROOT, plain ? "%.4f" : "%.4e", value);
    }
}
