package dev.adjoint.autograd;

import java.util.random.RandomGenerator;

/**
 * In which order backward visits the nodes of a graph. A node is ready when all that used it have been visited; any choice
 * among the ready ones is a topological order, and each gives the same gradients.
 */
@FunctionalInterface
public interface Order {
    /** The node that became ready last comes first: one branch is followed to its end before the next. */
    Order DEPTH_FIRST = ready -> ready - 1;

    /** The node that became ready first comes first. */
    Order BREADTH_FIRST = ready -> 0;

    /**
     * Chooses the next node.
     *
     * @param ready how many are ready; they are numbered in the order in which they became so
     * @return which, 0 … ready − 1
     */
    int next(int ready);

    /**
     * Any ready node.
     *
     * @param rng what chooses
     * @return the order
     */
    static Order random(RandomGenerator rng) {
        return rng::nextInt;
    }
}
