package dev.adjoint.autograd;

import java.util.Locale;

/** The kinds of number a {@link Tensor} can hold. */
public enum DType {
    /** IEEE 754 single precision, the default for everything that is trained. */
    FLOAT32(4),
    /** IEEE 754 double precision, for gradient checks and for whoever needs the digits. */
    FLOAT64(8),
    /** 64-bit integers: labels and indices. Arithmetic and gradients are for the two floating types. */
    INT64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The size of one element.
     *
     * @return bytes per element
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Whether arithmetic and gradients are defined on this type.
     *
     * @return true for {@link #FLOAT32} and {@link #FLOAT64}
     */
    public boolean isFloating() {
        return this != INT64;
    }

    /**
     * Refuses a number that this type cannot hold: for int64 one that is NaN, infinite or has a fraction.
     *
     * @param op what it is wanted for, for the message
     * @param value the number
     * @throws IllegalArgumentException if it cannot be held
     */
    public void checkHolds(String op, double value) {
        if (this != INT64 || value == Math.rint(value) && Math.abs(value) < 0x1p63) return;
        throw new IllegalArgumentException(op + " is int64, beside it stands " + value
                + ": expected a whole number; convert the tensor with to(DType.FLOAT64)");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
