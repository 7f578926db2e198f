package dev.adjoint.examples;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.TensorDataset;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;

/** Two interleaved half moons, told apart by an MLP that is trained in batches. */
public final class E4TwoMoons {
    private E4TwoMoons() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Rng rng = new Rng(0);
        TensorDataset train = moons(1000, rng);
        TensorDataset test = moons(500, rng);
        Sequential model = new Sequential(
                new Linear(2, 32, true, rng),
                new ReLU(),
                new Linear(32, 32, true, rng),
                new ReLU(),
                new Linear(32, 2, true, rng));
        Adam adam = new Adam(model.parameters(), 0.01);

        for (int epoch = 1; epoch <= 20; epoch++) {
            for (Batch batch : DataLoader.shuffled(train, 50, rng)) {
                try (Scope step = Scope.open()) {
                    adam.zeroGrad();
                    Losses.crossEntropy(model.forward(batch.inputs()), batch.targets())
                            .backward();
                    adam.step();
                }
            }
            if (epoch % 5 == 0)
                System.out.printf("epoch %d  test accuracy %.1f %%%n", epoch, 100 * accuracy(model, test));
        }
    }

    private static double accuracy(Sequential model, TensorDataset data) {
        try (NoGrad off = NoGrad.open()) {
            double right = 0;
            for (Batch batch : DataLoader.inOrder(data, 100)) {
                Tensor predicted = model.forward(batch.inputs()).argmax(1);
                right += predicted.eq(batch.targets()).sum().item();
            }
            return right / data.size();
        }
    }

    /** Points on two half circles of radius 1, the second turned round and moved into the first, with noise. */
    private static TensorDataset moons(int n, Rng rng) {
        float[] points = new float[2 * n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 2;
            double angle = Math.PI * rng.nextDouble();
            double side = labels[i] == 0 ? 1 : -1;
            points[2 * i] = (float) (side * Math.cos(angle) + labels[i] + 0.1 * rng.nextGaussian());
            points[2 * i + 1] = (float) (side * Math.sin(angle) + 0.5 * labels[i] + 0.1 * rng.nextGaussian());
        }
        return new TensorDataset(Tensor.of(points, n, 2), Tensor.of(labels));
    }
}
