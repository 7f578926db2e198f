package dev.adjoint.autograd.internal.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NativeLibrariesTest {
    @Test
    void onlyOneThreadAtATimeStartsALibrary() throws InterruptedException {
        NativeLibraries.StartLock door = new NativeLibraries.StartLock();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> door.runLocked(() -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                inside.decrementAndGet();
            }));
            threads[i].start();
        }
        for (Thread thread : threads) thread.join();
        assertEquals(1, most.get());
    }

    @Test
    void hangingStartFailsAndNamesItsThread() throws InterruptedException {
        NativeLibraries.StartLock door = new NativeLibraries.StartLock(TimeUnit.MILLISECONDS.toNanos(50));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread first = new Thread(() -> door.runLocked(() -> waitFor(entered, end)), "the-first");
        first.start();
        entered.await();
        var e = assertThrows(IllegalStateException.class, () -> door.runLocked(() -> {}));
        assertTrue(e.getMessage().contains("thread the-first is at "), e.getMessage());
        end.countDown();
        first.join();
    }

    /** A thread that is interrupted while waiting still enters, and its interrupt status is preserved. */
    @Test
    void interruptedThreadStillEntersAndStaysInterrupted() {
        NativeLibraries.StartLock door = new NativeLibraries.StartLock();
        AtomicInteger entered = new AtomicInteger();
        Thread.currentThread().interrupt();
        door.runLocked(entered::incrementAndGet);
        assertEquals(1, entered.get());
        assertTrue(Thread.interrupted());
    }

    private static void waitFor(CountDownLatch entered, CountDownLatch end) {
        entered.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
