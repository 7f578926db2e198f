package dev.adjoint.onnx;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import dev.adjoint.nn.AvgPool2d;
import dev.adjoint.nn.BatchNorm1d;
import dev.adjoint.nn.BatchNorm2d;
import dev.adjoint.nn.Conv2d;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.ELU;
import dev.adjoint.nn.Embedding;
import dev.adjoint.nn.Flatten;
import dev.adjoint.nn.GELU;
import dev.adjoint.nn.GRU;
import dev.adjoint.nn.LSTM;
import dev.adjoint.nn.LayerNorm;
import dev.adjoint.nn.LeakyReLU;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.LogSoftmax;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.MultiheadAttention;
import dev.adjoint.nn.PositionalEncoding;
import dev.adjoint.nn.RNN;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Residual;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.SiLU;
import dev.adjoint.nn.Sigmoid;
import dev.adjoint.nn.Softmax;
import dev.adjoint.nn.Softplus;
import dev.adjoint.nn.Tanh;
import dev.adjoint.nn.TransformerEncoderLayer;
import dev.adjoint.onnx.OnnxGraph.Attributes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import onnx.Onnx.ModelProto;

/**
 * Exports a model to ONNX (operator set 17) in evaluation mode: dropout is the identity, batch norm uses its running statistics.
 * Supports the layers of {@code nn} and {@link Sequential}s of them, also nested ones.
 *
 * <pre>{@code
 * OnnxExport.write(Path.of("mlp.onnx"), model, -1, 784);   // −1: any batch size
 * }</pre>
 */
public final class OnnxExport {
    /** Exports one layer: takes the layer and the name of its input in the graph, returns the name of its output. */
    @FunctionalInterface
    private interface Rule<M extends Module> {
        String write(M layer, String x);
    }

    /** Two sizes to try for each dynamic axis, chosen so that they are unlikely to occur in a layer. */
    private static final long PROBE_SIZE_1 = 37;

    private static final long PROBE_SIZE_2 = 41;

    private final Map<Class<?>, Rule<Module>> rules = new HashMap<>();
    private final OnnxGraph graph = new OnnxGraph();
    private final DType dtype;

    private OnnxExport(DType dtype) {
        this.dtype = dtype;
        elementwise();
        layers();
    }

