package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageSet;
import dev.adjoint.datasets.TensorDataset;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.MSELoss;
import dev.adjoint.nn.MultiheadAttention;
import dev.adjoint.nn.Reduction;
import dev.adjoint.optim.SGD;
import dev.adjoint.train.LearningRateFinder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Error messages describe the user's input and action, not internal details. */
class ErrorMessageTest {
    private record Result(int exit, String out, String err) {}

    private static Result run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Result(exit, out.toString(), err.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-x1 | x1=2 | -2",
                "--x1 | x1=2 | 2",
                "--(x1+1) | x1=2 | 3",
                "-(x1+1) | x1=2 | -3",
                "-2*x1 | x1=2 | -4",
                "+x1 | x1=2 | 2"
            })
    void anExpressionMayBeginWithASign(String expression, String at, String value) {
        Result result = run("explain", expression, "--at", at);
        assertEquals(0, result.exit, result.err);
        assertTrue(result.out.replace('−', '-').contains("= " + value), result.out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x1=1,x1=2 | names x1 twice",
                "x1=1f | expected NAME=NUMBER",
                "x1=0x1p3 | expected NAME=NUMBER",
                "x1=NaN | expected NAME=NUMBER",
                "x1 | expected NAME=NUMBER",
                "=3 | expected NAME=NUMBER",
                "x1= | expected NAME=NUMBER"
            })
    void valuesOfVariablesAreCheckedOneByOne(String at, String says) {
        Result result = run("explain", "x1*x1", "--at", at);
        assertEquals(2, result.exit);
        assertTrue(result.err.contains(says), result.err);
        assertEquals(1, result.err.lines().count(), result.err);
    }

    @ParameterizedTest
    @CsvSource({"sin(, )", "'(', )", "2^(, )", "max(1\\,, )", "-(, )"})
    void deepNestingIsReportedInOneLine(String open, String close) {
        String text = open.replace("\\", "").repeat(3000) + "x1" + (close == null ? "" : close.repeat(3000));
        Result result = run("explain", text, "--at", "x1=1");
        assertEquals(2, result.exit);
        assertEquals(
                1,
                result.err.lines().count(),
                result.err.lines().limit(3).toList().toString());
        assertTrue(result.err.length() < 500, result.err);
    }

    @Test
    void manySignsAreNotNesting() {
        Result result = run("explain", "0" + "-".repeat(3000) + "x1", "--at", "x1=1");
        assertEquals(0, result.exit, result.err.lines().limit(3).toList().toString());
    }

    static Stream<Arguments> calls() {
        Tensor p = Tensor.full(DType.FLOAT32, 0.5, 2);
        Tensor classes = Tensor.of(0, 1);
        Tensor q = Tensor.full(DType.FLOAT64, 0.5, 2);
        Reduction mean = Reduction.MEAN;
        return Stream.of(
                row("bce of int64", () -> Losses.bce(p, classes, mean), "bce: prediction float32, target int64"),
                row(
                        "logits of int64",
                        () -> Losses.bceWithLogits(p, classes, mean),
                        "bceWithLogits: prediction float32"),
                row("klDiv of int64", () -> Losses.klDiv(p, classes, mean), "target.to(DType.FLOAT32)"),
                row("mse of int64", () -> Losses.mse(p, classes), "target.to(DType.FLOAT32)"),
                row("l1 of int64", () -> Losses.l1(p, classes, mean), "l1: prediction float32, target int64"),
                row("huber of int64", () -> Losses.huber(p, classes, mean, 1), "huber: prediction float32"),
                row("mse of two types", () -> Losses.mse(p, q), "mse: prediction float32, target float64"),
                row("mse of int64 twice", () -> Losses.mse(classes, classes), "prediction.to(DType.FLOAT32)"),
                row(
                        "nll of class −100",
                        () -> Losses.nll(Tensor.zeros(1, 2), Tensor.of(new int[] {-100}), mean),
                        "nll: target 0 is -100"),
                row("too many axes", () -> Tensor.ones(new long[100]), "at most 64"),
                row("a kept loss", ErrorMessageTest::keptLoss, "Scope.keep returned it without its graph"),
                row(
                        "a detached loss",
                        () -> Tensor.ones(1).requiresGrad(true).sum().detach().backward(),
                        "it was detached"),
                row("no gradient", ErrorMessageTest::underNoGrad, "NoGrad"));
    }

    private static Arguments row(String name, Executable call, String says) {
        return arguments(name, call, says);
    }

    private static void keptLoss() {
        Tensor w = Tensor.ones(3).requiresGrad(true);
        Tensor loss;
        try (Scope scope = Scope.open()) {
            loss = scope.keep(w.square().sum());
        }
        loss.backward();
    }

    private static void underNoGrad() {
        Tensor w = Tensor.ones(3).requiresGrad(true);
        try (NoGrad off = NoGrad.open()) {
            w.sum().backward();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void messagesNameTheCalledMethod(String name, Executable call, String says) {
        var e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains(says), e.getMessage());
    }

    @Test
    void attentionOfAnEmptyBatchIsEmpty() {
        MultiheadAttention attention = new MultiheadAttention(4, 2, false, new dev.adjoint.autograd.Rng(0));
        assertArrayEquals(
                new long[] {0, 3, 4}, attention.apply(Tensor.zeros(0, 3, 4)).shape());
        assertArrayEquals(
                new long[] {2, 0, 4}, attention.apply(Tensor.zeros(2, 0, 4)).shape());
    }

    @Test
    void learningRateFinderExplainsAMissingSuggestion() {
        Linear model = new Linear(1, 1);
        Tensor nan = Tensor.full(DType.FLOAT32, Double.NaN, 4, 1);
        DataLoader data = DataLoader.inOrder(new TensorDataset(nan, nan), 2);
        LearningRateFinder found =
                LearningRateFinder.run(model, new MSELoss(), new SGD(model.parameters(), 0.1), data, 1e-3, 1, 5);
        var e = assertThrows(IllegalStateException.class, found::suggestion);
        assertTrue(e.getMessage().contains("NaN at the first rate"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"localhost/x", "ftp://host/x", "https:///x", "ht tp://x", "''"})
    void invalidMirrorMessageNamesTheProperty(String mirror) {
        System.setProperty("adjoint.mirror", mirror);
        try {
            var e = assertThrows(
                    IllegalArgumentException.class,
                    () -> ImageSet.FASHION_MNIST.load(dev.adjoint.datasets.Mnist.Split.TEST));
            assertTrue(e.getMessage().contains("adjoint.mirror=" + mirror), e.getMessage());
        } finally {
            System.clearProperty("adjoint.mirror");
        }
    }

    @Test
    void noGradMayBeClosedInAnyOrder() {
        Tensor w = Tensor.ones(1).requiresGrad(true);
        NoGrad first = NoGrad.open();
        NoGrad second = NoGrad.open();
        first.close();
        assertEquals(List.of(true, false), List.of(NoGrad.isOpen(), w.square().requiresGrad()));
        second.close();
        second.close();
        assertEquals(List.of(false, true), List.of(NoGrad.isOpen(), w.square().requiresGrad()));
    }
}
