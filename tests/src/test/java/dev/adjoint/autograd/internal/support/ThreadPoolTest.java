package dev.adjoint.autograd.internal.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThreadPoolTest {
    @Test
    void everyPartRunsExactlyOnce() {
        for (int round = 0; round < 2000; round++) {
            AtomicIntegerArray done = new AtomicIntegerArray(ThreadPool.SIZE);
            ThreadPool.run(done::incrementAndGet);
            for (int i = 0; i < ThreadPool.SIZE; i++) assertEquals(1, done.get(i));
        }
    }

    @Test
    void concurrentCallersRunTheirOwnWork() {
        long sum = IntStream.range(0, 200)
                .parallel()
                .mapToLong(round -> {
                    AtomicIntegerArray done = new AtomicIntegerArray(1);
                    ThreadPool.run(part -> done.incrementAndGet(0));
                    return done.get(0);
                })
                .sum();
        assertEquals(200L * ThreadPool.SIZE, sum);
    }

    @Test
    void exceptionReachesTheCallerAndThePoolKeepsWorking() {
        assertThrows(
                IllegalStateException.class,
                () -> ThreadPool.run(part -> {
                    throw new IllegalStateException("part " + part);
                }));
        everyPartRunsExactlyOnce();
    }

    /** A part cannot declare a checked exception but can still throw one; the caller must not wait for the failed part. */
    @Test
    void aCheckedExceptionReachesTheCaller() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> assertThrows(
                        IOException.class, () -> ThreadPool.run(part -> ThreadPoolTest.<RuntimeException>fail(part))));
        everyPartRunsExactlyOnce();
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void fail(int part) throws E {
        throw (E) new IOException("part " + part);
    }

    /** An interrupted thread returns from park immediately: a worker that kept its interrupt status would spin forever. */
    @Test
    void interruptedWorkerSleepsAgain() throws InterruptedException {
        everyPartRunsExactlyOnce();
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        List<Thread> helpers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("adjoint-\\d+"))
                .toList();
        assertEquals(ThreadPool.SIZE - 1, helpers.size());
        helpers.forEach(Thread::interrupt);
        Thread.sleep(200);
        long before =
                helpers.stream().mapToLong(t -> cpu.getThreadCpuTime(t.getId())).sum();
        Thread.sleep(1000);
        long spent =
                helpers.stream().mapToLong(t -> cpu.getThreadCpuTime(t.getId())).sum() - before;
        assertTrue(spent < 20_000_000, "the helpers used " + spent / 1e6 + " ms of CPU in an idle second");
        everyPartRunsExactlyOnce();
    }

    @Test
    void partitionsCoverTheWholeRange() {
        for (int n : new int[] {0, 1, 7, 8, 9, 1000, 1001}) {
            assertEquals(0, ThreadPool.begin(0, n, 8));
            assertEquals(n, ThreadPool.begin(ThreadPool.SIZE, n, 8));
        }
    }

    /** Large products are split by rows or by columns; both must agree with a single product. */
    @Test
    void partitionedProductsAgreeWithASingleProduct() {
        long[][] sizes = {{130, 70, 257}, {70, 130, 257}, {513, 64, 129}, {64, 1000, 65}};
        for (long[] s : sizes) {
            for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
                Tensor a = Tensor.uniform(new Rng(1), dtype, -1, 1, s[0], s[2]);
                Tensor b = Tensor.uniform(new Rng(2), dtype, -1, 1, s[2], s[1]);
                double[] expected = product(a, b);
                assertClose(expected, a.matmul(b));
                Tensor bT = b.transpose();
                assertClose(expected, a.linear(bT, null));
                Tensor aT = a.transpose().requiresGrad(true);
                // The gradients of ⟨aᵀ·x, w⟩ with respect to aᵀ and x are products with transposed operands.
                Tensor x = b.detach().requiresGrad(true);
                Tensor y = aT.transpose().matmul(x);
                y.backward(Tensor.onesLike(y));
                assertClose(product(a.transpose(), Tensor.ones(dtype, s[0], s[1])), x.grad());
            }
        }
    }

    private static double[] product(Tensor a, Tensor b) {
        int n = (int) a.shape(0);
        int inner = (int) a.shape(1);
        int m = (int) b.shape(1);
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        double[] z = new double[n * m];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < inner; k++) {
                for (int j = 0; j < m; j++) z[i * m + j] += x[i * inner + k] * y[k * m + j];
            }
        }
        return z;
    }

    private static void assertClose(double[] expected, Tensor actual) {
        double tolerance = actual.dtype() == DType.FLOAT32 ? 1e-4 : 1e-11;
        double[] values = actual.toDoubles();
        for (int i = 0; i < values.length; i++) assertEquals(expected[i], values[i], tolerance);
    }
}
