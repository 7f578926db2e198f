package dev.adjoint.examples;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.Mnist;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * An MLP with one hidden layer on MNIST, with tensors alone and SGD with momentum written out; it shows what {@code nn} and
 * {@code optim} do. 97 % test accuracy.
 */
public final class E12MlpFromScratch {
    private static final int EPOCHS = 5;
    private static final int HIDDEN = 128;
    private static final double LEARNING_RATE = 0.05;
    private static final double MOMENTUM = 0.9;

    private E12MlpFromScratch() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ImageDataset train = Mnist.load(Mnist.Split.TRAIN);
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        Rng rng = new Rng(0);
        // He initialisation: the factor 2 makes up for ReLU, which halves the variance.
        Tensor[] parameters = {
            Tensor.normal(rng, 0, Math.sqrt(2.0 / 784), 784, HIDDEN),
            Tensor.zeros(HIDDEN),
            Tensor.normal(rng, 0, Math.sqrt(2.0 / HIDDEN), HIDDEN, 10),
            Tensor.zeros(10)
        };
        Tensor[] velocities = new Tensor[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            velocities[i] = Tensor.zerosLike(parameters[i]);
            parameters[i].requiresGrad(true);
        }
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            for (Batch batch : DataLoader.shuffled(train, 128, rng)) {
                try (Scope step = Scope.open()) {
                    logits(batch.inputs(), parameters)
                            .crossEntropy(batch.targets())
                            .mean()
                            .backward();
                    for (int i = 0; i < parameters.length; i++) update(parameters[i], velocities[i]);
                }
            }
            try (NoGrad off = NoGrad.open()) {
                int[] all = IntStream.range(0, test.size()).toArray();
                Tensor predicted = logits(test.inputs(all), parameters).argmax(1);
                double right = predicted.eq(test.targets(all)).mean().item();
                System.out.printf(Locale.ROOT, "epoch %d  test accuracy %.2f %%%n", epoch, 100 * right);
            }
        }
    }

    /** The forward pass: max(x·W₁ + b₁, 0)·W₂ + b₂. */
    private static Tensor logits(Tensor x, Tensor... p) {
        return x.matmul(p[0]).add(p[1]).relu().matmul(p[2]).add(p[3]);
    }

    /** Updates a parameter: v ← momentum·v + gradient, w ← w − learningRate·v. */
    private static void update(Tensor parameter, Tensor velocity) {
        velocity.assign(velocity.mul(MOMENTUM).add(parameter.grad()));
        parameter.assign(parameter.detach().sub(velocity.mul(LEARNING_RATE)));
        parameter.zeroGrad();
    }
}
