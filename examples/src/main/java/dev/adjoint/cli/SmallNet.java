package dev.adjoint.cli;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.Conv2d;
import dev.adjoint.nn.Flatten;
import dev.adjoint.nn.GELU;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.TransformerEncoderLayer;
import java.util.Locale;

/** Networks for digits that are small enough to inspect vertex by vertex. */
enum SmallNet {
    /** Two linear layers with a ReLU between them. */
    MLP,
    /** A convolution, a pooling layer and a linear layer. */
    CNN,
    /** A transformer layer and a linear layer, with the rows of the image as a sequence of 28 tokens. */
    TRANSFORMER;

    private static final int SIDE = 28;

    Module make(Rng rng) {
        return switch (this) {
            case MLP -> new Sequential(new Linear(SIDE * SIDE, 16).rng(rng), new ReLU(), new Linear(16, 10).rng(rng));
            case CNN ->
                new Sequential(
                        new Conv2d(1, 4, 5).padding(2).rng(rng),
                        new ReLU(),
                        new MaxPool2d(4),
                        new Flatten(),
                        new Linear(4 * 7 * 7, 10).rng(rng));
            case TRANSFORMER ->
                new Sequential(
                        new TransformerEncoderLayer(SIDE, 4)
                                .feedForward(SIDE)
                                .dropout(0)
                                .activation(new GELU())
                                .normFirst(true)
                                .rng(rng),
                        new Flatten(),
                        new Linear(SIDE * SIDE, 10).rng(rng));
        };
    }

    /** Reshapes images [N, 784] to the input shape of the network. */
    Tensor inputs(Tensor images) {
        return switch (this) {
            case MLP -> images;
            case CNN -> images.reshape(-1, 1, SIDE, SIDE);
            case TRANSFORMER -> images.reshape(-1, SIDE, SIDE);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
