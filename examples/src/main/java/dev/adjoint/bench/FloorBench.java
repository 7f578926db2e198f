package dev.adjoint.bench;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;

import dev.adjoint.autograd.internal.support.NativeLibraries;
import dev.adjoint.train.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times only the matrix products of a training step, with OpenBLAS and its own threads: a lower bound for any implementation. */
@Command(
        name = "floor",
        description = "Times only the matrix products of the step of 'bench step', with OpenBLAS on all cores.",
        mixinStandardHelpOptions = true)
public final class FloorBench implements Runnable {
    private static final int WARM_UP = 500;

    @Mixin
    private NetOptions net;

    @Spec
    private CommandSpec spec;

    /** C = op(A)·op(B). */
    private record Product(
            int transA, int transB, int m, int n, int k, FloatPointer a, FloatPointer b, FloatPointer c) {
        void compute() {
            int lda = transA == CblasTrans ? m : k;
            int ldb = transB == CblasTrans ? k : n;
            openblas_nolapack.cblas_sgemm(CblasRowMajor, transA, transB, m, n, k, 1, a, lda, b, ldb, 0, c, n);
        }
    }

    /** Makes the command; picocli sets its options. */
    public FloorBench() {}

    @Override
    public void run() {
        if (!net.isValid()) {
            throw new ParameterException(spec.commandLine(), "--batch, --steps and --rounds must be at least 1");
        }
        NativeLibraries.startOpenBlas(); // sets OpenBLAS to one thread
        openblas_nolapack.blas_set_num_threads(Runtime.getRuntime().availableProcessors());
        List<Product> products = products();
        Runnable step = () -> products.forEach(Product::compute);
        for (int i = 0; i < WARM_UP; i++) step.run();
        double[] micros = Measurement.rounds(net.rounds(), net.steps(), step);
        openblas_nolapack.blas_set_num_threads(1);
        Map<String, Object> line = Measurement.line("floor");
        line.put("batch", net.batch());
        line.put("layers", net.layers().sizes());
        line.put("products", products.size());
        line.put("min_us", Measurement.tenths(micros[0]));
        line.put("median_us", Measurement.tenths(micros[net.rounds() / 2]));
        line.put("jdk", Runtime.version().feature());
        spec.commandLine().getOut().println(Json.of(line));
    }

    /** The products of a step: forward y = x·Wᵀ for each layer; backward W̄ = ȳᵀ·x for each, and x̄ = ȳ·W for all but the first. */
    private List<Product> products() {
        List<Integer> sizes = net.layers().sizes();
        int batch = net.batch();
        List<FloatPointer> x = new ArrayList<>();
        for (int size : sizes) x.add(numbers(batch * size));
        List<Product> products = new ArrayList<>();
        List<Product> back = new ArrayList<>();
        for (int i = 1; i < sizes.size(); i++) {
            int in = sizes.get(i - 1);
            int out = sizes.get(i);
            FloatPointer w = numbers(in * out);
            products.add(new Product(CblasNoTrans, CblasTrans, batch, out, in, x.get(i - 1), w, x.get(i)));
            if (i > 1)
                back.add(0, new Product(CblasNoTrans, CblasNoTrans, batch, in, out, x.get(i), w, numbers(batch * in)));
            back.add(
                    0,
                    new Product(CblasTrans, CblasNoTrans, out, in, batch, x.get(i), x.get(i - 1), numbers(in * out)));
        }
        products.addAll(back);
        return products;
    }

    private static FloatPointer numbers(int count) {
        FloatPointer numbers = new FloatPointer(count);
        for (int i = 0; i < count; i++) numbers.put(i, 0.01f * (i % 17));
        return numbers;
    }
}
