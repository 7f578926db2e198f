package dev.adjoint.examples;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
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
        TensorDataset train = Generated.moons(1000, 0.1, rng);
        TensorDataset test = Generated.moons(500, 0.1, rng);
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
}
