package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.inspect.Anomaly;
import dev.adjoint.autograd.inspect.AnomalyException;
import dev.adjoint.autograd.inspect.Graph;
import dev.adjoint.autograd.inspect.Graph.Vertex;
import dev.adjoint.autograd.inspect.OpCount;
import dev.adjoint.autograd.inspect.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inspection: hooks, retained gradients, the graph, its evaluation order, and the source of a NaN. */
class InspectionTest {
    private static Tensor leaf(double... values) {
        return Tensor.of(values).requiresGrad(true);
    }

    @Test
    void hooksSeeTheWholeGradientAndMayChangeIt() throws Exception {
        Tensor x = leaf(1, 2);
        Tensor middle = x.square();
        List<Tensor> seen = new ArrayList<>();
        try (Tensor.Hook hook = middle.onGrad(g -> {
            seen.add(g);
            return g.mul(10);
        })) {
            middle.mul(3).add(middle).sum().backward(null, true);
        }
        assertArrayEquals(new double[] {4, 4}, seen.get(0).toDoubles(), "both uses, summed");
        assertArrayEquals(new double[] {80, 160}, x.grad().toDoubles());
        x.zeroGrad();
        middle.sum().backward();
        assertArrayEquals(new double[] {2, 4}, x.grad().toDoubles(), "without the hook");
        assertEquals(1, seen.size());
    }

    @Test
    void leafHooksChangeTheGradientAndInvalidHooksAreRefused() {
        Tensor x = leaf(1, 2);
        x.onGrad(g -> g.neg());
        x.square().sum().backward();
        assertArrayEquals(new double[] {-2, -4}, x.grad().toDoubles());
        Tensor y = leaf(1, 2);
        y.onGrad(g -> g.sum());
        assertThrows(IllegalArgumentException.class, () -> y.square().sum().backward());
        assertNull(y.grad(), "nothing is changed by a backward that fails");
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(1.0).onGrad(g -> g));
    }

    @Test
    void retainGradKeepsIntermediateGradients() {
        Tensor x = leaf(3);
        Tensor kept = x.square().retainGrad();
        Tensor other = kept.exp();
        other.sum().backward();
        assertEquals(Math.exp(9), kept.grad().item(), 1e-9);
        assertNull(other.grad());
    }

    @Test
    void theGraphShowsOpsRolesValuesAndGradients() {
        Tensor a = leaf(2);
        Tensor b = leaf(5);
        Graph graph = Graph.trace(() -> a.mul(b).maximum(a.add(b)).sin());
        graph.retainGrads();
        graph.result().backward(null, false);
        List<String> ops = graph.vertices().stream().map(Vertex::op).toList();
        assertEquals(List.of("leaf", "leaf", "mul", "add", "maximum", "sin"), ops);
        assertEquals(
                List.of(Role.LEAF, Role.LEAF, Role.SWITCHER, Role.DISTRIBUTOR, Role.ROUTER, Role.FUNCTION),
                graph.vertices().stream().map(Vertex::role).toList());
        Vertex add = graph.vertices().get(3);
        assertEquals(7, add.value().orElseThrow().item(), "traced, so that a linear op's value is kept");
        assertEquals(0, add.gradient().orElseThrow().item(), 1e-15, "the loser of the max");
        assertEquals(
                5 * Math.cos(10),
                graph.vertices().get(0).gradient().orElseThrow().item(),
                1e-14);
        assertTrue(add.line().orElseThrow().toString().contains("InspectionTest.java"));
        assertSame(graph.vertices().get(0), add.operands().get(0));
        Graph untraced = Graph.of(a.add(b).sin());
        assertTrue(untraced.vertices().get(3).value().isPresent());
        assertThrows(IllegalStateException.class, () -> {
            Tensor y = a.exp();
            y.backward();
            Graph.of(y);
        });
    }

    /** A random graph of about twenty ops in which values are used several times. */
    private static Tensor randomGraph(Rng rng, Tensor... leaves) {
        List<Tensor> values = new ArrayList<>(Arrays.asList(leaves));
        for (int i = 0; i < 20; i++) {
            Tensor a = values.get(rng.nextInt(values.size()));
            Tensor b = values.get(rng.nextInt(values.size()));
            values.add(
                    switch (rng.nextInt(5)) {
                        case 0 -> a.add(b);
                        case 1 -> a.mul(b).tanh();
                        case 2 -> a.maximum(b);
                        case 3 -> a.sin();
                        default -> a.sub(b.sum(true, 0));
                    });
        }
        Tensor sum = values.get(0);
        for (Tensor value : values) sum = sum.add(value);
        return sum.sum();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyTopologicalOrderGivesTheSameGradients(long seed) {
        double[][] expected = gradients(seed, null);
        List<Order> orders = List.of(
                Order.DEPTH_FIRST,
                Order.BREADTH_FIRST,
                Order.random(new Rng(seed)),
                Order.random(new Rng(seed + 100)),
                Order.random(new Rng(seed + 200)));
        for (Order order : orders) {
            double[][] actual = gradients(seed, order);
            for (int i = 0; i < expected.length; i++) assertArrayEquals(expected[i], actual[i], 1e-10);
            Graph graph = Graph.trace(() -> randomGraph(new Rng(seed), leaves()));
            assertEquals(graph.result().item(), graph.evaluate(order).item(), "forward");
        }
    }

    private static Tensor[] leaves() {
        return new Tensor[] {leaf(0.1, -0.4, 0.7), leaf(0.5, 0.2, -0.3), leaf(1, -1, 0.25)};
    }

    private static double[][] gradients(long seed, Order order) {
        Tensor[] leaves = leaves();
        Tensor y = randomGraph(new Rng(seed), leaves);
        if (order == null) y.backward();
        else y.backward(null, order);
        return Arrays.stream(leaves)
                .map(leaf -> leaf.grad() == null ? new double[3] : leaf.grad().toDoubles())
                .toArray(double[][]::new);
    }

    @Test
    void anomalyNamesTheFirstOpThatMakesANaN() {
        Tensor x = leaf(-1, 4);
        String message = assertThrows(AnomalyException.class, () -> {
                    try (Anomaly watch = Anomaly.open()) {
                        x.log().mul(2).sum();
                    }
                })
                .getMessage();
        assertTrue(message.startsWith("forward: op 'log' made 1 NaN from finite operands"), message);
        assertTrue(message.contains("InspectionTest.java:"), message);
        assertTrue(message.contains("operand 0: [2], -1.00000 to 4.00000, mean 1.50000"), message);
        assertTrue(Double.isNaN(x.log().get(0)), "afterwards nobody looks");
    }

    @Test
    void anomalyInBackwardNamesTheForwardLine() {
        Tensor x = leaf(0, 4);
        AnomalyException e = assertThrows(AnomalyException.class, () -> {
            try (Anomaly watch = Anomaly.open()) {
                Tensor y = x.sqrt();
                y.sum().backward();
            }
        });
        assertTrue(e.getMessage().startsWith("backward of 'sqrt'"), e.getMessage());
        assertTrue(e.getMessage().contains("the forward op was applied at"), e.getMessage());
        assertNull(x.grad());
    }

    @Test
    void multiplyAddsAreCountedAlsoForEmptyTensors() {
        try (OpCount count = OpCount.open()) {
            Tensor.zeros(0, 3).matmul(Tensor.zeros(3, 2));
            assertEquals(0, count.multiplyAdds());
            Tensor.zeros(5, 3).matmul(Tensor.zeros(3, 2));
            assertEquals(30, count.multiplyAdds());
        }
    }
}
