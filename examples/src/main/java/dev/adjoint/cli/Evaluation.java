package dev.adjoint.cli;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.nn.Module;
import dev.adjoint.train.ConfusionMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * A classifier's predictions for a test set, compared with the labels.
 *
 * @param confusion the counts of images by true and predicted class
 * @param mistakes the first images that were misclassified
 */
record Evaluation(ConfusionMatrix confusion, List<Mistake> mistakes) {
    private static final int BATCH = 500;
    private static final int MISTAKES = 100;

    /** A misclassified image: its index, its class and the class that was predicted. */
    record Mistake(int index, int expected, int predicted) {}

    static Evaluation of(Module model, ImageDataset test) {
        ConfusionMatrix confusion = new ConfusionMatrix(test.classes());
        List<Mistake> mistakes = new ArrayList<>();
        try (Module.Handle mode = model.inEvaluation();
                NoGrad off = NoGrad.open()) {
            for (Batch batch : DataLoader.inOrder(test, BATCH)) {
                try (Scope scope = Scope.open()) {
                    Tensor logits = model.apply(batch.inputs());
                    confusion.add(logits, batch.targets());
                    long[] predicted = logits.argmax(1).toLongs();
                    int[] indices = batch.indices();
                    for (int i = 0; i < predicted.length && mistakes.size() < MISTAKES; i++) {
                        int expected = test.label(indices[i]);
                        if (expected != predicted[i]) {
                            mistakes.add(new Mistake(indices[i], expected, (int) predicted[i]));
                        }
                    }
                }
            }
        }
        return new Evaluation(confusion, mistakes);
    }
}
