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
 * Looks for a learning rate: trains with one that grows from step to step, and sees at which the loss falls fastest. Smith, "Cyclical
 * Learning Rates for Training Neural Networks", WACV 2017.
 *
 * @param points the rates with the smoothed losses that they led to
 */
public record LearningRateFinder(List<Point> points) {
    /** How much of the smoothed loss is that of the steps before. */
    private static final double SMOOTH = 0.9;
    /** Training has diverged when the smoothed loss is so many times the best. */
    private static final double DIVERGED = 4;

    /**
     * A step.
     *
     * @param rate the learning rate
     * @param loss the smoothed loss
     */
    public record Point(double rate, double loss) {}

    /**
     * Tries rates from one to another. What training changes is put back afterwards: weights, the optimizer's state, the generators of
     * layers and data, the mode of each layer. Gradients are cleared.
     *
     * @param model the model
     * @param loss its loss
     * @param optimizer its optimizer, of which all groups get the rate
     * @param data what to learn from, gone through again if it is too short
     * @param from the first rate, above 0
     * @param to the last rate, above the first
     * @param steps how many, at least 2
     * @return what was seen, up to where training diverged
     * @throws IllegalArgumentException if the rates are the wrong way round, there are too few steps, the data has no batch, or the
     *     optimizer belongs to another model
     */
    public static LearningRateFinder run(
            Module model, Loss loss, Optimizer optimizer, DataLoader data, double from, double to, int steps) {
        if (!(from > 0 && to > from) || steps < 2) {
            throw new IllegalArgumentException("learning rates from " + from + " to " + to + " in " + steps
                    + " steps: expected rates above 0 that rise, and at least 2 steps");
        }
        Trainer.checkParameters("learning rate finder", model, optimizer);
        TrainingState state = new TrainingState(model, optimizer);
        List<Rng> generators = new ArrayList<>(model.generators());
        generators.addAll(data.generators());
        for (int i = 0; i < generators.size(); i++) state.with(Integer.toString(i), generators.get(i));
        Snapshot before = state.capture(Map.of());
        optimizer.zeroGrad();
        List<Point> points = new ArrayList<>();
        // The handle puts each layer back into the mode that it was in.
        try (Module.Handle modes = model.inEvaluation()) {
            model.train();
            double mean = 0;
            double best = Double.MAX_VALUE;
            Iterator<Batch> batches = data.iterator();
            for (int i = 0; i < steps; i++) {
                if (!batches.hasNext()) batches = data.iterator();
                if (!batches.hasNext()) Trainer.checkSeen("learning rate finder", 0);
                double rate = from * Math.pow(to / from, i / (steps - 1.0));
                for (ParameterGroup group : optimizer.groups()) group.setLearningRate(rate);
                mean = SMOOTH * mean + (1 - SMOOTH) * step(model, loss, optimizer, batches.next());
                double smoothed = mean / (1 - Math.pow(SMOOTH, i + 1));
                if (!(smoothed <= DIVERGED * best)) break;
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
     * The rate at which the loss fell fastest with the logarithm of the rate.
     *
     * @return a rate to begin with; the first if the loss never fell
     * @throws IllegalStateException if the loss was NaN from the first step on
     */
    public double suggestion() {
        double steepest = 0;
        if (points.isEmpty()) {
            throw new IllegalStateException("learning rate finder: the loss was NaN at the first rate already: there is"
                    + " nothing to suggest; check the data and the model");
        }
        double rate = points.get(0).rate;
        for (int i = 1; i < points.size(); i++) {
            Point a = points.get(i - 1);
            Point b = points.get(i);
            double slope = (b.loss - a.loss) / Math.log(b.rate / a.rate);
            if (slope >= steepest) continue;
            steepest = slope;
            rate = b.rate;
        }
        return rate;
    }
}
