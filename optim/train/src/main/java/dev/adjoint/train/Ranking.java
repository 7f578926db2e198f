package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/** Ranks classes by their scores; ties are broken by the lower class index, as in argmax. */
final class Ranking {
    /** The rank of each class in a row with a NaN score. */
    static final int NO_RANK = Integer.MAX_VALUE;

    private final double[] scores;
    private final int classes;

    /** The ranking of scores [N, C]. */
    Ranking(Tensor scores) {
        this.scores = scores.toDoubles();
        this.classes = (int) scores.shape(1);
    }

    static void check(String name, Tensor prediction, Tensor target) {
        if (prediction.rank() != 2 || target.rank() != 1 || target.length() != prediction.shape(0)) {
            throw new IllegalArgumentException(name + ": prediction " + Arrays.toString(prediction.shape())
                    + ", target " + Arrays.toString(target.shape()) + ": expected scores [N, C] and classes [N]");
        }
        long[] labels = target.toLongs();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0 && labels[i] < prediction.shape(1)) continue;
            throw new IllegalArgumentException(name + ": target " + i + " is " + labels[i] + ": expected 0 to "
                    + (prediction.shape(1) - 1) + ", the classes of prediction "
                    + Arrays.toString(prediction.shape()));
        }
    }

    /** The rank of a class in a row, from 0 for the highest score; {@link #NO_RANK} if a score of the row is NaN. */
    int rankOf(int row, int of) {
        int from = row * classes;
        double own = scores[from + of];
        int before = 0;
        for (int c = 0; c < classes; c++) {
            double other = scores[from + c];
            if (Double.isNaN(other)) return NO_RANK;
            if (other > own || other == own && c < of) before++;
        }
        return before;
    }

    /** The class with the highest score in a row; −1 if a score of the row is NaN. */
    int best(int row) {
        int from = row * classes;
        int best = 0;
        for (int c = 0; c < classes; c++) {
            if (Double.isNaN(scores[from + c])) return -1;
            if (scores[from + c] > scores[from + best]) best = c;
        }
        return best;
    }
}
