"""From the annotator's scores to spans: the best path of begin, inside and outside labels."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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

    Viterbi over all windows side by side: as many steps as the longest window has words.

    Args:
        scores: (words, 1 + 2 x labels) log probabilities: outside, then begin, inside in turns.
        windows: bounds of the windows, in words; no path leads from one into the next.
    """
    path = np.zeros(len(scores), np.int32)
    bounds = [(begin, end) for begin, end in windows if end > begin]
    if not bounds:
        return path
    longest = max(end - begin for begin, end in bounds)
    padded = np.full((longest, len(bounds), scores.shape[1]), -np.inf, np.float32)
    padded[:, :, 0] = 0
    for row, (begin, end) in enumerate(bounds):
        padded[: end - begin, row] = scores[begin:end]
    back, label = _forward(padded)
    labels = np.zeros((longest, len(bounds)), np.int32)
    rows = np.arange(len(bounds))
    for step in range(longest - 1, -1, -1):
        labels[step] = label
        label = back[step, rows, label]
    for row, (begin, end) in enumerate(bounds):
        path[begin:end] = labels[: end - begin, row]
    return path


def _forward(padded: Floats) -> tuple[Ints, Ints]:
    """Return the best label before each label at each step, and the best last label, a row."""
    steps, rows, width = padded.shape
    begins, insides = np.arange(1, width, 2), np.arange(2, width, 2)
    back = np.zeros(padded.shape, np.int32)
    best = padded[0].copy()
    best[:, 2::2] = -np.inf
    every = np.arange(rows)
    for step in range(1, steps):
        top = best.argmax(axis=1)
        begun, gone_on = best[:, 1::2], best[:, 2::2]
        back[step] = top[:, None]
        back[step, :, 2::2] = np.where(gone_on > begun, insides, begins)
        reached = padded[step] + best[every, top][:, None]
        reached[:, 2::2] = padded[step, :, 2::2] + np.maximum(gone_on, begun)
        best = reached
    return back, best.argmax(axis=1).astype(np.int32)


def runs(path: Ints) -> Iterator[tuple[int, int, int]]:
    """Yield (first word, last word, label) of every span on a path; labels count from 0."""
    begins = np.flatnonzero(path % 2 == 1)
    inside = (path > 0) & (path % 2 == 0)
    for first in begins.tolist():
        last = first
        while last + 1 < len(path) and inside[last + 1]:
            last += 1
        yield first, last, (int(path[first]) - 1) // 2
