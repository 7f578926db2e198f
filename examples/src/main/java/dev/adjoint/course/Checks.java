package dev.adjoint.course;

import dev.adjoint.autograd.CustomOp;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.check.GradCheck;
import dev.adjoint.autograd.check.GradReport;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks for the graders: they compare an answer with the correct one and return a hint, or null if it is correct. */
final class Checks {
    private static final double EXACT = 1e-9;

    private Checks() {}

    /** A backward rule that returns the gradients of all operands. */
    @FunctionalInterface
    interface Pullback {
        Tensor[] apply(Tensor g, Tensor[] x, Tensor y);
    }

    static Tensor random(long seed, long... shape) {
        return Tensor.uniform(new Rng(seed), DType.FLOAT64, 0.3, 1.7, shape);
    }

    static Tensor normal(long seed, long... shape) {
        return Tensor.normal(new Rng(seed), DType.FLOAT64, 0, 1, shape);
    }

    /** Compares a backward rule with finite differences of the forward function, and diagnoses a mismatch. */
    static String gradient(Function<Tensor[], Tensor> forward, Pullback backward, Tensor... x) {
        String shapes = shapes(forward, backward, x);
        if (shapes != null) return shapes;
        CustomOp.Rule[] rules = new CustomOp.Rule[x.length];
        for (int i = 0; i < rules.length; i++) {
            int operand = i;
            rules[i] = (g, operands, y) -> backward.apply(g, operands, y)[operand];
        }
        CustomOp op = CustomOp.of("yours", forward).vjp(rules);
        GradReport report = new GradCheck(DType.FLOAT64, 1, 64, 0)
                .check((List<Tensor> inputs) -> op.apply(inputs.toArray(Tensor[]::new)), List.of(x));
        if (report.passed()) return null;
        return report.failures().stream()
                .map(failure -> "the gradient by " + operand(failure.tensor(), x.length) + ": " + failure.explanation())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private static String shapes(Function<Tensor[], Tensor> forward, Pullback backward, Tensor... x) {
        Tensor y = forward.apply(x);
        Tensor[] gradients = backward.apply(Tensor.onesLike(y), x, y);
        if (gradients.length != x.length) {
            return "returns " + gradients.length + " gradients: expected one for each of the " + x.length + " operands";
        }
        for (int i = 0; i < x.length; i++) {
            if (Arrays.equals(gradients[i].shape(), x[i].shape())) continue;
            boolean more = gradients[i].length() > x[i].length();
            return "the gradient by " + operand("input " + i, x.length) + " is " + Arrays.toString(gradients[i].shape())
                    + ": expected the operand's shape " + Arrays.toString(x[i].shape())
                    + (more ? "; broadcast axes not summed" : "");
        }
        return null;
    }

    private static String operand(String name, int count) {
        if (count == 1) return "x";
        String number = name.replaceAll("\\D", "");
        int index = number.isEmpty() ? 0 : Integer.parseInt(number);
        return "operand " + (index + 1) + " of " + count;
    }

    /** Compares a result with the correct one, and recognises common mistakes. */
    static String value(Tensor expected, Tensor actual) {
        if (!Arrays.equals(expected.shape(), actual.shape())) {
            return "returns the shape " + Arrays.toString(actual.shape()) + ": expected "
                    + Arrays.toString(expected.shape());
        }
        double[] right = expected.toDoubles();
        double[] yours = actual.toDoubles();
        int worst = 0;
        double ratio = 0;
        boolean oneFactor = true;
        double largest = Arrays.stream(right).map(Math::abs).max().orElse(0);
        for (int i = 0; i < right.length; i++) {
            if (!Double.isFinite(yours[i])) {
                return "element " + i + " is " + yours[i] + ", expected " + round(right[i])
                        + ": is there an exp of a large number, a log of 0 or a division by 0?";
            }
            if (Math.abs(yours[i] - right[i]) > Math.abs(yours[worst] - right[worst])) worst = i;
            if (Math.abs(right[i]) < 1e-6 * largest) continue;
            double now = yours[i] / right[i];
            if (ratio == 0) ratio = now;
            oneFactor &= Math.abs(now - ratio) <= 1e-6 * Math.abs(ratio);
        }
        double tolerance = expected.dtype() == DType.FLOAT64 ? EXACT : 1e-4;
        if (Math.abs(yours[worst] - right[worst]) <= tolerance * Math.max(1, largest)) return null;
        String where = "element " + worst + " is " + round(yours[worst]) + ", expected " + round(right[worst]);
        if (oneFactor && Math.abs(ratio + 1) < 1e-6) return where + ": sign flipped";
        if (oneFactor && ratio != 0)
            return where + ": off by a constant factor, " + round(ratio) + " times the correct gradient";
        return where;
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }
}
