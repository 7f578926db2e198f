package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reference updates of parameters, by their formulas in ND4J ops. */
final class ReferenceUpdates {
    private ReferenceUpdates() {}

    static void addTo(KernelTable table) {
        table.sgd = ReferenceUpdates::sgd;
        table.adam = ReferenceUpdates::adam;
    }

    private static void sgd(Array w, Array grad, Array velocity, SgdStep s) {
        if (w.length() == 0) return;
        INDArray g = decayed(w, grad, s.weightDecay());
        INDArray direction = g;
        if (velocity != null) {
            INDArray v = velocity.nd();
            if (s.first()) v.assign(g);
            else v.muli(s.momentum()).addi(g.mul(1 - s.dampening()));
            direction = s.nesterov() ? g.add(v.mul(s.momentum())) : v;
        }
        w.nd().subi(direction.mul(s.learningRate()));
    }

    private static INDArray decayed(Array w, Array grad, double weightDecay) {
        return weightDecay == 0 ? grad.nd() : grad.nd().add(w.nd().mul(weightDecay)); // 0·∞ is NaN
    }

    private static void adam(Array w, Array grad, Array m, Array v, AdamStep s) {
        if (w.length() == 0) return;
        INDArray g = decayed(w, grad, s.weightDecay());
        m.nd().addi(g.sub(m.nd()).muli(1 - s.beta1()));
        v.nd().muli(s.beta2()).addi(g.mul(g).muli(1 - s.beta2()));
        Array root = Workspace.allocate(v.dtype(), v.shape());
        ReferenceElementwise.map(Math::sqrt, v, root);
        INDArray denominator = root.nd().divi(s.rootCorrection()).addi(s.epsilon());
        Array change = Workspace.allocate(w.dtype(), w.shape());
        change.nd().assign(m.nd().mul(s.stepSize()).divi(denominator));
        // Without an ε, a weight that never had a gradient would become NaN by 0/0.
        ReferenceElementwise.map((moment, step) -> moment == 0 ? 0 : step, m, change, change);
        w.nd().subi(change.nd());
    }
}
