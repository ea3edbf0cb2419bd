"""Soft labels for the quotes of the corpus, by a teacher that stays outside the project.

    python training/silver.py TEACHER_FOLDER OUT.parquet

The teacher is a MiniLM encoder trained on PolNeAR (no licence: neither its text nor its weights
are here). It reads our own invented articles; kept are the probabilities it gives each word
piece, as 255ths. TEACHER_FOLDER holds its code (`enc.py`, `decode_q.py`) and its model. Runs in
the training environment, with the articles' texts on standard input as JSON Lines (`id`, `text`).
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LINKS = 4
_MODEL = "attribution-teacher.int8.onnx"


def label(folder: Path, documents: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return a row of labels for each document."""
    sys.path.insert(0, str(folder))
    encoder, decoder = import_module("enc"), import_module("decode_q")
    read = encoder.prep([document["text"] for document in documents], encoder.tokenizer())
    said = decoder.infer(read, encoder.Ort(str(folder / _MODEL), 2))
    return [
        _row(document["id"], len(item.ids), item.wins, said, place)
        for place, (document, item) in enumerate(zip(documents, read, strict=True))
    ]


def _row(
    article_id: str, size: int, windows: list[tuple[int, int]], said: dict[Any, Any], place: int
) -> dict[str, Any]:
    parts = np.zeros((size, 7), np.uint8)
    links = np.zeros((size, LINKS), np.int32)
    weights = np.zeros((size, LINKS), np.uint8)
    for begin, end in windows:
        scores, pointer = said[place, begin, end]
        chances = np.exp(scores - scores.max(1, keepdims=True))
        parts[begin:end] = np.rint(255 * chances / chances.sum(1, keepdims=True))
        kept = min(LINKS, end - begin)
        best = np.argsort(-pointer, axis=1, kind="stable")[:, :kept]
        links[begin:end, :kept] = begin + best
        weights[begin:end, :kept] = np.rint(
            255 * np.take_along_axis(pointer, best, 1).astype(np.float32)
        )
    return {
        "article_id": article_id,
        "parts": parts.ravel().tolist(),
        "links": links.ravel().tolist(),
        "weights": weights.ravel().tolist(),
    }


def main() -> None:
    """Label what comes in and write the table."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    rows = label(folder, [json.loads(line) for line in sys.stdin])
    schema = pa.schema(
        {
            "article_id": pa.string(),
            "parts": pa.list_(pa.uint8()),
            "links": pa.list_(pa.int32()),
            "weights": pa.list_(pa.uint8()),
        }
    )
    table = pa.Table.from_pylist(rows, schema)
    pq.write_table(table, out, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
