/**
 * Models for other programs: {@link dev.adjoint.onnx.OnnxExport} writes them in the format of ONNX, which ONNX Runtime, among others,
 * computes.
 */
package dev.adjoint.onnx;
