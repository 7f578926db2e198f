package dev.adjoint.train;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Anomaly;
import dev.adjoint.autograd.inspect.AnomalyException;
import dev.adjoint.datasets.Batch;
import dev.adjoint.nn.Loss;
import dev.adjoint.nn.Module;

/** Thrown when the loss or a gradient becomes NaN or infinite; the message names the step and, if it can be found, the op at fault. */
public final class DivergenceException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private DivergenceException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Finds the cause, if need be by repeating the step under {@link Anomaly}. */
    static DivergenceException of(String where, String spoiled, Module model, Loss loss, Batch examples) {
        if (!spoiled.isEmpty()) {
            String since = "training diverged; the previous step left NaN or infinite values in " + spoiled;
            return new DivergenceException(where + since + ": lower the learning rate, or clip the gradients", null);
        }
        Tensor inputs = examples.inputs();
        if (inputs.dtype().isFloating() && Double.isNaN(inputs.mul(0).sum().item())) {
            return new DivergenceException(where + "the inputs contain NaN or infinite values: fix the data", null);
        }
        try (Anomaly watch = Anomaly.open();
                Scope scope = Scope.open()) {
            loss.forward(model.apply(examples.inputs()), examples.targets()).backward();
        } catch (AnomalyException e) {
            return new DivergenceException(where + e.getMessage(), e);
        }
        return new DivergenceException(
                where + "training diverged: lower the learning rate, or clip the gradients", null);
    }
}
