package dev.adjoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Two classes whose static initialisers depend on each other can deadlock if two threads initialise them at the same time. This test
 * checks that the static initialisers of our classes have no cycle, and that none of them starts native code, which has such a cycle
 * (JavaCPP's {@code Loader} and {@code Pointer}).
 */
class StaticInitializersTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("dev.adjoint");

    @Test
    void staticInitializersHaveNoCycles() {
        Map<String, Set<String>> needs = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            Set<String> needed = new TreeSet<>();
            for (JavaClass other : initializedBy(type))
                if (isOurs(other) && !other.equals(type)) needed.add(other.getName());
            needs.put(type.getName(), needed);
        }
        Set<String> circles = new TreeSet<>();
        for (String type : needs.keySet()) {
            Set<String> reached = reachable(needs, type);
            if (reached.contains(type)) circles.add(type + " <- " + needs.get(type));
        }
        assertEquals(Set.of(), circles);
    }

    @Test
    void noStaticInitializerStartsNativeCode() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            for (JavaClass other : initializedBy(type)) {
                String name = other.getPackageName();
                boolean isNative = name.startsWith("org.bytedeco") || name.startsWith("org.nd4j");
                // ND4J's enums load no native code.
                if (isNative && !other.isEnum()) found.add(type.getName() + " -> " + other.getName());
            }
        }
        assertEquals(Set.of(), found);
    }

    /** Checks that this test detects accesses in static initialisers at all. */
    @Test
    void accessesOfStaticInitializersAreFound() {
        assertTrue(initializedBy(CLASSES.get("dev.adjoint.autograd.Elementwise")).stream()
                .anyMatch(type -> type.getName().equals("dev.adjoint.autograd.internal.engine.Op")));
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith("dev.adjoint");
    }

    /** The classes that a class's static initialiser initialises, directly or through methods that it calls. */
    private static Set<JavaClass> initializedBy(JavaClass type) {
        Set<JavaClass> found = new HashSet<>();
        // The class body of an enum constant is reachable only through the enum.
        boolean isEnumBody = type.isAnonymousClass() && type.isAssignableTo(Enum.class);
        if (!isEnumBody)
            type.getRawSuperclass().filter(StaticInitializersTest::isOurs).ifPresent(found::add);
        if (type.getStaticInitializer().isEmpty()) return found;
        Set<JavaCodeUnit> seen = new HashSet<>();
        Deque<JavaCodeUnit> open = new ArrayDeque<>();
        open.add(type.getStaticInitializer().get());
        while (!open.isEmpty()) {
            JavaCodeUnit unit = open.pop();
            if (!seen.add(unit)) continue;
            for (JavaAccess<?> access : unit.getAccessesFromSelf()) {
                if (access.isDeclaredInLambda() || !initializes(access)) continue;
                found.add(access.getTargetOwner());
            }
            unit.getMethodCallsFromSelf().stream()
                    .filter(call -> !call.isDeclaredInLambda())
                    .forEach(call -> call.getTarget()
                            .resolveMember()
                            .filter(m -> isOurs(m.getOwner()))
                            .ifPresent(open::add));
            unit.getConstructorCallsFromSelf().stream()
                    .filter(call -> !call.isDeclaredInLambda())
                    .forEach(call -> call.getTarget()
                            .resolveMember()
                            .filter(m -> isOurs(m.getOwner()))
                            .ifPresent(open::add));
        }
        return found;
    }

    /** Constructors, static methods and non-constant static fields initialise their class. */
    private static boolean initializes(JavaAccess<?> access) {
        if (access instanceof JavaFieldAccess field) {
            return field.getTarget()
                    .resolveMember()
                    .map(f -> f.getModifiers().contains(JavaModifier.STATIC))
                    .orElse(false);
        }
        if (access.getTarget() instanceof AccessTarget.ConstructorCallTarget) return true;
        return access.getTarget() instanceof AccessTarget.MethodCallTarget method
                && method.resolveMember()
                        .map(m -> m.getModifiers().contains(JavaModifier.STATIC))
                        .orElse(false);
    }

    private static Set<String> reachable(Map<String, Set<String>> needs, String from) {
        Set<String> seen = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(needs.get(from));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (seen.add(next) && needs.containsKey(next)) open.addAll(needs.get(next));
        }
        return seen;
    }
}
