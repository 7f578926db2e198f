package dev.adjoint;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Warnings;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The house: which room may know of which. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("dev.adjoint");

    @Test
    void modulesKnowOnlyWhatStandsBelowThem() {
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
                .mayOnlyAccessLayers("autograd", "nn", "datasets")
                .whereLayer("lab")
                .mayOnlyAccessLayers("autograd", "nn", "datasets")
                .whereLayer("course")
                .mayOnlyAccessLayers("autograd", "optim", "datasets")
                .check(CLASSES);
    }

    @Test
    void kernelsKnowNoGraph() {
        classes()
                .that()
                .resideInAPackage("..kernels..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                "java..",
                                "jdk.incubator.vector..",
                                "org.nd4j..",
                                "org.bytedeco..",
                                "org.slf4j..",
                                "..kernels..")
                        .or(type(DType.class))
                        .or(type(Warnings.class)))
                .check(CLASSES);
    }

    @Test
    void theGraphKnowsNoOpByName() {
        noClasses()
                .that()
                .resideInAPackage("..graph..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..rules..")
                .check(CLASSES);
    }

    @Test
    void onlyKernelsTouchNd4jAndBlas() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "..autograd.graph..",
                        "..autograd.rules..",
                        "..nn..",
                        "..optim..",
                        "..datasets..",
                        "..train..",
                        "..lab..",
                        "..course..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.nd4j..", "org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void theFaceKnowsOfNd4jTheArrayAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.adjoint.autograd")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("org.nd4j..", "org.bytedeco..").and(not(type(INDArray.class))))
                .check(CLASSES);
    }

    @Test
    void layersAreMadeOfTensorOpsAlone() {
        noClasses()
                .that()
                .resideInAnyPackage("..nn..", "..datasets..")
                .should()
                .dependOnClassesThat(resideInAPackage("..autograd.kernels..")
                        .or(resideInAPackage("..autograd.rules.."))
                        .or(resideInAPackage("..autograd.graph..")))
                .check(CLASSES);
    }

    @Test
    void librariesLogAndDoNotPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..examples..")
                .and()
                .areNotAssignableTo(Warnings.class)
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
        noClasses().should(GeneralCodingRules.USE_JAVA_UTIL_LOGGING).check(CLASSES);
    }

    /** Digits and decimal points are those of the program, not of the machine it runs on: files must be read elsewhere. */
    @Test
    void textsAreMadeWithoutTheMachinesLocale() {
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
