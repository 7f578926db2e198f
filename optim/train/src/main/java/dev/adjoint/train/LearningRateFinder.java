package dev.adjoint.train;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.nn.Loss;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.ParameterGroup;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Learning-rate range test: trains with an exponentially growing learning rate and finds where the loss falls fastest. Smith,
 * "Cyclical Learning Rates for Training Neural Networks", WACV 2017.
 *
 * @param points the learning rates with their smoothed losses
 */
public record LearningRateFinder(List<Point> points) {
    /** The decay rate of the exponential moving average of the loss. */
    private static final double SMOOTHING = 0.9;
    /** Training counts as diverged if the smoothed loss is more than this many times the best. */
    private static final double DIVERGENCE_FACTOR = 4;

    /**
     * One step of the range test.
     *
     * @param rate the learning rate
     * @param loss the smoothed loss
     */
    public record Point(double rate, double loss) {}

    /**
     * Runs the test. Afterwards it restores the weights, the state of the optimizer, the random generators of layers and data, and the
     * mode of each layer. Gradients are cleared.
     *
     * @param model the model
     * @param loss the loss function
     * @param optimizer the optimizer of the model; the rate is set on all its groups
     * @param data the training data, repeated if it has fewer batches than steps
     * @param from the first rate, greater than 0
     * @param to the last rate, greater than the first
     * @param steps the number of steps, at least 2
     * @return the results, up to the step at which training diverged
     * @throws IllegalArgumentException if the rates or steps are out of range, the data has no batch, or the optimizer belongs to
     *     another model
     */
    public static LearningRateFinder run(
            Module model, Loss loss, Optimizer optimizer, DataLoader data, double from, double to, int steps) {
        if (!(from > 0 && to > from) || steps < 2) {
            throw new IllegalArgumentException("learning rates from " + from + " to " + to + " in " + steps
                    + " steps: expected 0 < from < to, and at least 2 steps");
        }
        Trainer.checkParameters("learning rate finder", model, optimizer);
        TrainingState state = new TrainingState(model, optimizer);
        List<Rng> generators = new ArrayList<>(model.generators());
        generators.addAll(data.generators());
        for (int i = 0; i < generators.size(); i++) state.with(Integer.toString(i), generators.get(i));
        Snapshot before = state.capture(Map.of());
        optimizer.zeroGrad();
        List<Point> points = new ArrayList<>();
        // Closing the handle restores the mode of each layer.
        try (Module.Handle modes = model.inEvaluation()) {
            model.train();
            double mean = 0;
            double best = Double.MAX_VALUE;
            Iterator<Batch> batches = data.iterator();
            for (int i = 0; i < steps; i++) {
                if (!batches.hasNext()) batches = data.iterator();
                if (!batches.hasNext()) Trainer.checkNotEmpty("learning rate finder", 0);
                double rate = from * Math.pow(to / from, i / (steps - 1.0));
                for (ParameterGroup group : optimizer.groups()) group.setLearningRate(rate);
                mean = SMOOTHING * mean + (1 - SMOOTHING) * step(model, loss, optimizer, batches.next());
                double smoothed = mean / (1 - Math.pow(SMOOTHING, i + 1));
                if (!(smoothed <= DIVERGENCE_FACTOR * best)) break;
                best = Math.min(best, smoothed);
                points.add(new Point(rate, smoothed));
            }
        } finally {
            state.restore(before);
        }
        return new LearningRateFinder(points);
    }

    private static double step(Module model, Loss loss, Optimizer optimizer, Batch batch) {
        try (Scope step = Scope.open()) {
            Tensor error = loss.forward(model.apply(batch.inputs()), batch.targets());
            error.backward();
            optimizer.step();
            optimizer.zeroGrad();
            return error.item();
        }
    }

    /**
     * The suggested learning rate: the rate at which the derivative of the loss by the logarithm of the rate is most negative.
     *
     * @return the rate; the first one if the loss never fell
     * @throws IllegalStateException if the loss was NaN at the first step
     */
    public double suggestion() {
        double minDerivative = 0;
        if (points.isEmpty()) {
            throw new IllegalStateException("learning rate finder: the loss was NaN at the first rate: there is"
                    + " nothing to suggest; check the data and the model");
        }
        double rate = points.get(0).rate;
        for (int i = 1; i < points.size(); i++) {
            Point a = points.get(i - 1);
            Point b = points.get(i);
            double derivative = (b.loss - a.loss) / Math.log(b.rate / a.rate);
            if (derivative >= minDerivative) continue;
            minDerivative = derivative;
            rate = b.rate;
        }
        return rate;
    }
}
