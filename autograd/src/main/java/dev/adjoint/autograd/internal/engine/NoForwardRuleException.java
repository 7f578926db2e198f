package dev.adjoint.autograd.internal.engine;

/** Forward mode came to an op that has no forward rule. */
public final class NoForwardRuleException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** For an op and the number of an operand. */
    public NoForwardRuleException(String op, int operand) {
        super("forward mode: op '" + op + "' has no forward rule for operand " + operand
                + ": give it one (jvp), or differentiate by reverse mode (grad, vjp)");
    }
}
