package dev.adjoint.bench;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.cli.options.LayerSizes;
import dev.adjoint.examples.E7Cnn;
import dev.adjoint.nn.LSTM;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.MultiheadAttention;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The networks for benchmarks of a training step; tests/peers/step_models.py has the same networks in PyTorch. */
enum BenchModel {
    /** An MLP with ReLU, of the given layer sizes. */
    MLP,
    /** The network of {@link E7Cnn}, on [N, 1, 28, 28]. */
    CNN,
    /** An LSTM over 64 time steps with 128 features, and a classifier on its last output. */
    LSTM,
    /** Self-attention with 4 heads over 64 positions with 128 features, and a classifier on the mean of its outputs. */
    ATTENTION;

    private static final int LENGTH = 64;
    private static final int WIDTH = 128;
    private static final int HEADS = 4;
    private static final int CLASSES = 10;

    Module make(LayerSizes layers, Rng rng) {
        return switch (this) {
            case MLP -> layers.mlp(0, rng);
            case CNN -> E7Cnn.model(rng);
            case LSTM -> classifier(new LSTM(WIDTH, WIDTH, rng), y -> y.select(0, LENGTH - 1), rng);
            case ATTENTION -> classifier(new MultiheadAttention(WIDTH, HEADS, false, rng), y -> y.mean(1), rng);
        };
    }

    /** A sequence layer followed by a linear classifier on a summary of its outputs. */
    private static Module classifier(Module layer, UnaryOperator<Tensor> summary, Rng rng) {
        return new Module() {
            private final Module body = child("body", layer);
            private final Linear head = child("head", new Linear(WIDTH, CLASSES).rng(rng));

            @Override
            protected Tensor forward(Tensor x) {
                return head.apply(summary.apply(body.apply(x)));
            }
        };
    }

    Tensor inputs(int batch, LayerSizes layers, Rng rng) {
        return switch (this) {
            case MLP -> Tensor.uniform(rng, 0, 1, batch, layers.inputs());
            case CNN -> Tensor.uniform(rng, 0, 1, batch, 1, E7Cnn.SIZE, E7Cnn.SIZE);
            case LSTM -> Tensor.uniform(rng, 0, 1, LENGTH, batch, WIDTH);
            case ATTENTION -> Tensor.uniform(rng, 0, 1, batch, LENGTH, WIDTH);
        };
    }

    int classes(LayerSizes layers) {
        return this == MLP ? layers.outputs() : CLASSES;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
