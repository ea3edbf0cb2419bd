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

    Where the best labels word by word already do so they are the best path. Viterbi finds it in
    the other windows, side by side: as many steps as the longest of them has words.

    Args:
        scores: (words, 1 + 2 x labels) log probabilities: outside, then begin, inside in turns.
        windows: bounds of the windows, in words; no path leads from one into the next.
    """
    path = scores.argmax(axis=1).astype(np.int32)
    bounds = [(begin, end) for begin, end in windows if end > begin and _breaks(path[begin:end])]
    if not bounds:
        return path
    longest = max(end - begin for begin, end in bounds)
    padded = np.full((longest, len(bounds), scores.shape[1]), -np.inf, np.float32)
    padded[:, :, 0] = 0
    for row, (begin, end) in enumerate(bounds):
        padded[: end - begin, row] = scores[begin:end]
    for row, labels in enumerate(_traced(*_forward(padded), [e - b for b, e in bounds])):
        begin, end = bounds[row]
        path[begin:end] = labels
    return path


def _breaks(labels: Ints) -> bool:
    """Tell whether an inside label follows neither its own begin nor itself."""
    before = np.append(0, labels[:-1])
    inside = (labels > 0) & (labels % 2 == 0)
    return bool((inside & (before != labels) & (before != labels - 1)).any())


def _forward(padded: Floats) -> tuple[Ints, npt.NDArray[np.bool_], Floats]:
    """Return how each step is best reached.

    Returns:
        (steps, rows) the likeliest label before one that follows any; (steps, rows, labels)
        whether an inside label follows its own inside rather than its begin; (steps, rows,
        width) how likely the best way to each label is.
    """
    steps, rows, width = padded.shape
    tops = np.zeros((steps, rows), np.int32)
    goes_on = np.zeros((steps, rows, (width - 1) // 2), np.bool_)
    best = padded.copy()
    best[0, :, 2::2] = -np.inf
    for step in range(1, steps):
        before = best[step - 1]
        begun, gone_on = before[:, 1::2], before[:, 2::2]
        before.argmax(axis=1, out=tops[step])
        np.greater(gone_on, begun, out=goes_on[step])
        best[step, :, 2::2] += np.maximum(gone_on, begun)
        peak = before.max(axis=1)[:, None]
        best[step, :, :1] += peak
        best[step, :, 1::2] += peak
    return tops, goes_on, best


def _traced(
    tops: Ints, goes_on: npt.NDArray[np.bool_], best: Floats, lengths: Sequence[int]
) -> Iterator[list[int]]:
    """Yield the best path of each row, as long as the row is."""
    for row, length in enumerate(lengths):
        top: list[int] = tops[:, row].tolist()
        own: list[list[bool]] = goes_on[:, row].tolist()
        label = int(best[length - 1, row].argmax())
        labels = [label]
        for step in range(length - 1, 0, -1):
            if label and label % 2 == 0:
                label -= not own[step][label // 2 - 1]
            else:
                label = top[step]
            labels.append(label)
        yield labels[::-1]


def runs(path: Ints) -> list[tuple[int, int, int]]:
    """Return (first word, last word, label) of every span on a path; labels count from 0."""
    goes_on = (path > 0) & (path % 2 == 0)
    begins = np.flatnonzero(path % 2 == 1)
    stops = np.flatnonzero(~np.append(goes_on, False))
    lasts = stops[np.searchsorted(stops, begins + 1)] - 1
    return list(zip(begins.tolist(), lasts.tolist(), (path[begins] // 2).tolist(), strict=True))
