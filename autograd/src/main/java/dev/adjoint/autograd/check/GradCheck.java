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
 * Checks the derivatives of a function against central differences, (f(x + h) − f(x − h)) / 2h: by its inputs and, for a layer,
 * by its parameters, in reverse and forward mode, first and second order, at two points, with random weights on the elements of
 * the result. What is wrong is named, with the cause if it is one of the usual ones.
 *
 * <pre>{@code
 * CustomOp op = CustomOp.of("half square", x -> x[0].square().mul(0.5)).vjp((g, x, y) -> g.mul(x[0].mul(2)));
 * GradReport report = GradCheck.FIRST_ORDER.check(x -> op.apply(x), Tensor.of(0.5, 2.0));
 * System.out.println(report.failures().get(0).explanation());  // off by a constant factor: it is 2 times the right one
 * }</pre>
 *
 * @param dtype float64, or float32 with a larger step and tolerance
 * @param order 1, or 2 to check the derivative of the gradient as well
 * @param samples how many entries of a tensor are compared; all if there are no more
 * @param seed of the weights, the directions and the choice of entries
 */
public record GradCheck(DType dtype, int order, int samples, long seed) {
    /** First derivatives, in float64. */
    public static final GradCheck FIRST_ORDER = new GradCheck(DType.FLOAT64, 1, 64, 0);

    /** First and second derivatives, in float64. */
    public static final GradCheck SECOND_ORDER = new GradCheck(DType.FLOAT64, 2, 64, 0);

    /**
     * Settings for a check.
     *
     * @param dtype float64, or float32 with a larger step and tolerance
     * @param order 1, or 2 to check the derivative of the gradient as well
     * @param samples how many entries of a tensor are compared; all if there are no more
     * @param seed of the weights, the directions and the choice of entries
     * @throws IllegalArgumentException if the type has no gradient, the order is not 1 or 2, or there are no samples
     */
    public GradCheck {
        if (!dtype.isFloating() || order < 1 || order > 2 || samples < 1) {
            throw new IllegalArgumentException("gradCheck: dtype " + dtype + ", order " + order + ", samples " + samples
                    + ": expected a floating type, order 1 or 2, and at least one sample");
        }
    }

    /**
     * Checks first and second derivatives in float64, as a test's assertion.
     *
     * @param f a function, or a layer with its parameters
     * @param input where to check; an int64 tensor is passed on as it is, and the parameters are checked alone
     * @throws AssertionError if one is wrong; the message is the report
     */
    public static void assertGradients(Function<Tensor, Tensor> f, Tensor input) {
        check(SECOND_ORDER.check(f, input));
    }

    /**
     * As above, for a function of several tensors.
     *
     * @param f a function
     * @param inputs where to check
     * @throws AssertionError if a derivative is wrong; the message is the report
     */
    public static void assertGradients(Function<List<Tensor>, Tensor> f, List<Tensor> inputs) {
        check(SECOND_ORDER.check(f, inputs));
    }

    private static void check(GradReport report) {
        if (!report.passed()) throw new AssertionError(report.toString());
    }

    /**
     * Checks a function of one tensor, or a layer. A layer's parameters are converted for the time of the check, and forget
     * their gradients; what its evaluations change, such as running statistics, is put back.
     *
     * @param f a function; if it is a {@link ParametricFunction}, its parameters are checked, too
     * @param input where to check
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
     * @param inputs where to check; int64 tensors are passed on as they are
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
        GradTrial first = new GradTrial(this, "", () -> f.apply(arguments), leaves, names);
        List<Failure> failures = new ArrayList<>(first.run());
        int checked = first.checked();
        int kinks = first.kinks();
        int incomparable = first.incomparable();
        List<String> notes = new ArrayList<>(first.notes());
        // A wrong gradient has a wrong derivative; there is nothing to learn from it, nor from one that could not be
        // compared.
        if (order == 2 && failures.isEmpty() && checked > 0 && first.dependsOnLeaves()) {
            GradTrial second =
                    new GradTrial(this, " over reverse", slope(() -> f.apply(arguments), leaves), leaves, names);
            failures.addAll(second.run());
            checked += second.checked();
            kinks += second.kinks();
            incomparable += second.incomparable();
            notes.addAll(second.notes());
        }
        return new GradReport(List.copyOf(failures), checked, kinks, incomparable, List.copyOf(notes));
    }

    /** Σᵢ ⟨∂f/∂xᵢ, vᵢ⟩ with random vᵢ, whose gradient is a Hessian-vector product. */
    private Supplier<Tensor> slope(Supplier<Tensor> f, List<Tensor> leaves) {
        Rng rng = new Rng(seed + 1);
        Tensor[] along = leaves.stream()
                .map(x -> Tensor.uniform(rng, dtype, 0.5, 1.5, x.shape()))
                .toArray(Tensor[]::new);
        return () -> {
            Tensor y = f.get();
            Tensor[] gradients = Gradients.grad(y, GradTrial.weights(y, seed), true, leaves.toArray(new Tensor[0]));
            Tensor sum = Tensor.zeros(dtype);
            for (int i = 0; i < along.length; i++)
                sum = sum.add(gradients[i].mul(along[i]).sum());
            return sum;
        };
    }

    /** Where two numbers count as the same: relative to their size. */
    double tolerance() {
        return dtype == DType.FLOAT64 ? 1e-6 : 2e-2;
    }

    /** The cube root of the type's precision, at which the errors of truncation and of rounding are alike. */
    double step() {
        return dtype == DType.FLOAT64 ? 6e-6 : 5e-3;
    }

    /** The type's precision: the distance from 1 to the next number. */
    double precision() {
        return dtype == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1f);
    }
}
