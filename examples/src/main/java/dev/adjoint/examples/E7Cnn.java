package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.nn.BatchNorm2d;
import dev.adjoint.nn.Conv2d;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Flatten;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import java.util.Locale;

/** A convolutional net on MNIST: two convolutions with batch norm, pooling and dropout; 99 % after four epochs. */
public final class E7Cnn {
    /** Height and width of an image. */
    static final int SIZE = 28;

    private static final int EPOCHS = 4;
    private static final int BATCH = 128;

    private E7Cnn() {}

    static Module model(Rng rng) {
        return new Sequential(
                new Conv2d(1, 16, 5, 1, 2, 1, 1, true, rng),
                new BatchNorm2d(16),
                new ReLU(),
                new MaxPool2d(2),
                new Conv2d(16, 32, 3, 1, 1, 1, 1, true, rng),
                new BatchNorm2d(32),
                new ReLU(),
                new MaxPool2d(2),
                new Flatten(),
                new Dropout(0.25, rng),
                new Linear(32 * 7 * 7, 10, true, rng));
    }

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ImageDataset train = Mnist.load(Mnist.Split.TRAIN);
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        Rng rng = new Rng(0);
        Module model = model(rng);
        Adam adam = new Adam(model.parameters(), 2e-3);
        Scheduler scheduler = new Scheduler(adam, Schedule.cosine(EPOCHS, 0));
        long start = System.nanoTime();
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            for (Batch batch : DataLoader.shuffled(train, BATCH, rng)) {
                try (Scope step = Scope.open()) {
                    Tensor images = batch.inputs().reshape(-1, 1, SIZE, SIZE);
                    Losses.crossEntropy(model.forward(images), batch.targets()).backward();
                    adam.step();
                    adam.zeroGrad();
                }
            }
            scheduler.step();
            double accuracy = Evaluation.of(onImages(model), test).accuracy();
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(Locale.ROOT, "epoch %d  test accuracy %.2f %%  %.0f s%n", epoch, 100 * accuracy, seconds);
        }
    }

    /** The model for rows of pixels. */
    private static Module onImages(Module model) {
        return new Module() {
            private final Module inner = child("inner", model);

            @Override
            public Tensor forward(Tensor x) {
                return inner.forward(x.reshape(-1, 1, SIZE, SIZE));
            }
        };
    }
}
