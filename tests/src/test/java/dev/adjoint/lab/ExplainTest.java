package dev.adjoint.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Explanations show the correct values, formulas and gradients. */
class ExplainTest {
    private static final String SEED = "x1*x2 + sin(x1)";

    private static Map<String, Double> at(Object... pairs) {
        Map<String, Double> at = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) at.put((String) pairs[i], ((Number) pairs[i + 1]).doubleValue());
        return at;
    }

    /** Collapses repeated blanks, so that column widths do not matter. */
    private static String squeezed(String text) {
        return text.lines().map(line -> line.strip().replaceAll(" +", " ")).collect(Collectors.joining("\n"));
    }

    @Test
    void exampleMatchesTheLectureNotes() {
        String text = squeezed(Explain.expression(SEED, at("x1", 2, "x2", 3)).text());
        for (String line : new String[] {
            "w1 = sin(x1) 0.909297 function",
            "w2 = x1·x2 6 switcher",
            "w3 = w2 + w1 6.909297 distributor",
            "F = w3 = 6.909297",
            "Forward mode: one pass per input, 2 in total",
            "by x1 by x2",
            "ẇ1 = cos(x1)·ẋ1 −0.416147 0",
            "ẇ2 = x2·ẋ1 + x1·ẋ2 3 2",
            "ẇ3 = ẇ2 + ẇ1 2.583853 2",
            "w̄3 = 1",
            "w̄1 = w̄3 = 1",
            "x̄1 = w̄1·cos(x1) + w̄2·x2 = −0.416147 + 3 = 2.583853",
            "x̄2 = w̄2·x1 = 2",
            "forward mode: 2, one per input; it stores nothing",
            "reverse mode: 1 forward and 1 backward pass; it stores 3 values"
        }) {
            String expected = Normalizer.normalize(line, Normalizer.Form.NFD);
            String actual = Normalizer.normalize(text, Normalizer.Form.NFD);
            assertTrue(actual.lines().anyMatch(expected::equals), line + "\nis not in\n" + text);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 + 3*4|14",
                "2*3 - 4/8|5.5",
                "-2^2|-4",
                "2^3^2|512",
                "2^-1|0.5",
                "(1 + 2)*(3 − 1)|6",
                "max(2, min(7, 5)) - -1|6",
                "1.5e2 + .5|150.5",
                "sqrt(exp(log(16)))|4",
                "relu(-3) + sigmoid(0) + abs(-2)|2.5"
            })
    void expressionsFollowMathematicalPrecedence(String expression, double value) {
        assertEquals(value, Expression.evaluate(expression, Map.of()).item(), 1e-12);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "x1 +|at character 5: expected a number, a name or '('",
                "y + 1|at character 1: 'y' has no value; give it one with --at y=1",
                "foo(2)|at character 1: no function 'foo': expected sin",
                "max(1)|at character 6: max takes two arguments",
                "(1 + 2|at character 7: expected ')'",
                "1 2|at character 3: expected an operator or the end",
                "1.2.3|at character 1: expected a number such as"
            })
    void syntaxErrorsGiveTheirPosition(String expression, String message) {
        IllegalArgumentException wrong =
                assertThrows(IllegalArgumentException.class, () -> Explain.expression(expression, at("x1", 1)));
        assertTrue(wrong.getMessage().contains(message), wrong.getMessage());
    }

    @Test
    void everyEvaluationOrderGivesTheSameResults() {
        String expression = "log(sigmoid(a*b - 3)) / max(a, b)^2 + tanh(a)*b - exp(-a)";
        Explain plain = Explain.expression(expression, at("a", 1.5, "b", 2));
        for (long seed = 0; seed < 20; seed++) {
            String said = plain.inOrder(seed).comparison(plain);
            assertTrue(said.startsWith("in another order of evaluation: value and gradients are the same"), said);
        }
        Explain other = Explain.expression(expression, at("a", 1.5, "b", 2.1));
        assertTrue(!other.comparison(plain).endsWith("bit for bit"), "another point is another value");
    }

    @Test
    void gradientsAgreeWithTheEngine() {
        Tensor a = Tensor.of(0.7, -1.2, 0.4).requiresGrad(true);
        Tensor b = Tensor.of(new double[][] {{1, 2, 3}, {-1, 0.5, 2}}).requiresGrad(true);
        Graph graph = Graph.trace(() -> b.matmul(a).tanh().mul(b.sum(1)).sum());
        Explain explain = Explain.of(graph, Map.of("a", a, "b", b));
        graph.result().backward();
        for (Graph.Vertex vertex : explain.inputs()) {
            Tensor leaf = explain.name(vertex).equals("a") ? a : b;
            double difference = explain.gradient(vertex)
                    .orElseThrow()
                    .sub(leaf.grad())
                    .abs()
                    .sum()
                    .item();
            assertEquals(0, difference, 1e-12);
        }
        String text = explain.text();
        assertTrue(text.contains("ā = bᵀ·") || text.contains("b\u1d40·"), text);
        assertTrue(text.contains("forward mode: 9, one per input"), text);
    }

    @Test
    void untracedLossIsShownWithItsSavedValues(@TempDir Path folder) throws IOException {
        Sequential model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
        Tensor loss = Losses.crossEntropy(model.apply(Tensor.ones(2, 3)), Tensor.of(0, 1));
        Path page = folder.resolve("loss.html");
        Explain.html(loss, page);
        String html = Files.readString(page);
        assertTrue(html.contains("crossEntropy") && html.contains("\"gradient\""), "the page");
        loss.backward();
        String message = assertThrows(IllegalStateException.class, () -> Explain.html(loss, page))
                .getMessage();
        assertTrue(message.contains("was released by backward"), message);
        assertEquals(html, Files.readString(page), "what was there stays");
    }
}
