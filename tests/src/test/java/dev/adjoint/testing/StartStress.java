package dev.adjoint.testing;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.cli.Main;
import dev.adjoint.datasets.IdxFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A program: repeatedly starts the commands, and a program that uses the engine on two threads, while a busy loop runs. For a start that
 * hangs, it prints the stack traces of all threads. Deadlocks in the initialisation of native code and classes depend on timing: one that
 * occurs in one start in a hundred is found by several hundred starts.
 */
public final class StartStress {
    /** Time after which a start counts as hanging; a start takes one or two seconds. */
    private static final int HANGING_SECONDS = 60;

    private static final int POLL_MILLIS = 20;

    private final Map<String, Launch> launches = new LinkedHashMap<>();
    private final AtomicInteger started = new AtomicInteger();

    /** A program to start, its arguments, and whether to end it after its first output, since its work takes long. */
    private record Launch(Class<?> program, boolean isStoppedEarly, String... args) {}

    private StartStress(Path folder) throws IOException, InterruptedException {
        Path data = IdxFiles.write(folder.resolve("data"), 400, 50);
        Path model = folder.resolve("run");
        String train = "mnist --json --layers 784,16,10 --epochs 1 --data " + data + " --out " + model;
        ChildJvm.run(folder, List.of(), Main.class, train.split(" "));
        launches.put("explain", new Launch(Main.class, false, "explain"));
        launches.put("course", new Launch(Main.class, false, "course", "grade", "1"));
        String predict = "predict 42 --model " + model;
        launches.put("predict", new Launch(Main.class, false, predict.split(" ")));
        launches.put("check", new Launch(Main.class, true, "check"));
        launches.put("two threads", new Launch(TwoThreads.class, false));
        launches.put("two threads, ND4J", new Launch(TwoThreads.class, false, "nd4j"));
    }

    /**
     * Runs the program.
     *
     * @param args the number of starts of each program (500) and the number of concurrent starts (1)
     * @throws Exception if a start hangs or fails
     */
    public static void main(String[] args) throws Exception {
        int times = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        int parallel = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        System.out.println(run(Files.createTempDirectory("starts"), times, parallel));
    }

    /** Returns a report; throws an error if a start hangs or fails. */
    public static String run(Path folder, int times, int parallel) throws Exception {
        StartStress runs = new StartStress(folder);
        // More concurrent starts than cores keep each other busy.
        boolean isLoaded = parallel > Runtime.getRuntime().availableProcessors();
        Thread busy = new Thread(StartStress::spin, "busy");
        busy.setDaemon(true);
        if (!isLoaded) busy.start();
        ExecutorService pool = Executors.newFixedThreadPool(parallel);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                for (Map.Entry<String, Launch> launch : runs.launches.entrySet()) {
                    all.add(pool.submit(() -> {
                        runs.start(folder, launch.getKey(), launch.getValue());
                        return null;
                    }));
                }
            }
            for (Future<?> one : all) one.get();
        } finally {
            pool.shutdownNow();
            busy.interrupt();
        }
        return "starts: " + runs.started + " on JDK " + Runtime.version().feature()
                + (isLoaded ? ", " + parallel + " at a time, " : " beside a busy loop, ") + times + " each of "
                + runs.launches.keySet() + ", none stood still";
    }

    private static void spin() {
        while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
    }

    private void start(Path parent, String name, Launch launch) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(parent, "start");
        Process process = ChildJvm.start(folder, List.of(), launch.program, launch.args);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANGING_SECONDS);
        Path out = folder.resolve("out.txt");
        boolean isEarly = false;
        while (process.isAlive() && !isEarly && System.nanoTime() < end) {
            process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            isEarly = launch.isStoppedEarly && Files.size(out) > 0;
        }
        if (process.isAlive() && !isEarly) {
            String stacks = stacks(process.pid());
            process.destroyForcibly();
            throw new AssertionError("'" + name + "' stood still, after " + started + " starts:\n" + stacks);
        }
        if (isEarly) process.destroyForcibly().waitFor();
        else if (process.exitValue() != 0) {
            throw new AssertionError("'" + name + "' failed: " + Files.readString(folder.resolve("err.txt")));
        }
        started.incrementAndGet();
    }

    private static String stacks(long pid) throws IOException {
        Process jstack = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jstack")
                                .toString(),
                        "-l",
                        Long.toString(pid))
                .redirectErrorStream(true)
                .start();
        return new String(jstack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /**
     * The first use of the libraries on two threads at the same moment: a float32 product (OpenBLAS) concurrently with a float64 sum
     * (ND4J's ops), or with the program's own use of ND4J.
     */
    static final class TwoThreads {
        /** Number of elements for which ND4J computes the sum. */
        private static final long LARGE = 10_000;

        private TwoThreads() {}

        public static void main(String[] args) throws Exception {
            boolean ownNd4j = args.length > 0;
            CyclicBarrier together = new CyclicBarrier(2);
            Thread product = new Thread(() -> {
                meet(together);
                Tensor.ones(2, 2).matmul(Tensor.ones(2, 2));
            });
            product.start();
            meet(together);
            if (ownNd4j) Nd4j.ones(2).addi(1);
            else Tensor.ones(DType.FLOAT64, LARGE).add(Tensor.ones(DType.FLOAT64, LARGE));
            product.join();
            System.out.println("done in " + ManagementFactory.getRuntimeMXBean().getUptime() + " ms");
        }

        private static void meet(CyclicBarrier barrier) {
            try {
                barrier.await(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
