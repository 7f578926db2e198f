package dev.adjoint.autograd.internal.array;

import java.util.Locale;

/** The element types of an array; in the public API they are {@code DType}. */
public enum ElementType {
    /** IEEE 754 single precision. */
    FLOAT32(4),
    /** IEEE 754 double precision. */
    FLOAT64(8),
    /** 64-bit integers. */
    INT64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether arithmetic and gradients are defined on this type. */
    public boolean isFloating() {
        return this != INT64;
    }

    /** Throws if this type cannot represent a value: for int64 one that is NaN, infinite, out of range or not an integer. */
    public void checkHolds(String op, double value) {
        if (this != INT64 || value == Math.rint(value) && Math.abs(value) < 0x1p63) return;
        throw new IllegalArgumentException(op + " is int64, but the value is " + value
                + ": expected a whole number; convert the tensor with to(DType.FLOAT64)");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
