package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import java.util.Map;

/**
 * All that training depends on at one moment.
 *
 * @param tensors parameters, buffers, moments and the like by name
 * @param texts numbers and settings by name
 */
public record Snapshot(Map<String, Tensor> tensors, Map<String, String> texts) {}
