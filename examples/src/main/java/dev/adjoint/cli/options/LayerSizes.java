package dev.adjoint.cli.options;

import dev.adjoint.autograd.Rng;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The layer sizes of an MLP, written as 784,256,10.
 *
 * @param sizes the inputs, the units of each hidden layer, the outputs
 */
public record LayerSizes(List<Integer> sizes) {
    /**
     * Returns the number of inputs.
     *
     * @return the first size
     */
    public int inputs() {
        return sizes.get(0);
    }

    /**
     * Returns the number of outputs.
     *
     * @return the last size
     */
    public int outputs() {
        return sizes.get(sizes.size() - 1);
    }

    /**
     * Creates an MLP of these sizes: linear layers with ReLU between them, and dropout if its probability is not 0.
     *
     * @param dropout the probability of dropping a unit
     * @param rng the random generator for the initial weights and dropout
     * @return the model
     */
    public Sequential mlp(double dropout, Rng rng) {
        List<Module> modules = new ArrayList<>();
        for (int i = 1; i < sizes.size(); i++) {
            modules.add(new Linear(sizes.get(i - 1), sizes.get(i), true, rng));
            if (i == sizes.size() - 1) break;
            modules.add(new ReLU());
            if (dropout != 0) modules.add(new Dropout(dropout, rng));
        }
        return new Sequential(modules);
    }

    @Override
    public String toString() {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }

    /** Parses sizes separated by commas or hyphens. */
    public static final class Converter implements ITypeConverter<LayerSizes> {
        /** Makes the converter. */
        public Converter() {}

        @Override
        public LayerSizes convert(String text) {
            try {
                List<Integer> sizes = Arrays.stream(text.split("[,-]"))
                        .map(s -> Integer.valueOf(s.trim()))
                        .toList();
                if (sizes.size() >= 2 && sizes.stream().allMatch(s -> s > 0)) return new LayerSizes(sizes);
            } catch (NumberFormatException e) {
                // Rejected below, together with lists that are too short.
            }
            throw new TypeConversionException(
                    "'" + text + "' is not a list of layer sizes: expected two or more, such as 784,256,10");
        }
    }
}
