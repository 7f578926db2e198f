package dev.adjoint.autograd.check;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Gradients;
import dev.adjoint.autograd.ParametricFunction;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.check.GradReport.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Checks the derivatives of a function against central differences, (f(x + h) − f(x − h)) / 2h: with respect to its inputs and, for
 * a layer, its parameters, in reverse and forward mode, of first and second order, at two points, with a random cotangent. Errors
 * are reported, with a diagnosis if the cause is a common one.
 *
 * <pre>{@code
 * CustomOp op = CustomOp.of("half square", x -> x[0].square().mul(0.5)).vjp((g, x, y) -> g.mul(x[0].mul(2)));
 * GradReport report = GradCheck.FIRST_ORDER.check(x -> op.apply(x), Tensor.of(0.5, 2.0));
 * System.out.println(report.failures().get(0).explanation());  // off by a constant factor: it is 2 times the correct gradient
 * }</pre>
 *
 * @param dtype float64, or float32 with a larger step and tolerance
 * @param order 1, or 2 to check the derivative of the gradient as well
 * @param samples the largest number of entries of a tensor that are compared
 * @param seed the seed of the cotangent, the directions and the choice of entries
 */
public record GradCheck(DType dtype, int order, int samples, long seed) {
    /** First derivatives, in float64. */
    public static final GradCheck FIRST_ORDER = new GradCheck(DType.FLOAT64, 1, 64, 0);

    /** First and second derivatives, in float64. */
    public static final GradCheck SECOND_ORDER = new GradCheck(DType.FLOAT64, 2, 64, 0);

    /**
     * Creates the settings for a check.
     *
     * @param dtype float64, or float32 with a larger step and tolerance
     * @param order 1, or 2 to check the derivative of the gradient as well
     * @param samples the largest number of entries of a tensor that are compared
     * @param seed the seed of the cotangent, the directions and the choice of entries
     * @throws IllegalArgumentException if the type is not a floating type, the order is not 1 or 2, or {@code samples} is below 1
     */
    public GradCheck {
        if (!dtype.isFloating() || order < 1 || order > 2 || samples < 1) {
            throw new IllegalArgumentException("gradCheck: dtype " + dtype + ", order " + order + ", samples " + samples
                    + ": expected a floating type, order 1 or 2, and at least one sample");
        }
    }

    /**
     * Asserts in a test that first and second derivatives are right, in float64.
     *
     * @param f a function, or a layer with its parameters
     * @param input the point; an int64 tensor is passed on unchanged, and only the parameters are checked
     * @throws AssertionError if a derivative is wrong; the message is the report
     */
    public static void assertGradients(Function<Tensor, Tensor> f, Tensor input) {
        check(SECOND_ORDER.check(f, input));
    }

    /**
     * Asserts in a test that first and second derivatives of a function of several tensors are right, in float64.
     *
     * @param f a function
     * @param inputs the point
     * @throws AssertionError if a derivative is wrong; the message is the report
     */
    public static void assertGradients(Function<List<Tensor>, Tensor> f, List<Tensor> inputs) {
        check(SECOND_ORDER.check(f, inputs));
    }

    private static void check(GradReport report) {
        if (!report.passed()) throw new AssertionError(report.toString());
    }

    /**
     * Checks a function of one tensor, or a layer. A layer's parameters are converted to {@code dtype} for the check, which clears
     * their gradients; state that evaluations change, such as running statistics, is restored.
     *
     * @param f a function; if it is a {@link ParametricFunction}, its parameters are checked, too
     * @param input the point
     * @return the report
     */
    public GradReport check(Function<Tensor, Tensor> f, Tensor input) {
        if (!(f instanceof ParametricFunction layer)) return check(list -> f.apply(list.get(0)), List.of(input));
        Map<String, ? extends Tensor> parameters = layer.namedParameters();
        DType before = parameters.isEmpty()
                ? dtype
                : parameters.values().iterator().next().dtype();
        Runnable putBack = layer.rememberState();
        if (before != dtype) layer.to(dtype);
        try {
            return run(list -> f.apply(list.get(0)), List.of(input), layer.namedParameters());
        } finally {
            if (before != dtype) layer.to(before);
            putBack.run();
        }
    }

    /**
     * Checks a function of several tensors.
     *
     * @param f a function
     * @param inputs the point; int64 tensors are passed on unchanged
     * @return the report
     */
    public GradReport check(Function<List<Tensor>, Tensor> f, List<Tensor> inputs) {
        return run(f, inputs, Map.of());
    }

    private GradReport run(
            Function<List<Tensor>, Tensor> f, List<Tensor> inputs, Map<String, ? extends Tensor> parameters) {
        List<Tensor> arguments = new ArrayList<>();
        List<Tensor> leaves = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Tensor input : inputs) {
            boolean constant = !input.dtype().isFloating();
            Tensor argument = constant ? input : input.detach().to(dtype).copy().requiresGrad(true);
            arguments.add(argument);
            if (constant) continue;
            names.add(inputs.size() == 1 ? "input" : "input " + (arguments.size() - 1));
            leaves.add(argument);
        }
        parameters.forEach((name, parameter) -> {
            if (!parameter.requiresGrad() || leaves.contains(parameter)) return;
            names.add(name);
            leaves.add(parameter);
        });
        GradCheckRun first = new GradCheckRun(this, "", () -> f.apply(arguments), leaves, names);
        List<Failure> failures = new ArrayList<>(first.run());
        int checked = first.checked();
        int kinks = first.kinks();
        int incomparable = first.incomparable();
        List<String> notes = new ArrayList<>(first.notes());
        // The second order is not checked if the gradient is wrong, or if it could not be compared.
        if (order == 2 && failures.isEmpty() && checked > 0 && first.dependsOnLeaves()) {
            GradCheckRun second = new GradCheckRun(
                    this, " over reverse", directionalGradient(() -> f.apply(arguments), leaves), leaves, names);
            failures.addAll(second.run());
            checked += second.checked();
            kinks += second.kinks();
            incomparable += second.incomparable();
            notes.addAll(second.notes());
        }
        return new GradReport(List.copyOf(failures), checked, kinks, incomparable, List.copyOf(notes));
    }

    /** Σᵢ ⟨∂f/∂xᵢ, vᵢ⟩ with random vᵢ, whose gradient is a Hessian-vector product. */
    private Supplier<Tensor> directionalGradient(Supplier<Tensor> f, List<Tensor> leaves) {
        Rng rng = new Rng(seed + 1);
        Tensor[] along = leaves.stream()
                .map(x -> Tensor.uniform(rng, dtype, 0.5, 1.5, x.shape()))
                .toArray(Tensor[]::new);
        return () -> {
            Tensor y = f.get();
            Tensor[] gradients =
                    Gradients.grad(y, GradCheckRun.randomCotangent(y, seed), true, leaves.toArray(new Tensor[0]));
            Tensor sum = Tensor.zeros(dtype);
            for (int i = 0; i < along.length; i++)
                sum = sum.add(gradients[i].mul(along[i]).sum());
            return sum;
        };
    }

    /** The relative tolerance of a comparison. */
    double tolerance() {
        return dtype == DType.FLOAT64 ? 1e-6 : 2e-2;
    }

    /** The relative step h: the cube root of the machine epsilon, which balances truncation and rounding errors. */
    double step() {
        return dtype == DType.FLOAT64 ? 6e-6 : 5e-3;
    }

    /** The machine epsilon of the type: the distance from 1 to the next larger value. */
    double precision() {
        return dtype == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1f);
    }
}
