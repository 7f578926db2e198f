package dev.adjoint.autograd.internal.engine;

/** Thrown when forward mode reaches an op that has no forward rule. */
public final class NoForwardRuleException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** Creates the exception for an op and the index of an operand. */
    public NoForwardRuleException(String op, int operand) {
        super("forward mode: op '" + op + "' has no forward rule for operand " + operand
                + ": give it one (jvp), or differentiate by reverse mode (grad, vjp)");
    }
}