    /**
     * Exports a model to a file. The file is written atomically: to a temporary file first, which is then renamed.
     *
     * @param file the file, in a directory that exists
     * @param model a layer, or a Sequential of layers
     * @param inputShape the shape of the input, −1 for a dynamic axis
     * @throws IllegalArgumentException if the model contains an unsupported module or the input's shape does not fit; the message names it
     * @throws UncheckedIOException if the file cannot be written; an existing file is left unchanged
     */
    public static void write(Path file, Module model, long... inputShape) {
        ModelProto onnx = export(model, inputShape);
        try {
            AtomicFile.write(file, onnx::writeTo);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    private static ModelProto export(Module model, long... inputShape) {
        DType dtype = model.parameters().stream().map(Tensor::dtype).findFirst().orElse(DType.FLOAT32);
        OnnxExport export = new OnnxExport(dtype);
        DType input = takesIndices(model) ? DType.INT64 : dtype;
        String x = export.graph.input(input, inputShape);
        String y = export.module(model, x);
        return export.graph.output(y, dtype, outputShape(model, input, inputShape));
    }

    /**
     * The shape of the output, found by two forward passes with different sizes of the dynamic axes: output axes whose sizes differ are
     * dynamic. If the input does not fit, the layer that it does not fit throws.
     */
    private static List<Object> outputShape(Module model, DType dtype, long... inputShape) {
        String text = "ONNX: input shape " + Arrays.toString(inputShape);
        for (long size : inputShape) {
            if (size == -1 || size > 0) continue;
            throw new IllegalArgumentException(text + ": expected sizes of at least 1, or -1 for one that is free");
        }
        long[] first;
        long[] second;
        try {
            first = run(model, dtype, PROBE_SIZE_1, inputShape);
            second = run(model, dtype, PROBE_SIZE_2, inputShape);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " does not fit the model: " + e.getMessage(), e);
        }
        List<Object> shape = new ArrayList<>();
        for (int axis = 0; axis < first.length; axis++) {
            if (first[axis] == second[axis]) shape.add(first[axis]);
            else
                shape.add(
                        axis < inputShape.length && inputShape[axis] < 0 && first[axis] == PROBE_SIZE_1
                                ? "n" + axis
                                : "m" + axis);
        }
        return shape;
    }

    private static long[] run(Module model, DType dtype, long free, long... inputShape) {
        long[] shape = inputShape.clone();
        for (int axis = 0; axis < shape.length; axis++) if (shape[axis] < 0) shape[axis] = free;
        List<Rng> generators = model.generators();
        long[] states = generators.stream().mapToLong(Rng::state).toArray();
        try (Module.Handle mode = model.inEvaluation();
                NoGrad off = NoGrad.open();
                Scope scope = Scope.open()) {
            return model.apply(Tensor.zeros(dtype, shape)).shape();
        } finally {
            for (int i = 0; i < states.length; i++) generators.get(i).setState(states[i]);
        }
    }

    private static boolean takesIndices(Module model) {
        if (model instanceof Embedding) return true;
        return model instanceof Sequential
                && !model.children().isEmpty()
                && takesIndices(model.children().values().iterator().next());
    }

    private String module(Module module, String x) {
        Rule<Module> rule = rules.get(module.getClass());
        if (rule == null) {
            throw new IllegalArgumentException(
                    "ONNX: no rule for " + module.getClass().getName()
                            + ": expected layers of dev.adjoint.nn in a Sequential; export its layers one by one");
        }
        return rule.write(module, x);
    }

    private <M extends Module> void rule(Class<M> type, Rule<M> rule) {
        rules.put(type, (layer, x) -> rule.write(type.cast(layer), x));
    }

    // ---- the rules ----

    private void elementwise() {
        rule(ReLU.class, (layer, x) -> graph.node("Relu", x));
        rule(LeakyReLU.class, (layer, x) -> graph.node("LeakyRelu", new Attributes().with("alpha", layer.slope()), x));
        rule(ELU.class, (layer, x) -> graph.node("Elu", new Attributes().with("alpha", layer.alpha()), x));
        rule(Sigmoid.class, (layer, x) -> graph.node("Sigmoid", x));
        rule(Tanh.class, (layer, x) -> graph.node("Tanh", x));
        rule(Softplus.class, (layer, x) -> graph.node("Softplus", x));
        rule(SiLU.class, (layer, x) -> graph.node("Mul", x, graph.node("Sigmoid", x)));
        rule(GELU.class, (layer, x) -> {
            String erf = graph.node("Erf", graph.node("Mul", x, number(Math.sqrt(0.5))));
            return graph.node("Mul", graph.node("Mul", x, number(0.5)), graph.node("Add", erf, number(1)));
        });
        rule(Softmax.class, (layer, x) -> graph.node("Softmax", new Attributes().with("axis", layer.axis()), x));
        rule(LogSoftmax.class, (layer, x) -> graph.node("LogSoftmax", new Attributes().with("axis", layer.axis()), x));
        rule(Dropout.class, (layer, x) -> x);
        rule(Flatten.class, (layer, x) -> graph.node("Flatten", x));
    }

    private void layers() {
        rule(Sequential.class, (layer, x) -> {
            String y = x;
            for (Module child : layer.children().values()) y = module(child, y);
            return y;
        });
        rule(Residual.class, (layer, x) -> {
            Module inner = layer.children().values().iterator().next();
            return graph.node("Add", x, module(inner, x));
        });
        rule(Linear.class, (layer, x) -> linear(x, layer.weight(), layer.bias()));
        rule(Conv2d.class, this::conv2d);
        rule(
                MaxPool2d.class,
                (layer, x) ->
                        graph.node("MaxPool", poolingAttributes(layer.kernel(), layer.stride(), layer.padding()), x));
        rule(
                AvgPool2d.class,
                (layer, x) -> graph.node(
                        "AveragePool",
                        poolingAttributes(layer.kernel(), layer.stride(), layer.padding())
                                .with("count_include_pad", 1),
                        x));
        rule(BatchNorm1d.class, (layer, x) -> batchNorm(layer, layer.epsilon(), x));
        rule(BatchNorm2d.class, (layer, x) -> batchNorm(layer, layer.epsilon(), x));
        rule(LayerNorm.class, (layer, x) -> {
            long axes = layer.namedParameters().get("weight").rank();
            return graph.node(
                    "LayerNormalization",
                    new Attributes().with("axis", -axes).with("epsilon", layer.epsilon()),
                    x,
                    parameter(layer, "weight"),
                    parameter(layer, "bias"));
        });
        rule(Embedding.class, (layer, x) -> graph.node("Gather", parameter(layer, "weight"), x));
        // The last arguments map PyTorch's gate order, which our weights have, to ONNX's.
        rule(RNN.class, (layer, x) -> recurrent("RNN", layer, x, 0));
        rule(LSTM.class, (layer, x) -> recurrent("LSTM", layer, x, 0, 3, 1, 2));
        rule(GRU.class, (layer, x) -> recurrent("GRU", layer, x, 1, 0, 2));
        rule(PositionalEncoding.class, (layer, x) -> {
            String length = size(x, 1);
            String positions = graph.node(
                    "Slice", graph.constant(layer.table().to(dtype)), graph.constant(0), length, graph.constant(0));
            return graph.node("Add", x, positions);
        });
        rule(MultiheadAttention.class, this::attention);
        rule(TransformerEncoderLayer.class, this::encoder);
    }

    private String conv2d(Conv2d layer, String x) {
        Attributes settings = poolingAttributes(
                        layer.namedParameters().get("weight").shape(2), layer.stride(), layer.padding())
                .with("dilations", layer.dilation(), layer.dilation())
                .with("group", layer.groups());
        String weight = parameter(layer, "weight");
        return layer.namedParameters().containsKey("bias")
                ? graph.node("Conv", settings, x, weight, parameter(layer, "bias"))
                : graph.node("Conv", settings, x, weight);
    }

    private static Attributes poolingAttributes(long kernel, long stride, long padding) {
        return new Attributes()
                .with("kernel_shape", kernel, kernel)
                .with("strides", stride, stride)
                .with("pads", padding, padding, padding, padding);
    }

    private String batchNorm(Module layer, double epsilon, String x) {
        return graph.node(
                "BatchNormalization",
                new Attributes().with("epsilon", epsilon),
                x,
                parameter(layer, "weight"),
                parameter(layer, "bias"),
                graph.constant(layer.namedBuffers().get("running_mean")),
                graph.constant(layer.namedBuffers().get("running_var")));
    }

    /** x·Wᵀ + b for x of any rank. */
    private String linear(String x, Tensor weight, Tensor bias) {
        String product = graph.node("MatMul", x, graph.constant(weight.detach().transpose(0, 1)));
        return bias == null ? product : graph.node("Add", product, graph.constant(bias.detach()));
    }

    /** A unidirectional single-layer RNN, LSTM or GRU; {@code gates} lists our gates in ONNX's order. */
    private String recurrent(String op, Module layer, String x, int... gates) {
        Map<String, ? extends Tensor> p = layer.namedParameters();
        long hidden = p.get("weight_hh_l0").shape(1);
        Tensor bias = Tensor.concat(
                0, ordered(p.get("bias_ih_l0"), hidden, gates), ordered(p.get("bias_hh_l0"), hidden, gates));
        Attributes settings = new Attributes().with("hidden_size", hidden);
        if (op.equals("GRU")) settings.with("linear_before_reset", 1);
        String y = graph.node(
                op,
                settings,
                x,
                graph.constant(ordered(p.get("weight_ih_l0"), hidden, gates).unsqueeze(0)),
                graph.constant(ordered(p.get("weight_hh_l0"), hidden, gates).unsqueeze(0)),
                graph.constant(bias.unsqueeze(0)));
        // [T, directions, N, H]
        return graph.node("Squeeze", y, graph.constant(1));
    }

    private static Tensor ordered(Tensor gates, long hidden, int... order) {
        Tensor[] parts = IntStream.of(order)
                .mapToObj(gate -> gates.detach().slice(0, gate * hidden, (gate + 1) * hidden))
                .toArray(Tensor[]::new);
        return Tensor.concat(0, parts);
    }

    private String attention(MultiheadAttention layer, String x) {
        Map<String, ? extends Tensor> p = layer.namedParameters();
        long size = p.get("in_proj_weight").shape(1);
        long width = size / layer.heads();
        String all = linear(x, p.get("in_proj_weight"), p.get("in_proj_bias"));
        // [N, L, 3·E] → three times [N, heads, L, E/heads]
        String[] parts = graph.node("Split", 3, new Attributes().with("axis", -1), all);
        for (int i = 0; i < parts.length; i++) {
            String apart = graph.node("Reshape", parts[i], graph.constant(0, 0, layer.heads(), width));
            parts[i] = graph.node("Transpose", new Attributes().with("perm", 0L, 2L, 1L, 3L), apart);
        }
        String keys = graph.node("Transpose", new Attributes().with("perm", 0L, 1L, 3L, 2L), parts[1]);
        String scores = graph.node("Mul", graph.node("MatMul", parts[0], keys), number(1 / Math.sqrt(width)));
        if (layer.isCausal()) scores = graph.node("Where", causalMask(x), scores, number(Double.NEGATIVE_INFINITY));
        String weights = graph.node("Softmax", new Attributes().with("axis", -1), scores);
        String context = graph.node(
                "Transpose", new Attributes().with("perm", 0L, 2L, 1L, 3L), graph.node("MatMul", weights, parts[2]));
        String merged = graph.node("Reshape", context, graph.constant(0, 0, size));
        return module(layer.children().get("out_proj"), merged);
    }

    /** The causal mask [L, L], true where the column index is at most the row index. */
    private String causalMask(String x) {
        String length = graph.node("Squeeze", size(x, 1), graph.constant(0));
        String positions = graph.node(
                "Range",
                graph.constant(Tensor.of(0L).reshape()),
                length,
                graph.constant(Tensor.of(1L).reshape()));
        return graph.node(
                "LessOrEqual",
                graph.node("Unsqueeze", positions, graph.constant(0)),
                graph.node("Unsqueeze", positions, graph.constant(1)));
    }

    private String encoder(TransformerEncoderLayer layer, String x) {
        Map<String, Module> parts = layer.children();
        if (layer.isNormFirst()) {
            String attended = module(parts.get("self_attn"), module(parts.get("norm1"), x));
            String y = graph.node("Add", x, attended);
            return graph.node("Add", y, feedForward(parts, module(parts.get("norm2"), y)));
        }
        String y = module(parts.get("norm1"), graph.node("Add", x, module(parts.get("self_attn"), x)));
        return module(parts.get("norm2"), graph.node("Add", y, feedForward(parts, y)));
    }

    private String feedForward(Map<String, Module> parts, String x) {
        String y = x;
        for (String name : Arrays.asList("linear1", "activation", "linear2")) y = module(parts.get(name), y);
        return y;
    }

    /** The size of an axis, [1]. */
    private String size(String x, int axis) {
        return graph.node("Gather", graph.node("Shape", x), graph.constant(axis));
    }

    private String parameter(Module layer, String name) {
        return graph.constant(layer.namedParameters().get(name).detach());
    }

    private String number(double value) {
        return graph.constant(Tensor.of(value).reshape().to(dtype));
    }
}
