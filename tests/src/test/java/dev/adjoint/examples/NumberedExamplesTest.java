package dev.adjoint.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.train.CapturedLog;
import dev.adjoint.train.Lint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The numbered examples print what they should. (E5, which takes half a minute, is not run here; CI runs mnist as a smoke test.) */
class NumberedExamplesTest {
    private static String output(Consumer<String[]> program) {
        PrintStream console = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.accept(new String[0]);
        } finally {
            System.setOut(console);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void e1PrintsTheGradients() {
        String text = output(E1Gradient::main);
        assertTrue(text.contains("∂L/∂w tensor([") && text.contains("∂L/∂b tensor("), text);
    }

    @Test
    void e2PrintsValueAndDerivatives() {
        String text = output(E2Seed::main);
        assertTrue(text.contains("F      = 6.909297"), text);
        assertTrue(text.contains("∂F/∂x1 = 2.583853"), text);
        assertTrue(text.contains("∂F/∂x2 = 2.000000"), text);
    }

    @Test
    void xorIsLearned() {
        Matcher last = Pattern.compile("step 500 +loss ([0-9.]+)").matcher(output(E3Xor::main));
        assertTrue(last.find() && Double.parseDouble(last.group(1)) < 0.01, last::toString);
    }

    @Test
    void moonsAreClassified() {
        try (CapturedLog log = CapturedLog.of(Lint.class)) {
            moons();
            assertEquals(List.of(), log.lines(), "the lint has nothing to say (LintedExamples asks it of all)");
        }
    }

    private static void moons() {
        Matcher last = Pattern.compile("epoch 20/20 .*val_accuracy ([0-9.]+)").matcher(output(E4TwoMoons::main));
        assertTrue(last.find() && Double.parseDouble(last.group(1)) > 0.98, last::toString);
    }

    @Test
    void rosenbrockIsMinimised() {
        Matcher last = Pattern.compile("f ([0-9.e+-]+)\\s*$").matcher(output(E6NewtonCg::main));
        assertTrue(last.find() && Double.parseDouble(last.group(1)) < 1e-18, last::toString);
    }
}
