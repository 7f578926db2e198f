package dev.adjoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Compares the public API with the list in {@code api.txt}. After an intended change, {@code mvn verify -Dtest=PublicApiTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dapi.write=true} rewrites the list.
 */
class PublicApiTest {
    private static final Path LIST = Path.of("tests/src/test/resources/api.txt");
    private static final Pattern PACKAGES =
            Pattern.compile("dev\\.adjoint\\.(autograd(\\.check|\\.inspect)?|nn|optim|datasets(\\.files)?|train|onnx)");

    @Test
    void apiListMatchesThePublicClasses() throws IOException {
        List<String> lines = new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests()))
                .importPackages("dev.adjoint").stream()
                        .filter(type -> PACKAGES.matcher(type.getPackageName()).matches())
                        .map(JavaClass::reflect)
                        .filter(PublicApiTest::isVisible)
                        .sorted((a, b) -> a.getName().compareTo(b.getName()))
                        .flatMap(type -> lines(type).stream())
                        .toList();
        if (Boolean.getBoolean("api.write")) Files.write(LIST, lines);
        assertEquals(String.join("\n", Files.readAllLines(LIST)), String.join("\n", lines));
        assertFalse(String.join("\n", lines).contains(".internal."), "an internal type is shown to users");
    }

    private static boolean isVisible(Class<?> type) {
        if (type.isAnonymousClass() || type.isLocalClass() || type.isSynthetic()) return false;
        boolean own = (type.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
        return own && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
    }

    private static List<String> lines(Class<?> type) {
        TreeSet<String> members = new TreeSet<>();
        // Members inherited from a non-public class or interface belong to the public subclass.
        TreeSet<Class<?>> sources = new TreeSet<>((a, b) -> a.getName().compareTo(b.getName()));
        collect(type, type, sources);
        for (Class<?> source : sources) {
            for (Method method : source.getDeclaredMethods()) {
                if (isShown(method, method.isSynthetic())) members.add("    " + signature(method));
            }
            for (Field field : source.getDeclaredFields()) {
                if (isShown(field, field.isSynthetic())) {
                    members.add("    " + modifiers(field) + name(field.getGenericType()) + " " + field.getName());
                }
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isShown(constructor, constructor.isSynthetic()) && !type.isEnum()) {
                members.add("    new(" + parameters(constructor.getGenericParameterTypes()) + ")");
            }
        }
        List<String> all = new ArrayList<>();
        String kind = type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
        all.add((Modifier.isAbstract(type.getModifiers()) && kind.equals("class") ? "abstract " : "") + kind + " "
                + type.getName());
        all.addAll(members);
        return all;
    }

    private static void collect(Class<?> root, Class<?> type, TreeSet<Class<?>> sources) {
        if (type == null || type != root && isVisible(type) || !type.getName().startsWith("dev.adjoint.")) return;
        sources.add(type);
        collect(root, type.getSuperclass(), sources);
        for (Class<?> face : type.getInterfaces()) collect(root, face, sources);
    }

    private static boolean isShown(Member member, boolean isSynthetic) {
        boolean open = (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
        return open && !isSynthetic;
    }

    private static String signature(Method method) {
        return modifiers(method) + name(method.getGenericReturnType()) + " " + method.getName() + "("
                + parameters(method.getGenericParameterTypes()) + ")";
    }

    private static String modifiers(Member member) {
        return (Modifier.isProtected(member.getModifiers()) ? "protected " : "")
                + (Modifier.isStatic(member.getModifiers()) ? "static " : "");
    }

    private static String parameters(Type... types) {
        return Arrays.stream(types).map(PublicApiTest::name).collect(Collectors.joining(", "));
    }

    /** The type's name, without the package for Java's and our own public types. */
    private static String name(Type type) {
        return type.getTypeName()
                .replaceAll("\\bjava\\.(lang|util|util\\.function|nio\\.file|io)\\.(?=[A-Z])", "")
                .replaceAll("\\b" + PACKAGES.pattern() + "\\.(?=[A-Z])", "");
    }
}
