package dev.adjoint.autograd;

import java.util.Arrays;
import java.util.List;

/**
 * A function's value at a point and its vector-Jacobian product (pullback), which maps a cotangent of the value to cotangents of
 * the inputs and can be applied any number of times.
 *
 * @param <X> {@link Tensor} or a list of tensors, like the function's argument
 */
public final class Vjp<X> {
    /** Converts the gradients to the type that is returned: a tensor or a list. */
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
     * @throws IllegalArgumentException if the cotangent differs from y in shape or type
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
