package dev.adjoint.golden;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.golden.GoldenFiles.Attrs;
import dev.adjoint.nn.Functional;
import dev.adjoint.nn.GRU;
import dev.adjoint.nn.LSTM;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.RNN;
import dev.adjoint.nn.Recurrent;
import dev.adjoint.nn.Reduction;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Maps PyTorch's op names to Adjoint's ops. */
final class GoldenOps {
    /** An op applied to a case's operands and keyword arguments. */
    interface Call {
        Tensor apply(List<Tensor> x, Attrs attrs);
    }

    /** Ops that the reference data names and that are not built yet. An op that is neither here nor in the table fails the test. */
    static final Set<String> NOT_BUILT_YET = Set.of();

    static final Map<String, Call> OPS = new HashMap<>();

    /** Functions with reference second derivatives; the scalar function is the sum over the result. */
    static final Map<String, Call> SECOND_ORDER = new HashMap<>();

    private GoldenOps() {}

    /**
     * The op of a name in the reference data. Most ops are methods of {@link Tensor} with the same name in camel case, and take tensors
     * alone; the table has the others.
     */
    static Optional<Call> find(String name) {
        return Optional.ofNullable(OPS.get(name)).or(() -> method(name));
    }

    private static Optional<Call> method(String name) {
        String method = Pattern.compile("_(.)")
                .matcher(name)
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
        boolean exists = Arrays.stream(Tensor.class.getMethods())
                .anyMatch(each -> each.getName().equals(method)
                        && each.getReturnType() == Tensor.class
                        && Arrays.stream(each.getParameterTypes()).allMatch(type -> type == Tensor.class));
        return exists ? Optional.of((x, attrs) -> call(method, x, attrs)) : Optional.empty();
    }

    private static Tensor call(String method, List<Tensor> x, Attrs attrs) {
        if (!attrs.isEmpty()) throw new IllegalArgumentException(method + ": attributes need a row in GoldenOps");
        Class<?>[] operands = new Class<?>[x.size() - 1];
        Arrays.fill(operands, Tensor.class);
        try {
            // Through a method handle, since most methods are declared in non-public interfaces.
            return (Tensor) MethodHandles.publicLookup()
                    .findVirtual(Tensor.class, method, MethodType.methodType(Tensor.class, operands))
                    .invokeWithArguments(x);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalArgumentException(method + " of " + x.size() + " tensors", e);
        }
    }

