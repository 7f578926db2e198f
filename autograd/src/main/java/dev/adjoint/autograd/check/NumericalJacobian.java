package dev.adjoint.autograd.check;

/**
 * The numeric Jacobian with respect to one leaf, with a column for each sampled entry.
 *
 * @param entries the sampled entries of the leaf
 * @param columns for each entry, the partial derivative of every element of the result
 * @param u the cotangent of the result
 */
record NumericalJacobian(int[] entries, double[][] columns, double[] u) {
    /** uᵀ·J, the right gradient. */
    double[] numeric() {
        return vjp(u);
    }

    /** wᵀ·J, the gradient for another cotangent. */
    double[] vjp(double... w) {
        double[] sums = new double[columns.length];
        for (int i = 0; i < sums.length; i++) {
            for (int k = 0; k < w.length; k++) sums[i] += w[k] * columns[i][k];
        }
        return sums;
    }
}
