package dev.adjoint.cli;

import com.sun.jna.NativeLibrary;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.support.NativeLibraries;
import dev.adjoint.train.Json;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what affects the speed on this machine, and how to fix problems. */
@Command(
        name = "doctor",
        description = "Prints what affects speed (JDK, flags, kernels, threads, BLAS), with a fix for each problem.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final int MATRIX = 1024;
    private static final int ROUNDS = 9;
    private static final int NEWEST_BASELINE = 25;
    private static final double SLOW_GFLOPS = 15;

    @Option(names = "--json", description = "Print one JSON line.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Map<String, String> facts = new LinkedHashMap<>();
        List<String> fixes = new ArrayList<>();
        int jdk = Runtime.version().feature();
        facts.put("jdk", Runtime.version().toString());
        if (jdk < NEWEST_BASELINE)
            fixes.add("JDK " + jdk + " is supported, but a step takes less time on JDK " + NEWEST_BASELINE);
        facts.put("flags", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("heap limit", Runtime.getRuntime().maxMemory() / (1 << 20) + " MB");
        facts.putAll(Kernels.facts());
        facts.put("dtype", Tensor.zeros(1).dtype() + " by default");
        if (facts.get("vector module").equals("off")) {
            fixes.add("vector instructions are off: start the JVM with --add-modules jdk.incubator.vector");
        }
        int threads = Integer.parseInt(facts.get("threads"));
        if (threads < Runtime.getRuntime().availableProcessors()) {
            fixes.add("only " + threads + " threads are used: omit -Dadjoint.threads");
        }
        facts.put("blas core", core());
        double gflops = gflops();
        facts.put("sgemm " + MATRIX + "³", Math.round(gflops) + " GFLOP/s");
        if (gflops < SLOW_GFLOPS * threads) {
            fixes.add(
                    "matrix products are slow: check that org.bytedeco:openblas is 0.3.31 or newer (mvn dependency:tree),"
                            + " and that nothing else is using the cores");
        }
        print(facts, fixes);
        return ExitCode.OK;
    }

    /** The CPU type that OpenBLAS detected. The Java bindings lack the function that returns it. */
    private static String core() {
        NativeLibraries.startOpenBlas();
        Path library = Path.of(Loader.load(openblas_nolapack.class)).resolveSibling("libopenblas_nolapack.so.0");
        if (!Files.exists(library)) return "unknown";
        try (NativeLibrary openblas = NativeLibrary.getInstance(library.toString())) {
            return openblas.getFunction("openblas_get_corename").invokeString(new Object[0], false);
        }
    }

    private static double gflops() {
        Tensor a = Tensor.uniform(new Rng(0), DType.FLOAT32, 0, 1, MATRIX, MATRIX);
        Tensor b = Tensor.uniform(new Rng(1), DType.FLOAT32, 0, 1, MATRIX, MATRIX);
        double best = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            a.matmul(b);
            best = Math.max(best, 2.0 * MATRIX * MATRIX * MATRIX / (System.nanoTime() - start));
        }
        return best;
    }

    private void print(Map<String, String> facts, List<String> fixes) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>(facts);
            line.put("fixes", fixes);
            out.println(Json.of(line));
            return;
        }
        facts.forEach((name, value) -> out.printf(Locale.ROOT, "%-16s %s%n", name, value));
        if (fixes.isEmpty()) out.println("no problems found");
        for (String fix : fixes) out.println("fix: " + fix);
    }
}
