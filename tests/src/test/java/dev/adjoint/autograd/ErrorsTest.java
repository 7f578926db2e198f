package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Invalid input is rejected with a one-line message that names the op, the operands and the mismatch. */
class ErrorsTest {
    private static Tensor t(long... shape) {
        return Tensor.ones(shape);
    }

    static Stream<Arguments> refused() {
        Tensor ints = Tensor.of(0, 1);
        return Stream.of(
                row(
                        "add: a [2, 3], b [2, 4]: shapes do not broadcast, axis -1 differs (3 != 4)",
                        () -> t(2, 3).add(t(2, 4))),
                row("mul: a [3, 1, 2], b [4, 3]: ", () -> t(3, 1, 2).mul(t(4, 3))),
                row("add: a [2] is float32, b [2] is float64: types differ", () -> t(2).add(Tensor.of(1.0, 2.0))),
                row("sub: a [2] is int64: expected float32 or float64", () -> ints.sub(ints)),
                row("sin: x [2] is int64: expected float32 or float64", ints::sin),
                row("where: a [2] is float32, b [2] is float64", () -> t(2).where(t(2), Tensor.of(1.0, 2.0))),
                row("where: a [2], b [3]", () -> t(2).where(t(3), t(3))),
                row("clamp: min 2.0, max 1.0", () -> t(2).clamp(2, 1)),
                row("gt: a [2], b [3]", () -> t(2).gt(t(3))),
                row(
                        "matmul: a [32, 784] · b [128, 10]: inner dimensions differ (784 != 128)",
                        () -> t(32, 784).matmul(t(128, 10))),
                row("did you mean b.transpose()?", () -> t(2, 3).matmul(t(5, 3))),
                row("matmul: a [] · b [3]: a scalar", () -> t().matmul(t(3))),
                row("matmul (leading axes): a [2], b [3]", () -> t(2, 1, 4).matmul(t(3, 4, 1))),
                row(
                        "linear: x [2, 3], weight [5, 4], bias [5]: the last axis of x must be the 4 inputs",
                        () -> t(2, 3).linear(t(5, 4), t(5))),
                row("bias must be [5]", () -> t(2, 4).linear(t(5, 4), t(4))),
                row("weight must be [out, in]", () -> t(2, 4).linear(t(4), null)),
                row("sum: axis 2 of a tensor with 2 axes: expected -2 to 1", () -> t(2, 3).sum(2)),
                row("sum: axes [0, -2]: axis 0 occurs twice", () -> t(2, 3).sum(0, -2)),
                row("mean: axis 1 of a tensor with 1 axes", () -> t(2).mean(1)),
                row("amax: x [0, 3]: axis 0 is empty", () -> t(0, 3).amax(0)),
                row("argmax: axis 3", () -> t(2).argmax(3)),
                row("softmax: axis 1", () -> t(2).softmax(1)),
                row("logSoftmax: axis -3", () -> t(2, 2).logSoftmax(-3)),
                row("logsumexp: x [2, 0]: axis 1 is empty", () -> t(2, 0).logsumexp(1)),
                row("sumTo: x [2, 3] to [2]", () -> t(2, 3).sumTo(2)),
                row("prod: axis 2 of a tensor with 1 axes", () -> t(2).prod(2)),
                row("var: x [1], correction 1: 1 elements are reduced to one", () -> t(1).var()),
                row("norm: x [2] is int64", () -> ints.norm()),
                row("cumsum: axis 1", () -> t(2).cumsum(1)),
                row("flip: axes [0, 0]: axis 0 occurs twice", () -> t(2).flip(0, 0)),
                row("pad: x [2], before [-1], after [0]", () -> t(2).pad(new long[] {-1}, new long[1])),
                row("pad: x [2, 2], before [1], after [1]", () -> t(2, 2).pad(new long[] {1}, new long[] {1})),
                row("embedding: weight [3]: expected [rows, size of a row]", () -> t(3).embedding(ints)),
                row("embedding: index []: entry 0 is 7: expected 0 to 2", () -> t(3, 2).embedding(Tensor.of(7))),
                row("hardtanh: min 1.0, max 1.0: expected min < max", () -> t(2).hardtanh(1, 1)),
                row("atan2: a [2], b [3]", () -> t(2).atan2(t(3))),
                row(
                        "conv2d: x [3, 4, 4], weight [1, 3, 2, 2]",
                        () -> t(3, 4, 4).conv2d(t(1, 3, 2, 2), null, 1, 0, 1, 1)),
                row(
                        "the kernels have 2 channels, expected 3",
                        () -> t(1, 3, 4, 4).conv2d(t(1, 2, 2, 2), null, 1, 0, 1, 1)),
                row("must be divisible by the groups", () -> t(1, 3, 4, 4).conv2d(t(2, 1, 2, 2), null, 1, 0, 1, 2)),
                row("bias must be [2]", () -> t(1, 3, 4, 4).conv2d(t(2, 3, 2, 2), t(3), 1, 0, 1, 1)),
                row(
                        "does not fit; pad more, or take a smaller kernel",
                        () -> t(1, 1, 2, 2).conv2d(t(1, 1, 3, 3), null, 1, 0, 1, 1)),
                row(
                        "expected a padding of at most half the kernel",
                        () -> t(1, 1, 4, 4).maxPool2d(2, 2, 2)),
                row("avgPool2d: x [4, 4]: expected images", () -> t(4, 4).avgPool2d(2, 2, 0)),
                row("reshape: x [2, 3] to [4]: it has 6 elements, the new shape 4", () -> t(2, 3).reshape(4)),
                row(
                        "reshape: x [2, 3] to [4, -1]: it has 6 elements, the new shape a multiple of 4",
                        () -> t(2, 3).reshape(4, -1)),
                row("only one may be -1", () -> t(2, 3).reshape(-1, -1)),
                row("squeeze: x [2, 3]: axis 1 has size 3: expected 1", () -> t(2, 3).squeeze(1)),
                row("unsqueeze: axis 4", () -> t(2, 3).unsqueeze(4)),
                row("transpose: x [3]: expected at least two axes", () -> t(3).transpose()),
                row("permute: x [2, 3], order [0]: expected each of the 2 axes once", () -> t(2, 3).permute(0)),
                row("permute: axes [0, 0]: axis 0 occurs twice", () -> t(2, 3).permute(0, 0)),
                row("flatten: axis 5", () -> t(2, 3).flatten(5)),
                row("broadcastTo: x [2, 3] to [3, 3]", () -> t(2, 3).broadcastTo(3, 3)),
                row(
                        "slice: x [4], begin [0], end [4], step [0]: step must be at least 1",
                        () -> t(4).slice(new long[] {0}, new long[] {4}, new long[] {0})),
                row(
                        "expected begin, end and step for each of the 2 axes",
                        () -> t(4, 4).slice(new long[1], new long[1], new long[1])),
                row("select: x [2, 3], axis 1: index 3: expected -3 to 2", () -> t(2, 3).select(1, 3)),
                row(
                        "indexSelect: index [2]: entry 1 is 5: expected 0 to 1",
                        () -> t(2, 3).indexSelect(0, Tensor.of(0, 5))),
                row("indexSelect: index [2] is float32: expected int64", () -> t(2, 3).indexSelect(0, t(2))),
                row(
                        "indexSelect: index [1, 1]: expected one axis",
                        () -> t(2, 3).indexSelect(0, Tensor.of(new long[1], 1, 1))),
                row("gather: x [2, 3], index [2]: the index must have x's rank", () -> t(2, 3).gather(0, ints)),
                row(
                        "gather: index [1, 1]: entry 0 is -1: expected 0 to 2",
                        () -> t(2, 3).gather(1, Tensor.of(new long[] {-1}, 1, 1))),
                row(
                        "concat: part 0 [2, 3], part 1 [2, 4]: they may differ along axis 0 only",
                        () -> Tensor.concat(0, t(2, 3), t(2, 4))),
                row("concat: no tensors", () -> Tensor.concat(0)),
                row("stack: part 0 [2], part 1 [3]: expected equal shapes", () -> Tensor.stack(0, t(2), t(3))),
                row("crossEntropy: logits [4, 3], target [5]", () -> t(4, 3).crossEntropy(Tensor.of(0, 1, 2, 0, 1))),
                row("reshape the target to [2]", () -> t(2, 3).crossEntropy(Tensor.of(new long[2], 2, 1))),
                row(
                        "crossEntropy: target [2]: entry 1 is 3: expected 0 to 2",
                        () -> t(2, 3).crossEntropy(Tensor.of(0, 3))),
                row("crossEntropy: target [2] is float32: expected int64", () -> t(2, 3).crossEntropy(t(2))),
                row("of: 3 elements for shape [2, 2]: expected 4", () -> Tensor.of(new float[3], 2, 2)),
                row("of: row 1 has 1 elements, row 0 has 2", () -> Tensor.of(new float[][] {{1, 2}, {3}})),
                row("tensor: shape [-1]: sizes must not be negative", () -> t(-1)),
                row(
                        "tensor: an INDArray of type INT: expected FLOAT, DOUBLE or INT64",
                        () -> Tensor.of(Nd4j.zeros(DataType.INT32, 2))),
                row("arange: start 0.0, end 1.0, step 0.0", () -> Tensor.arange(DType.FLOAT32, 0, 1, 0)),
                row("item: tensor [2] has 2 elements: expected one", () -> t(2).item()),
                row("get: tensor [2], index [2]", () -> t(2).get(2)),
                row("assign: tensor [2] float32, source [3] float32", () -> t(2).assign(t(3))),
                row(
                        "grad: input 0 [2] does not require a gradient",
                        () -> Gradients.grad(t().requiresGrad(true), t(2))),
                row("2147483648 elements of float32: at most", () -> t(2, 1L << 30)));
    }

    private static Arguments row(String message, Executable mistake) {
        return arguments(message, mistake);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefused(String message, Executable mistake) {
        String actual = assertThrows(IllegalArgumentException.class, mistake).getMessage();
        assertTrue(actual.contains(message), actual);
        assertEquals(1, actual.lines().count(), actual);
    }
}
