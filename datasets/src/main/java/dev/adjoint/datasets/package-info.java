/**
 * Datasets, transforms, and loaders that make batches.
 *
 * <p>The module carries MNIST, the handwritten digits that Yann LeCun, Corinna Cortes and Christopher J. C. Burges prepared from
 * NIST's Special Databases 1 and 3: 60,000 training and 10,000 test images of 28 × 28 grey pixels each, in the four
 * original idx files, unchanged. It was published by its authors at yann.lecun.com/exdb/mnist and is distributed under the terms of
 * the Creative Commons Attribution-ShareAlike 3.0 licence. Cite: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning
 * applied to document recognition", Proceedings of the IEEE 86(11), 1998.
 */
package dev.adjoint.datasets;
