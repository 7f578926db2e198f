package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Whether the losses of earlier steps are still held. Each is given a hook that does nothing; the hooks live as long as the losses'
 * places in the graph do, and once in a while it is counted how many do.
 */
final class KeptLosses {
    /** The losses that are looked at, at the end of which garbage is collected once, if need be, to be sure. */
    private static final int MANY = 256;

    private final List<WeakReference<UnaryOperator<Tensor>>> probes = new ArrayList<>();
    private boolean known;

    /** Notes a loss; true, once, if most of the first ones are still there. */
    boolean grows(Tensor loss) {
        if (known) return false;
        // A class of its own and not a lambda: of a lambda that catches nothing there is only one.
        UnaryOperator<Tensor> probe = new Probe();
        loss.onGrad(probe);
        probes.add(new WeakReference<>(probe));
        if (probes.size() < MANY) return false;
        known = true;
        if (isMostAlive()) System.gc();
        boolean kept = isMostAlive();
        probes.clear();
        return kept;
    }

    private boolean isMostAlive() {
        return probes.stream().filter(probe -> probe.get() != null).count() > MANY * 3 / 4;
    }

    private static final class Probe implements UnaryOperator<Tensor> {
        @Override
        public Tensor apply(Tensor gradient) {
            return null;
        }
    }
}
