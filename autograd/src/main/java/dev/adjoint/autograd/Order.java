package dev.adjoint.autograd;

import java.util.random.RandomGenerator;

/**
 * The order in which backward visits the nodes of a graph. A node is ready when all nodes that use it have been visited; visiting
 * any ready node next is a topological order, and every such order gives the same gradients.
 */
@FunctionalInterface
public interface Order {
    /** Visits the node that became ready last: follows one branch to its end before the next. */
    Order DEPTH_FIRST = ready -> ready - 1;

    /** Visits the node that became ready first. */
    Order BREADTH_FIRST = ready -> 0;

    /**
     * Chooses the next node.
     *
     * @param ready the number of ready nodes, which are numbered in the order in which they became ready
     * @return the number of the next node, 0 … ready − 1
     */
    int next(int ready);

    /**
     * Visits a random ready node.
     *
     * @param rng the random number generator
     * @return the order
     */
    static Order random(RandomGenerator rng) {
        return rng::nextInt;
    }
}
