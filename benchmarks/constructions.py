"""Recall of quotes by construction: which ways of reporting are found, and with whose name.

    python benchmarks/constructions.py GOLD.jsonl.gz PREDICTED.jsonl ...

GOLD and the predictions are in the format of the quotation scorer; one column a prediction. An
item is found if half of the characters of both contents are shared; its speaker is right if a
word of the name is shared. Constructions overlap. Whether a cue is a speech verb is not asked
here: the scorer's slices tell that.
"""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

Item = dict[str, list[list[int]]]

_WORD = re.compile(r"\w+")
_SMALL = frozenset(
    ("the", "a", "an", "of", "and", "in", "for", "to", "his", "her", "mr", "mrs", "ms")
)
_PRONOUNS = frozenset(("he", "she", "they", "i", "we", "it", "you"))
_DASHES = frozenset((":", "-", "–", "—", "―", "--"))
_MARKS = '"“”'
_QUOTED_SHARE = 0.8


def read(path: Path) -> list[dict[str, Any]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def places(text: str, spans: list[list[int]]) -> set[int]:
    return {
        place for start, end in spans for place in range(start, end) if not text[place].isspace()
    }


def words(text: str, spans: list[list[int]]) -> list[str]:
    return [word.lower() for start, end in spans for word in _WORD.findall(text[start:end])]


class View:
    """What a gold item looks like: all that tells its constructions apart."""

    def __init__(self, text: str, item: Item, quoted: set[int]) -> None:
        content, cue, source = item["content"], item.get("cue") or [], item.get("source") or []
        own = places(text, content)
        self.direct = len(own & quoted) >= _QUOTED_SHARE * len(own)
        self.pieces, self.words = len(content), words(text, content)
        self.cue, self.speaker = words(text, cue), words(text, source)
        self.mark = " ".join(text[start:end] for start, end in cue).strip()
        self.inverted = bool(cue and source) and cue[0][0] < source[0][0]
        self.broken = "\n" in text[content[0][0] : content[-1][1]]


CONSTRUCTIONS: dict[str, Callable[[View], bool]] = {
    "direct": lambda v: v.direct,
    "indirect or mixed": lambda v: not v.direct,
    "direct, split": lambda v: v.direct and v.pieces > 1,
    "indirect, split": lambda v: not v.direct and v.pieces > 1,
    "indirect, one word as cue": lambda v: not v.direct and len(v.cue) == 1,
    "indirect, cue of three words or more": lambda v: not v.direct and len(v.cue) >= 3,
    "indirect, three words or fewer": lambda v: not v.direct and len(v.words) <= 3,
    "no speaker": lambda v: not v.speaker,
    "colon or dash": lambda v: v.mark in _DASHES,
    "according to": lambda v: v.cue[:2] == ["according", "to"],
    "participle": lambda v: bool(v.cue) and v.cue[-1].endswith("ing"),
    "speaker who, which": lambda v: v.speaker[:1] in (["who"], ["which"], ["that"]),
    "direct, the speaker a pronoun": lambda v: (
        v.direct and bool(v.speaker) and set(v.speaker) <= _PRONOUNS
    ),
    "direct, the speaker longer than six words": lambda v: v.direct and len(v.speaker) > 6,
    "direct, verb before speaker": lambda v: v.direct and v.inverted,
    "content over a line break": lambda v: v.broken,
}


def quoted_places(text: str) -> set[int]:
    found: set[int] = set()
    for line in re.finditer(r"[^\n]+", text):
        marks = [place for place in range(*line.span()) if text[place] in _MARKS]
        for start, end in zip(marks[::2], [*marks[1::2], line.end()], strict=False):
            found.update(range(start, end + 1))
    return found


def found_by(text: str, items: list[Item]) -> Callable[[Item], tuple[bool, bool]]:
    theirs = [(places(text, item["content"]), item) for item in items]

    def judge(gold: Item) -> tuple[bool, bool]:
        own = places(text, gold["content"])
        for other, item in theirs:
            if 2 * len(own & other) >= max(len(own), len(other)):
                wanted = set(words(text, gold.get("source") or []))
                got = set(words(text, item.get("source") or []))
                telling = wanted - _SMALL or wanted
                return True, bool(telling & got) if wanted else not got
        return False, False

    return judge


def main(gold: Path, predicted: list[Path]) -> None:
    documents = read(gold)
    answers = [{row["id"]: row["attributions"] for row in read(path)} for path in predicted]
    total: Counter[str] = Counter()
    hits: list[Counter[tuple[str, int]]] = [Counter() for _ in answers]
    for document in documents:
        text = document["text"]
        quoted = quoted_places(text)
        judges = [found_by(text, answer.get(document["id"], [])) for answer in answers]
        for item in document["attributions"]:
            verdicts = [judge(item) for judge in judges]
            view = View(text, item, quoted)
            for name in (name for name, holds in CONSTRUCTIONS.items() if holds(view)):
                total[name] += 1
                for hit, verdict in zip(hits, verdicts, strict=True):
                    for place, right in enumerate(verdict):
                        hit[name, place] += right
    print(f"| construction | items | {' | '.join(path.stem for path in predicted)} |")
    print("| --- " * (2 + len(predicted)) + "|")
    for name, count in total.most_common():
        shares = [
            f"{100 * hit[name, 0] / count:.0f} / {100 * hit[name, 1] / count:.0f}" for hit in hits
        ]
        print(f"| {name} | {count} | {' | '.join(shares)} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
