package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.Sigmoid;
import dev.adjoint.nn.Tanh;
import dev.adjoint.optim.SGD;
import java.util.Locale;

/** Learns XOR, which a single layer cannot, with a hidden layer of four units, trained by gradient descent with momentum. */
public final class E3Xor {
    private E3Xor() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Tensor x = Tensor.of(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        Tensor y = Tensor.of(new float[][] {{0}, {1}, {1}, {0}});
        Rng rng = new Rng(1);
        Sequential model =
                new Sequential(new Linear(2, 4).rng(rng), new Tanh(), new Linear(4, 1).rng(rng), new Sigmoid());
        SGD sgd = new SGD(model.parameters(), 0.5, 0.9);

        for (int step = 1; step <= 500; step++) {
            sgd.zeroGrad();
            Tensor loss = Losses.mse(model.apply(x), y);
            loss.backward();
            sgd.step();
            if (step % 100 == 0) System.out.printf(Locale.ROOT, "step %d  loss %.6f%n", step, loss.item());
        }
        System.out.println(model.apply(x).detach());
    }
}
