package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.datasets.Transform;
import dev.adjoint.nn.BatchNorm2d;
import dev.adjoint.nn.Conv2d;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Flatten;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import dev.adjoint.train.ProgressReport;
import dev.adjoint.train.TopK;
import dev.adjoint.train.Trainer;

/** A convolutional network on MNIST: two convolutions with batch norm, pooling and dropout; 99 % after four epochs. */
public final class E7Cnn {
    /** Height and width of an image. */
    public static final int SIZE = 28;

    private static final int EPOCHS = 4;
    private static final int BATCH = 128;

    private E7Cnn() {}

    /**
     * Creates the network.
     *
     * @param rng the random generator for the initial weights and dropout
     * @return a model that maps images [N, 1, 28, 28] to 10 logits
     */
    public static Module model(Rng rng) {
        return new Sequential(
                new Conv2d(1, 16, 5).padding(2).rng(rng),
                new BatchNorm2d(16),
                new ReLU(),
                new MaxPool2d(2),
                new Conv2d(16, 32, 3).padding(1).rng(rng),
                new BatchNorm2d(32),
                new ReLU(),
                new MaxPool2d(2),
                new Flatten(),
                new Dropout(0.25, rng),
                new Linear(32 * 7 * 7, 10).rng(rng));
    }

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Transform asImages = Transform.reshape(1, SIZE, SIZE);
        Rng rng = new Rng(0);
        DataLoader train =
                DataLoader.shuffled(Mnist.load(Mnist.Split.TRAIN), BATCH, rng).mapInputs(asImages);
        DataLoader test =
                DataLoader.inOrder(Mnist.load(Mnist.Split.TEST), BATCH).mapInputs(asImages);
        Module model = model(rng);
        Adam adam = new Adam(model.parameters(), 2e-3);
        new Trainer(model, new CrossEntropyLoss(), adam)
                .scheduleEachEpoch(new Scheduler(adam, Schedule.cosine(EPOCHS, 0)))
                .validate(test)
                .measureValidation(TopK.accuracy())
                .with(new ProgressReport(System.err, System.out))
                .fit(train, EPOCHS);
    }
}
