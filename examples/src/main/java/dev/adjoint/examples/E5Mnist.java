package dev.adjoint.examples;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import java.util.Locale;

/** Classifies handwritten digits with a plain training loop. */
public final class E5Mnist {
    private E5Mnist() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ImageDataset train = Mnist.load(Mnist.Split.TRAIN);
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        Sequential model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
        Adam adam = new Adam(model.parameters());
        DataLoader batches = DataLoader.shuffled(train, 128, new Rng(0));
        for (int epoch = 1; epoch <= 5; epoch++) {
            for (Batch batch : batches) {
                try (Scope step = Scope.open()) {
                    Losses.crossEntropy(model.apply(batch.inputs()), batch.targets())
                            .backward();
                    adam.step();
                    adam.zeroGrad();
                }
            }
            System.out.printf(Locale.ROOT, "epoch %d  test accuracy %.2f %%%n", epoch, accuracy(model, test));
        }
    }

    private static double accuracy(Sequential model, ImageDataset test) {
        double right = 0;
        for (Batch batch : DataLoader.inOrder(test, 500)) {
            try (NoGrad off = NoGrad.open();
                    Scope step = Scope.open()) {
                Tensor predicted = model.apply(batch.inputs()).argmax(1);
                right += predicted.eq(batch.targets()).sum().item();
            }
        }
        return 100 * right / test.size();
    }
}
