"""Write trained weights as the quantised ONNX graph that On Record runs.

    python training/onnx_graph.py WEIGHTS.npz MODEL_FOLDER

Runs in the training environment. The graph uses onnxruntime's fused operators (attention, GELU
with bias); weights of the encoder and the vocabulary become 8-bit
integers, heads and pointer stay as they are. `model.json` gets the files' hashes.
"""

import json
import math
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

FUSED = "com.microsoft"
ATTENTION_HEADS = 12
EPSILON = 1e-12
KEPT = ("tags_product", "query_product", "key_product", "links")
"""Products that are not quantised: the heads read fine differences."""
ONES, ZEROS = "ones", "zeros"
"""A one and a zero a piece: what instance norm multiplies with and adds, where we need nothing."""


class Graph:
    """Nodes and weights on their way into a model."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        """Start with nothing but the trained weights."""
        self._weights = weights
        self._kept: list[onnx.TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []

    def value(self, name: str, scale: float = 1.0, *, turned: bool = False) -> str:
        """Put a trained weight into the model; return its name there."""
        weight = self._weights[name] * scale
        array = np.ascontiguousarray((weight.T if turned else weight).astype(np.float32))
        self._kept.append(numpy_helper.from_array(array, name))
        return name

    def constant(self, name: str, number: float) -> str:
        """Put a number into the model; return its name there."""
        self._kept.append(numpy_helper.from_array(np.float32(number), name))
        return name

    def node(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **given: object
    ) -> str:
        """Add a node; return its output."""
        self._nodes.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **given)
        )
        return output

    def model(self, width: int) -> onnx.ModelProto:
        """Return the model."""
        pieces = [
            helper.make_tensor_value_info(name, TensorProto.INT32, ["rows", "pieces"])
            for name in ("ids", "features", "mask")
        ]
        places = helper.make_tensor_value_info("positions", TensorProto.INT32, ["pieces"])
        shapes = {"tags": ["rows", "pieces", width], "links": ["rows", "pieces", "pieces"]}
        outputs = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in shapes.items()
        ]
        graph = helper.make_graph(self._nodes, "annotator", [*pieces, places], outputs, self._kept)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=opsets)
        model.ir_version = 9
        return model


def graph_of(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """Return the model that `fit.Net` is, with 32-bit weights."""
    graph = Graph(weights)
    tables = (("words", "ids"), ("places", "positions"), ("features.weight", "features"))
    found = [
        graph.node("Gather", [graph.value(table), index], f"{index}_rows")
        for table, index in tables
    ]
    summed = graph.node("Add", [found[0], found[1]], "placed")
    summed = graph.node("Add", [summed, found[2]], "embedded")
    norm = [graph.value("norm.weight"), graph.value("norm.bias")]
    places = graph.node("Cast", ["positions"], "places_as_floats", to=TensorProto.FLOAT)
    graph.node("Mul", [places, graph.constant("zero", 0)], ZEROS)
    graph.node("Add", [ZEROS, graph.constant("one", 1)], ONES)
    x = _normed(graph, summed, *norm, "state")
    layers = sorted({int(name.split(".")[1]) for name in weights if name.startswith("layers.")})
    for layer in layers:
        x = _layer(graph, x, f"layers.{layer}.")
    _linear(graph, x, "tags", "tags")
    scale = 1 / math.sqrt(weights["query.weight"].shape[0])
    query = _linear(graph, x, "query", "query_state", scale)
    key = _linear(graph, x, "key", "key_state")
    turned = graph.node("Transpose", [key], "key_turned", perm=[0, 2, 1])
    graph.node("MatMul", [query, turned], "links")
    return graph.model(weights["tags.weight"].shape[0])


def _linear(graph: Graph, x: str, name: str, output: str, scale: float = 1.0) -> str:
    weight = graph.value(f"{name}.weight", scale, turned=True)
    product = graph.node("MatMul", [x, weight], f"{name}_product")
    return graph.node("Add", [product, graph.value(f"{name}.bias", scale)], output)


def _normed(graph: Graph, x: str, scale: str, shift: str, output: str) -> str:
    """Normalise each piece, as layer norm does, by way of instance norm over pieces.

    onnxruntime adds up a row of its layer norm one number after the other, and took a quarter of
    the whole pass for it; its instance norm, to which a piece is a channel, is vectorised.
    """
    own = graph.node("InstanceNormalization", [x, ONES, ZEROS], f"{output}_normed", epsilon=EPSILON)
    scaled = graph.node("Mul", [own, scale], f"{output}_scaled")
    return graph.node("Add", [scaled, shift], output)


def _layer(graph: Graph, x: str, at: str) -> str:
    def product(source: str, name: str) -> str:
        weight = graph.value(f"{at}{name}.weight", turned=True)
        return graph.node("MatMul", [source, weight], f"{at}{name}_product")

    def added(source: str, rest: str, norm: str, bias: str) -> str:
        names = (f"{norm}.weight", f"{norm}.bias", f"{bias}.bias")
        scale, shift, own = (graph.value(at + name) for name in names)
        biased = graph.node("Add", [source, own], f"{at}{norm}_biased")
        summed = graph.node("Add", [biased, rest], f"{at}{norm}_summed")
        return _normed(graph, summed, scale, shift, f"{at}{norm}")

    qkv = [graph.value(f"{at}qkv.weight", turned=True), graph.value(f"{at}qkv.bias")]
    mixed = graph.node(
        "Attention", [x, *qkv, "mask"], f"{at}attention", FUSED, num_heads=ATTENTION_HEADS
    )
    x = added(product(mixed, "out"), x, "norm1", "out")
    up = product(x, "up")
    bent = graph.node("BiasGelu", [up, graph.value(f"{at}up.bias")], f"{at}gelu", FUSED)
    return added(product(bent, "down"), x, "norm2", "down")


def write_model(weights: dict[str, np.ndarray], folder: Path) -> None:
    """Write `annotator.onnx` and `model.json` into `folder`, where `tokenizer.json` is."""
    model = folder / "annotator.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        onnx.save(graph_of(weights), whole)
        quantize_dynamic(
            whole,
            model,
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Processors without VNNI add in 16 bits: 7-bit weights cannot overflow there.
            reduce_range=True,
            nodes_to_exclude=list(KEPT),
            op_types_to_quantize=["MatMul", "Attention", "Gather"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
    files = (model, folder / "tokenizer.json")
    hashes = {file.name: sha256(file.read_bytes()).hexdigest() for file in files}
    text = json.dumps({"sha256": hashes}, indent=1)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_model(dict(np.load(sys.argv[1])), Path(sys.argv[2]))
