/**
 * Models for other programs: {@link dev.adjoint.onnx.OnnxExport} writes them in the format of ONNX, which ONNX Runtime, among others,
 * computes. The format's protocol-buffer classes are those that ND4J's own jar holds; nothing else of ND4J is used here.
 */
package dev.adjoint.onnx;
