package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * All sums of two numbers below 100 as text, the digits of the result from the last to the first, as one adds by hand: "07+85=290"
 * is 7 + 85 = 092. A model that reads a sum character by character, and says what comes next, has to add.
 */
final class Sums {
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

    private Sums(List<String> texts) {
        this.texts = texts;
    }

    /** Four of five sums to learn from, or the others to be asked. */
    static Sums toLearn(boolean learn) {
        List<String> all = new ArrayList<>();
        for (int a = 0; a < NUMBERS; a++) {
            for (int b = 0; b < NUMBERS; b++) {
                String result = new StringBuilder(String.format("%03d", a + b))
                        .reverse()
                        .toString();
                all.add(String.format("%02d+%02d=%s", a, b, result));
            }
        }
        Collections.shuffle(all, new Random(1));
        int cut = all.size() * 4 / 5;
        return new Sums(learn ? all.subList(0, cut) : all.subList(cut, all.size()));
    }

    /**
     * What a model is given, and what it is to say after each character of it.
     *
     * @param inputs int64, [N, LENGTH]
     * @param targets int64, [N, ANSWER], the characters of the results
     */
    record Texts(Tensor inputs, Tensor targets) {
        /** The mean cross-entropy of logits [N, LENGTH, SYMBOLS] at the places where a result is asked for. */
        Tensor loss(Tensor logits) {
            return answers(logits)
                    .reshape(-1, SYMBOLS)
                    .crossEntropy(targets.flatten())
                    .mean();
        }

        /** How many results are right in all digits. */
        double right(Tensor logits) {
            Tensor digits = answers(logits).argmax(2).eq(targets).sum(1);
            return digits.eq(ANSWER).sum().item();
        }

        private static Tensor answers(Tensor logits) {
            return logits.slice(1, QUESTION - 1, LENGTH);
        }
    }

    int size() {
        return texts.size();
    }

    /** Some of them in random order, a batch at a time. */
    List<Texts> batches(int size, Rng rng) {
        List<String> order = new ArrayList<>(texts);
        for (int i = order.size() - 1; i > 0; i--) Collections.swap(order, i, rng.nextInt(i + 1));
        List<Texts> batches = new ArrayList<>();
        for (int from = 0; from < order.size(); from += size) {
            batches.add(encode(order.subList(from, Math.min(order.size(), from + size))));
        }
        return batches;
    }

    private static Texts encode(List<String> some) {
        long[] inputs = new long[some.size() * LENGTH];
        long[] targets = new long[some.size() * ANSWER];
        for (int n = 0; n < some.size(); n++) {
            String text = some.get(n);
            for (int i = 0; i < LENGTH; i++) inputs[n * LENGTH + i] = ALPHABET.indexOf(text.charAt(i));
            for (int i = 0; i < ANSWER; i++) targets[n * ANSWER + i] = ALPHABET.indexOf(text.charAt(QUESTION + i));
        }
        return new Texts(Tensor.of(inputs, some.size(), LENGTH), Tensor.of(targets, some.size(), ANSWER));
    }
}
