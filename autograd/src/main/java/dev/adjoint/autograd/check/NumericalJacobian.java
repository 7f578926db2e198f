package dev.adjoint.autograd.check;

/**
 * A numeric Jacobian by one leaf, a column for each entry that is looked at.
 *
 * @param entries the entries
 * @param columns for each, the slope of every element of the result
 * @param u the cotangent of the result
 */
record NumericalJacobian(int[] entries, double[][] columns, double[] u) {
    /** uᵀ·J, what the gradient should be. */
    double[] numeric() {
        return weighed(u);
    }

    /** wᵀ·J for other weights. */
    double[] weighed(double... w) {
        double[] sums = new double[columns.length];
        for (int i = 0; i < sums.length; i++) {
            for (int k = 0; k < w.length; k++) sums[i] += w[k] * columns[i][k];
        }
        return sums;
    }
}
