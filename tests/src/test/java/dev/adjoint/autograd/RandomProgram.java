package dev.adjoint.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A random composition of ops that is correct by construction, with kinks and ties, and without poles. */
final class RandomProgram {
    private static final List<Function<Tensor, Tensor>> UNARY = List.of(
            Tensor::sin,
            Tensor::tanh,
            Tensor::sigmoid,
            Tensor::relu,
            Tensor::abs,
            Tensor::neg,
            Tensor::leakyRelu,
            Tensor::elu,
            Tensor::gelu,
            Tensor::softplus,
            Tensor::mish,
            Tensor::atan,
            Tensor::erf,
            x -> x.clamp(-0.5, 0.5),
            x -> x.hardtanh(),
            x -> x.tanh().exp(),
            x -> x.square().add(1).log(),
            x -> x.tanh().square(),
            x -> x.square().add(1).rsqrt(),
            x -> x.sign().mul(x),
            x -> x.gt(0.5).where(x.sin(), x.mul(2)));

    private static final List<Function<Tensor, Tensor>> SHAPED = List.of(
            x -> x.transpose(),
            x -> x.flip(0),
            x -> x.cumsum(1),
            x -> x.softmax(0),
            x -> x.logSoftmax(1),
            x -> x.sum(true, 0).add(x),
            x -> x.mean(true, 1).mul(x),
            x -> x.sub(x.amax(true, 0)),
            x -> x.add(x.amin(true, 1)),
            x -> x.sub(x.logsumexp(true, 1)),
            x -> x.mul(x.norm(true, 0)),
            x -> x.add(x.tanh().prod(true, 1)),
            x -> x.sub(x.slice(0, 0, 1)),
            x -> Tensor.concat(0, x.slice(0, 1, x.shape(0)), x.slice(0, 0, 1)),
            x -> x.matmul(x.transpose()).matmul(x).mul(0.1));

    private RandomProgram() {}

    /** Returns a random function of two matrices [n, m]. */
    static Function<List<Tensor>, Tensor> of(Rng rng) {
        List<Function<List<Tensor>, Tensor>> steps = new ArrayList<>();
        int length = 2 + rng.nextInt(5);
        for (int i = 0; i < length; i++) steps.add(step(rng));
        return inputs -> {
            List<Tensor> values = new ArrayList<>(inputs);
            for (Function<List<Tensor>, Tensor> step : steps) {
                Tensor next = step.apply(values);
                if (next.shape(0) != inputs.get(0).shape(0)) next = next.transpose();
                values.add(next);
            }
            Tensor last = values.get(values.size() - 1);
            return last.add(values.get(values.size() - 2).mul(0.5));
        };
    }

    private static Function<List<Tensor>, Tensor> step(Rng rng) {
        int which = rng.nextInt(1 << 20);
        int kind = rng.nextInt(10);
        if (kind < 4) {
            Function<Tensor, Tensor> f = UNARY.get(rng.nextInt(UNARY.size()));
            return values -> f.apply(pick(values, which));
        }
        if (kind < 7) {
            Function<Tensor, Tensor> f = SHAPED.get(rng.nextInt(SHAPED.size()));
            return values -> f.apply(pick(values, which));
        }
        int op = rng.nextInt(6);
        return values -> {
            Tensor a = pick(values, which);
            Tensor b = pick(values, which / 7);
            return switch (op) {
                case 0 -> a.add(b);
                case 1 -> a.sub(b);
                case 2 -> a.mul(b).tanh();
                case 3 -> a.maximum(b);
                case 4 -> a.minimum(b);
                default -> a.div(b.square().add(1));
            };
        };
    }

    private static Tensor pick(List<Tensor> values, int which) {
        return values.get(which % values.size());
    }

    /** Returns random values, either on a coarse grid, so that many are equal and some lie on a kink, or arbitrary. */
    static Tensor input(Rng rng, long... shape) {
        Tensor x = Tensor.uniform(rng, DType.FLOAT64, -2, 2, shape);
        if (rng.nextInt(4) == 0) return x;
        double[] values = x.toDoubles();
        for (int i = 0; i < values.length; i++) values[i] = Math.rint(values[i] * 2) / 2;
        return Tensor.of(values, shape);
    }
}
