/**
 * ONNX export: {@link dev.adjoint.onnx.OnnxExport} writes models in the ONNX format, for ONNX Runtime and other programs. The ONNX
 * protocol-buffer classes come from the ND4J jar; nothing else of ND4J is used here.
 */
package dev.adjoint.onnx;