    static {
        OPS.put("clamp", (x, a) -> x.get(0).clamp(a.number("min", 0), a.number("max", 0)));

        OPS.put(
                "pow",
                (x, a) -> a.has("exponent")
                        ? x.get(0).pow(a.number("exponent", 0))
                        : x.get(0).pow(x.get(1)));
        OPS.put("where", (x, a) -> x.get(0).where(x.get(1), x.get(2)));
        OPS.put("linear", (x, a) -> x.get(0).linear(x.get(1), x.size() > 2 ? x.get(2) : null));

        OPS.put("sum", (x, a) -> x.get(0).sum(a.flag("keepdims"), a.ints("axis")));
        OPS.put("mean", (x, a) -> x.get(0).mean(a.flag("keepdims"), a.ints("axis")));
        OPS.put("amax", (x, a) -> x.get(0).amax(a.flag("keepdims"), a.ints("axis")));
        OPS.put("amin", (x, a) -> x.get(0).amin(a.flag("keepdims"), a.ints("axis")));
        OPS.put("logsumexp", (x, a) -> x.get(0).logsumexp(a.flag("keepdims"), a.ints("axis")));
        OPS.put("softmax", (x, a) -> x.get(0).softmax(a.integer("axis")));
        OPS.put("log_softmax", (x, a) -> x.get(0).logSoftmax(a.integer("axis")));

        OPS.put("leaky_relu", (x, a) -> x.get(0).leakyRelu(a.number("negative_slope", 0.01)));
        OPS.put("elu", (x, a) -> x.get(0).elu(a.number("alpha", 1)));
        OPS.put(
                "gelu",
                (x, a) -> a.string("approximate", "none").equals("tanh")
                        ? x.get(0).geluTanh()
                        : x.get(0).gelu());
        OPS.put("prod", (x, a) -> x.get(0).prod(a.flag("keepdims"), a.ints("axis")));
        OPS.put("var", (x, a) -> x.get(0).var(correction(a), a.flag("keepdims"), a.ints("axis")));
        OPS.put("std", (x, a) -> x.get(0).std(correction(a), a.flag("keepdims"), a.ints("axis")));
        OPS.put("norm", (x, a) -> x.get(0).norm(a.flag("keepdims"), a.ints("axis")));
        OPS.put("cumsum", (x, a) -> x.get(0).cumsum(a.integer("axis")));
        OPS.put("flip", (x, a) -> x.get(0).flip(a.ints("dims")));
        OPS.put("pad", (x, a) -> x.get(0).pad(a.borders("pad", 0), a.borders("pad", 1)));
        OPS.put("embedding", (x, a) -> x.get(1).embedding(x.get(0)));

        OPS.put("reshape", (x, a) -> x.get(0).reshape(a.longs("shape")));
        OPS.put("transpose", (x, a) -> x.get(0).transpose(a.integer("dim0"), a.integer("dim1")));
        OPS.put("permute", (x, a) -> x.get(0).permute(a.ints("dims")));
        OPS.put("unsqueeze", (x, a) -> x.get(0).unsqueeze(a.integer("axis")));
        OPS.put("squeeze", (x, a) -> x.get(0).squeeze(a.integer("axis")));
        OPS.put("flatten", (x, a) -> x.get(0).flatten(a.integer("start_dim")));
        OPS.put("broadcast_to", (x, a) -> x.get(0).broadcastTo(a.longs("shape")));
        OPS.put("slice", (x, a) -> x.get(0).slice(a.longs("begin"), a.longs("end"), a.longs("step")));
        OPS.put("select", (x, a) -> x.get(0).select(a.integer("axis"), a.integer("index")));
        OPS.put("concat", (x, a) -> Tensor.concat(a.integer("axis"), x.toArray(new Tensor[0])));
        OPS.put("stack", (x, a) -> Tensor.stack(a.integer("axis"), x.toArray(new Tensor[0])));
        OPS.put("index_select", (x, a) -> x.get(0).indexSelect(a.integer("axis"), x.get(1)));
        OPS.put("gather", (x, a) -> x.get(0).gather(a.integer("axis"), x.get(1)));

        OPS.put(
                "cross_entropy",
                (x, a) -> Losses.crossEntropy(x.get(0), x.get(1), reduction(a), a.number("label_smoothing", 0)));
        OPS.put(
                "conv2d",
                (x, a) -> x.get(0)
                        .conv2d(
                                x.get(1),
                                x.size() > 2 ? x.get(2) : null,
                                a.integer("stride"),
                                a.integer("padding"),
                                a.integer("dilation"),
                                a.integer("groups")));
        OPS.put(
                "max_pool2d",
                (x, a) -> x.get(0).maxPool2d(a.integer("kernel"), a.integer("stride"), a.integer("padding")));
        OPS.put(
                "avg_pool2d",
                (x, a) -> x.get(0).avgPool2d(a.integer("kernel"), a.integer("stride"), a.integer("padding")));
        OPS.put(
                "layer_norm",
                (x, a) -> Functional.layerNorm(
                        x.get(0),
                        a.longs("normalized_shape").length,
                        x.size() > 1 ? x.get(1) : null,
                        x.size() > 2 ? x.get(2) : null,
                        a.number("eps", 1e-5)));
        OPS.put("batch_norm", GoldenOps::batchNorm);
        OPS.put(
                "scaled_dot_product_attention",
                (x, a) -> Functional.scaledDotProductAttention(
                        x.get(0),
                        x.get(1),
                        x.get(2),
                        a.flag("is_causal") ? Functional.causalMask(x.get(0).shape(-2)) : null));
        recurrent("rnn_tanh", RNN::new);
        recurrent("lstm", LSTM::new);
        recurrent("gru", GRU::new);

        loss("nll_loss", Losses::nll);
        loss("l1_loss", Losses::l1);
        loss("bce", Losses::bce);
        loss("bce_with_logits", Losses::bceWithLogits);
        loss("kl_div", Losses::klDiv);
        OPS.put("huber_loss", (x, a) -> Losses.huber(x.get(0), x.get(1), reduction(a), a.number("delta", 1)));
        OPS.put("mse_loss", (x, a) -> Losses.mse(x.get(0), x.get(1), reduction(a)));

        SECOND_ORDER.put(
                "x1*x2+sin(x1)", (x, a) -> x.get(0).mul(x.get(1)).add(x.get(0).sin()));
        SECOND_ORDER.put("tanh(matmul)", (x, a) -> x.get(0).matmul(x.get(1)).tanh());
        SECOND_ORDER.put(
                "softmax_ce", (x, a) -> x.get(0).logSoftmax(1).select(1, 0).neg());
        SECOND_ORDER.put(
                "mlp",
                (x, a) -> x.get(0)
                        .matmul(x.get(1))
                        .add(x.get(2))
                        .tanh()
                        .matmul(x.get(3))
                        .sigmoid());
        SECOND_ORDER.put(
                "div_exp_log",
                (x, a) -> x.get(0)
                        .exp()
                        .div(x.get(1))
                        .add(x.get(1).log().mul(x.get(1).sqrt())));
        SECOND_ORDER.put(
                "mean_var",
                (x, a) -> x.get(0)
                        .sub(x.get(0).mean(0))
                        .square()
                        .mean(0)
                        .mul(x.get(0).sum(0)));
        SECOND_ORDER.put("rosenbrock", (x, a) -> {
            long n = x.get(0).length();
            Tensor head = x.get(0).slice(0, 0, n - 1);
            Tensor tail = x.get(0).slice(0, 1, n);
            return head.neg()
                    .add(1)
                    .square()
                    .add(tail.sub(head.square()).square().mul(100));
        });
    }

