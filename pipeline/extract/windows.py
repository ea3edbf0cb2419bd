"""What the annotator reads: word pieces with their offsets and features, cut into windows.

Training and running cut texts here, so both see the same. Everything is worked out for the
whole article at once: no loop runs over word pieces.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from pipeline.extract.marks import Quoted, quoted_stretches
from pipeline.records import Span

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

MAX_PIECES = 158
"""Word pieces in one window; two more mark its ends. Attention grows with the square."""
SHAPES = 7
FEATURES = SHAPES * 2**4
"""Shape of the piece; whether a line begins, a blank stands before, it is quoted, it is part of
a line in title case."""

_TITLE_CASE_SHARE = 0.7
"""Share of a line's longer words that begin in upper case from which it is read as a headline."""
_LONGER_WORD = re.compile(r"[^\W\d_]\w{3,}")
_SENTENCE_END = re.compile(r"[.!?]['\"”’)\]]*\s+")
_TABLE_SIZE = 0x3000
_DIGIT, _UPPER, _LOWER = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of one text.

    Attributes:
        ids: vocabulary numbers.
        starts: offset of the first code point of each.
        ends: offset after the last.
        features: row of the feature table of each, below `FEATURES`.
        continues: whether a piece goes on with the word of the piece before.
        windows: bounds (first, after the last) of the windows, in order, covering all pieces.
        quoted: the stretches of the text in quotation marks, in order.
    """

    ids: Ints
    starts: Ints
    ends: Ints
    features: Ints
    continues: Flags
    windows: list[tuple[int, int]]
    quoted: list[Quoted]


def cut(text: str, paragraphs: Sequence[Span], tokenizer: Tokenizer) -> Pieces:
    """Return the word pieces of `text`, windows made of whole paragraphs where they fit."""
    coded = tokenizer.encode(text, add_special_tokens=False)
    ids = np.array(coded.ids, np.int32)
    bounds = np.array(coded.offsets, np.int32).reshape(-1, 2)
    starts, ends = bounds[:, 0].copy(), bounds[:, 1].copy()
    continues = np.isin(ids, _continuing(tokenizer))
    firsts = np.searchsorted(starts, [span.start for span in paragraphs]).tolist()
    quoted = list(quoted_stretches(text, paragraphs))
    return Pieces(
        ids,
        starts,
        ends,
        _features(text, paragraphs, quoted, starts, ends),
        continues,
        _windows(text, paragraphs, firsts, starts),
        quoted,
    )


def _features(
    text: str, paragraphs: Sequence[Span], stretches: Sequence[Quoted], starts: Ints, ends: Ints
) -> Ints:
    quoted = _flags(len(text), [stretch.span for stretch in stretches])
    titled = _flags(len(text), [span for span in paragraphs if _in_title_case(span.of(text))])
    line = np.isin(starts, [span.start for span in paragraphs])
    before = np.concatenate(([-1], ends[:-1])) if len(ends) else ends
    row = _shapes(text, starts, ends)
    for flag in (line, starts > before, quoted[starts], titled[starts]):
        row = row * 2 + flag
    return row.astype(np.int32)


def _flags(length: int, spans: Sequence[Span]) -> Flags:
    flags = np.zeros(length + 1, np.bool_)
    for start, end in spans:
        flags[start:end] = True
    return flags


def _in_title_case(line: str) -> bool:
    words = _LONGER_WORD.findall(line)
    return len(words) > 2 and sum(w[0].isupper() for w in words) >= _TITLE_CASE_SHARE * len(words)


def _shapes(text: str, starts: Ints, ends: Ints) -> Ints:
    """Return, a piece: digits 4; lower 0; one upper 1; all upper 2; capitalised 3; mixed 5; 6."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    kinds = np.where(codes < _TABLE_SIZE, _kinds()[np.minimum(codes, _TABLE_SIZE - 1)], 0)
    digits, uppers, lowers = (_counts(kinds, kind, starts, ends) for kind in (1, 2, 4))
    first_upper = (kinds[starts] & _UPPER) > 0
    shape = np.full(len(starts), 6, np.int32)
    shape[lowers > 0] = 0
    shape[(lowers > 0) & (uppers > 0)] = 5
    shape[(lowers == 0) & (uppers == 1)] = 1
    shape[(lowers == 0) & (uppers > 1)] = 2
    shape[(lowers > 0) & first_upper] = 3
    shape[digits > 0] = 4
    return shape


def _counts(kinds: npt.NDArray[np.uint8], kind: int, starts: Ints, ends: Ints) -> Ints:
    """Return how many characters of `kind` stand in each piece."""
    sums = np.concatenate(([0], np.cumsum((kinds & kind) > 0)))
    counts: Ints = sums[ends] - sums[starts]
    return counts


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    table = np.zeros(_TABLE_SIZE, np.uint8)
    for code in range(_TABLE_SIZE):
        char = chr(code)
        table[code] = _DIGIT * char.isdigit() + _UPPER * char.isupper() + _LOWER * char.islower()
    return table


@cache
def _continuing(tokenizer: Tokenizer) -> Ints:
    """Return the vocabulary numbers of pieces that go on with a word."""
    vocabulary = tokenizer.get_vocab()
    return np.array([number for word, number in vocabulary.items() if word[:2] == "##"], np.int32)


def _windows(
    text: str, paragraphs: Sequence[Span], firsts: list[int], starts: Ints
) -> list[tuple[int, int]]:
    """Pack paragraphs into windows; those too long are cut at sentences, then anywhere."""
    units: list[tuple[int, int]] = []
    announced = False
    for span, bounds in zip(paragraphs, pairwise([*firsts, len(starts)]), strict=True):
        for unit in _units(text, span, *bounds, starts):
            # "She said:" stays with the paragraph it introduces.
            if announced and units and unit[1] - units[-1][0] <= MAX_PIECES:
                units[-1] = (units[-1][0], unit[1])
            else:
                units.append(unit)
            announced = False
        announced = span.of(text).endswith(":")
    return _packed(units)


def _units(text: str, span: Span, first: int, after: int, starts: Ints) -> list[tuple[int, int]]:
    if after - first <= MAX_PIECES:
        return [(first, after)] if after > first else []
    ends = [match.end() for match in _SENTENCE_END.finditer(text, span.start, span.end)]
    cuts = [*np.searchsorted(starts, ends).tolist(), after]
    sentences: list[tuple[int, int]] = []
    begin = first
    for place in cuts:
        while place - begin > MAX_PIECES:
            sentences.append((begin, begin + MAX_PIECES))
            begin += MAX_PIECES
        if place > begin:
            sentences.append((begin, place))
            begin = place
    return _packed(sentences)


def _packed(units: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    packed: list[tuple[int, int]] = []
    for begin, end in units:
        if packed and end - packed[-1][0] <= MAX_PIECES:
            packed[-1] = (packed[-1][0], end)
        else:
            packed.append((begin, end))
    return packed
