package dev.adjoint.autograd;

import static dev.adjoint.autograd.check.Diagnosis.AXIS_MIXED_UP;
import static dev.adjoint.autograd.check.Diagnosis.BROADCAST_NOT_SUMMED;
import static dev.adjoint.autograd.check.Diagnosis.CONSTANT_FACTOR;
import static dev.adjoint.autograd.check.Diagnosis.COTANGENT_IGNORED;
import static dev.adjoint.autograd.check.Diagnosis.DETACHED;
import static dev.adjoint.autograd.check.Diagnosis.NOT_DETERMINISTIC;
import static dev.adjoint.autograd.check.Diagnosis.OVERWRITTEN;
import static dev.adjoint.autograd.check.Diagnosis.PRECISION_ONLY;
import static dev.adjoint.autograd.check.Diagnosis.SIGN_FLIPPED;
import static dev.adjoint.autograd.check.Diagnosis.STALE_VALUE;
import static dev.adjoint.autograd.check.Diagnosis.TRANSPOSED;
import static dev.adjoint.autograd.check.Diagnosis.ZERO;

import dev.adjoint.autograd.CustomOp.Rule;
import dev.adjoint.autograd.check.Diagnosis;
import dev.adjoint.nn.Dropout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Common mistakes in derivative rules, each in a custom op, with the expected diagnosis. */
final class SeededBugs {
    /** A function with a wrong derivative. */
    record Bug(String name, Diagnosis cause, Function<List<Tensor>, Tensor> f, List<Tensor> inputs) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Bug> bugs = new ArrayList<>();

    private SeededBugs() {}

    static List<Bug> all() {
        SeededBugs seeded = new SeededBugs();
        seeded.signsAndFactors();
        seeded.orders();
        seeded.usesAndBroadcasts();
        seeded.zerosAndCotangents();
        seeded.statesAndModes();
        return seeded.bugs;
    }

    private static Tensor random(long... shape) {
        return Tensor.uniform(new Rng(shape.length + 5), DType.FLOAT64, 0.3, 1.7, shape);
    }

    private void bug(String name, Diagnosis cause, Function<List<Tensor>, Tensor> f, Tensor... inputs) {
        bugs.add(new Bug(name, cause, f, List.of(inputs)));
    }

    private void unary(String name, Diagnosis cause, Function<Tensor, Tensor> f, Rule vjp, long... shape) {
        CustomOp op = CustomOp.of(name, x -> f.apply(x[0])).vjp(vjp);
        bug(name, cause, x -> op.apply(x.get(0)), random(shape));
    }

    private void signsAndFactors() {
        unary(
                "sin with -cos",
                SIGN_FLIPPED,
                Tensor::sin,
                (g, x, y) -> g.mul(x[0].cos().neg()),
                4);
        CustomOp sub = CustomOp.of("sub with +g", x -> x[0].sub(x[1])).vjp((g, x, y) -> g, (g, x, y) -> g);
        bug("sub with +g", SIGN_FLIPPED, x -> sub.apply(x.get(0), x.get(1)), random(2, 3), random(3));
        CustomOp matmul = CustomOp.of("matmul with -g", x -> x[0].matmul(x[1]))
                .vjp(
                        (g, x, y) -> g.matmul(x[1].transpose()),
                        (g, x, y) -> x[0].transpose().matmul(g.neg()));
        bug("matmul with -g", SIGN_FLIPPED, x -> matmul.apply(x.get(0), x.get(1)), random(2, 3), random(3, 4));
        unary("square with x", CONSTANT_FACTOR, Tensor::square, (g, x, y) -> g.mul(x[0]), 5);
        unary("half square with 2x", CONSTANT_FACTOR, x -> x.square().mul(0.5), (g, x, y) -> g.mul(x[0].mul(2)), 5);
        unary("mean without 1/n", CONSTANT_FACTOR, x -> x.mean(), (g, x, y) -> g.broadcastTo(x[0].shape()), 4, 3);
        unary(
                "batch mean without 1/batch",
                CONSTANT_FACTOR,
                x -> x.square().sum(1).mean(),
                (g, x, y) -> g.mul(x[0].mul(2)),
                4,
                3);
        CustomOp bias = CustomOp.of("bias by mean", x -> x[0].add(x[1])).vjp((g, x, y) -> g, (g, x, y) -> g.mean(0));
        bug("bias by mean", CONSTANT_FACTOR, x -> bias.apply(x.get(0), x.get(1)), random(4, 3), random(3));
        unary(
                "exp in float32",
                PRECISION_ONLY,
                Tensor::exp,
                // Next to a thousand, float32 has four digits left.
                (g, x, y) ->
                        g.mul(y.add(1000).to(DType.FLOAT32).to(DType.FLOAT64).sub(1000)),
                6);
    }

