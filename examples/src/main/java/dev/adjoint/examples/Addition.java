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
 * All sums of two numbers below 100 as text, the digits of the result from the last to the first, as one adds by hand: "07+85=290"
 * is 7 + 85 = 092. A model that reads a sum character by character, and says what comes next, has to add.
 */
final class Addition implements Dataset {
    private static final String ALPHABET = "0123456789+=";
    private static final int NUMBERS = 100;
    /** Characters before the result, "07+85=". */
    private static final int QUESTION = 6;

    private static final int ANSWER = 3;

    /** Characters that a model reads: all but the last, which it need only say. */
    static final int LENGTH = QUESTION + ANSWER - 1;

    /** How many characters there are. */
    static final int SYMBOLS = ALPHABET.length();

    private final List<String> texts;

    private Addition(List<String> texts) {
        this.texts = texts;
    }

    /** Four of five sums to learn from, or the others to be asked. */
    static Addition toLearn(boolean learn) {
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

    /** What a model is given: int64 [n, LENGTH]. */
    @Override
    public Tensor inputs(int... indices) {
        return encode(0, LENGTH, indices);
    }

    /** What it is to say after the question and after each character of the result but the last: int64 [n, ANSWER]. */
    @Override
    public Tensor targets(int... indices) {
        return encode(QUESTION, ANSWER, indices);
    }

    private Tensor encode(int from, int length, int... indices) {
        long[] characters = new long[indices.length * length];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = ALPHABET.indexOf(texts.get(indices[i / length]).charAt(from + i % length));
        }
        return Tensor.of(characters, indices.length, length);
    }

    /** The logits [N, LENGTH, SYMBOLS] of a model at the places where a result is asked for, [N, ANSWER, SYMBOLS]. */
    private static Tensor answers(Tensor logits) {
        return logits.slice(1, QUESTION - 1, LENGTH);
    }

    /** The mean cross-entropy of what is said of the results. */
    static Tensor loss(Tensor logits, Tensor target) {
        return Losses.crossEntropy(answers(logits).reshape(-1, SYMBOLS), target.flatten());
    }

    /** The part of the sums that are right in all digits. */
    static final class Right implements Metric {
        private double right;
        private double all;

        @Override
        public String name() {
            return "right";
        }

        @Override
        public void add(Tensor logits, Tensor target) {
            Tensor digits = answers(logits).argmax(2).eq(target).sum(1);
            right += digits.eq(ANSWER).sum().item();
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
