package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.support.ThreadPool;
import dev.adjoint.autograd.internal.support.Warnings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Selects the kernels when the engine is first used, and logs the choice once. */
final class KernelProvider {
    private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    /** Whether vectors access native memory through MemorySegments. */
    static final boolean HAS_SEGMENTS = Runtime.version().feature() > 21;

    static final Kernels CURRENT = choose(System.getProperty("adjoint.kernels", "fastest"));

    private KernelProvider() {}

    /** A set of kernels that is added to a table. */
    interface Set {
        void addTo(KernelTable table);
    }

    static Kernels choose(String name) {
        if (name.equals("vector") && !hasVectorModule()) {
            throw new IllegalArgumentException(
                    "system property adjoint.kernels=vector: the JVM has been started without"
                            + " the module: add --add-modules " + VECTOR_MODULE);
        }
        if (name.equals("fastest") && !hasVectorModule()) {
            Warnings.warn(
                    LOG,
                    "vector instructions are off: start the JVM with --add-modules {} to train faster",
                    VECTOR_MODULE);
        }
        String chosen = name.equals("fastest") ? hasVectorModule() ? "vector" : "tiled" : name;
        KernelTable float32 = reference();
        switch (chosen) {
            case "vector" -> {
                addTiled(float32);
                vector().addTo(float32);
            }
            case "tiled" -> addTiled(float32);
            case "reference" -> {}
            default ->
                throw new IllegalArgumentException(
                        "system property adjoint.kernels=" + name + ": expected fastest, vector, tiled or reference");
        }
        LOG.debug("kernels: {}", chosen);
        return new Kernels(chosen, float32, reference());
    }

    /** The reference kernels, for all types and layouts. */
    private static KernelTable reference() {
        KernelTable table = new KernelTable();
        ReferenceElementwise.addTo(table);
        ReferenceReductions.addTo(table);
        ReferenceSoftmax.addTo(table);
        ReferenceIndexing.addTo(table);
        ReferenceNormalization.addTo(table);
        ReferenceUpdates.addTo(table);
        Products.addTo(table);
        return table;
    }

    /** Adds the tiled kernels, for float32 in plain Java. */
    private static void addTiled(KernelTable table) {
        TiledElementwise.addTo(table);
        TiledReductions.addTo(table);
        TiledSoftmax.addTo(table);
        TiledIndexing.addTo(table);
        TiledUpdates.addTo(table);
        table.affine = Blas::affine;
    }

    /** The current settings that determine speed. */
    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernels", CURRENT.name());
        facts.put("vector module", hasVectorModule() ? "on" : "off");
        facts.put("threads", Integer.toString(ThreadPool.SIZE));
        return facts;
    }

    static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }

    /** Loads the vector kernels by name, since the class cannot be loaded without the module. */
    private static Set vector() {
        try {
            return (Set) Class.forName(KernelProvider.class.getPackageName() + ".VectorKernels")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the vector kernels cannot be made on JDK " + Runtime.version(), e);
        }
    }
}
