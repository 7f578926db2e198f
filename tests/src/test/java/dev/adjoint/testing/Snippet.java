package dev.adjoint.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles and runs code from the documentation. */
public final class Snippet {
    private static final Pattern PRINTED = Pattern.compile("print(?:ln|f)\\(.*\\);  +// (.*)|^// (.*)");

    /** The class path of the tests; in a forked JVM, java.class.path only contains a jar that refers to it. */
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    private static final String IMPORTS = List.of(
                            "autograd",
                            "autograd.check",
                            "autograd.inspect",
                            "nn",
                            "optim",
                            "train",
                            "datasets",
                            "datasets.files",
                            "onnx",
                            "lab")
                    .stream()
                    .map(name -> "import dev.adjoint." + name + ".*;\n")
                    .reduce("import dev.adjoint.nn.Module;\n", String::concat)
            + "import java.nio.file.*;\nimport java.util.*;\nimport java.util.function.*;\n";

    private Snippet() {}

    /** Returns the output that the comments of the code show. */
    public static List<String> expectedOutput(String code) {
        List<String> expectedOutput = new ArrayList<>();
        for (String line : code.split("\n")) {
            Matcher printed = PRINTED.matcher(line);
            if (printed.find()) expectedOutput.add(printed.group(1) != null ? printed.group(1) : printed.group(2));
        }
        return expectedOutput;
    }

    /** Compiles statements as the body of a main method. */
    public static void compile(Path folder, String name, String code) throws Exception {
        String program = IMPORTS + "public class " + name
                + " {\n  public static void main(String[] args) throws Exception {\n" + code + "  }\n}\n";
        Path file = Files.writeString(folder.resolve(name + ".java"), program);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int result = compiler.run(null, null, errors, "-encoding", "UTF-8", "-classpath", CLASS_PATH, file.toString());
        assertEquals(0, result, () -> program + errors.toString(StandardCharsets.UTF_8));
    }

    /** Compiles and runs statements; returns the lines that they print. */
    public static List<String> run(Path folder, String name, String code) throws Exception {
        compile(folder, name, code);
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException e) {
            throw new AssertionError(code, e.getCause());
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
