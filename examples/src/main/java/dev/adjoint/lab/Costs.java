package dev.adjoint.lab;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph;
import dev.adjoint.nn.BatchNorm2d;
import dev.adjoint.nn.Conv2d;
import dev.adjoint.nn.GELU;
import dev.adjoint.nn.GRU;
import dev.adjoint.nn.LSTM;
import dev.adjoint.nn.LayerNorm;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.MultiheadAttention;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Softmax;
import dev.adjoint.nn.TransformerEncoderLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Experiments on the cost of gradients, the error of finite differences, the order of matrix products, and topological orders. */
final class Costs {
    private static final double BOUND = 5;
    private static final double SLOPE_TOLERANCE = 0.15;
    private static final int[] CHAIN_SIZES = {64, 128, 256, 512, 1024};
    private static final int[] DEPTHS = {1, 2, 4, 6, 8, 10, 12, 14, 16};
    private static final int POINTS = 64;

    private Costs() {}

    // ---- layers ----

    private static Map<Module, long[]> layers() {
        Rng rng = new Rng(0);
        Map<Module, long[]> layers = new LinkedHashMap<>();
        layers.put(new Linear(256, 256).rng(rng), new long[] {128, 256});
        layers.put(new Conv2d(16, 32, 3).padding(1).rng(rng), new long[] {16, 16, 28, 28});
        layers.put(new BatchNorm2d(32), new long[] {32, 32, 14, 14});
        layers.put(new LayerNorm(256), new long[] {256, 256});
        layers.put(new MaxPool2d(2), new long[] {16, 32, 28, 28});
        layers.put(new ReLU(), new long[] {128, 2048});
        layers.put(new GELU(), new long[] {128, 2048});
        layers.put(new Softmax(1), new long[] {256, 256});
        layers.put(new LSTM(64, 64, rng), new long[] {16, 32, 64});
        layers.put(new GRU(64, 64, rng), new long[] {16, 32, 64});
        layers.put(new MultiheadAttention(64, 4, false, rng), new long[] {16, 32, 64});
        layers.put(new TransformerEncoderLayer(64, 4, 128, 0, new ReLU(), false, false, rng), new long[] {16, 32, 64});
        return layers;
    }

    static ExperimentResult layersCost() {
        ExperimentResult finding = new ExperimentResult(
                "layers",
                "The cost of a gradient",
                "The gradient with respect to all inputs and parameters costs a small multiple of the function, however many there are.",
                "At most 5 times the function's operations, including the function (Baur and Strassen 1983; Griewank 1989).");
        layers().forEach((layer, shape) -> measureLayer(finding, layer, shape));
        List<double[]> works = new ArrayList<>();
        List<double[]> times = new ArrayList<>();
        for (int i = 0; i < finding.points.size(); i++) {
            Object work = finding.points.get(i).get("multiply_add_ratio");
            if (work != null) works.add(new double[] {i + 1, (Double) work});
            times.add(new double[] {i + 1, (Double) finding.points.get(i).get("time_ratio")});
        }
        List<double[]> bound = List.of(new double[] {1, BOUND}, new double[] {times.size(), BOUND});
        finding.plot(
                "gradient relative to function",
                "layer, in the order above",
                "ratio",
                false,
                false,
                List.of(
                        new ExperimentResult.Series("multiply-adds", works),
                        new ExperimentResult.Series("time", times),
                        new ExperimentResult.Series("bound for operations", bound)));
        return finding;
    }

    /** Compares the cost of one layer's gradient with that of the layer. */
    private static void measureLayer(ExperimentResult finding, Module layer, long... shape) {
        Tensor x = Tensor.normal(new Rng(1), 0, 1, shape).requiresGrad(true);
        Runnable function = () -> {
            try (Scope scope = Scope.open();
                    NoGrad off = NoGrad.open()) {
                layer.apply(x);
            }
        };
        Tensor seed = Tensor.normal(new Rng(2), 0, 1, layer.apply(x).shape());
        Runnable gradient = () -> {
            try (Scope scope = Scope.open()) {
                layer.apply(x).backward(seed);
                layer.zeroGrad();
                x.zeroGrad();
            }
        };
        String name = layer.getClass().getSimpleName();
        double own = Measure.multiplyAdds(function);
        double time = Measure.ratio(gradient, function);
        if (own > 0) {
            double work = Measure.multiplyAdds(gradient) / own;
            finding.point("layer", name, "time_ratio", time, "multiply_add_ratio", work);
            String beyond = time <= BOUND
                    ? ""
                    : " (more than 5, but the bound is for operations: this layer has many small ones)";
            finding.say(
                    work <= BOUND,
                    "%-23s %.1f times the function's multiply-adds, %.1f times its time%s",
                    name,
                    work,
                    time,
                    beyond);
        } else {
            // The operations per element inside a fused kernel are not counted, so only the time is compared.
            finding.point("layer", name, "time_ratio", time);
            finding.say(time <= BOUND, "%-23s %.1f times the function's time", name, time);
        }
    }

    // ---- finite differences ----

