package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * Sinusoidal positional encoding: adds sin(p·ω) and cos(p·ω), ω = 10000^(−2i/E), to the features 2i and 2i + 1 at position p.
 *
 * <p>Input and output [N, L, E]. Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
 */
public final class PositionalEncoding extends Module {
    private static final double BASE = 10_000;

    private final Tensor table;

    /**
     * Makes the layer.
     *
     * @param size E, the embedding size
     * @param maxLength the maximum L
     * @throws IllegalArgumentException if a size is not positive
     */
    public PositionalEncoding(int size, int maxLength) {
        if (size < 1 || maxLength < 1) {
            throw new IllegalArgumentException(
                    "PositionalEncoding: size " + size + ", longest " + maxLength + ": expected at least 1 of each");
        }
        double[][] waves = new double[maxLength][size];
        for (int place = 0; place < maxLength; place++) {
            for (int i = 0; i < size; i++) {
                double angle = place * Math.pow(BASE, -(i - i % 2) / (double) size);
                waves[place][i] = i % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
            }
        }
        table = Tensor.of(waves);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 3 || x.shape(1) > table.shape(0) || x.shape(2) != table.shape(1)) {
            throw new IllegalArgumentException("PositionalEncoding: x " + Arrays.toString(x.shape())
                    + ": expected [N, L, " + table.shape(1) + "] with L at most " + table.shape(0));
        }
        return x.add(table.slice(0, 0, x.shape(1)).to(x.dtype()));
    }

    /**
     * The encoding that is added at each position.
     *
     * @return [longest, size], float64
     */
    public Tensor table() {
        return table;
    }

    @Override
    protected String describe() {
        return table.shape(1) + ", up to " + table.shape(0);
    }
}
