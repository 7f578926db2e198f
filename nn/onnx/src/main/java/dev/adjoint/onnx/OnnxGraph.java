package dev.adjoint.onnx;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.TensorBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/** Builds an ONNX graph, whose values are referred to by name. */
final class OnnxGraph {
    /** The operator set version: 17 is the first with LayerNormalization. */
    private static final int OPSET = 17;

    private static final int IR_VERSION = 8;
    private static final String OUTPUT = "output";

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("adjoint");
    private int names;

    /** Adds the input; a size of −1 is a dynamic axis. */
    String input(DType dtype, long... shape) {
        TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] < 0) sizes.addDimBuilder().setDimParam("n" + axis);
            else sizes.addDimBuilder().setDimValue(shape[axis]);
        }
        graph.addInput(value(
                "input", TypeProto.Tensor.newBuilder().setElemType(type(dtype)).setShape(sizes)));
        return "input";
    }

    /** Sets the output and builds the model; dynamic axes in the shape are names. */
    ModelProto output(String name, DType dtype, List<Object> shape) {
        graph.addNode(
                NodeProto.newBuilder().setOpType("Identity").addInput(name).addOutput(OUTPUT));
        TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
        for (Object size : shape) {
            if (size instanceof Long fixed) sizes.addDimBuilder().setDimValue(fixed);
            else sizes.addDimBuilder().setDimParam(size.toString());
        }
        graph.addOutput(value(
                OUTPUT, TypeProto.Tensor.newBuilder().setElemType(type(dtype)).setShape(sizes)));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("Adjoint")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph)
                .build();
    }

    private static ValueInfoProto value(String name, TypeProto.Tensor.Builder tensor) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** Adds a constant tensor (an initializer) and returns its name. */
    String constant(Tensor tensor) {
        String name = name("constant");
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type(tensor.dtype()))
                .addAllDims(LongStream.of(tensor.shape()).boxed().toList())
                .setRawData(ByteString.copyFrom(TensorBytes.littleEndian(tensor))));
        return name;
    }

    /** Adds a constant one-dimensional int64 tensor and returns its name. */
    String constant(long... numbers) {
        return constant(Tensor.of(numbers, numbers.length));
    }

    /** Adds a node and returns the name of its output. */
    String node(String op, String... inputs) {
        return node(op, new Attributes(), inputs);
    }

    /** Adds a node with attributes and returns the name of its output. */
    String node(String op, Attributes attributes, String... inputs) {
        return node(op, 1, attributes, inputs)[0];
    }

    /** Adds a node with several outputs and returns their names. */
    String[] node(String op, int outputs, Attributes attributes, String... inputs) {
        String[] names = new String[outputs];
        for (int i = 0; i < outputs; i++) names[i] = name(op);
        graph.addNode(NodeProto.newBuilder()
                .setOpType(op)
                .setName(name("node"))
                .addAllInput(Arrays.asList(inputs))
                .addAllOutput(Arrays.asList(names))
                .addAllAttribute(attributes.list));
        return names;
    }

    private String name(String stem) {
        return stem + "_" + names++;
    }

    static int type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> TensorProto.DataType.FLOAT_VALUE;
            case FLOAT64 -> TensorProto.DataType.DOUBLE_VALUE;
            case INT64 -> TensorProto.DataType.INT64_VALUE;
        };
    }

    /** The attributes of a node. */
    static final class Attributes {
        private final List<AttributeProto> list = new ArrayList<>();

        Attributes with(String name, long value) {
            list.add(AttributeProto.newBuilder()
                    .setName(name)
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(value)
                    .build());
            return this;
        }

        Attributes with(String name, double value) {
            list.add(AttributeProto.newBuilder()
                    .setName(name)
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF((float) value)
                    .build());
            return this;
        }

        Attributes with(String name, long... values) {
            list.add(AttributeProto.newBuilder()
                    .setName(name)
                    .setType(AttributeProto.AttributeType.INTS)
                    .addAllInts(LongStream.of(values).boxed().toList())
                    .build());
            return this;
        }
    }
}
