package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** The tasks of each assignment and how they are graded. */
final class Grader {
    /** A student's answers to all assignments. */
    record Answers(
            BackwardRules rules,
            Broadcasting broadcasting,
            LayersAndLosses layers,
            Optimizers optimizers,
            ConvolutionalNet net) {
        /** The answers in the classes that the student completes. */
        static Answers own() {
            return new Answers(new Answer1(), new Answer2(), new Answer3(), new Answer4(), new Answer5());
        }
    }

    static final int ASSIGNMENTS = 5;

    private Grader() {}

    /** Grades one assignment, from 1 to 5. */
    static List<Task.Result> grade(int assignment, Answers answers) {
        List<Task> tasks = switch (assignment) {
            case 1 -> rules(answers.rules);
            case 2 -> broadcasting(answers.broadcasting);
            case 3 -> layers(answers.layers);
            case 4 -> optimizers(answers.optimizers);
            case 5 -> NetGrader.tasks(answers);
            default ->
                throw new IllegalArgumentException("assignment " + assignment + ": expected 1 to " + ASSIGNMENTS);
        };
        return tasks.stream().map(Task::grade).toList();
    }

    private static List<Task> rules(BackwardRules rules) {
        Tensor a = Checks.random(1, 3, 4);
        Tensor b = Checks.random(2, 3, 4);
        return List.of(
                unary("sin", 1, Tensor::sin, (g, x, y) -> rules.sin(g, x[0])),
                unary("sigmoid", 1, Tensor::sigmoid, (g, x, y) -> rules.sigmoid(g, y)),
                task("mul", 1, x -> x[0].mul(x[1]), (g, x, y) -> rules.mul(g, x[0], x[1]), a, b),
                task("div", 2, x -> x[0].div(x[1]), (g, x, y) -> rules.div(g, x[0], x[1]), a, b),
                task("max", 1, x -> x[0].maximum(x[1]), (g, x, y) -> rules.max(g, x[0], x[1]), a, b),
                task(
                        "matmul",
                        2,
                        x -> x[0].matmul(x[1]),
                        (g, x, y) -> rules.matmul(g, x[0], x[1]),
                        a,
                        Checks.random(3, 4, 2)),
                unary("softmax", 2, x -> x.softmax(1), (g, x, y) -> rules.softmax(g, y)));
    }

    /** The backward rule of a unary op. */
    private interface Unary {
        Tensor apply(Tensor g, Tensor[] x, Tensor y);
    }

    private static Task unary(String name, int points, Function<Tensor, Tensor> forward, Unary rule) {
        Checks.Pullback backward = (g, x, y) -> new Tensor[] {rule.apply(g, x, y)};
        return task(name, points, x -> forward.apply(x[0]), backward, Checks.normal(4, 3, 4));
    }

    private static Task task(
            String name, int points, Function<Tensor[], Tensor> forward, Checks.Pullback backward, Tensor... x) {
        return new Task(name, points, () -> Checks.gradient(forward, backward, x));
    }

    private static List<Task> broadcasting(Broadcasting answer) {
        return List.of(
                new Task("sumTo", 3, () -> sums(answer)),
                new Task("add", 2, () -> operands(x -> x[0].add(x[1]), (g, x, y) -> answer.add(g, x[0], x[1]))),
                new Task("mul", 2, () -> operands(x -> x[0].mul(x[1]), (g, x, y) -> answer.mul(g, x[0], x[1]))),
                new Task("sum", 1, () -> reductions(Tensor::sum, answer::sum)),
                new Task("mean", 2, () -> reductions(Tensor::mean, answer::mean)));
    }

    private static String sums(Broadcasting answer) {
        Tensor g = Checks.normal(5, 3, 4, 2);
        for (long[] shape : new long[][] {{3, 4, 2}, {2}, {4, 2}, {4, 1}, {1, 4, 1}, {3, 1, 2}, {1}, {}}) {
            String hint = Checks.value(g.sumTo(shape), answer.sumTo(g, shape));
            if (hint != null) return "to the shape " + Arrays.toString(shape) + ": " + hint;
        }
        return null;
    }

