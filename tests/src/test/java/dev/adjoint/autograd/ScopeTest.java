package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScopeTest {
    @Test
    void stepReusesTheMemoryOfThePreviousStep() {
        Tensor w = Tensor.uniform(new Rng(0), -1, 1, 8, 300).requiresGrad(true);
        Tensor x = Tensor.uniform(new Rng(1), 0, 1, 16, 300);
        List<FloatBuffer> first = new ArrayList<>();
        for (int step = 0; step < 50; step++) {
            try (Scope scope = Scope.open()) {
                Tensor h = x.matmul(w.transpose());
                Tensor r = h.relu();
                r.sum().backward();
                w.zeroGrad();
                List<FloatBuffer> now = List.of(h.array().floats(), r.array().floats());
                if (step == 1) first.addAll(now);
                if (step > 1) for (int i = 0; i < now.size(); i++) assertSame(first.get(i), now.get(i));
            }
        }
    }

    @Test
    void useAfterTheScopeNamesTheOp() {
        Tensor y;
        try (Scope scope = Scope.open()) {
            y = Tensor.ones(3).sin();
        }
        Exception e = assertThrows(IllegalStateException.class, y::toFloats);
        assertTrue(e.getMessage().contains("[3] from 'sin' is used after the scope"), e.getMessage());
        assertThrows(IllegalStateException.class, () -> Tensor.ones(3).add(y));
        assertThrows(IllegalStateException.class, () -> y.reshape(1, 3));
        assertThrows(IllegalStateException.class, y::detach);
    }

    @Test
    void backwardAfterTheScopeIsRefused() {
        Tensor x = Tensor.ones(3).requiresGrad(true);
        Tensor y;
        try (Scope scope = Scope.open()) {
            y = x.sin().sum();
        }
        assertThrows(IllegalStateException.class, y::backward);
        assertEquals(null, x.grad());
    }

    @Test
    void keptTensorsOutliveTheirScope() {
        Tensor kept;
        try (Scope scope = Scope.open()) {
            kept = scope.keep(Tensor.full(DType.FLOAT32, 7, 3));
        }
        try (Scope scope = Scope.open()) {
            Tensor other = Tensor.zeros(3);
            assertNotSame(kept.array().floats(), other.array().floats());
        }
        assertArrayEquals(new float[] {7, 7, 7}, kept.toFloats());
    }

    @Test
    void keptTensorsBelongToTheEnclosingScope() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                kept = inner.keep(Tensor.ones(2));
            }
            assertEquals(1, kept.get(0));
        }
        assertThrows(IllegalStateException.class, kept::toFloats);
    }

    @Test
    void gradientsOfOuterLeavesOutliveTheScope() {
        Tensor w = Tensor.ones(3).requiresGrad(true);
        try (Scope scope = Scope.open()) {
            w.mul(2).sum().backward();
        }
        try (Scope scope = Scope.open()) {
            w.mul(3).sum().backward();
            Tensor.full(DType.FLOAT32, -1, 3);
        }
        assertArrayEquals(new float[] {5, 5, 5}, w.grad().toFloats());
    }

    @Test
    void tensorsCreatedOutsideOutliveTheScope() {
        Tensor state;
        try (Scope scope = Scope.open()) {
            state = Scope.outside(() -> Tensor.ones(3).mul(2));
        }
        assertEquals(2, state.get(1));
    }

    @Test
    void scopesCloseInOrderAndInTheirThread() throws InterruptedException {
        Scope outer = Scope.open();
        Scope inner = Scope.open();
        assertThrows(IllegalStateException.class, outer::close);
        Throwable[] thrown = new Throwable[1];
        Thread other = new Thread(() -> thrown[0] = assertThrows(IllegalStateException.class, inner::close));
        other.start();
        other.join();
        assertTrue(thrown[0].getMessage().contains("another thread"));
        inner.close();
        inner.close();
        outer.close();
    }

    @Test
    void scalarOperandsOutliveTheScopeThatFirstUsedThem() {
        try (Scope scope = Scope.open()) {
            assertEquals(1.2345, Tensor.of(0.0).add(1.2345).item());
        }
        assertEquals(1.2345, Tensor.of(0.0).add(1.2345).item());
    }

    @Test
    void keepingATensorTwiceKeepsIt() {
        Scope outer = Scope.open();
        Scope inner = Scope.open();
        Tensor x = Tensor.ones(1000).mul(2);
        Tensor kept = outer.keep(inner.keep(x));
        inner.keep(x.reshape(10, 100));
        inner.close();
        outer.close();
        try (Scope next = Scope.open()) {
            Tensor.zeros(1000);
            assertEquals(2, kept.get(0));
        }
    }

    @Test
    void memoryOfUnusedBatchSizesIsReleased() {
        List<java.lang.ref.WeakReference<Object>> blocks = new ArrayList<>();
        try (Scope session = Scope.open()) {
            for (int size = 1000; size < 1400; size++) {
                try (Scope step = Scope.open()) {
                    blocks.add(new java.lang.ref.WeakReference<>(
                            Tensor.ones(size).array().floats()));
                }
            }
            System.gc();
            long held = blocks.stream().filter(block -> block.get() != null).count();
            assertTrue(held < 200, held + " of 400 blocks are still held");
        }
    }

    @Test
    void anExpiredTensorCanStillBePrinted() {
        Tensor x;
        try (Scope step = Scope.open()) {
            x = Tensor.ones(3);
        }
        assertEquals("tensor(its scope has closed, shape [3], float32)", x.toString());
    }
}
