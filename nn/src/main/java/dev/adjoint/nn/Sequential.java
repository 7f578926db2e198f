package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.List;

/** A sequence of layers, each applied to the output of the one before. They are named 0, 1, 2, … */
public final class Sequential extends Module {
    /**
     * Makes the network.
     *
     * @param layers its layers, in order
     */
    public Sequential(Module... layers) {
        this(List.of(layers));
    }

    /**
     * Makes the network.
     *
     * @param layers its layers, in order
     */
    public Sequential(List<? extends Module> layers) {
        for (int i = 0; i < layers.size(); i++) child(Integer.toString(i), layers.get(i));
    }

    @Override
    protected Tensor forward(Tensor x) {
        for (Module layer : children().values()) x = layer.apply(x);
        return x;
    }
}
