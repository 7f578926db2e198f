package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;

/** y = x: an alias of a tensor, with respect to which derivatives can be taken, see {@link Node#watch}. */
final class Alias extends Op {
    static final Alias INSTANCE = new Alias();

    private Alias() {
        super("input");
    }

    @Override
    protected Array forward(Array... x) {
        return x[0];
    }

    @Override
    public boolean isDifferentiable(int operand) {
        return true;
    }

    @Override
    public boolean isStep() {
        return false;
    }

    @Override
    protected Value[] vjp(Value g, Value[] x, Value y, boolean... wanted) {
        Value[] shares = Value.arithmetic().newArray(1);
        shares[0] = g;
        return shares;
    }

    @Override
    protected Value jvp(int operand, Value tangent, Value[] x, Value y) {
        return tangent;
    }

    @Override
    protected boolean isJointlyLinear() {
        return true;
    }

    @Override
    protected boolean savesValues() {
        return false;
    }

    @Override
    protected Scatter scatter() {
        return null;
    }

    @Override
    public Gate gate() {
        return Gate.DISTRIBUTOR;
    }

    @Override
    public Formula formula() {
        return Formula.NONE;
    }

    @Override
    public long multiplyAdds(Value[] x, Value y) {
        return 0;
    }

    @Override
    public boolean takesLogits() {
        return false;
    }

    @Override
    public boolean givesProbabilities() {
        return false;
    }
}
