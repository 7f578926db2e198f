package dev.adjoint.autograd;

import java.util.Arrays;
import java.util.List;

/**
 * A function's value at a point, with the way back: a cotangent of the value is carried to cotangents of the inputs, as often as
 * one likes.
 *
 * @param <X> a {@link Tensor}, or a list of them, as the function takes
 */
public final class Vjp<X> {
    /** How gradients are given back: one, or a list. */
    interface Shape<X> {
        X of(List<Tensor> gradients);
    }

    private final Tensor watchedValue;
    private final Tensor value;
    private final Tensor[] watched;
    private final Shape<X> shape;

    Vjp(Tensor watchedValue, Tensor value, Tensor[] watched, Shape<X> shape) {
        this.watchedValue = watchedValue;
        this.value = value;
        this.watched = watched;
        this.shape = shape;
    }

    /**
     * The function's value.
     *
     * @return y = f(x)
     */
    public Tensor value() {
        return value;
    }

    /**
     * The vector-Jacobian product x̄ = ȳ·∂y/∂x.
     *
     * @param cotangent ȳ, of y's shape and type
     * @return x̄, of x's shape
     * @throws IllegalArgumentException if the cotangent does not fit
     */
    public X apply(Tensor cotangent) {
        return shape.of(Arrays.asList(gradients(cotangent, true)));
    }

    Tensor[] gradients(Tensor cotangent, boolean retain) {
        if (!watchedValue.requiresGrad()) {
            if (cotangent != null) watchedValue.checkAlike("vjp", "cotangent", cotangent);
            return Arrays.stream(watched).map(Tensor::zerosLike).toArray(Tensor[]::new);
        }
        return Gradients.byWatched(watchedValue, cotangent, retain, watched);
    }
}