    private interface Loss {
        Tensor apply(Tensor prediction, Tensor target, Reduction reduction);
    }

    private static void loss(String name, Loss loss) {
        OPS.put(name, (x, a) -> loss.apply(x.get(0), x.get(1), reduction(a)));
    }

    private static Tensor batchNorm(List<Tensor> x, Attrs a) {
        Tensor input = x.get(0);
        int[] axes = input.rank() == 2 ? new int[] {0} : new int[] {0, 2, 3};
        boolean training = a.flag("training");
        Tensor mean = training ? input.mean(axes) : a.vector("running_mean").to(input.dtype());
        Tensor variance =
                training ? input.var(0, false, axes) : a.vector("running_var").to(input.dtype());
        return Functional.batchNorm(input, mean, variance, x.get(1), x.get(2), a.number("eps", 1e-5));
    }

    private interface MakeRecurrent {
        Recurrent make(long inputs, long hidden, Rng rng);
    }

    /** Registers a recurrent layer that uses the case's tensors as weights. */
    private static void recurrent(String name, MakeRecurrent make) {
        OPS.put(name, (x, a) -> {
            Recurrent layer = make.make(x.get(0).shape(2), a.integer("hidden"), new Rng(0));
            return layer.runWith(x.get(0), x.get(1), x.get(2), x.get(3), x.get(4))
                    .outputs();
        });
    }

    private static Reduction reduction(Attrs attrs) {
        String name = attrs.string("reduction", "mean");
        return name.equals("batchmean") ? Reduction.BATCH_MEAN : Reduction.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static int correction(Attrs attrs) {
        return (int) attrs.number("correction", 1);
    }
}
