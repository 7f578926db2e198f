package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import dev.adjoint.train.ProgressReport;
import dev.adjoint.train.TopK;
import dev.adjoint.train.Trainer;

/** Classifies two interleaved half moons with an MLP: training with a Trainer, in a few lines. */
public final class E4TwoMoons {
    private E4TwoMoons() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Rng rng = new Rng(0);
        DataLoader train = DataLoader.shuffled(Generated.moons(1000, 0.1, rng), 50, rng);
        DataLoader test = DataLoader.inOrder(Generated.moons(500, 0.1, rng), 100);
        Sequential model = new Sequential(
                new Linear(2, 32).rng(rng),
                new ReLU(),
                new Linear(32, 32).rng(rng),
                new ReLU(),
                new Linear(32, 2).rng(rng));
        new Trainer(model, new CrossEntropyLoss(), new Adam(model.parameters(), 0.01))
                .validate(test)
                .measureValidation(TopK.accuracy())
                .with(new ProgressReport(System.err, System.out))
                .fit(train, 20);
    }
}
