package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.adjoint.autograd.internal.engine.Formula;
import dev.adjoint.autograd.internal.engine.Node;
import dev.adjoint.autograd.internal.engine.Value;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The formula that an op prints agrees with its kernel and its derivative rule. */
class FormulaTest {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int POINTS = 20;

    /** All declared ops that have formulas for their partial derivatives. */
    static Stream<Arguments> elementwise() throws IllegalAccessException {
        List<Arguments> ops = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter().importPackagesOf(Primitive.class)) {
            for (Field field : type.reflect().getDeclaredFields()) {
                if (field.getType() != Primitive.class || !Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                field.setAccessible(true);
                Primitive op = (Primitive) field.get(null);
                if (!op.formula().partials().isEmpty()) ops.add(Arguments.argumentSet(op.name(), op));
            }
        }
        return ops.stream();
    }

    @Test
    void moreThanThirtyElementwiseOpsHaveFormulas() throws IllegalAccessException {
        assertTrue(elementwise().count() > 30);
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    void formulasAgreeWithDerivativeRules(Primitive op) {
        Formula formula = op.formula();
        int operands = formula.partials().size();
        Rng rng = new Rng(7);
        for (int point = 0; point < POINTS; point++) {
            // Within the domain of every op; for ops that are not restricted to positive arguments, also negative
            // values.
            double low = point % 2 == 0 || isOfPositive(op) ? 0.1 : -0.9;
            Tensor[] x = new Tensor[operands];
            for (int i = 0; i < operands; i++) {
                x[i] = Tensor.uniform(rng, DType.FLOAT64, low, low + 0.8).requiresGrad(true);
            }
            Tensor y = op.apply(x);
            Map<String, Tensor> values = new HashMap<>(Map.of("y", y.detach()));
            for (int i = 0; i < operands; i++) values.put(NAMES.get(i), x[i].detach());
            List<String> names = NAMES.subList(0, operands);
            assertEquals(
                    y.item(),
                    FormulaEvaluator.evaluate(formula.result(op.name(), names), values)
                            .item(),
                    1e-12);
            Tensor[] gradients = Gradients.grad(y, x);
            for (int i = 0; i < operands; i++) {
                String partial = formula.partial(i, names, "y").replace("-1", "−1");
                assertEquals(
                        gradients[i].item(),
                        FormulaEvaluator.evaluate(partial, values).item(),
                        1e-11,
                        partial);
            }
        }
    }

    private static boolean isOfPositive(Primitive op) {
        return List.of("log", "sqrt", "rsqrt", "pow").contains(op.name());
    }

    /** For ops on whole tensors: the formula for the contribution to each operand's gradient. */
    @Test
    void contributionFormulasAgreeWithTheRules() {
        Rng rng = new Rng(3);
        Tensor a = normal(rng, 4, 3);
        Tensor classes = Tensor.of(2, 0, 1, 1);
        check(Reductions.softmax(1), a);
        check(Reductions.logSoftmax(1), a);
        check(Indexing.CROSS_ENTROPY, a, classes);
        for (Tensor y : List.of(
                a.matmul(normal(rng, 3, 2)),
                Gradients.grad(a.matmul(normal(rng, 3, 2)), normal(rng, 4, 2), true, a)[0],
                MatMul.linear(a, normal(rng, 5, 3), null),
                MatMul.linear(a, normal(rng, 5, 3), normal(rng, 5)))) {
            checkRecorded(y, rng);
        }
    }

    private static Tensor normal(Rng rng, long... shape) {
        return Tensor.normal(rng, DType.FLOAT64, 0, 1, shape).requiresGrad(true);
    }

    private static void check(Primitive op, Tensor... x) {
        checkRecorded(op.apply(x), new Rng(5));
    }

    private static void checkRecorded(Tensor y, Rng rng) {
        Node node = y.node();
        Formula formula = node.op().formula();
        List<Tensor> x = node.inputs().stream().map(Tensor.class::cast).toList();
        Tensor g = Tensor.normal(rng, DType.FLOAT64, 0, 1, y.shape());
        // Cross-entropy has one cotangent per row.
        Tensor column = y.rank() == 1 ? g.unsqueeze(1) : g;
        Map<String, Tensor> values = new HashMap<>(Map.of("y", y.detach(), "g", column));
        for (int i = 0; i < x.size(); i++) values.put(NAMES.get(i), x.get(i).detach());
        boolean[] wanted = new boolean[x.size()];
        for (int i = 0; i < wanted.length; i++) wanted[i] = node.passesGradientTo(i);
        Value[] shares = node.pullBack(g, wanted);
        List<String> names = NAMES.subList(0, x.size());
        for (int i = 0; i < wanted.length; i++) {
            String written = formula.contribution(i, names, "y", "g");
            if (!wanted[i] || written.startsWith("Σ rows")) continue;
            assertArrayEquals(
                    ((Tensor) shares[i]).toDoubles(),
                    FormulaEvaluator.evaluate(written, values).toDoubles(),
                    1e-12,
                    node.name() + ": " + written);
        }
    }
}
