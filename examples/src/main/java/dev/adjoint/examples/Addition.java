package dev.adjoint.examples;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Dataset;
import dev.adjoint.nn.Losses;
import dev.adjoint.train.Metric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A dataset of all sums of two numbers below 100 as text. The digits of the result are reversed, as in addition by hand: "07+85=290" means
 * 7 + 85 = 092. To predict the next character of such a text, a model has to learn addition.
 */
final class Addition implements Dataset {
    private static final String ALPHABET = "0123456789+=";
    private static final int NUMBERS = 100;
    /** Number of characters before the result, "07+85=". */
    private static final int PROMPT_LENGTH = 6;

    private static final int ANSWER_LENGTH = 3;

    /** Length of the input sequence: all characters but the last, which is only predicted. */
    static final int LENGTH = PROMPT_LENGTH + ANSWER_LENGTH - 1;

    /** Number of distinct characters. */
    static final int VOCABULARY_SIZE = ALPHABET.length();

    private final List<String> texts;

    private Addition(List<String> texts) {
        this.texts = texts;
    }

    /** Returns the training set, four fifths of the sums, or the test set, the others. */
    static Addition split(boolean learn) {
        List<String> all = new ArrayList<>();
        for (int a = 0; a < NUMBERS; a++) {
            for (int b = 0; b < NUMBERS; b++) {
                String result = new StringBuilder(String.format(Locale.ROOT, "%03d", a + b))
                        .reverse()
                        .toString();
                all.add(String.format(Locale.ROOT, "%02d+%02d=%s", a, b, result));
            }
        }
        Collections.shuffle(all, new Random(1));
        int cut = all.size() * 4 / 5;
        return new Addition(learn ? all.subList(0, cut) : all.subList(cut, all.size()));
    }

    @Override
    public int size() {
        return texts.size();
    }

    /** The input sequences: int64 [n, LENGTH]. */
    @Override
    public Tensor inputs(int... indices) {
        return encode(0, LENGTH, indices);
    }

    /** The digits of the results, to be predicted one after the other: int64 [n, ANSWER]. */
    @Override
    public Tensor targets(int... indices) {
        return encode(PROMPT_LENGTH, ANSWER_LENGTH, indices);
    }

    private Tensor encode(int from, int length, int... indices) {
        long[] characters = new long[indices.length * length];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = ALPHABET.indexOf(texts.get(indices[i / length]).charAt(from + i % length));
        }
        return Tensor.of(characters, indices.length, length);
    }

    /** Selects from logits [N, LENGTH, SYMBOLS] the positions that predict the result: [N, ANSWER, SYMBOLS]. */
    private static Tensor answerLogits(Tensor logits) {
        return logits.slice(1, PROMPT_LENGTH - 1, LENGTH);
    }

    /** The mean cross-entropy of the predicted digits of the results. */
    static Tensor loss(Tensor logits, Tensor target) {
        return Losses.crossEntropy(answerLogits(logits).reshape(-1, VOCABULARY_SIZE), target.flatten());
    }

    /** The fraction of sums for which all digits are correct. */
    static final class SequenceAccuracy implements Metric {
        private double right;
        private double all;

        @Override
        public String name() {
            return "right";
        }

        @Override
        public void add(Tensor logits, Tensor target) {
            Tensor digits = answerLogits(logits).argmax(2).eq(target).sum(1);
            right += digits.eq(ANSWER_LENGTH).sum().item();
            all += target.shape(0);
        }

        @Override
        public double value() {
            return right / all;
        }

        @Override
        public void reset() {
            right = 0;
            all = 0;
        }

        @Override
        public double[] state() {
            return new double[] {right, all};
        }

        @Override
        public void restore(double... state) {
            right = state[0];
            all = state[1];
        }
    }
}
