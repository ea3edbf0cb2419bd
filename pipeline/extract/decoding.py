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


_ROUNDING = 1e-3
"""By how much sums of a window's scores may be off."""


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds of a probability, bounded."""
    bounded = min(max(probability, 1 - _SUREST), _SUREST)
    return math.log(bounded / (1 - bounded))


def best_path(scores: Floats, windows: Sequence[tuple[int, int]]) -> Ints:
    """Return the best label of each word: an inside label follows only its own begin or inside.

    Where the best labels word by word already do so they are the best path; elsewhere Viterbi
    finds it, between words whose labels are certain.

    Args:
        scores: (words, 1 + 2 x labels) log probabilities: outside, then begin, inside in turns.
        windows: bounds of the windows, in words, covering all; no path leads from one into the
            next.
    """
    path = scores.argmax(axis=1).astype(np.int32)
    firsts = [begin for begin, end in windows if begin < end]
    broken = _breaks(path, firsts)
    if not broken.size:
        return path
    cuts = _cuts(scores, path, broken, firsts)
    goes_on = _is_inside(path)
    goes_on[firsts] = False
    ends = np.append(cuts[1:], len(path))
    for place in np.unique(np.searchsorted(cuts, broken, "right") - 1):
        part = slice(cuts[place], ends[place])
        first = int(path[part.start]) if goes_on[part.start] else 0
        path[part] = _viterbi(scores[part].tolist(), first)
    return path


def _is_inside(path: Ints) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = (path > 0) & (path % 2 == 0)
    return inside


def _breaks(path: Ints, firsts: Sequence[int]) -> npt.NDArray[np.intp]:
    """Return the words whose inside label follows neither its own begin nor itself."""
    before = np.append(0, path[:-1])
    before[firsts] = 0
    return np.flatnonzero(_is_inside(path) & (before != path) & (before != path - 1))


def _cuts(
    scores: Floats, path: Ints, broken: npt.NDArray[np.intp], firsts: Sequence[int]
) -> npt.NDArray[np.intp]:
    """Return, in order, the words before which the best path may be cut and found in parts.

    The best path falls no further short of the best labels than any other that is allowed. So a
    word keeps its best label if every other one is that much worse; and what stands on both sides
    of a cut is known, or nothing can lead over it.
    """
    words = np.arange(len(path))
    lacks = scores[words, path][:, None] - scores
    mended = _mended(lacks, path.tolist(), broken.tolist(), frozenset(firsts))
    lost = np.add.reduceat(lacks[words, mended], firsts)
    allowed = np.repeat(lost, np.diff(firsts, append=len(path))) + _ROUNDING
    certain = np.partition(lacks, 1, axis=1)[:, 1] > allowed
    is_cut = certain & (~_is_inside(path) | np.append(False, certain[:-1]))
    is_cut[firsts] = True
    return np.flatnonzero(is_cut)


def _mended(
    lacks: Floats, path: list[int], broken: Sequence[int], firsts: frozenset[int]
) -> list[int]:
    """Return a path that is allowed and not far from the best: each break mended by itself.

    What lacks its begin begins there, or is given up, or joins the same label before it, whatever
    costs least.
    """
    for word in broken:
        inside = path[word]
        first, after, label, least = word, word + 1, inside - 1, lacks[word, inside - 1]
        last, cost = word, lacks[word, 0]
        while cost < least and path[last + 1 : last + 2] == [inside] and last + 1 not in firsts:
            last += 1
            cost += lacks[last, 0]
        if cost < least:
            after, label, least = last + 1, 0, cost
        before, cost = word, np.float32(0)
        while cost < least and before not in firsts:
            before -= 1
            if path[before] in (inside, inside - 1):
                first, after, label = before + 1, word, inside
                break
            cost += lacks[before, inside]
        path[first:after] = [label] * (after - first)
    return path


def _viterbi(rows: list[list[float]], first: int = 0) -> list[int]:
    """Return the best path of words, the first of which has the inside label `first` or none.

    Plain lists: a row has a dozen labels, too few to be worth an array of its own.
    """
    best = [-math.inf] * len(rows[0]) if first else rows[0].copy()
    best[2::2] = [-math.inf] * (len(best) // 2)
    best[first] = rows[0][first]
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
    goes_on = _is_inside(path)
    begins = np.flatnonzero(path % 2 == 1)
    stops = np.flatnonzero(~np.append(goes_on, False))
    lasts = stops[np.searchsorted(stops, begins + 1)] - 1
    return list(zip(begins.tolist(), lasts.tolist(), (path[begins] // 2).tolist(), strict=True))
