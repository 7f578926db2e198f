package dev.adjoint.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.Linear;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The behaviour of optimizers apart from the arithmetic, which GoldenTest compares with PyTorch's trajectories. */
class OptimizerTest {
    private static Tensor leaf(double... values) {
        return Tensor.of(values).requiresGrad(true);
    }

    @Test
    void parametersWithoutAGradientAreNotUpdated() {
        Tensor a = leaf(1);
        Tensor b = leaf(1);
        Adam adam = new Adam(List.of(a, b), 0.5);
        a.square().sum().backward();
        adam.step();
        assertEquals(0.5, a.get(0), 1e-6);
        assertEquals(1, b.get(0));
    }

    @Test
    void theStepSizeCanBeChanged() {
        Tensor a = leaf(1);
        SGD sgd = new SGD(List.of(a), 0.1);
        sgd.setLearningRate(0.25);
        assertEquals(0.25, sgd.learningRate());
        a.square().sum().backward();
        sgd.step();
        assertEquals(0.5, a.get(0), 1e-12);
        sgd.zeroGrad();
        sgd.step();
        assertEquals(0.5, a.get(0), 1e-12);
    }

    @Test
    void stateMadeInsideAScopeOutlivesIt() {
        Tensor a = leaf(1, 2);
        Adam[] adam = new Adam[1];
        for (int i = 0; i < 3; i++) {
            try (Scope step = Scope.open()) {
                if (adam[0] == null) adam[0] = new Adam(List.of(a), 0.1);
                a.square().sum().backward();
                adam[0].step();
                adam[0].zeroGrad();
            }
        }
        assertArrayEquals(new double[] {0.70, 1.70}, a.toDoubles(), 0.01);
    }

    @Test
    void backwardAfterAStepChangedTheWeightsIsRefused() {
        Tensor w = leaf(2);
        SGD sgd = new SGD(List.of(w), 0.1);
        w.square().sum().backward();
        Tensor late = w.square().sum();
        sgd.step();
        String message =
                assertThrows(IllegalStateException.class, late::backward).getMessage();
        assertTrue(message.contains("changed in place"), message);
    }

    @Test
    void convertedParameterIsDetected() {
        Linear layer = new Linear(2, 2);
        Adam adam = new Adam(layer.parameters());
        layer.to(DType.FLOAT64);
        layer.apply(Tensor.ones(DType.FLOAT64, 1, 2)).sum().backward();
        String message = assertThrows(IllegalStateException.class, adam::step).getMessage();
        assertTrue(message.contains("make the optimizer after model.to(dtype)"), message);
    }

    @Test
    void settingsAreChecked() {
        List<Tensor> w = List.of(leaf(1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(List.of(), 0.1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(List.of(Tensor.of(1.0)), 0.1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(w, -0.1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(w, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new SGD(w, 0.1, 0, 0, true, 0));
        assertThrows(IllegalArgumentException.class, () -> new SGD(w, 0.1, 0.9, 0.1, true, 0));
        assertThrows(IllegalArgumentException.class, () -> new Adam(w, 0.1, 1, 0.999, 1e-8, 0));
        assertThrows(IllegalArgumentException.class, () -> new Adam(w, 0.1, 0.9, -1, 1e-8, 0));
        assertThrows(IllegalArgumentException.class, () -> new Adam(w, 0.1, 0.9, 0.9, 1e-8, -1));
    }

    @Test
    void parametersMustBeDistinctLeaves() {
        Tensor w = leaf(1);
        String derived = assertThrows(IllegalArgumentException.class, () -> new SGD(List.of(w, w.mul(2)), 0.1))
                .getMessage();
        assertTrue(derived.contains("parameter 1 [1] is not a leaf"), derived);
        String twice = assertThrows(IllegalArgumentException.class, () -> new SGD(List.of(w, w), 0.1))
                .getMessage();
        assertTrue(twice.contains("given twice"), twice);
    }
}
