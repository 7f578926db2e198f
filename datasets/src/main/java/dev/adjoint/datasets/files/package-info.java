/** Tensor file formats: safetensors, npy and npz. */
package dev.adjoint.datasets.files;