    private void orders() {
        CustomOp matmul = CustomOp.of("matmul transposed", x -> x[0].matmul(x[1]))
                .vjp(
                        (g, x, y) -> g.matmul(x[1].transpose()),
                        (g, x, y) -> g.transpose().matmul(x[0]));
        bug("matmul transposed", TRANSPOSED, x -> matmul.apply(x.get(0), x.get(1)), random(3, 3), random(3, 3));
        unary("transpose by reshape", TRANSPOSED, x -> x.transpose(), (g, x, y) -> g.reshape(2, 3), 2, 3);
        unary("flip not flipped back", AXIS_MIXED_UP, x -> x.flip(1), (g, x, y) -> g, 2, 4);
        unary(
                "permute with its own order",
                AXIS_MIXED_UP,
                x -> x.permute(1, 2, 0),
                (g, x, y) -> g.permute(1, 2, 0),
                3,
                3,
                3);
        unary("cumsum not reversed", AXIS_MIXED_UP, x -> x.cumsum(0), (g, x, y) -> g.cumsum(0), 5);
        unary(
                "sum over the other axis",
                AXIS_MIXED_UP,
                x -> x.sum(1),
                (g, x, y) -> g.unsqueeze(0).broadcastTo(3, 3, 3),
                3,
                3,
                3);
        unary("roll the wrong way", AXIS_MIXED_UP, SeededBugs::roll, (g, x, y) -> g, 5);
    }

    private static Tensor roll(Tensor x) {
        return Tensor.concat(0, x.slice(0, 1, x.length()), x.slice(0, 0, 1));
    }

    private void usesAndBroadcasts() {
        unary("x sin x, one use", OVERWRITTEN, x -> x.mul(x.sin()), (g, x, y) -> g.mul(x[0].sin()), 4);
        unary(
                "residual without its branch",
                OVERWRITTEN,
                x -> x.tanh().add(x),
                (g, x, y) -> g.mul(x[0].tanh().square().neg().add(1)),
                4);
        CustomOp shared = CustomOp.of(
                        "shared weight, last use", x -> x[0].matmul(x[1]).tanh().matmul(x[1]))
                .vjp(
                        (g, x, y) -> g.matmul(x[1].transpose())
                                .mul(x[0].matmul(x[1]).tanh().square().neg().add(1))
                                .matmul(x[1].transpose()),
                        (g, x, y) -> x[0].matmul(x[1]).tanh().transpose().matmul(g));
        bug("shared weight, last use", OVERWRITTEN, x -> shared.apply(x.get(0), x.get(1)), random(2, 3), random(3, 3));
        CustomOp first = CustomOp.of("bias of the first row", x -> x[0].add(x[1]))
                .vjp((g, x, y) -> g, (g, x, y) -> g.select(0, 0));
        bug(
                "bias of the first row",
                BROADCAST_NOT_SUMMED,
                x -> first.apply(x.get(0), x.get(1)),
                random(4, 3),
                random(3));
        CustomOp linear = CustomOp.of(
                        "linear without the bias sum", x -> x[0].matmul(x[1]).add(x[2]))
                .vjp(
                        (g, x, y) -> g.matmul(x[1].transpose()),
                        (g, x, y) -> x[0].transpose().matmul(g),
                        (g, x, y) -> g.select(0, -1));
        bug(
                "linear without the bias sum",
                BROADCAST_NOT_SUMMED,
                x -> linear.apply(x.get(0), x.get(1), x.get(2)),
                random(4, 3),
                random(3, 2),
                random(2));
        CustomOp scale = CustomOp.of("scale of the first column", x -> x[0].mul(x[1]))
                .vjp((g, x, y) -> g.mul(x[1]), (g, x, y) -> g.mul(x[0]).slice(1, 0, 1));
        bug(
                "scale of the first column",
                BROADCAST_NOT_SUMMED,
                x -> scale.apply(x.get(0), x.get(1)),
                random(4, 3),
                random(4, 1));
        bug(
                "square detached in a sum",
                DETACHED,
                x -> x.get(0).sin().add(x.get(0).square().detach()),
                random(4));
        bug(
                "a Java number in between",
                DETACHED,
                x -> x.get(0).mul(x.get(0).sum().item()),
                random(4));
    }