    private static String operands(Function<Tensor[], Tensor> forward, Checks.Pullback backward) {
        Tensor matrix = Checks.random(6, 3, 4);
        for (Tensor other : List.of(matrix.mul(2), Checks.random(7, 4), Checks.random(8, 3, 1), Checks.random(9))) {
            String hint = Checks.gradient(forward, backward, matrix, other);
            if (hint == null) hint = Checks.gradient(forward, backward, other, matrix);
            if (hint != null) {
                return "shapes [3, 4] and " + Arrays.toString(other.shape()) + ": " + hint;
            }
        }
        return null;
    }

    /** A reduction along axes. */
    private interface Reduction {
        Tensor apply(Tensor x, int... axes);
    }

    private interface ReductionGradient {
        Tensor apply(Tensor g, Tensor x, int axis);
    }

    private static String reductions(Reduction forward, ReductionGradient backward) {
        for (int axis = 0; axis < 3; axis++) {
            int along = axis;
            String hint = Checks.gradient(
                    x -> forward.apply(x[0], along),
                    (g, x, y) -> new Tensor[] {backward.apply(g, x[0], along)},
                    Checks.random(10, 2, 3, 4));
            if (hint != null) return "along axis " + axis + ": " + hint;
        }
        return null;
    }

    private static List<Task> layers(LayersAndLosses answer) {
        Tensor x = Checks.normal(11, 4, 5);
        Tensor w = Checks.normal(12, 3, 5);
        Tensor b = Checks.normal(13, 3);
        Tensor target = Tensor.of(0, 2, 1, 2);
        Tensor logits = Checks.normal(14, 4, 3);
        Function<Tensor, Tensor> norm = Grader::layerNorm;
        return List.of(
                new Task("linear", 1, () -> Checks.value(x.linear(w, b), answer.linear(x, w, b))),
                task(
                        "linearBackward",
                        2,
                        t -> t[0].linear(t[1], t[2]),
                        (g, t, y) -> answer.linearBackward(g, t[0], t[1], t[2]),
                        x,
                        w,
                        b),
                new Task("relu", 1, () -> Checks.value(x.relu(), answer.relu(x))),
                task("reluBackward", 1, t -> t[0].relu(), (g, t, y) -> new Tensor[] {answer.reluBackward(g, t[0])}, x),
                new Task(
                        "crossEntropy",
                        1,
                        () -> Checks.value(logits.crossEntropy(target).mean(), answer.crossEntropy(logits, target))),
                new Task(
                        "crossEntropy of large logits",
                        1,
                        () -> Checks.value(
                                logits.mul(1000).crossEntropy(target).mean(),
                                answer.crossEntropy(logits.mul(1000), target))),
                task(
                        "crossEntropyBackward",
                        2,
                        t -> t[0].crossEntropy(target).mean(),
                        (g, t, y) -> new Tensor[] {answer.crossEntropyBackward(g, t[0], target)},
                        logits),
                new Task("layerNorm", 1, () -> Checks.value(norm.apply(x), answer.layerNorm(x))),
                task(
                        "layerNormBackward",
                        2,
                        t -> norm.apply(t[0]),
                        (g, t, y) -> new Tensor[] {answer.layerNormBackward(g, t[0])},
                        x));
    }

    private static Tensor layerNorm(Tensor x) {
        Tensor centred = x.sub(x.mean(1).unsqueeze(1));
        return centred.div(centred.square().mean(1).unsqueeze(1).add(1e-5).sqrt());
    }

    private static List<Task> optimizers(Optimizers answer) {
        return List.of(
                new Task("sgd", 2, () -> OptimizerGrader.sgd(answer)),
                new Task("adam", 3, () -> OptimizerGrader.adam(answer, 0)),
                new Task("adamW", 2, () -> OptimizerGrader.adam(answer, 0.1)),
                new Task("cosine", 1, () -> OptimizerGrader.cosine(answer)));
    }
}
