package dev.adjoint.examples;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.nn.Module;
import java.util.ArrayList;
import java.util.List;

/**
 * What a classifier makes of a test set.
 *
 * @param confusion how many images of class i were taken for class j, [i][j]
 * @param mistakes the first images that were misclassified
 */
record Evaluation(int[][] confusion, List<Mistake> mistakes) {
    private static final int BATCH = 500;
    private static final int MISTAKES = 100;

    /** An image of one class that was taken for another. */
    record Mistake(int index, int expected, int predicted) {}

    static Evaluation of(Module model, ImageDataset test) {
        int[][] confusion = new int[test.classes()][test.classes()];
        List<Mistake> mistakes = new ArrayList<>();
        try (Module.Handle mode = model.inEvaluation();
                NoGrad off = NoGrad.open()) {
            for (Batch batch : DataLoader.inOrder(test, BATCH)) {
                try (Scope scope = Scope.open()) {
                    long[] predicted = model.apply(batch.inputs()).argmax(1).toLongs();
                    int[] indices = batch.indices();
                    for (int i = 0; i < predicted.length; i++) {
                        int expected = test.label(indices[i]);
                        confusion[expected][(int) predicted[i]]++;
                        if (expected != predicted[i] && mistakes.size() < MISTAKES) {
                            mistakes.add(new Mistake(indices[i], expected, (int) predicted[i]));
                        }
                    }
                }
            }
        }
        return new Evaluation(confusion, mistakes);
    }

    double accuracy() {
        int right = 0;
        int all = 0;
        for (int i = 0; i < confusion.length; i++) {
            right += confusion[i][i];
            all += images(i);
        }
        return (double) right / all;
    }

    /** Images of a class. */
    int images(int label) {
        int count = 0;
        for (int n : confusion[label]) count += n;
        return count;
    }

    /** Images that were taken for a class. */
    int taken(int label) {
        int count = 0;
        for (int[] row : confusion) count += row[label];
        return count;
    }

    /** The part of a class's images that was recognised. */
    double recall(int label) {
        return images(label) == 0 ? 0 : (double) confusion[label][label] / images(label);
    }

    /** The part of the images taken for a class that are of it. */
    double precision(int label) {
        return taken(label) == 0 ? 0 : (double) confusion[label][label] / taken(label);
    }
}