    private void zerosAndCotangents() {
        CustomOp constant = CustomOp.of("weight forgotten", x -> x[0].matmul(x[1]))
                .vjp((g, x, y) -> g.matmul(x[1].transpose()), null);
        bug("weight forgotten", ZERO, x -> constant.apply(x.get(0), x.get(1)), random(2, 3), random(3, 2));
        unary("relu with x > 1", ZERO, Tensor::relu, (g, x, y) -> g.mul(x[0].gt(1)), 8);
        unary("clamp shut", ZERO, x -> x.clamp(0, 2), (g, x, y) -> g.mul(x[0].gt(0.8)), 8);
        unary(
                "tanh without the cotangent",
                COTANGENT_IGNORED,
                Tensor::tanh,
                (g, x, y) -> y.square().neg().add(1),
                4);
        CustomOp matmul = CustomOp.of("matmul with ones", x -> x[0].matmul(x[1]))
                .vjp(
                        (g, x, y) -> g.matmul(x[1].transpose()),
                        (g, x, y) -> x[0].transpose().matmul(Tensor.onesLike(g)));
        bug("matmul with ones", COTANGENT_IGNORED, x -> matmul.apply(x.get(0), x.get(1)), random(2, 3), random(3, 2));
        // Not among the known mistakes: detected, without a diagnosis.
        unary("softmax without the sum", null, x -> x.softmax(1), (g, x, y) -> g.mul(y), 2, 3);
        unary("sigmoid with y", null, Tensor::sigmoid, (g, x, y) -> g.mul(y), 4);
    }

    private void statesAndModes() {
        Tensor[] saved = new Tensor[1];
        unary(
                "value of the first call",
                STALE_VALUE,
                x -> {
                    if (saved[0] == null) saved[0] = x.copy();
                    return x.square();
                },
                (g, x, y) -> g.mul(saved[0].mul(2)),
                4);
        Tensor[] last = new Tensor[2];
        unary(
                "value of the call before",
                STALE_VALUE,
                x -> {
                    last[0] = last[1] == null ? x.copy() : last[1];
                    last[1] = x.copy();
                    return x.exp();
                },
                (g, x, y) -> g.mul(last[0].exp()),
                4);
        Dropout dropout = new Dropout(0.5, new Rng(3));
        bug("dropout left on", NOT_DETERMINISTIC, x -> dropout.apply(x.get(0)), random(20));
        CustomOp sign = CustomOp.of("jvp of cos with +sin", x -> x[0].cos())
                .vjp((g, x, y) -> g.mul(x[0].sin().neg()))
                .jvp((t, x, y) -> t.mul(x[0].sin()));
        bug("jvp of cos with +sin", SIGN_FLIPPED, x -> sign.apply(x.get(0)), random(4));
        CustomOp factor = CustomOp.of("jvp of square with x", x -> x[0].square())
                .vjp((g, x, y) -> g.mul(x[0].mul(2)))
                .jvp((t, x, y) -> t.mul(x[0]));
        bug("jvp of square with x", CONSTANT_FACTOR, x -> factor.apply(x.get(0)), random(4));
        unary(
                "vjp that cannot be differentiated",
                ZERO,
                Tensor::sin,
                (g, x, y) -> g.mul(x[0].cos().detach()),
                4);
    }
}