    static ExperimentResult differences() {
        ExperimentResult finding = new ExperimentResult(
                "differences",
                "Derivatives by finite differences",
                "A difference quotient has at best half of the digits, and only with the right step size.",
                "Error ≈ h/2·|f″| + 2ε·|f|/h: slope 1 for large h, −1 for small h, minimum near h = √ε, which is 1.5e−8 in"
                        + " float64 and 3.5e−4 in float32.");
        for (DType dtype : new DType[] {DType.FLOAT64, DType.FLOAT32}) quotients(finding, dtype);
        finding.plot(
                "error of (f(x + h) − f(x))/h, median over " + POINTS + " points",
                "h",
                "relative error",
                true,
                true,
                List.of(
                        finding.series("float64", "dtype", "h", "error"),
                        finding.series("float32", "dtype", "h", "error")));
        return finding;
    }

    private static void quotients(ExperimentResult finding, DType dtype) {
        String name = dtype == DType.FLOAT64 ? "float64" : "float32";
        double epsilon = dtype == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1f);
        DoubleUnaryOperator f = x -> Math.exp(Math.sin(x));
        Tensor x = Tensor.arange(POINTS)
                .to(DType.FLOAT64)
                .mul(0.9 / POINTS)
                .add(0.3)
                .to(dtype);
        Tensor exact = x.to(DType.FLOAT64).sin().exp().mul(x.to(DType.FLOAT64).cos());
        double best = Double.NaN;
        double least = Double.POSITIVE_INFINITY;
        List<double[]> all = new ArrayList<>();
        for (double exponent = Math.log10(epsilon) + 0.5; exponent <= -0.5; exponent += 0.25) {
            double h = Math.pow(10, exponent);
            Tensor moved = x.add(h);
            Tensor quotient = moved.sin().exp().sub(x.sin().exp()).div(moved.sub(x));
            double[] errors =
                    quotient.to(DType.FLOAT64).sub(exact).div(exact).abs().toDoubles();
            Arrays.sort(errors);
            double error = errors[errors.length / 2];
            if (!Double.isFinite(error) || error == 0) continue;
            all.add(new double[] {h, error});
            finding.point("dtype", name, "h", h, "error", error);
            if (error < least) {
                least = error;
                best = h;
            }
        }
        double root = Math.sqrt(epsilon);
        finding.say(
                best > root / 10 && best < root * 10,
                "%s: minimum error %.1e at h = %.1e; √ε = %.1e; the reverse-mode gradient is accurate to %.1e",
                name,
                least,
                best,
                root,
                epsilon);
        double right = Measure.slope(all, 10 * root);
        List<double[]> left = all.stream().filter(p -> p[0] < root / 3).toList();
        double fall = Measure.slope(left, 0);
        finding.say(
                Math.abs(right - 1) <= SLOPE_TOLERANCE,
                "%s: the error grows as h^%.2f for large h, theory says 1.0",
                name,
                right);
        finding.say(
                Math.abs(fall + 1) <= SLOPE_TOLERANCE, "%s: and as h^%.2f for small h, theory says −1.0", name, fall);
    }

    // ---- products of matrices ----

    static ExperimentResult chains() {
        ExperimentResult finding = new ExperimentResult(
                "chains",
                "The order of a matrix product",
                "The modes are evaluation orders of one product of Jacobians: reverse mode evaluates vᵀ·A·B·C from the left, forward"
                        + " mode A·B·C·u from the right, and the order that starts at the vector wins.",
                "((vᵀA)B)C takes 3n² multiply-adds, vᵀ(A(BC)) 2n³ + n². With a vector on the right, it is the other way round.");
        for (int n : CHAIN_SIZES) {
            Rng rng = new Rng(n);
            Tensor a = Tensor.normal(rng, 0, 1, n, n);
            Tensor b = Tensor.normal(rng, 0, 1, n, n);
            Tensor c = Tensor.normal(rng, 0, 1, n, n);
            Tensor row = Tensor.normal(rng, 0, 1, 1, n);
            Tensor column = Tensor.normal(rng, 0, 1, n, 1);
            product(finding, n, "((vᵀA)B)C", () -> row.matmul(a).matmul(b).matmul(c));
            product(finding, n, "vᵀ(A(BC))", () -> row.matmul(a.matmul(b.matmul(c))));
            product(finding, n, "A(B(Cu))", () -> a.matmul(b.matmul(c.matmul(column))));
            product(finding, n, "((AB)C)u", () -> a.matmul(b).matmul(c).matmul(column));
        }
        List<ExperimentResult.Series> work = new ArrayList<>();
        List<ExperimentResult.Series> times = new ArrayList<>();
        for (String order : List.of("((vᵀA)B)C", "vᵀ(A(BC))", "A(B(Cu))", "((AB)C)u")) {
            work.add(finding.series(order, "order", "n", "multiply_adds"));
            times.add(finding.series(order, "order", "n", "us"));
        }
        double[] theory = {2, 3, 2, 3};
        for (int i = 0; i < theory.length; i++) {
            double slope = Measure.slope(work.get(i).points(), 128);
            finding.say(
                    Math.abs(slope - theory[i]) <= SLOPE_TOLERANCE,
                    "work of %s grows as n^%.2f, theory says %.1f",
                    work.get(i).name(),
                    slope,
                    theory[i]);
        }
        int last = times.get(0).points().size() - 1;
        double left = times.get(1).points().get(last)[1] / times.get(0).points().get(last)[1];
        double right =
                times.get(3).points().get(last)[1] / times.get(2).points().get(last)[1];
        finding.say(left > 5, "n = 1024, vector on the left: evaluation from the left is %.0f times as fast", left);
        finding.say(right > 5, "n = 1024, vector on the right: evaluation from the right is %.0f times as fast", right);
        finding.plot("multiply-adds", "n", "multiply-adds", true, true, work);
        finding.plot("time", "n", "microseconds", true, true, times);
        return finding;
    }

    private static void product(ExperimentResult finding, int n, String order, Runnable work) {
        Runnable once = () -> {
            try (Scope scope = Scope.open();
                    NoGrad off = NoGrad.open()) {
                work.run();
            }
        };
        finding.point("n", n, "order", order, "multiply_adds", Measure.multiplyAdds(once), "us", Measure.micros(once));
    }

    // ---- why a topological order ----

    static ExperimentResult orders() {
        ExperimentResult finding = new ExperimentResult(
                "orders",
                "Why backward needs a topological order",
                "A vertex may pass its gradient on only after all its uses have contributed to it.",
                "a = 1, b = a + a, c = b + b: ∂c/∂a = 4. A recursion that passes gradients on before they are complete counts some"
                        + " paths twice; one that follows every path is correct, but takes 2ᵈ visits for d doublings.");
        for (int depth : DEPTHS) traverse(finding, depth);
        List<ExperimentResult.Series> visits = new ArrayList<>();
        List<ExperimentResult.Series> gradients = new ArrayList<>();
        for (String traversal : List.of("topological", "every path", "without an order")) {
            visits.add(finding.series(traversal, "traversal", "depth", "visits"));
            gradients.add(finding.series(traversal, "traversal", "depth", "gradient"));
        }
        finding.plot("visits", "doublings", "visits", false, true, visits);
        finding.plot("computed value of ∂c/∂a", "doublings", "gradient", false, true, gradients);
        return finding;
    }

    /** Computes the gradient through a chain of doublings in three ways. */
    private static void traverse(ExperimentResult finding, int depth) {
        Tensor a = Tensor.of(1.0).reshape().requiresGrad(true);
        Graph graph = Graph.trace(() -> {
            Tensor y = a;
            for (int i = 0; i < depth; i++) y = y.add(y);
            return y;
        });
        UnorderedTraversal eager = new UnorderedTraversal(true);
        eager.visit(graph.vertices().get(graph.vertices().size() - 1), 1);
        UnorderedTraversal paths = new UnorderedTraversal(false);
        paths.visit(graph.vertices().get(graph.vertices().size() - 1), 1);
        graph.result().backward();
        double right = Math.pow(2, depth);
        double topological = a.grad().item();
        addTraversal(finding, depth, "without an order", eager.visits, eager.gradient(graph));
        addTraversal(finding, depth, "every path", paths.visits, paths.gradient(graph));
        addTraversal(finding, depth, "topological", depth + 1, topological);
        if (depth == 2) {
            finding.say(
                    eager.gradient(graph) != right && topological == right,
                    "a = 1, b = a + a, c = b + b: without an order gives %.0f, a topological order %.0f",
                    eager.gradient(graph),
                    topological);
        }
        if (depth == DEPTHS[DEPTHS.length - 1]) {
            finding.say(
                    paths.gradient(graph) == right && topological == right,
                    "%d doublings: every path gives %,.0f in %,d visits, a topological order the same in %d",
                    depth,
                    paths.gradient(graph),
                    paths.visits,
                    depth + 1);
        }
    }

    private static void addTraversal(ExperimentResult finding, int depth, String how, long visits, double gradient) {
        finding.point("depth", depth, "traversal", how, "visits", visits, "gradient", gradient);
    }

    /** Traverses a graph backwards by recursion, without a topological order: from each vertex directly to its operands. */
    private static final class UnorderedTraversal {
        private final boolean passesAccumulated;
        private final Map<Graph.Vertex, Double> gradients = new HashMap<>();
        private long visits;

        /** If true, passes on all of the gradient accumulated so far, parts of it repeatedly; otherwise only the path's contribution. */
        UnorderedTraversal(boolean passesAccumulated) {
            this.passesAccumulated = passesAccumulated;
        }

        void visit(Graph.Vertex vertex, double arrives) {
            visits++;
            double sum = gradients.merge(vertex, arrives, Double::sum);
            for (Graph.Vertex operand : vertex.operands()) visit(operand, passesAccumulated ? sum : arrives);
        }

        double gradient(Graph graph) {
            return gradients.get(graph.vertices().get(0));
        }
    }
}
