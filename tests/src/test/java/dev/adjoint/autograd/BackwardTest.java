package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BackwardTest {
    private static Tensor leaf(double... values) {
        return Tensor.of(values).requiresGrad(true);
    }

    @Test
    void gradientsOfX1TimesX2PlusSinX1() {
        Tensor x1 = Tensor.of(2.0).requiresGrad(true);
        Tensor x2 = Tensor.of(3.0).requiresGrad(true);
        Tensor f = x1.mul(x2).add(x1.sin());
        f.backward();
        assertEquals(6.909297, f.item(), 5e-7);
        assertEquals(2.583853, x1.grad().item(), 5e-7);
        assertEquals(2, x2.grad().item());
    }

    @Test
    void gradientsAccumulateUntilZeroGrad() {
        Tensor x = leaf(1, 2);
        x.square().sum().backward();
        x.square().sum().backward();
        assertArrayEquals(new double[] {4, 8}, x.grad().toDoubles());
        x.zeroGrad();
        assertNull(x.grad());
        x.square().sum().backward();
        assertArrayEquals(new double[] {2, 4}, x.grad().toDoubles());
    }

    @Test
    void gradientsOfTwoLeavesDoNotShareMemory() {
        Tensor a = leaf(1);
        Tensor b = leaf(1);
        a.add(b).sum().backward();
        a.sum().backward();
        assertEquals(2, a.grad().item());
        assertEquals(1, b.grad().item());
    }

    @Test
    void backwardMultipliesByTheCotangent() {
        Tensor x = leaf(1, 2, 3);
        x.square().backward(Tensor.of(1.0, 0.0, -1.0));
        assertArrayEquals(new double[] {2, 0, -6}, x.grad().toDoubles());
    }

    @Test
    void backwardOfALeafGivesOne() {
        Tensor x = Tensor.of(5.0).requiresGrad(true);
        x.backward();
        assertEquals(1, x.grad().item());
    }

    @Test
    void nothingIsRecordedWithoutGradients() {
        Tensor x = leaf(1);
        try (NoGrad off = NoGrad.open()) {
            assertFalse(x.sin().requiresGrad());
        }
        assertTrue(x.sin().requiresGrad());
        assertFalse(x.detach().sin().requiresGrad());
        x.sin().mul(x.detach()).sum().backward();
        assertEquals(Math.cos(1), x.grad().item(), 1e-12);
    }

    @Test
    void masksAndIndicesDoNotRequireGradients() {
        Tensor x = leaf(1, 2);
        assertFalse(x.gt(1).requiresGrad());
        assertFalse(x.sign().requiresGrad());
        assertFalse(x.argmax().requiresGrad());
        assertFalse(x.to(DType.INT64).requiresGrad());
    }

    @Test
    void tiesShareEqually() {
        Tensor a = leaf(1, 2);
        Tensor b = leaf(1, 1);
        a.maximum(b).sum().backward();
        assertArrayEquals(new double[] {0.5, 1}, a.grad().toDoubles());
        assertArrayEquals(new double[] {0.5, 0}, b.grad().toDoubles());
        Tensor c = leaf(3, 1, 3, 3);
        c.amax().backward();
        assertArrayEquals(new double[] {1.0 / 3, 0, 1.0 / 3, 1.0 / 3}, c.grad().toDoubles(), 1e-15);
    }

    @Test
    void powersAtZeroHaveFiniteGradients() {
        Tensor a = leaf(0, 0, 0);
        Tensor b = leaf(0, 1, 2);
        a.pow(b).sum().backward();
        assertArrayEquals(new double[] {0, 1, 0}, a.grad().toDoubles());
        assertArrayEquals(new double[] {0, 0, 0}, b.grad().toDoubles());
    }

    @Test
    void secondBackwardIsRefusedUnlessTheGraphWasRetained() {
        Tensor x = leaf(2);
        Tensor y = x.square().sum();
        y.backward(null, true);
        y.backward();
        assertEquals(8, x.grad().item());
        Exception e = assertThrows(IllegalStateException.class, y::backward);
        assertTrue(e.getMessage().contains("consumed by an earlier backward"), e.getMessage());
        assertEquals(8, x.grad().item(), "a refused backward changes nothing");
    }

    @Test
    void backwardThroughAFreedGraphIsRefusedBeforeAnyGradientChanges() {
        Tensor x = leaf(2);
        Tensor w = leaf(3);
        Tensor shared = x.square();
        shared.sum().backward();
        Tensor late = w.mul(shared).sum();
        assertThrows(IllegalStateException.class, late::backward);
        assertNull(w.grad());
    }

    @Test
    void backwardOfANonScalarNeedsACotangent() {
        Exception e = assertThrows(
                IllegalArgumentException.class, () -> leaf(1, 2).square().backward());
        assertTrue(e.getMessage().contains("[2] from 'square' is not a scalar"), e.getMessage());
        Exception shape = assertThrows(
                IllegalArgumentException.class, () -> leaf(1, 2).square().backward(Tensor.of(1.0)));
        assertTrue(shape.getMessage().contains("cotangent []"), shape.getMessage());
    }

    @Test
    void backwardOfAConstantIsRefused() {
        Exception e = assertThrows(
                IllegalArgumentException.class, () -> Tensor.of(1.0).sin().backward());
        assertTrue(e.getMessage().contains("does not require a gradient"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(1L).requiresGrad(true));
        Exception derived =
                assertThrows(IllegalArgumentException.class, () -> leaf(1).sin().requiresGrad(false));
        assertTrue(derived.getMessage().contains("detach()"), derived.getMessage());
    }

    @Test
    void inPlaceChangeOfASavedValueIsDetected() {
        Tensor x = leaf(1);
        Tensor w = leaf(2);
        Tensor y = x.mul(w).sum();
        w.assign(Tensor.of(new double[] {5}, 1));
        Exception e = assertThrows(IllegalStateException.class, y::backward);
        assertTrue(e.getMessage().contains("changed in place"), e.getMessage());
    }

    @Test
    void inPlaceChangeOfAnUnsavedValueIsAllowed() {
        Tensor x = leaf(1);
        Tensor b = leaf(2);
        Tensor y = x.add(b).sum();
        b.assign(Tensor.of(new double[] {5}, 1));
        y.backward();
        assertEquals(1, x.grad().item());
    }

    @Test
    void reshapeSharesMemory() {
        Tensor x = Tensor.of(1.0, 2.0, 3.0, 4.0);
        Tensor view = x.reshape(2, 2);
        x.assign(Tensor.of(5.0, 6.0, 7.0, 8.0));
        assertArrayEquals(new double[] {5, 6, 7, 8}, view.toDoubles());
    }

    @Test
    void gradientsOfIntermediateResults() {
        Tensor x = leaf(2);
        Tensor h = x.square();
        Tensor y = h.mul(h).sum();
        Tensor unused = leaf(1, 2);
        Tensor[] g = Gradients.grad(y, h, x, unused);
        assertEquals(8, g[0].item());
        assertEquals(32, g[1].item());
        assertArrayEquals(new double[] {0, 0}, g[2].toDoubles());
        assertNull(x.grad(), "grad leaves the leaves' own gradients alone");
    }

    @Test
    void derivativesOfEveryOrder() {
        Tensor x = Tensor.of(0.7).requiresGrad(true);
        Tensor d = x.sin();
        double[] expected = {Math.cos(0.7), -Math.sin(0.7), -Math.cos(0.7), Math.sin(0.7), Math.cos(0.7)};
        for (double value : expected) {
            d = Gradients.grad(d, null, true, x)[0];
            assertEquals(value, d.item(), 1e-14);
        }
    }

    @Test
    void backwardThroughAChainOfAMillionNodes() {
        Tensor x = Tensor.of(1f).requiresGrad(true);
        Tensor y = x;
        for (int i = 0; i < 500_000; i++) y = y.add(1).mul(1);
        y.backward();
        assertEquals(500_001, y.item());
        assertEquals(1, x.grad().item());
    }

    @Test
    void backwardThroughSixtyDoublingsIsExact() {
        Tensor x = Tensor.of(1.0).requiresGrad(true);
        Tensor y = x;
        for (int i = 0; i < 60; i++) y = y.add(y);
        y.backward();
        assertEquals(Math.pow(2, 60), x.grad().item());
    }

    @Test
    void manyContributionsAreSummed() {
        Tensor x = leaf(1, 1);
        Tensor y = x.sin();
        Tensor total = y;
        for (int i = 0; i < 9; i++) total = total.add(y);
        total.sum().backward();
        assertArrayEquals(
                new double[] {10 * Math.cos(1), 10 * Math.cos(1)}, x.grad().toDoubles(), 1e-12);
    }

    @Test
    void threadsMayShareParameters() throws InterruptedException {
        Tensor w = Tensor.ones(DType.FLOAT64, 10).requiresGrad(true);
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 250; i++) w.mul(2).sum().backward();
            });
            threads[t].start();
        }
        for (Thread thread : threads) thread.join();
        assertEquals(2000, w.grad().get(0));
    }

    @Test
    void gradientOfALeafMayBeUsedAsCotangent() {
        Tensor x = leaf(1);
        x.mul(1).sum().backward();
        Tensor y = x.add(x).add(x.mul(2));
        y.backward(x.grad());
        assertEquals(5, x.grad().item());
    }

    @Test
    void opsCopyTheCallersArrayArguments() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3).requiresGrad(true);
        long[] begin = {0, 0};
        long[] end = {1, 1};
        long[] step = {1, 1};
        int[] order = {1, 0};
        int[] axes = {0};
        long[] shape = {2, 2, 3};
        Tensor slice = x.slice(begin, end, step);
        Tensor permuted = x.permute(order);
        Tensor sum = x.sum(axes);
        Tensor broadcast = x.broadcastTo(shape);
        begin[0] = 1;
        end[0] = 2;
        order[0] = 0;
        order[1] = 1;
        axes[0] = 1;
        shape[0] = 99;
        assertArrayEquals(new long[] {2, 2, 3}, broadcast.shape());
        slice.sum().backward();
        permuted.mul(Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2)).sum().backward();
        sum.mul(Tensor.of(10.0, 20.0, 30.0)).sum().backward();
        broadcast.sum().backward();
        assertArrayEquals(
                new double[] {1 + 1 + 10 + 2, 3 + 20 + 2, 5 + 30 + 2, 2 + 10 + 2, 4 + 20 + 2, 6 + 30 + 2},
                x.grad().toDoubles());
    }

    @Test
    void failedBackwardChangesNoGradient() {
        Tensor a = leaf(1);
        Tensor b = leaf(2);
        Tensor c = leaf(3);
        Tensor z = a.mul(b).mul(c).sum();
        b.assign(Tensor.of(new double[] {9}, 1));
        assertThrows(IllegalStateException.class, z::backward);
        assertNull(c.grad());
        assertNull(a.grad());
    }

    @Test
    void returnedGradientsDoNotShareMemory() {
        Tensor a = leaf(1);
        Tensor b = leaf(2);
        Tensor cotangent = Tensor.of(new double[] {7}, 1);
        Tensor[] g = Gradients.grad(a.add(b), cotangent, false, a, b);
        g[0].assign(Tensor.of(new double[] {0}, 1));
        assertEquals(7, g[1].item());
        assertEquals(7, cotangent.item());
    }
}
