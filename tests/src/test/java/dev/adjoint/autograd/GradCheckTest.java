package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.SeededBugs.Bug;
import dev.adjoint.autograd.check.Diagnosis;
import dev.adjoint.autograd.check.GradCheck;
import dev.adjoint.autograd.check.GradReport;
import dev.adjoint.autograd.check.GradReport.Failure;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.Tanh;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** GradCheck must detect wrong derivatives, diagnose them correctly, and accept correct ones. */
class GradCheckTest {
    private static final int COMPOSITIONS = 500;

    @Test
    void catchesAndNamesSeededBugsWithoutFalseAlarms() {
        List<String> missed = new ArrayList<>();
        List<String> misnamed = new ArrayList<>();
        List<Bug> bugs = SeededBugs.all();
        for (Bug bug : bugs) {
            GradReport report = GradCheck.SECOND_ORDER.check(bug.f(), bug.inputs());
            if (report.passed()) missed.add(bug.name());
            else if (report.failures().get(0).diagnosis() != bug.cause()) misnamed.add(bug.name() + ": " + report);
        }
        List<String> alarms = falseAlarms();
        int named = bugs.size() - missed.size() - misnamed.size();
        System.out.printf(
                "gradcheck: caught %d of %d, named %d, false alarms %d of %d%n",
                bugs.size() - missed.size(), bugs.size(), named, alarms.size(), COMPOSITIONS);
        assertTrue(bugs.size() >= 25);
        assertEquals(List.of(), missed);
        assertTrue(named >= 0.8 * bugs.size(), () -> String.join("\n", misnamed));
        assertEquals(List.of(), alarms);
    }

    private static List<String> falseAlarms() {
        List<String> alarms = new ArrayList<>();
        int kinks = 0;
        for (int i = 0; i < COMPOSITIONS; i++) {
            Rng rng = new Rng(i);
            Function<List<Tensor>, Tensor> f = RandomProgram.of(rng);
            long rows = 1 + rng.nextInt(3);
            long columns = 1 + rng.nextInt(3);
            List<Tensor> x = List.of(RandomProgram.input(rng, rows, columns), RandomProgram.input(rng, rows, columns));
            GradReport report = (i % 5 == 0 ? GradCheck.SECOND_ORDER : GradCheck.FIRST_ORDER).check(f, x);
            kinks += report.kinks();
            if (!report.passed()) alarms.add("composition " + i + ": " + report);
        }
        int seen = kinks;
        assertTrue(seen > 50, () -> "expected kinks and ties among the compositions, there were " + seen);
        return alarms;
    }

    @Test
    void failuresNameTensorIndexAndFactor() {
        CustomOp op = CustomOp.of("mean", x -> x[0].mean()).vjp((g, x, y) -> g.broadcastTo(x[0].shape()));
        GradReport report =
                GradCheck.FIRST_ORDER.check(x -> op.apply(x), Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
        Failure failure = report.failures().get(0);
        assertEquals("input", failure.tensor());
        assertEquals(2, failure.index().length);
        assertEquals(5.0 / 6, failure.relativeError(), 1e-6);
        assertTrue(failure.explanation().contains("6 (the number of elements)"), failure.explanation());
    }

    @Test
    void checksLayersWithTheirParameters() {
        Rng rng = new Rng(5);
        Sequential model =
                new Sequential(new Linear(3, 4, true, rng), new Tanh(), new Linear(4, 2, true, rng), new ReLU());
        GradCheck.assertGradients(model, Tensor.normal(rng, 0, 1, 5, 3));
        assertEquals(DType.FLOAT32, model.parameters().get(0).dtype());
        Function<Tensor, Tensor> wrong = new Wrong();
        String message = assertThrows(AssertionError.class, () -> GradCheck.assertGradients(wrong, Tensor.of(1.0, 2.0)))
                .getMessage();
        assertTrue(message.contains("scale: "), message);
        assertTrue(message.contains("sign flipped"), message);
    }

    /** A layer whose parameter gradient has the wrong sign. */
    private static final class Wrong extends dev.adjoint.nn.Module {
        private static final CustomOp MUL = CustomOp.of("mul", x -> x[0].mul(x[1]))
                .vjp((g, x, y) -> g.mul(x[1]), (g, x, y) -> g.mul(x[0]).neg());
        private final Tensor scale = parameter("scale", Tensor.of(3.0));

        @Override
        protected Tensor forward(Tensor x) {
            return MUL.apply(x, scale);
        }
    }

    @Test
    void reportNotesUncheckedModes() {
        CustomOp op = CustomOp.of("cube", x -> x[0].pow(3))
                .vjp((g, x, y) -> g.mul(x[0].square().mul(3)));
        GradReport report = GradCheck.FIRST_ORDER.check(x -> op.apply(x), Tensor.of(1.0, 2.0));
        assertTrue(report.passed(), report::toString);
        assertTrue(report.notes().get(0).contains("op 'cube' has no forward rule"), report::toString);
    }

    @Test
    void dropoutLeftOnIsNamedAndEvalPasses() {
        Dropout dropout = new Dropout(0.5);
        GradReport report = GradCheck.FIRST_ORDER.check(dropout, Tensor.ones(50));
        assertEquals(Diagnosis.NOT_DETERMINISTIC, report.failures().get(0).diagnosis());
        dropout.eval();
        GradCheck.assertGradients(dropout, Tensor.ones(50));
    }

    @Test
    void float32UsesItsOwnStepSize() {
        GradCheck single = new GradCheck(DType.FLOAT32, 1, 64, 0);
        assertTrue(single.check(x -> x.sin().mul(x), Tensor.of(0.5f, 1.5f)).passed());
        CustomOp op = CustomOp.of("sin", x -> x[0].sin())
                .vjp((g, x, y) -> g.mul(x[0].cos().mul(1.1)));
        assertEquals(
                Diagnosis.CONSTANT_FACTOR,
                single.check(x -> op.apply(x), Tensor.of(0.5f, 1.2f))
                        .failures()
                        .get(0)
                        .diagnosis());
    }

    @Test
    void manyEntriesAreSampled() {
        GradReport report = GradCheck.FIRST_ORDER.check(x -> x.square(), Tensor.uniform(new Rng(1), 0, 1, 40, 50));
        assertTrue(report.passed());
        assertTrue(report.checked() < 5000, report::toString);
    }

    @Test
    void invalidSettingsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new GradCheck(DType.INT64, 1, 64, 0));
        assertThrows(IllegalArgumentException.class, () -> new GradCheck(DType.FLOAT64, 3, 64, 0));
    }
}
