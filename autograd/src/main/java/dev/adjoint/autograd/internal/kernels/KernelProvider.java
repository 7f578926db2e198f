package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.support.ThreadPool;
import dev.adjoint.autograd.internal.support.Warnings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the kernels when the engine is first used, and says once which. */
final class KernelProvider {
    private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    /** Whether vectors reach native memory by way of MemorySegments. */
    static final boolean HAS_SEGMENTS = Runtime.version().feature() > 21;

    static final Kernels CURRENT = choose(System.getProperty("adjoint.kernels", "fastest"));

    private KernelProvider() {}

    static Kernels choose(String name) {
        Kernels kernels = switch (name) {
            case "fastest" -> hasVectorModule() ? vector() : new TiledKernels();
            case "vector" -> vector();
            case "tiled" -> new TiledKernels();
            case "reference" -> new ReferenceKernels();
            default ->
                throw new IllegalArgumentException(
                        "system property adjoint.kernels=" + name + ": expected fastest, vector, tiled or reference");
        };
        if (name.equals("fastest") && !hasVectorModule()) {
            Warnings.warn(
                    LOG,
                    "vector instructions are off: start the JVM with --add-modules {} to train faster",
                    VECTOR_MODULE);
        }
        LOG.debug("kernels: {}", kernels.getClass().getSimpleName());
        return kernels;
    }

    /** What decides speed, as it is now. */
    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernels", CURRENT.getClass().getSimpleName());
        facts.put("vector module", hasVectorModule() ? "on" : "off");
        facts.put("threads", Integer.toString(ThreadPool.SIZE));
        return facts;
    }

    static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }

    /** By name, since the classes cannot even be loaded without the module. Which of them is the faster, {@code VectorFunctions} says. */
    private static Kernels vector() {
        if (!hasVectorModule()) {
            throw new IllegalArgumentException(
                    "system property adjoint.kernels=vector: the JVM has been started without"
                            + " the module: add --add-modules " + VECTOR_MODULE);
        }
        try {
            return (Kernels) Class.forName(KernelProvider.class.getPackageName() + "."
                            + (HAS_SEGMENTS ? "VectorKernels" : "VectorFunctions"))
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the vector kernels cannot be made on JDK " + Runtime.version(), e);
        }
    }
}
