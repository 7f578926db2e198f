package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.testing.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles and runs the examples in the Javadoc, and compares their output with the output shown in comments. */
class DocumentationTest {
    private static final Path SOURCES = Path.of("autograd/src/main/java/dev/adjoint/autograd");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\}</pre>", Pattern.DOTALL);

    @TempDir
    private Path folder;

    static Stream<String> files() {
        return Stream.of(
                "Transforms",
                "Checkpoint",
                "CustomOp",
                "Tensor",
                "NoGrad",
                "check/GradCheck",
                "inspect/Graph",
                "inspect/Anomaly",
                "inspect/OpCount");
    }

    @ParameterizedTest
    @MethodSource("files")
    void examplesPrintWhatTheirCommentsShow(String file) throws Exception {
        String source = Files.readString(SOURCES.resolve(file + ".java"));
        Matcher examples = EXAMPLE.matcher(source);
        int count = 0;
        while (examples.find()) {
            String code = examples.group(1)
                    .lines()
                    .map(line -> line.replaceFirst("^\\s*\\* ?", ""))
                    .reduce("", (a, b) -> a + b + "\n");
            assertEquals(
                    Snippet.expectedOutput(code),
                    run(file.replaceFirst(".*/", "") + count++, code),
                    () -> "the example\n" + code);
        }
        assertTrue(count > 0, "no examples in " + file);
    }

    /** Every public transform has an example in its Javadoc. */
    @ParameterizedTest
    @MethodSource("documented")
    void everyTransformHasAnExample(String file) throws IOException {
        String[] parts = Files.readString(SOURCES.resolve(file + ".java")).split("    public static ");
        for (int i = 0; i < parts.length - 1; i++) {
            String javadoc = parts[i].substring(Math.max(0, parts[i].lastIndexOf("/**")));
            String method = parts[i + 1].lines().findFirst().orElseThrow();
            assertTrue(javadoc.contains("<pre>{@code"), () -> file + " has no example for: " + method);
        }
    }

    static Stream<String> documented() {
        return Stream.of("Transforms", "Checkpoint");
    }

    private List<String> run(String name, String code) throws Exception {
        boolean fragment = name.startsWith("NoGrad");
        String context = fragment ? "Linear model = new Linear(2, 3); Tensor x = Tensor.zeros(4, 2);\n" : "";
        List<String> printed = Snippet.run(folder, name, context + code);
        assertFalse(printed.isEmpty() && code.contains("System.out"), () -> "nothing printed by\n" + code);
        return printed;
    }
}
