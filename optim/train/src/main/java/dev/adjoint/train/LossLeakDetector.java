package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Detects whether the losses of earlier steps are still referenced. Each loss gets a hook that does nothing and that lives as long as
 * the loss's node in the graph; after a number of losses, the hooks that are still alive are counted.
 */
final class LossLeakDetector {
    /** The number of losses after which live hooks are counted, and counted again after a garbage collection if most are alive. */
    private static final int SAMPLE_SIZE = 256;

    private final List<WeakReference<UnaryOperator<Tensor>>> probes = new ArrayList<>();
    private boolean reported;

    /** Records a loss; returns true once if most of the recorded losses are still alive. */
    boolean detectsLeak(Tensor loss) {
        if (reported) return false;
        // A class instead of a lambda, since a lambda that captures nothing is a singleton.
        UnaryOperator<Tensor> probe = new Probe();
        loss.onGrad(probe);
        probes.add(new WeakReference<>(probe));
        if (probes.size() < SAMPLE_SIZE) return false;
        reported = true;
        if (isMostAlive()) System.gc();
        boolean kept = isMostAlive();
        probes.clear();
        return kept;
    }

    private boolean isMostAlive() {
        return probes.stream().filter(probe -> probe.get() != null).count() > SAMPLE_SIZE * 3 / 4;
    }

    private static final class Probe implements UnaryOperator<Tensor> {
        @Override
        public Tensor apply(Tensor gradient) {
            return null;
        }
    }
}
