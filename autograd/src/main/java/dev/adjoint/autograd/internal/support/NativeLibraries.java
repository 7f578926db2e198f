package dev.adjoint.autograd.internal.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single entry point to native code: everything that uses JavaCPP, OpenBLAS or ND4J first starts it here, one thread at a time.
 *
 * <p>JavaCPP's {@code Loader} and {@code Pointer} need each other while they are initialised. Two threads that initialise them in
 * different orders, say by a first matrix product and by a first ND4J op, deadlock. So they are started here in one order, and
 * never in a static initialiser of this library: a thread that waits here must not hold the initialisation lock of a class that the
 * starting thread needs.
 */
public final class NativeLibraries {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

    /** The longest wait for a start; the first start on a machine unpacks up to 400 MB. */
    private static final long LONGEST_SECONDS = 300;

    private static final StartLock START_LOCK = new StartLock();

    private static volatile boolean hasOpenBlas;
    private static volatile boolean hasNd4j;
    /** The cause of a failed start; at every later attempt, the JVM would only report a missing class. */
    private static Throwable failure;

    private NativeLibraries() {}

    /**
     * Starts JavaCPP and OpenBLAS, if they have not started yet. OpenBLAS gets one thread.
     *
     * @throws IllegalStateException if they cannot be loaded, or another thread has not finished starting them after five minutes
     */
    public static void startOpenBlas() {
        if (!hasOpenBlas) START_LOCK.runLocked(NativeLibraries::openBlas);
    }

    /**
     * Starts ND4J and the libraries that it needs, if it has not started yet. That takes most of a second and 50 MB, and a training
     * step with vector kernels does not need its ops.
     *
     * @throws IllegalStateException if it cannot be loaded, or another thread has not finished starting them after five minutes
     */
    public static void startNd4j() {
        if (!hasNd4j) START_LOCK.runLocked(NativeLibraries::nd4j);
    }

    private static void openBlas() {
        if (hasOpenBlas) return;
        startOrFail("OpenBLAS", () -> {
            // A program that uses ND4J directly in another thread does not call this class. It locks the class of
            // OpenBLAS, then this monitor (Loader.loadLibrary), then Pointer. The steps here take the locks in the same
            // order.
            synchronized (Loader.class) {
                initialize(Pointer.class);
            }
            initialize(openblas_nolapack.class);
            useOneThread();
        });
        hasOpenBlas = true;
    }

    private static void nd4j() {
        if (hasNd4j) return;
        openBlas();
        startOrFail("ND4J", () -> {
            Nd4j.getBackend();
            // libnd4j's threads would compete with the thread pool for the cores (a step of 2 ms then takes 29 ms), and
            // its start gives OpenBLAS all cores again.
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
            useOneThread();
        });
        hasNd4j = true;
        LOG.debug("ND4J has started; libnd4j has one thread");
    }

    /** Limits OpenBLAS to one thread, since its threads would compete with the ThreadPool, which splits large products itself. */
    private static void useOneThread() {
        openblas_nolapack.blas_set_num_threads(1);
    }

    private static void initialize(Class<?> type) {
        try {
            Class.forName(type.getName(), true, type.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void startOrFail(String library, Runnable start) {
        if (failure == null) {
            try {
                start.run();
                return;
            } catch (RuntimeException | LinkageError e) {
                failure = e;
            }
        }
        throw new IllegalStateException(
                library + " cannot be started on " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                        + ": " + reason(failure)
                        + "; check that the jars of org.bytedeco:javacpp, org.bytedeco:openblas and"
                        + " org.nd4j:nd4j-native for this platform are on the class path, in the versions that Adjoint names",
                failure);
    }

    /** The message of the innermost cause, or else its class name. */
    private static String reason(Throwable e) {
        Throwable innermost = e;
        while (innermost.getCause() != null && innermost.getCause() != innermost) innermost = innermost.getCause();
        String message = innermost.getMessage();
        String first = message == null ? "" : message.lines().findFirst().orElse("");
        return first.isEmpty() ? innermost.getClass().getSimpleName() : first;
    }

    /** A lock that admits one thread at a time, with a limit on the waiting time. */
    static final class StartLock {
        private final ReentrantLock lock = new ReentrantLock();
        private final long longestNanos;
        private volatile Thread owner;

        StartLock() {
            this(TimeUnit.SECONDS.toNanos(LONGEST_SECONDS));
        }

        StartLock(long longestNanos) {
            this.longestNanos = longestNanos;
        }

        void runLocked(Runnable start) {
            waitForTurn();
            try {
                owner = Thread.currentThread();
                start.run();
            } finally {
                lock.unlock();
            }
        }

        /** Waits for the lock. An interrupt does not end the wait; the interrupt status is restored afterwards. */
        private void waitForTurn() {
            long end = System.nanoTime() + longestNanos;
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        if (lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) return;
                        throw new IllegalStateException("the start of native code has not finished after "
                                + TimeUnit.NANOSECONDS.toSeconds(longestNanos) + " s; " + whereIs(owner)
                                + "; restart the program, and report this if it happens again");
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) Thread.currentThread().interrupt();
            }
        }

        private static String whereIs(Thread thread) {
            if (thread == null) return "no thread is starting it";
            StackTraceElement[] stack = thread.getStackTrace();
            return "thread " + thread.getName() + " is at " + (stack.length == 0 ? "its end" : stack[0]);
        }
    }
}
