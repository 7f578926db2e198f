package dev.adjoint.autograd.inspect;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Node;
import dev.adjoint.autograd.internal.engine.Observer;
import dev.adjoint.autograd.internal.engine.Op;
import dev.adjoint.autograd.internal.engine.Tracing;
import dev.adjoint.autograd.internal.engine.Value;
import java.util.Locale;

/**
 * Anomaly detection: while it is open, the first op, forward or backward, that produces a NaN or an infinity from finite operands
 * throws an {@link AnomalyException} with the name of the op, the source line that applied it, and a summary of its operands. It
 * checks every element, so use it for debugging, not for training.
 *
 * <pre>{@code
 * Tensor x = Tensor.of(1.0, 0.0).requiresGrad(true);
 * try (Anomaly watch = Anomaly.open()) {
 *     x.sqrt().sum().backward();
 * } catch (AnomalyException e) {
 *     System.out.println(e.getMessage().lines().findFirst().orElseThrow());  // backward of 'sqrt': op 'div' made 1 infinity from finite operands
 * }
 * }</pre>
 */
public final class Anomaly implements AutoCloseable {
    private final Tracing tracing = Tracing.open();
    private final Observer.Observation observation = Observer.open(Anomaly::check);

    private Anomaly() {}

    /**
     * Starts anomaly detection in this thread.
     *
     * @return a handle that ends it when closed
     */
    public static Anomaly open() {
        return new Anomaly();
    }

    @Override
    public void close() {
        observation.close();
        tracing.close();
    }

    private static void check(Op op, Value[] x, Value y) {
        ElementSummary made = ElementSummary.of(y);
        if (made.isFinite()) return;
        for (Value operand : x) if (!ElementSummary.of(operand).isFinite()) return;
        Node visited = Node.visited();
        StringBuilder text = new StringBuilder(visited == null ? "forward" : "backward of '" + visited.name() + "'")
                .append(": op '")
                .append(op.name())
                .append("' made ")
                .append(made.faults())
                .append(" from finite operands");
        StackTraceElement line = visited == null ? Tracing.caller() : visited.sourceLine();
        if (line != null) {
            text.append("\n  ")
                    .append(visited == null ? "applied at " : "the forward op was applied at ")
                    .append(line);
        }
        for (int i = 0; i < x.length; i++)
            text.append("\n  operand ").append(i).append(": ").append(ElementSummary.of(x[i]));
        throw new AnomalyException(text.append("\n  result: ").append(made).toString());
    }

    /** A one-line summary of the elements of a tensor. */
    private record ElementSummary(long[] shape, long nans, long infinities, double min, double max, double mean) {
        static ElementSummary of(Value tensor) {
            Array x = Access.array(tensor);
            long nans = 0;
            long infinities = 0;
            double min = Double.POSITIVE_INFINITY;
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (long i = 0; i < x.length(); i++) {
                double value = x.get(i);
                if (Double.isNaN(value)) nans++;
                else if (Double.isInfinite(value)) infinities++;
                else {
                    min = Math.min(min, value);
                    max = Math.max(max, value);
                    sum += value;
                }
            }
            long finite = x.length() - nans - infinities;
            return new ElementSummary(x.shape(), nans, infinities, min, max, sum / Math.max(1, finite));
        }

        boolean isFinite() {
            return nans == 0 && infinities == 0;
        }

        String faults() {
            String lost = nans + " NaN";
            String huge = infinities + (infinities == 1 ? " infinity" : " infinities");
            return nans == 0 ? huge : infinities == 0 ? lost : lost + " and " + huge;
        }

        @Override
        public String toString() {
            boolean none = min > max;
            String range =
                    none ? "no finite elements" : String.format(Locale.ROOT, "%.6g to %.6g, mean %.6g", min, max, mean);
            return Shapes.str(shape) + ", " + range + (isFinite() ? "" : ", " + faults());
        }
    }
}
