"""From the annotator's scores to spans: the best path of begin, inside and outside labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add, gt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A stretch of words with a label.

    Attributes:
        start: offset of the first code point.
        end: offset after the last.
        label: what it is.
        probability: mean probability of the label over its words, 0 to 1.
        first: its first word piece.
        last: its last word piece.
    """

    start: int
    end: int
    label: str
    probability: float
    first: int
    last: int


def log_softmax(scores: Floats) -> Floats:
    """Return the logarithms of the probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    total: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return total


_SUREST = 0.997
"""Probabilities nearer to 0 or 1 than this say no more."""


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds of a probability, bounded."""
    bounded = min(max(probability, 1 - _SUREST), _SUREST)
    return math.log(bounded / (1 - bounded))


def best_path(scores: Floats, windows: Sequence[tuple[int, int]]) -> Ints:
    """Return the best label of each word: an inside label follows only its own begin or inside.

    Where the best labels word by word already do so they are the best path; Viterbi finds it in
    the other windows.

    Args:
        scores: (words, 1 + 2 x labels) log probabilities: outside, then begin, inside in turns.
        windows: bounds of the windows, in words; no path leads from one into the next.
    """
    path = scores.argmax(axis=1).astype(np.int32)
    for begin, end in windows:
        if _breaks(path[begin:end]):
            path[begin:end] = _viterbi(scores[begin:end].tolist())
    return path


def _breaks(labels: Ints) -> bool:
    """Tell whether an inside label follows neither its own begin nor itself."""
    before = np.append(0, labels[:-1])
    inside = (labels > 0) & (labels % 2 == 0)
    return bool((inside & (before != labels) & (before != labels - 1)).any())


def _viterbi(rows: list[list[float]]) -> list[int]:
    """Return the best path of one window.

    Plain lists: a row has a dozen labels, too few to be worth an array of its own.
    """
    best = rows[0].copy()
    best[2::2] = [-math.inf] * (len(best) // 2)
    tops, goes_on = [0], [[False]]
    for row in rows[1:]:
        peak = max(best)
        tops.append(best.index(peak))
        begun, inside = best[1::2], best[2::2]
        goes_on.append(list(map(gt, inside, begun)))
        best = [score + peak for score in row]
        best[2::2] = map(add, row[2::2], map(max, begun, inside))
    label = best.index(max(best))
    path = [label]
    for step in range(len(rows) - 1, 0, -1):
        if label and label % 2 == 0:
            label -= not goes_on[step][label // 2 - 1]
        else:
            label = tops[step]
        path.append(label)
    return path[::-1]


def runs(path: Ints) -> list[tuple[int, int, int]]:
    """Return (first word, last word, label) of every span on a path; labels count from 0."""
    goes_on = (path > 0) & (path % 2 == 0)
    begins = np.flatnonzero(path % 2 == 1)
    stops = np.flatnonzero(~np.append(goes_on, False))
    lasts = stops[np.searchsorted(stops, begins + 1)] - 1
    return list(zip(begins.tolist(), lasts.tolist(), (path[begins] // 2).tolist(), strict=True))
