package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A cache of scalar constants: {@code x.mul(2)} needs the same one in every step. */
final class Constants {
    /** Enough for the literals of a program, and a bound for values that change (a learning rate, a loop index). */
    private static final int LIMIT = 1024;

    private static final Map<Double, Tensor> FLOATS = new ConcurrentHashMap<>();
    private static final Map<Double, Tensor> DOUBLES = new ConcurrentHashMap<>();

    private Constants() {}

    static Tensor scalarLike(Tensor x, double value) {
        return switch (x.dtype()) {
            case FLOAT32 -> cached(FLOATS, DType.FLOAT32, value);
            case FLOAT64 -> cached(DOUBLES, DType.FLOAT64, value);
            case INT64 -> {
                DType.INT64.checkHolds("tensor " + Shapes.str(x.shape()), value);
                yield make(DType.INT64, value);
            }
        };
    }

    private static Tensor cached(Map<Double, Tensor> cache, DType dtype, double value) {
        Tensor known = cache.get(value);
        if (known != null) return known;
        Tensor made = make(dtype, value);
        if (cache.size() < LIMIT) cache.put(value, made);
        return made;
    }

    private static Tensor make(DType dtype, double value) {
        try (Workspace.Frame outside = Workspace.openUnpooled()) {
            return Tensor.full(dtype, value);
        }
    }
}
