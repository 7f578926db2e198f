package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.nn.Embedding;
import dev.adjoint.nn.GELU;
import dev.adjoint.nn.LayerNorm;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.PositionalEncoding;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.TransformerEncoderLayer;

/** A small causal transformer for the sums of {@link E8CharLstm}: 99 % of unseen sums are correct. */
public final class E9Transformer {
    private static final int WIDTH = 64;

    private E9Transformer() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Rng rng = new Rng(0);
        Sequential model = new Sequential(
                new Embedding(Addition.VOCABULARY_SIZE, WIDTH, rng),
                new PositionalEncoding(WIDTH, Addition.LENGTH),
                new TransformerEncoderLayer(WIDTH, 4)
                        .feedForward(2 * WIDTH)
                        .dropout(0)
                        .activation(new GELU())
                        .normFirst(true)
                        .causal(true)
                        .rng(rng),
                new TransformerEncoderLayer(WIDTH, 4)
                        .feedForward(2 * WIDTH)
                        .dropout(0)
                        .activation(new GELU())
                        .normFirst(true)
                        .causal(true)
                        .rng(rng),
                new LayerNorm(WIDTH),
                new Linear(WIDTH, Addition.VOCABULARY_SIZE).rng(rng));
        AdditionTraining.run(model, 12, 2e-3, rng);
    }
}
