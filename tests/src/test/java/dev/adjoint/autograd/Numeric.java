package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;

/** Central differences in float64, to compare gradients with. */
public final class Numeric {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;

    private Numeric() {}

    /** A function of several tensors. */
    public interface Fn {
        Tensor apply(Tensor... x);
    }

    /**
     * Checks, with random weights on the output, the gradient with respect to every input (reverse mode) and its derivative (reverse over
     * reverse) against central differences, and the tangent (forward mode) and the tangent of the gradient (forward over reverse) against
     * those.
     */
    public static void check(String name, Fn f, Tensor... inputs) {
        checkFirst(name, f, inputs);
        Rng rng = new Rng(99);
        Tensor[] along = new Tensor[inputs.length];
        for (int i = 0; i < along.length; i++) {
            along[i] = Tensor.normal(rng, DType.FLOAT64, 0, 1, inputs[i].shape());
        }
        checkForward(name, f, along, inputs);
        if (!f.apply(leaves(inputs)).requiresGrad()) return;
        checkFirst(name + ", second order", x -> directional(f, x, along), inputs);
        checkForwardOverReverse(name, f, along, inputs);
    }

    /** Checks ⟨w, J·v⟩ = ⟨Jᵀ·w, v⟩. */
    private static void checkForward(String name, Fn f, Tensor[] along, Tensor... inputs) {
        Jvp forward = Transforms.jvp(x -> f.apply(x.toArray(new Tensor[0])), List.of(inputs), List.of(along));
        assertArrayEquals(
                f.apply(inputs).toDoubles(), forward.value().toDoubles(), 0, name + ": value in forward mode");
        Tensor weights = weights(forward.value());
        List<Tensor> reverse = Transforms.vjp((List<Tensor> x) -> f.apply(x.toArray(new Tensor[0])), List.of(inputs))
                .apply(weights);
        double expected = 0;
        double size = 1;
        for (int i = 0; i < along.length; i++) {
            Tensor terms = reverse.get(i).mul(along[i]);
            expected += terms.sum().item();
            size += terms.abs().sum().item();
        }
        assertEquals(expected, forward.tangent().mul(weights).sum().item(), 1e-12 * size, name + ": forward mode");
    }

    private static void checkForwardOverReverse(String name, Fn f, Tensor[] along, Tensor... inputs) {
        Tensor[] leaves = leaves(inputs);
        Tensor slope = directional(f, leaves, along);
        // A constant gradient (of a linear op) has no graph: the second derivative is zero.
        Tensor[] expected = slope.requiresGrad()
                ? Gradients.grad(slope, leaves)
                : Arrays.stream(inputs).map(Tensor::zerosLike).toArray(Tensor[]::new);
        List<Tensor> actual = Transforms.hvp(
                x -> {
                    Tensor y = f.apply(x.toArray(new Tensor[0]));
                    return y.mul(weights(y)).sum();
                },
                List.of(inputs),
                List.of(along));
        for (int i = 0; i < inputs.length; i++) {
            double size = 1 + expected[i].abs().sum().item();
            assertArrayEquals(
                    expected[i].toDoubles(),
                    actual.get(i).toDoubles(),
                    1e-11 * size,
                    name + ": forward over reverse, input " + i);
        }
    }

    /** Σᵢ ⟨∂f/∂xᵢ, vᵢ⟩, whose gradient is a Hessian-vector product. */
    private static Tensor directional(Fn f, Tensor[] x, Tensor[] along) {
        Tensor[] watched = new Tensor[x.length];
        for (int i = 0; i < x.length; i++)
            watched[i] = x[i].requiresGrad() ? x[i] : x[i].detach().requiresGrad(true);
        Tensor y = f.apply(watched);
        Tensor[] grads = Gradients.grad(y, weights(y), true, watched);
        Tensor sum = Tensor.zeros(DType.FLOAT64);
        for (int i = 0; i < x.length; i++) sum = sum.add(grads[i].mul(along[i]).sum());
        return sum;
    }

    private static void checkFirst(String name, Fn f, Tensor... inputs) {
        Tensor[] leaves = leaves(inputs);
        Tensor y = f.apply(leaves);
        if (!y.requiresGrad()) {
            // A constant derivative (of a linear op) has no graph: its numerical derivative must be zero.
            for (int i = 0; i < inputs.length; i++) {
                assertArrayEquals(new double[(int) inputs[i].length()], numeric(f, inputs, i, weights(y)), 1e-7, name);
            }
            return;
        }
        Tensor[] grads = Gradients.grad(y, weights(y), false, leaves);
        for (int i = 0; i < inputs.length; i++) {
            double[] analytic = grads[i].toDoubles();
            double[] numeric = numeric(f, inputs, i, weights(y));
            assertArrayEquals(inputs[i].shape(), grads[i].shape(), name + ": shape of gradient " + i);
            for (int k = 0; k < numeric.length; k++) {
                double scale = Math.max(
                        1,
                        Math.max(
                                Math.abs(numeric[k]),
                                Arrays.stream(analytic).map(Math::abs).max().orElse(0)));
                if (!(Math.abs(analytic[k] - numeric[k]) <= TOLERANCE * scale)) {
                    fail(name + ": input " + i + " " + Arrays.toString(inputs[i].shape()) + "[" + k + "]: analytic "
                            + analytic[k] + ", numeric " + numeric[k]);
                }
            }
        }
    }

    private static double[] numeric(Fn f, Tensor[] inputs, int which, Tensor weights) {
        double[] values = inputs[which].toDoubles();
        double[] slopes = new double[values.length];
        for (int k = 0; k < values.length; k++) {
            double h = STEP * Math.max(1, Math.abs(values[k]));
            slopes[k] =
                    (shifted(f, inputs, which, k, h, weights) - shifted(f, inputs, which, k, -h, weights)) / (2 * h);
        }
        return slopes;
    }

    private static double shifted(Fn f, Tensor[] inputs, int which, int k, double h, Tensor weights) {
        double[] values = inputs[which].toDoubles();
        values[k] += h;
        Tensor[] x = inputs.clone();
        x[which] = Tensor.of(values, inputs[which].shape());
        return f.apply(x).mul(weights).sum().item();
    }

    /** Weights that are the same for every call and different for every element. */
    private static Tensor weights(Tensor y) {
        return Tensor.uniform(new Rng(7), DType.FLOAT64, 0.5, 1.5, y.shape());
    }

    private static Tensor[] leaves(Tensor... inputs) {
        return Arrays.stream(inputs).map(x -> x.copy().requiresGrad(true)).toArray(Tensor[]::new);
    }
}
