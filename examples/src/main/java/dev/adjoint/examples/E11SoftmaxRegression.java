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

/** Softmax regression on MNIST with tensors alone, without layers or an optimizer: 92 % test accuracy in a few seconds. */
public final class E11SoftmaxRegression {
    private static final int EPOCHS = 5;
    private static final double LEARNING_RATE = 0.5;

    private E11SoftmaxRegression() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ImageDataset train = Mnist.load(Mnist.Split.TRAIN);
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        Tensor weight = Tensor.zeros(784, 10).requiresGrad(true);
        Tensor bias = Tensor.zeros(10).requiresGrad(true);
        Rng rng = new Rng(0);
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            for (Batch batch : DataLoader.shuffled(train, 128, rng)) {
                try (Scope step = Scope.open()) {
                    Tensor logits = batch.inputs().matmul(weight).add(bias);
                    // −ln p(class) of each image, p = softmax(logits)
                    Tensor picked =
                            logits.logSoftmax(1).gather(1, batch.targets().unsqueeze(1));
                    picked.mean().neg().backward();
                    for (Tensor parameter : new Tensor[] {weight, bias}) {
                        parameter.assign(parameter.detach().sub(parameter.grad().mul(LEARNING_RATE)));
                        parameter.zeroGrad();
                    }
                }
            }
            try (NoGrad off = NoGrad.open()) {
                int[] all = IntStream.range(0, test.size()).toArray();
                Tensor predicted = test.inputs(all).matmul(weight).add(bias).argmax(1);
                double right = predicted.eq(test.targets(all)).mean().item();
                System.out.printf(Locale.ROOT, "epoch %d  test accuracy %.2f %%%n", epoch, 100 * right);
            }
        }
    }
}
