/** Files of tensors: safetensors, npy and npz. */
package dev.adjoint.datasets.files;
