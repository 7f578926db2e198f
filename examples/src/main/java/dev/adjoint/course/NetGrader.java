package dev.adjoint.course;

import dev.adjoint.autograd.CustomOp;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Dataset;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.Mnist;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Grades assignment 5: the layers, and a network that is trained using only the student's code. */
final class NetGrader {
    private static final int TRAIN = 2000;
    private static final int TEST = 500;
    private static final int BATCH = 50;
    private static final int EPOCHS = 2;
    private static final double REQUIRED_ACCURACY = 0.85;

    private NetGrader() {}

    static List<Task> tasks(Grader.Answers answers) {
        ConvolutionalNet net = answers.net();
        Tensor x = Checks.normal(30, 2, 2, 6, 5);
        Tensor w = Checks.normal(31, 3, 2, 3, 3);
        Tensor even = Checks.normal(32, 2, 3, 4, 6);
        return List.of(
                new Task("conv2d", 2, () -> Checks.value(x.conv2d(w, null, 1, 0, 1, 1), net.conv2d(x, w))),
                new Task(
                        "conv2dBackward",
                        3,
                        () -> Checks.gradient(
                                t -> t[0].conv2d(t[1], null, 1, 0, 1, 1),
                                (g, t, y) -> net.conv2dBackward(g, t[0], t[1]),
                                x,
                                w)),
                new Task("maxPool", 1, () -> Checks.value(even.maxPool2d(2, 2, 0), net.maxPool(even))),
                new Task(
                        "maxPoolBackward",
                        2,
                        () -> Checks.gradient(
                                t -> t[0].maxPool2d(2, 2, 0),
                                (g, t, y) -> new Tensor[] {net.maxPoolBackward(g, t[0])},
                                even)),
                new Task("a network that classifies digits", 4, () -> train(answers)));
    }

    /** The student's layers as custom ops, so that the engine only traverses the graph. */
    private record Layers(CustomOp conv, CustomOp pool, CustomOp relu, CustomOp linear) {
        static Layers of(Grader.Answers answers) {
            ConvolutionalNet net = answers.net();
            LayersAndLosses layers = answers.layers();
            return new Layers(
                    CustomOp.of("conv2d", x -> net.conv2d(x[0], x[1]))
                            .vjp(
                                    (g, x, y) -> net.conv2dBackward(g, x[0], x[1])[0],
                                    (g, x, y) -> net.conv2dBackward(g, x[0], x[1])[1]),
                    CustomOp.of("maxPool", x -> net.maxPool(x[0])).vjp((g, x, y) -> net.maxPoolBackward(g, x[0])),
                    CustomOp.of("relu", x -> layers.relu(x[0])).vjp((g, x, y) -> layers.reluBackward(g, x[0])),
                    CustomOp.of("linear", x -> layers.linear(x[0], x[1], x[2]))
                            .vjp(
                                    (g, x, y) -> layers.linearBackward(g, x[0], x[1], x[2])[0],
                                    (g, x, y) -> layers.linearBackward(g, x[0], x[1], x[2])[1],
                                    (g, x, y) -> layers.linearBackward(g, x[0], x[1], x[2])[2]));
        }

        Tensor logits(Tensor images, List<Tensor> w) {
            Tensor maps = pool.apply(relu.apply(conv.apply(images, w.get(0))));
            return linear.apply(maps.flatten(1), w.get(1), w.get(2));
        }
    }

    private static List<Tensor> weights() {
        Rng rng = new Rng(0);
        return List.of(
                Tensor.normal(rng, DType.FLOAT32, 0, 0.2, 4, 1, 5, 5),
                Tensor.normal(rng, DType.FLOAT32, 0, 0.05, 10, 4 * 12 * 12),
                Tensor.zeros(10));
    }

    private static String train(Grader.Answers answers) {
        Dataset digits = first(Mnist.load(Mnist.Split.TRAIN), TRAIN);
        Layers layers = Layers.of(answers);
        List<Tensor> w = new ArrayList<>(weights());
        List<Tensor> m = new ArrayList<>(w.stream().map(Tensor::zerosLike).toList());
        List<Tensor> v = new ArrayList<>(m);
        DataLoader batches = DataLoader.shuffled(digits, BATCH, new Rng(1));
        long step = 0;
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            for (Batch batch : batches) {
                step++;
                try (Scope scope = Scope.open()) {
                    w.forEach(tensor -> tensor.requiresGrad(true));
                    Tensor logits = layers.logits(batch.inputs().reshape(-1, 1, 28, 28), w);
                    Tensor values = logits.detach();
                    Tensor one = Tensor.ones();
                    logits.backward(answers.layers().crossEntropyBackward(one, values, batch.targets()));
                    double loss = answers.layers()
                            .crossEntropy(values, batch.targets())
                            .item();
                    if (!Double.isFinite(loss))
                        return "the loss is " + loss + " in step " + step + ": see the previous tasks";
                    for (int i = 0; i < w.size(); i++) {
                        Tensor[] next = answers.optimizers()
                                .adam(w.get(i).detach(), w.get(i).grad(), m.get(i), v.get(i), step, 0.005);
                        w.set(i, scope.keep(next[0]));
                        m.set(i, scope.keep(next[1]));
                        v.set(i, scope.keep(next[2]));
                    }
                }
            }
        }
        double accuracy = accuracy(layers, w);
        if (accuracy >= REQUIRED_ACCURACY) return null;
        return String.format(
                Locale.ROOT,
                "it classifies %.1f %% of new digits correctly after %d epochs, expected at least %.0f %%: solve the tasks of"
                        + " assignments 3, 4 and 5 first",
                100 * accuracy,
                EPOCHS,
                100 * REQUIRED_ACCURACY);
    }

    private static double accuracy(Layers layers, List<Tensor> w) {
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        int[] some = IntStream.range(0, TEST).toArray();
        try (Scope scope = Scope.open();
                NoGrad off = NoGrad.open()) {
            Tensor predicted =
                    layers.logits(test.inputs(some).reshape(-1, 1, 28, 28), w).argmax(1);
            return predicted.eq(test.targets(some)).mean().item();
        }
    }

    private static Dataset first(ImageDataset all, int count) {
        return new Dataset() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public Tensor inputs(int... indices) {
                return all.inputs(indices);
            }

            @Override
            public Tensor targets(int... indices) {
                return all.targets(indices);
            }
        };
    }
}
