package dev.adjoint.cli;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.check.GradCheck;
import dev.adjoint.autograd.check.GradReport;
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
import dev.adjoint.nn.GRUCell;
import dev.adjoint.nn.LSTM;
import dev.adjoint.nn.LSTMCell;
import dev.adjoint.nn.LayerNorm;
import dev.adjoint.nn.LeakyReLU;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.LogSoftmax;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.MultiheadAttention;
import dev.adjoint.nn.PositionalEncoding;
import dev.adjoint.nn.RNN;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Reduction;
import dev.adjoint.nn.Residual;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.SiLU;
import dev.adjoint.nn.Sigmoid;
import dev.adjoint.nn.Softmax;
import dev.adjoint.nn.Softplus;
import dev.adjoint.nn.Tanh;
import dev.adjoint.nn.TransformerEncoderLayer;
import dev.adjoint.train.Json;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks the gradients of every built-in layer and loss. */
@Command(
        name = "check",
        description = "Checks the gradients of the built-in layers and losses against central differences,"
                + " with respect to inputs and parameters, in both modes, first and second order.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Option(
            names = "--seed",
            description = "Seed of the weights and inputs (default: ${DEFAULT-VALUE}).",
            defaultValue = "0")
    private long seed;

    @Option(names = "--json", description = "Print one JSON line for each layer.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** A layer or loss and the input to check it at. */
    private record Case(Function<Tensor, Tensor> f, Tensor input) {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        boolean passed = true;
        for (Map.Entry<String, Case> entry : cases(new Rng(seed)).entrySet()) {
            GradReport report = GradCheck.SECOND_ORDER.check(
                    entry.getValue().f(), entry.getValue().input());
            passed &= report.passed();
            out.println(
                    json
                            ? line(entry.getKey(), report)
                            : String.format(Locale.ROOT, "%-22s %s", entry.getKey(), report));
        }
        return passed ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String line(String name, GradReport report) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("engine", "adjoint");
        line.put("layer", name);
        line.put("passed", report.passed());
        line.put("entries", report.checked());
        line.put("kinks", report.kinks());
        line.put("failures", report.failures().stream().map(Object::toString).toList());
        return Json.of(line);
    }

    private static Map<String, Case> cases(Rng rng) {
        Map<String, Case> cases = new LinkedHashMap<>();
        addLayers(cases, rng);
        addActivations(cases, rng);
        addLosses(cases, rng);
        return cases;
    }

    private static void addLayers(Map<String, Case> cases, Rng rng) {
        Tensor x = Tensor.normal(rng, DType.FLOAT64, 0, 1, 5, 4);
        Tensor indices = Tensor.of(0, 3, 1, 1, 2);
        Tensor images = Tensor.normal(rng, DType.FLOAT64, 0, 1, 2, 2, 5, 5);
        Tensor sequence = Tensor.normal(rng, DType.FLOAT64, 0, 1, 3, 2, 4);
        Dropout dropout = new Dropout(0.5);
        dropout.eval();
        cases.put("Linear", new Case(new Linear(4, 3).rng(rng), x));
        cases.put("Linear without bias", new Case(new Linear(4, 3, false, rng), x));
        cases.put("Dropout in eval mode", new Case(dropout, x));
        cases.put("Flatten", new Case(new Flatten(), x));
        Sequential mlp = new Sequential(new Linear(4, 6).rng(rng), new ReLU(), new Linear(6, 4).rng(rng));
        cases.put("MLP", new Case(mlp, x));
        cases.put("Conv2d", new Case(new Conv2d(2, 3, 3).stride(2).padding(1).rng(rng), images));
        cases.put("MaxPool2d", new Case(new MaxPool2d(2), images));
        cases.put("AvgPool2d", new Case(new AvgPool2d(2), images));
        cases.put("BatchNorm1d", new Case(new BatchNorm1d(4), x));
        cases.put("BatchNorm2d", new Case(new BatchNorm2d(2), images));
        cases.put("LayerNorm", new Case(new LayerNorm(4), x));
        cases.put("Embedding", new Case(new Embedding(4, 3, rng), indices));
        cases.put("RNN", new Case(new RNN(4, 3, rng), sequence));
        cases.put("LSTM", new Case(new LSTM(4, 3, rng), sequence));
        cases.put("GRU", new Case(new GRU(4, 3, rng), sequence));
        cases.put("LSTMCell", new Case(new LSTMCell(4, 3, rng), x));
        cases.put("GRUCell", new Case(new GRUCell(4, 3, rng), x));
        cases.put("PositionalEncoding", new Case(new PositionalEncoding(4, 3), sequence));
        cases.put(
                "MultiheadAttention",
                new Case(new MultiheadAttention(4, 2).causal(true).rng(rng), sequence));
        cases.put(
                "TransformerEncoder",
                new Case(
                        new TransformerEncoderLayer(4, 2)
                                .feedForward(5)
                                .dropout(0)
                                .activation(new GELU())
                                .normFirst(true)
                                .causal(true)
                                .rng(rng),
                        sequence));
        cases.put("Residual", new Case(new Residual(new Linear(4, 4).rng(rng)), x));
    }

    private static void addActivations(Map<String, Case> cases, Rng rng) {
        Tensor x = Tensor.normal(rng, DType.FLOAT64, 0, 1, 5, 4);
        cases.put("ReLU", new Case(new ReLU(), x));
        cases.put("Tanh", new Case(new Tanh(), x));
        cases.put("Sigmoid", new Case(new Sigmoid(), x));
        cases.put("Softmax", new Case(new Softmax(1), x));
        cases.put("LogSoftmax", new Case(new LogSoftmax(1), x));
        cases.put("GELU", new Case(new GELU(), x));
        cases.put("SiLU", new Case(new SiLU(), x));
        cases.put("LeakyReLU", new Case(new LeakyReLU(), x));
        cases.put("ELU", new Case(new ELU(), x));
        cases.put("Softplus", new Case(new Softplus(), x));
    }

    private static void addLosses(Map<String, Case> cases, Rng rng) {
        Tensor x = Tensor.normal(rng, DType.FLOAT64, 0, 1, 5, 4);
        Tensor t = Tensor.uniform(rng, DType.FLOAT64, 0.1, 0.9, 5, 4);
        Tensor classes = Tensor.of(0, 3, 1, 1, 2);
        cases.put("crossEntropy", new Case(y -> Losses.crossEntropy(y, classes), x));
        cases.put("crossEntropy, smoothed", new Case(y -> Losses.crossEntropy(y, classes, Reduction.MEAN, 0.1), x));
        cases.put("nll", new Case(y -> Losses.nll(y.logSoftmax(1), classes, Reduction.MEAN), x));
        cases.put("mse", new Case(y -> Losses.mse(y, t), x));
        cases.put("l1", new Case(y -> Losses.l1(y, t, Reduction.MEAN), x));
        cases.put("huber", new Case(y -> Losses.huber(y, t, Reduction.MEAN, 1), x));
        cases.put("bce", new Case(y -> Losses.bce(y.sigmoid(), t, Reduction.MEAN), x));
        cases.put("bceWithLogits", new Case(y -> Losses.bceWithLogits(y, t, Reduction.MEAN), x));
        cases.put("klDiv", new Case(y -> Losses.klDiv(y.logSoftmax(1), t, Reduction.BATCH_MEAN), x));
    }
}
