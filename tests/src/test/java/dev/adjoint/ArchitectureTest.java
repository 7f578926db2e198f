package dev.adjoint;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Value;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import dev.adjoint.autograd.internal.io.TensorBytes;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import dev.adjoint.autograd.internal.support.NativeLibraries;
import dev.adjoint.autograd.internal.support.Warnings;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Checks the dependencies between modules and between packages. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("dev.adjoint");

    @Test
    void modulesAccessOnlyModulesBelowThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.adjoint..")
                .layer("autograd")
                .definedBy("dev.adjoint.autograd..")
                .layer("nn")
                .definedBy("dev.adjoint.nn..")
                .layer("optim")
                .definedBy("dev.adjoint.optim..")
                .layer("datasets")
                .definedBy("dev.adjoint.datasets..")
                .layer("train")
                .definedBy("dev.adjoint.train..")
                .layer("onnx")
                .definedBy("dev.adjoint.onnx..")
                .layer("lab")
                .definedBy("dev.adjoint.lab..")
                .layer("course")
                .definedBy("dev.adjoint.course..")
                .layer("examples")
                .definedBy("dev.adjoint.examples..")
                .layer("bench")
                .definedBy("dev.adjoint.bench..")
                .layer("cli options")
                .definedBy("dev.adjoint.cli.options..")
                .layer("cli")
                .definedBy("dev.adjoint.cli")
                .whereLayer("autograd")
                .mayNotAccessAnyLayer()
                .whereLayer("nn")
                .mayOnlyAccessLayers("autograd")
                .whereLayer("optim")
                .mayOnlyAccessLayers("autograd")
                .whereLayer("datasets")
                .mayOnlyAccessLayers("autograd")
                .whereLayer("train")
                .mayOnlyAccessLayers("autograd", "nn", "optim", "datasets")
                .whereLayer("onnx")
                .mayOnlyAccessLayers("autograd", "nn")
                .whereLayer("lab")
                .mayOnlyAccessLayers("autograd", "nn", "datasets")
                .whereLayer("course")
                .mayOnlyAccessLayers("autograd", "optim", "datasets")
                .whereLayer("examples")
                .mayOnlyAccessLayers("autograd", "nn", "optim", "datasets", "train")
                .whereLayer("cli options")
                .mayOnlyAccessLayers("autograd", "nn", "optim")
                .whereLayer("bench")
                .mayOnlyAccessLayers("autograd", "nn", "optim", "datasets", "train", "examples", "cli options")
                .check(CLASSES);
    }

    /** Packages from bottom to top; each may access only those before it. */
    @Test
    void autogradPackagesAccessOnlyPackagesBelowThem() {
        String internal = "dev.adjoint.autograd.internal.";
        Map<String, List<String>> rooms = new LinkedHashMap<>();
        rooms.put(internal + "support", List.of());
        rooms.put(internal + "array", List.of(internal + "support"));
        rooms.put(internal + "kernels", List.of(internal + "support", internal + "array"));
        rooms.put(internal + "engine", List.of(internal + "support", internal + "array", internal + "kernels"));
        List<String> engine =
                List.of(internal + "support", internal + "array", internal + "kernels", internal + "engine");
        rooms.put("dev.adjoint.autograd", engine);
        for (String above : List.of(internal + "io", "dev.adjoint.autograd.inspect", "dev.adjoint.autograd.check")) {
            rooms.put(
                    above,
                    Stream.concat(engine.stream(), Stream.of("dev.adjoint.autograd"))
                            .toList());
        }
        rooms.forEach((room, below) -> {
            String[] known = Stream.concat(Stream.of(room), below.stream()).toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(room)
                    .should()
                    .onlyDependOnClassesThat(
                            resideOutsideOfPackage("dev.adjoint..").or(resideInAnyPackage(known)))
                    .check(CLASSES);
        });
    }

    @Test
    void packagesAreFreeOfCycles() {
        SlicesRuleDefinition.slices()
                .matching("dev.adjoint.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    /**
     * Outside autograd, only a few internal classes may be used: for a tensor's array and gradient, the optimizers' update kernels, writing
     * files, and warnings.
     */
    @Test
    void internalPackagesAreUsedOnlyThroughAllowedClasses() {
        Set<Class<?>> files = Set.of(
                AtomicFile.class, AtomicFile.Content.class, IoErrorMessage.class, TensorBytes.class, Warnings.class);
        Set<Class<?>> updates =
                Set.of(Access.class, Value.class, Array.class, Kernels.class, SgdStep.class, AdamStep.class);
        Set<Class<?>> training = with(files, Access.class, Value.class, Kernels.class);
        Set<Class<?>> programs = with(
                files, Access.class, Value.class, Array.class, Kernels.class, AdamStep.class, NativeLibraries.class);
        Map<String, Set<Class<?>>> doors = new LinkedHashMap<>();
        doors.put("dev.adjoint.nn..", Set.of());
        doors.put("dev.adjoint.datasets..", files);
        doors.put("dev.adjoint.optim..", updates);
        doors.put("dev.adjoint.train..", training);
        doors.put("dev.adjoint.onnx..", files);
        doors.put("dev.adjoint.lab..", files);
        doors.put("dev.adjoint.course..", Set.of());
        doors.put("dev.adjoint.examples..", Set.of());
        doors.put("dev.adjoint.bench..", programs);
        doors.put("dev.adjoint.cli..", with(files, NativeLibraries.class, Kernels.class));
        doors.forEach((room, open) -> noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.adjoint.autograd.internal..")
                        .and(not(belongToAnyOf(open.toArray(Class[]::new)))))
                .check(CLASSES));
    }

    private static Set<Class<?>> with(Set<Class<?>> doors, Class<?>... more) {
        Set<Class<?>> all = new HashSet<>(doors);
        all.addAll(List.of(more));
        return all;
    }

    /** Each module's pom declares exactly the expected dependencies on other modules. */
    @ParameterizedTest
    @CsvSource({
        "autograd, ''",
        "nn, autograd",
        "optim, autograd",
        "datasets, autograd",
        "optim/train, autograd nn optim datasets",
        "nn/onnx, autograd nn",
        "autograd/bom, ''",
    })
    void pomsDeclareTheExpectedModules(String module, String below) throws Exception {
        NodeList dependencies = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of(module, "pom.xml").toFile())
                .getElementsByTagName("dependency");
        StringJoiner found = new StringJoiner(" ");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            String artifact =
                    dependency.getElementsByTagName("artifactId").item(0).getTextContent();
            if (artifact.startsWith("adjoint-")) found.add(artifact.substring("adjoint-".length()));
        }
        assertEquals(below, found.toString());
    }

    @Test
    void onlyArraysAndKernelsTouchNd4jAndBlas() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.adjoint.autograd",
                        "..internal.support..",
                        "..internal.array..",
                        "..internal.kernels..",
                        // Uses the ONNX classes of ND4J.
                        "dev.adjoint.onnx..",
                        "dev.adjoint.bench..",
                        "dev.adjoint.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.nd4j..", "org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void publicAutogradClassesUseOnlyINDArrayOfNd4j() {
        noClasses()
                .that()
                .resideInAPackage("dev.adjoint.autograd")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("org.nd4j..", "org.bytedeco..").and(not(type(INDArray.class))))
                .check(CLASSES);
    }

    @Test
    void librariesLogAndDoNotPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..examples..", "..cli..")
                .and()
                .areNotAssignableTo(Warnings.class)
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
        noClasses().should(GeneralCodingRules.USE_JAVA_UTIL_LOGGING).check(CLASSES);
    }

    /** Formatting must not depend on the default locale, since files are read on other machines. */
    @Test
    void textsAreFormattedWithAnExplicitLocale() {
        noClasses()
                .should()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .orShould()
                .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .check(CLASSES);
    }
}
