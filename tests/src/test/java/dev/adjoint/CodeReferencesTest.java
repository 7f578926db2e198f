package dev.adjoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that every class and method named as code in Javadoc, comments or Markdown exists. */
class CodeReferencesTest {
    private static final List<String> MODULES = List.of("autograd", "nn", "optim", "datasets", "examples", "tests");
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern EXAMPLE = Pattern.compile("<pre>.*?</pre>", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("\\{@code ([^{}]*(?:\\{[^{}]*\\}[^{}]*)*)\\}");
    private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern INLINE = Pattern.compile("`([^`\\n]+)`");

    private static final Pattern MEMBER = Pattern.compile("(?<![\\w.@/-])([A-Z]\\w*[a-z]\\w*)[.#]([A-Za-z]\\w*)");
    private static final Pattern CONSTRUCTOR = Pattern.compile("\\bnew ([A-Z]\\w*)[(<\\[]");
    private static final Pattern CALL = Pattern.compile("(?<=[\\w)\\]]\\.)([a-z]\\w*)\\(");
    private static final Pattern PLAIN_CALL = Pattern.compile("(?<![\\w.∂])([a-z]\\w{2,})\\([^)]*\\)");
    private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*(<.*>)?");

    private static final List<String> LIBRARY_PACKAGES = List.of(
            "java.lang.",
            "java.util.",
            "java.util.function.",
            "java.util.stream.",
            "java.util.concurrent.",
            "java.lang.invoke.",
            "java.io.",
            "java.nio.",
            "java.nio.file.",
            "java.time.",
            "org.bytedeco.javacpp.",
            "org.nd4j.linalg.api.ndarray.");

    /** The members of the project's classes, by simple class name. */
    private static final Map<String, Set<String>> MEMBERS = new HashMap<>();

    private static final Set<String> METHODS = new HashSet<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void collect() {
        for (JavaClass type : new ClassFileImporter().importPackages("dev.adjoint")) {
            if (type.getSimpleName().isEmpty()) continue;
            Set<String> members = MEMBERS.computeIfAbsent(type.getSimpleName(), name -> new HashSet<>());
            type.getAllMembers().forEach(member -> members.add(member.getName()));
            METHODS.addAll(members);
            type.getEnclosingClass()
                    .ifPresent(outer -> MEMBERS.computeIfAbsent(outer.getSimpleName(), name -> new HashSet<>())
                            .add(type.getSimpleName()));
        }
    }

    /** Includes comments of non-public members, which the compiler's doclint skips. */
    @Test
    void everyLinkInJavadocResolves() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-Xdoclint:reference/private",
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-d",
                    folder.toString(),
                    "-classpath",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
            compiler.getTask(
                            new StringWriter(),
                            files,
                            found,
                            options,
                            null,
                            files.getJavaFileObjectsFromPaths(sources()))
                    .call();
        }
        List<String> wrong = found.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> each.getSource().getName() + ":" + each.getLineNumber() + ": " + each.getMessage(null))
                .toList();
        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void everyNameInCodeOfJavadocExists() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path source : sources()) {
            for (String comment : matches(COMMENT, Files.readString(source))) {
                matches(EXAMPLE, comment).forEach(example -> check(source, example, wrong));
                String text = EXAMPLE.matcher(comment).replaceAll("").replaceAll("\\n\\s*\\*", " ");
                CODE.matcher(text).results().forEach(code -> check(source, code.group(1), wrong));
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    /** Checks inline code only; GuideTest compiles the fenced examples. */
    @Test
    void everyNameInCodeOfMarkdownExists() throws IOException {
        Set<String> wrong = new TreeSet<>();
        List<Path> pages = new ArrayList<>();
        for (String top : MODULES) pages.addAll(files(Path.of(top), ".md"));
        try (Stream<Path> top = Files.list(Path.of(""))) {
            top.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        assertTrue(pages.size() > 10, pages::toString);
        for (Path page : pages) {
            String prose = FENCE.matcher(Files.readString(page)).replaceAll("");
            INLINE.matcher(prose).results().forEach(code -> check(page, code.group(1), wrong));
        }
        assertEquals("", String.join("\n", wrong));
    }

    private static void check(Path file, String code, Set<String> wrong) {
        if (code.matches("(torch|nn|tf|np|numpy|jax|optax|F)\\..*|.*[$=]\\{.*|-.*|mvn .*|java .*|git .*")) return;
        String where = file + ": `" + code.strip() + "`: ";
        for (MatchResult member : MEMBER.matcher(code).results().toList()) {
            if (!hasMember(member.group(1), member.group(2))) {
                wrong.add(where + member.group(1) + " has no " + member.group(2));
            }
        }
        for (String type : matches(CONSTRUCTOR, code)) {
            String name = type.replaceAll("new |\\W", "");
            if (!isType(name)) wrong.add(where + "no class " + name);
        }
        for (MatchResult call : CALL.matcher(code).results().toList()) {
            if (!METHODS.contains(call.group(1)) && !isLibraryMethod(call.group(1))) {
                wrong.add(where + "no method " + call.group(1));
            }
        }
        if (TYPE.matcher(code).matches() && !isType(code.replaceAll("<.*", ""))) wrong.add(where + "no such class");
        for (MatchResult call : PLAIN_CALL.matcher(code).results().toList()) {
            if (!METHODS.contains(call.group(1))) wrong.add(where + "no method " + call.group(1));
        }
    }

    private static boolean hasMember(String type, String member) {
        if (member.equals("java")) return isType(type); // the name of a source file
        if (MEMBERS.containsKey(type)) return MEMBERS.get(type).contains(member) || member.equals("class");
        Class<?> found = libraryType(type);
        if (found == null) return false;
        return Arrays.stream(found.getMethods())
                        .anyMatch(method -> method.getName().equals(member))
                || Arrays.stream(found.getFields())
                        .anyMatch(field -> field.getName().equals(member));
    }

    private static boolean isType(String name) {
        return MEMBERS.containsKey(name) || libraryType(name) != null;
    }

    private static boolean isLibraryMethod(String name) {
        return Stream.of(
                        String.class,
                        List.class,
                        Map.class,
                        Stream.class,
                        Path.class,
                        Collections.class,
                        Optional.class,
                        PrintStream.class)
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .map(Method::getName)
                .anyMatch(name::equals);
    }

    private static Class<?> libraryType(String name) {
        for (String library : LIBRARY_PACKAGES) {
            try {
                return Class.forName(library + name, false, CodeReferencesTest.class.getClassLoader());
            } catch (ClassNotFoundException | NoClassDefFoundError e) {
                // Try the next package.
            }
        }
        return null;
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).toList();
    }

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : MODULES) all.addAll(files(Path.of(module), ".java"));
        all.removeIf(file -> file.endsWith("module-info.java") || file.startsWith("tests/peers"));
        assertTrue(all.size() > 300, () -> all.size() + " sources");
        return all;
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(end))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();
        }
    }
}
