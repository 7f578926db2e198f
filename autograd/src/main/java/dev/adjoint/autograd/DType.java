package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.ElementType;

/** The element type of a {@link Tensor}. */
public enum DType {
    /** IEEE 754 single precision, the default for training. */
    FLOAT32(ElementType.FLOAT32),
    /** IEEE 754 double precision, for gradient checks and wherever more precision is needed. */
    FLOAT64(ElementType.FLOAT64),
    /** 64-bit integers, for labels and indices. Arithmetic and gradients are defined for the floating types only. */
    INT64(ElementType.INT64);

    private final ElementType elementType;

    DType(ElementType elementType) {
        this.elementType = elementType;
    }

    /** The engine's type for this one. */
    ElementType elementType() {
        return elementType;
    }

    /** The type for one of the engine's. */
    static DType of(ElementType type) {
        return switch (type) {
            case FLOAT32 -> FLOAT32;
            case FLOAT64 -> FLOAT64;
            case INT64 -> INT64;
        };
    }

    /**
     * The size of one element.
     *
     * @return bytes per element
     */
    public int bytes() {
        return elementType.bytes();
    }

    /**
     * Whether arithmetic and gradients are defined on this type.
     *
     * @return true for {@link #FLOAT32} and {@link #FLOAT64}
     */
    public boolean isFloating() {
        return elementType.isFloating();
    }

    /** Throws if this type cannot represent a value. */
    void checkHolds(String op, double value) {
        elementType.checkHolds(op, value);
    }

    @Override
    public String toString() {
        return elementType.toString();
    }
}
