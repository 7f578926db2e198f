package dev.adjoint.optim;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Access;
import java.util.Collection;

/** Gradient clipping, to be called between backward and step. Pascanu et al., "On the difficulty of training RNNs", ICML 2013. */
public final class GradientClipping {
    /** Keeps the scale finite if all gradients are 0. */
    private static final double TINY = 1e-6;

    private GradientClipping() {}

    /**
     * Scales all gradients by a common factor so that their total norm √Σ|g|² is at most {@code maxNorm}.
     *
     * @param parameters the parameters; those without a gradient are skipped
     * @param maxNorm the maximum norm, greater than 0
     * @return the total norm before clipping
     * @throws IllegalArgumentException if the bound is not positive
     */
    public static double byNorm(Collection<? extends Tensor> parameters, double maxNorm) {
        if (!(maxNorm > 0)) throw new IllegalArgumentException("clipping: maxNorm " + maxNorm + ": expected above 0");
        try (Scope scope = Scope.open();
                NoGrad off = NoGrad.open()) {
            double norm = 0;
            // hypot, since a sum of squares can overflow or underflow where the norm does not.
            for (Tensor parameter : parameters) {
                Tensor grad = (Tensor) Access.gradientOf(parameter);
                if (grad != null) norm = Math.hypot(norm, grad.norm().item());
            }
            double scale = maxNorm / (norm + TINY);
            if (!(scale < 1)) return norm; // no clipping, also if both norms are infinite
            for (Tensor parameter : parameters) {
                Tensor grad = (Tensor) Access.gradientOf(parameter);
                if (grad != null) grad.assign(grad.mul(scale));
            }
            return norm;
        }
    }

    /**
     * Clamps each element of each gradient to the range from −bound to bound.
     *
     * @param parameters the parameters; those without a gradient are skipped
     * @param bound the bound, greater than 0
     * @throws IllegalArgumentException if the bound is not positive
     */
    public static void byValue(Collection<? extends Tensor> parameters, double bound) {
        if (!(bound > 0)) throw new IllegalArgumentException("clipping: bound " + bound + ": expected above 0");
        try (Scope scope = Scope.open();
                NoGrad off = NoGrad.open()) {
            for (Tensor parameter : parameters) {
                Tensor grad = (Tensor) Access.gradientOf(parameter);
                if (grad != null) grad.assign(grad.clamp(-bound, bound));
            }
        }
    }
}
