package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.ElementType;

/** The types of number a {@link Tensor} can hold. */
public enum DType {
    /** IEEE 754 single precision, the default for everything that is trained. */
    FLOAT32(ElementType.FLOAT32),
    /** IEEE 754 double precision, for gradient checks and for whoever needs the digits. */
    FLOAT64(ElementType.FLOAT64),
    /** 64-bit integers: labels and indices. Arithmetic and gradients are for the two floating types. */
    INT64(ElementType.INT64);

    private final ElementType elementType;

    DType(ElementType elementType) {
        this.elementType = elementType;
    }

    /** What the engine calls this type. */
    ElementType elementType() {
        return elementType;
    }

    /** What users call a type of the engine. */
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

    /** Refuses a number that this type cannot hold. */
    void checkHolds(String op, double value) {
        elementType.checkHolds(op, value);
    }

    @Override
    public String toString() {
        return elementType.toString();
    }
}
