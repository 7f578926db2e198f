package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * A residual (skip) connection around a module, y = x + f(x); f must preserve the shape. He et al., "Deep Residual Learning", CVPR 2016.
 */
public final class Residual extends Module {
    private final Module inner;

    /**
     * Wraps a module in a residual connection.
     *
     * @param inner f, the wrapped module
     */
    public Residual(Module inner) {
        this.inner = child("inner", inner);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = inner.apply(x);
        if (!Arrays.equals(x.shape(), y.shape())) {
            throw new IllegalArgumentException("Residual: x " + Arrays.toString(x.shape()) + ", f(x) "
                    + Arrays.toString(y.shape()) + ": the module inside must keep the shape");
        }
        return x.add(y);
    }
}
