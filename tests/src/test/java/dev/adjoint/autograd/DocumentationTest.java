package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles and runs the examples in the documentation; what a comment says is printed must be printed. */
class DocumentationTest {
    private static final Path SOURCES = Path.of("autograd/src/main/java/dev/adjoint/autograd");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\}</pre>", Pattern.DOTALL);
    private static final Pattern PRINTED = Pattern.compile("print(?:ln|f)\\(.*\\);  +// (.*)|^// (.*)");

    /** That of the tests; where they run in a JVM of their own, its jar only points to it. */
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    @TempDir
    private Path folder;

    static Stream<String> files() {
        return Stream.of(
                "Transforms", "Checkpoint", "CustomOp", "GradCheck", "Graph", "Anomaly", "OpCount", "Tensor", "NoGrad");
    }

    @ParameterizedTest
    @MethodSource("files")
    void examplesDoWhatTheySay(String file) throws Exception {
        String source = Files.readString(SOURCES.resolve(file + ".java"));
        Matcher examples = EXAMPLE.matcher(source);
        int count = 0;
        while (examples.find()) {
            String code = examples.group(1)
                    .lines()
                    .map(line -> line.replaceFirst("^\\s*\\* ?", ""))
                    .reduce("", (a, b) -> a + b + "\n");
            List<String> expected = new ArrayList<>();
            for (String line : code.split("\n")) {
                Matcher printed = PRINTED.matcher(line);
                if (printed.find()) expected.add(printed.group(1) != null ? printed.group(1) : printed.group(2));
            }
            assertEquals(expected, run(file + count++, code), () -> "the example\n" + code);
        }
        assertTrue(count > 0, "no examples in " + file);
    }

    /** Every public transform has an example. */
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
        String program =
                "import dev.adjoint.autograd.*;\nimport dev.adjoint.nn.*;\nimport java.util.*;\nimport java.util.function.*;\n"
                        + "public class " + name + " {\n  public static void main(String[] args) {\n"
                        + (fragment ? "Linear model = new Linear(2, 3); Tensor x = Tensor.zeros(4, 2);\n" : "")
                        + code + "  }\n}\n";
        Path file = Files.writeString(folder.resolve(name + ".java"), program);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int result = compiler.run(null, null, errors, "-encoding", "UTF-8", "-classpath", CLASS_PATH, file.toString());
        assertEquals(0, result, () -> program + errors.toString(StandardCharsets.UTF_8));
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            Method main = loader.loadClass(name).getMethod("main", String[].class);
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        List<String> printed = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertFalse(printed.isEmpty() && code.contains("System.out"), () -> "nothing printed by\n" + code);
        return printed;
    }
}
