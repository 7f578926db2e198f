package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.BufferOverflowException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class TensorTest {
    @Test
    void javaTypesDetermineTheDtype() {
        assertEquals(DType.FLOAT64, Tensor.of(1.0).dtype());
        assertEquals(DType.FLOAT32, Tensor.of(1f).dtype());
        assertEquals(DType.INT64, Tensor.of(1).dtype());
        assertEquals(DType.INT64, Tensor.of(1, 2).dtype());
        assertEquals(DType.FLOAT32, Tensor.of(new float[4], 2, 2).dtype());
        assertEquals(DType.FLOAT32, Tensor.zeros(2).dtype());
        assertEquals(DType.FLOAT64, Tensor.of(1.0).mul(2).dtype());
        assertEquals(DType.FLOAT32, Tensor.of(1f).mul(2).dtype());
    }

    @Test
    void factories() {
        assertArrayEquals(new double[] {0, 1, 2}, Tensor.arange(3).toDoubles());
        assertArrayEquals(
                new double[] {1, 0.5}, Tensor.arange(DType.FLOAT64, 1, 0, -0.5).toDoubles());
        assertArrayEquals(new double[] {1, 0, 0, 1}, Tensor.eye(2).toDoubles());
        assertArrayEquals(new double[] {3, 3}, Tensor.full(DType.FLOAT32, 3, 2).toDoubles());
        assertArrayEquals(new long[] {}, Tensor.of(4.0).shape());
        assertEquals(6, Tensor.of(new double[][] {{1, 2}, {5, 6}}).get(1, 1));
        assertEquals(0, Tensor.zeros(0, 3).sum().item());
        assertArrayEquals(
                new long[] {0, 4}, Tensor.zeros(0, 3).matmul(Tensor.ones(3, 4)).shape());
        assertArrayEquals(
                new double[4], Tensor.zeros(2, 0).matmul(Tensor.ones(0, 2)).toDoubles());
    }

    @Test
    void sameSeedGivesTheSameValues() {
        Tensor a = Tensor.normal(new Rng(5), 0, 1, 1000);
        assertArrayEquals(a.toFloats(), Tensor.normal(new Rng(5), 0, 1, 1000).toFloats());
        assertNotEquals(a.get(0), Tensor.normal(new Rng(6), 0, 1, 1).get(0));
        assertEquals(0, a.mean().item(), 0.1);
        assertEquals(1, a.square().mean().item(), 0.15);
        Tensor u = Tensor.uniform(new Rng(5), 2, 4, 1000);
        assertEquals(3, u.mean().item(), 0.1);
        assertEquals(1.0 / 3, u.sub(3).square().mean().item(), 0.05);
        assertEquals(0, u.lt(2).add(u.ge(4)).sum().item());
    }

    @Test
    void generatorContinuesFromARestoredState() {
        Rng rng = new Rng(1);
        rng.nextLong();
        Rng other = new Rng(0);
        other.setState(rng.state());
        assertEquals(rng.nextLong(), other.nextLong());
    }

    @Test
    void writtenByWritesEachPartInPlace() {
        Tensor before = Tensor.full(DType.FLOAT32, 7, 3);
        Tensor x = Tensor.writtenBy((to, i) -> to.put(i).put(new float[] {i + 1, i + 2}), 2, 3);
        assertArrayEquals(new float[] {0, 1, 2, 1, 2, 3}, x.toFloats());
        assertArrayEquals(new long[] {2, 3}, x.shape());
        assertArrayEquals(new float[] {7, 7, 7}, before.toFloats());
        assertEquals(0, Tensor.writtenBy((to, i) -> {}, 0, 3).length());
        assertEquals(0, Tensor.writtenBy((to, i) -> {}, 3, 0).length());
        assertArrayEquals(
                new float[] {0, 2, 4},
                Tensor.writtenBy((to, i) -> to.put(2 * i), 3).toFloats());
        String tooFew = assertThrows(
                        IllegalArgumentException.class,
                        () -> Tensor.writtenBy((to, i) -> to.put(new float[3 - i]), 2, 3))
                .getMessage();
        assertEquals(
                "writtenBy: 2 elements for part 1 of shape [2, 3]: expected 3; the function leaves some out", tooFew);
        assertThrows(BufferOverflowException.class, () -> Tensor.writtenBy((to, i) -> to.put(new float[4]), 2, 3));
        assertThrows(IllegalArgumentException.class, () -> Tensor.writtenBy((to, i) -> to.put(1)));
    }

    @Test
    void writtenByWritesAllPartsOfALargeTensor() {
        int columns = 1000;
        Tensor x = Tensor.writtenBy(
                (to, i) -> {
                    for (int k = 0; k < columns; k++) to.put(i * columns + k);
                },
                1001,
                columns);
        for (int i = 0; i < x.length(); i++) assertEquals(i, x.get(i / columns, i % columns));
        assertThrows(
                ArithmeticException.class,
                () -> Tensor.writtenBy((to, i) -> to.put(1 / (i - 1000)).put(new float[columns - 1]), 1001, columns));
    }

    @Test
    void arraysFromOutsideComeInAnyLayout() {
        INDArray c = Nd4j.create(new double[][] {{1, 2, 3}, {4, 5, 6}}).castTo(DataType.FLOAT);
        float[] rows = {1, 2, 3, 4, 5, 6};
        assertArrayEquals(rows, Tensor.of(c).toFloats());
        assertArrayEquals(rows, Tensor.of(c.dup('f')).toFloats());
        assertArrayEquals(
                new float[] {1, 4, 2, 5, 3, 6}, Tensor.of(c.transpose()).toFloats());
        assertArrayEquals(
                new float[] {2, 3, 5, 6},
                Tensor.of(c.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3)))
                        .toFloats());
        assertArrayEquals(new float[] {4, 5, 6}, Tensor.of(c.getRow(1)).toFloats());
        assertArrayEquals(new float[] {2, 5}, Tensor.of(c.getColumn(1)).toFloats());
        assertArrayEquals(new long[] {3, 2}, Tensor.of(c.transpose()).shape());
        assertArrayEquals(new float[] {7}, Tensor.of(Nd4j.scalar(7f)).toFloats());
        assertArrayEquals(
                new long[] {0, 3}, Tensor.of(Nd4j.create(DataType.FLOAT, 0, 3)).shape());
        assertArrayEquals(new long[] {5}, Tensor.of(Nd4j.createFromArray(5L)).toLongs());
        c.putScalar(0, 0, 9);
        assertEquals(1, Tensor.of(c.dup('f')).get(0, 0) - 8);
    }

    @Test
    void laterChangesToAnIndArrayHaveNoEffect() {
        INDArray c = Nd4j.zeros(DataType.FLOAT, 2, 2);
        Tensor x = Tensor.of(c);
        c.putScalar(1, 1, 5);
        assertEquals(0, x.get(1, 1));
    }

    @Test
    void toIndArrayReturnsACopy() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
        INDArray out = x.toINDArray();
        out.putScalar(0, 0, 9);
        assertEquals(1, x.get(0, 0));
        assertArrayEquals(new long[] {2, 2}, out.shape());
        assertArrayEquals(new long[] {0, 2}, Tensor.zeros(0, 2).toINDArray().shape());
        assertArrayEquals(new double[] {3, 4}, x.select(0, 1).toINDArray().toDoubleVector());
    }

    @Test
    void tensorsOfAnySizeConvertToIndArrays() {
        for (int n : new int[] {1, 5, 256, 257, 5000}) {
            Tensor x = Tensor.uniform(new Rng(n), DType.FLOAT64, 0, 1, n);
            INDArray nd = x.toINDArray();
            assertArrayEquals(x.toDoubles(), nd.toDoubleVector());
            assertEquals(nd.sumNumber().doubleValue(), x.sum().item(), 1e-9);
        }
    }

    @Test
    void conversions() {
        Tensor x = Tensor.of(1.9, -1.9);
        assertSame(x, x.to(DType.FLOAT64));
        assertArrayEquals(new long[] {1, -1}, x.to(DType.INT64).toLongs());
        assertEquals(1.9f, x.to(DType.FLOAT32).get(0));
    }

    @Test
    void text() {
        assertEquals("tensor(2.5000, shape [], float64)", Tensor.of(2.5).toString());
        assertEquals("tensor([1, 2], shape [2], int64)", Tensor.of(1, 2).toString());
        assertEquals(
                "tensor([[1.0000, 2.0000],\n        [3.0000, 1.0000e-09]], shape [2, 2], float64, requires grad)",
                Tensor.of(new double[][] {{1, 2}, {3, 1e-9}}).requiresGrad(true).toString());
        assertEquals(
                "tensor([0.0000, 1.0000, 2.0000, …, 97.0000, 98.0000, 99.0000], shape [100], float32)",
                Tensor.arange(100).toString());
    }

    @Test
    void slicesFollowPython() {
        Tensor x = Tensor.arange(10);
        assertArrayEquals(new float[] {8, 9}, x.slice(0, -2, 99).toFloats());
        assertArrayEquals(new float[] {}, x.slice(0, 5, 3).toFloats());
        assertArrayEquals(
                new float[] {1, 4, 7},
                x.slice(new long[] {1}, new long[] {10}, new long[] {3}).toFloats());
        assertEquals(9, x.select(0, -1).item());
    }

    @Test
    void integersAreExact() {
        long large = (1L << 53) + 1;
        Tensor x = Tensor.of(new long[] {large, -large}, 2);
        assertArrayEquals(new long[] {large, -large}, x.toLongs());
        assertArrayEquals(
                new long[] {-large}, x.indexSelect(0, Tensor.of(new int[] {1})).toLongs());
        assertArrayEquals(
                new long[] {large}, x.gather(0, Tensor.of(new int[] {0})).toLongs());
        assertArrayEquals(new long[] {large}, x.slice(0, 0, 1).toLongs());
        assertEquals("tensor([9007199254740993, -9007199254740993], shape [2], int64)", x.toString());
        assertArrayEquals(new double[] {1, 0, 0}, Tensor.of(1, 2, 3).lt(2).toDoubles());
        assertThrows(IllegalArgumentException.class, () -> x.eq(2.5));
    }

    @Test
    void emptyTensors() {
        assertArrayEquals(
                new double[24], Tensor.zeros(2, 3, 0).matmul(Tensor.zeros(0, 4)).toDoubles());
        assertArrayEquals(
                new long[] {2, 3, 4},
                Tensor.zeros(2, 3, 0).linear(Tensor.zeros(4, 0), Tensor.ones(4)).shape());
        assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(0, 3).reshape(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(1L << 40, 1L << 40));
        Tensor none = Tensor.zeros(DType.FLOAT64, 0, 3).requiresGrad(true);
        none.sin().mul(2).sum().backward();
        assertArrayEquals(new long[] {0, 3}, none.grad().shape());
    }

    @Test
    void largeDoublesDoNotOverflow() {
        assertEquals(1e300, Tensor.of(1e300).logsumexp().item());
        assertEquals(-1e300, Tensor.of(-1e300).logsumexp().item());
    }

    @Test
    void uniformValuesStayBelowTheUpperBound() {
        Tensor x = Tensor.uniform(new Rng(2), 0, 1e-3, 1 << 20);
        assertTrue(x.amax().item() < (float) 1e-3);
        assertEquals(0.5, Tensor.uniform(new Rng(2), 0, 1, 1 << 16).mean().item(), 0.01);
        int[] counts = new int[7];
        Rng rng = new Rng(3);
        for (int i = 0; i < 70_000; i++) counts[rng.nextInt(7)]++;
        for (int n : counts) assertEquals(10_000, n, 400);
    }

    @Test
    void valuesOfASeedNeverChange() {
        Rng rng = new Rng(42);
        assertEquals(-4767286540954276203L, rng.nextLong());
        assertEquals(159, rng.nextInt(1000));
        assertEquals(-1.2810773478777024, rng.nextGaussian(), 1e-15);
    }
}
