"""Attributions as the annotator marks them: its spans, put together by its pointer.

The pointer says, for every word of a quote, at which word its attribution is anchored (its cue,
else its speaker). What stands in one group is one attribution.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from pipeline.extract.annotator import Annotation
from pipeline.extract.decoding import Labelled
from pipeline.extract.quotes.parts import Parts
from pipeline.records import Span

CONSTRUCTION = "annotated"
"""The construction of an attribution that the annotator alone marks."""

_PULL = 0.6
"""Weight of nearness against the pointer, from 1 / (1 + word pieces between)."""
_SAME_CUE = 0.5
"""Pointer mass from which two stretches are one cue ("cited … as saying")."""
_LEAST = 0.03
"""Pointer mass and nearness below which nothing belongs together."""
_FAR = 0.3
"""Pointer mass from which a medium belongs to words of another sentence."""
_STOP = re.compile(r"[.!?]\W*\s|\n")
_SHARED_REACH = 40
"""Word pieces over which one speaker serves two cues ("said …, adding that …")."""
_NOBODY = frozenset(
    (
        *("reportedly", "allegedly", "alleged", "supposedly", "rumored", "rumoured"),
        *("known", "dubbed", "so-called", "was", "were", "been", "is", "are", "be"),
    )
)
"""Words of cues that need no speaker."""


_LABELS = ("content", "cue", "speaker", "via", "addressee")


@dataclass(slots=True)
class _Group:
    """The spans of one attribution."""

    contents: list[Labelled]
    cues: list[Labelled]
    speakers: list[Labelled]
    vias: list[Labelled]
    addressees: list[Labelled]

    @property
    def start(self) -> int:
        return min(span.start for span in self.contents)


def annotated_parts(annotation: Annotation, text: str) -> list[Parts]:
    """Return the attributions that the annotator marks, in order, contents not made whole."""
    spans = annotation.spans("parts")
    place, found, waiting = 0, [], None
    for window, bounds in enumerate(annotation.pieces.windows):
        inside = []
        while place < len(spans) and spans[place].first < bounds[1]:
            inside.append(spans[place])
            place += 1
        groups, waiting = _window_groups(text, inside, annotation, window, waiting)
        found += groups
    return [_parts(group) for group in sorted(found, key=lambda group: group.start)]


def _window_groups(
    text: str,
    spans: list[Labelled],
    annotation: Annotation,
    window: int,
    waiting: "_Group | None",
) -> tuple[list[_Group], "_Group | None"]:
    """Return the groups of a window, and a cue at its end that waits for the next window."""
    begin, end = annotation.pieces.windows[window]
    if not spans:
        return [], None
    links = _Links(text, spans, annotation.pointers[window], begin)
    groups = _gathered(spans, links.roots())
    found = [group for group in groups if group.contents]
    _share_speakers(text, found, spans)
    if waiting is not None and found:
        first = min(found, key=lambda group: group.start)
        if not first.speakers and not first.cues and _head(first, spans, begin):
            first.speakers, first.cues, first.vias = waiting.speakers, waiting.cues, waiting.vias
    last = [group for group in groups if not group.contents and group.cues]
    late = [group for group in last if end - max(span.last for span in group.cues) < 8]
    return found, late[-1] if late else None


def _head(group: _Group, spans: Sequence[Labelled], begin: int) -> bool:
    return min(span.first for span in group.contents) - begin < 3


def _gathered(spans: Sequence[Labelled], roots: Sequence[int]) -> list[_Group]:
    groups: dict[int, dict[str, list[Labelled]]] = defaultdict(lambda: defaultdict(list))
    for span, root in zip(spans, roots, strict=True):
        groups[root][span.label].append(span)
    return [_Group(*(group.get(label, []) for label in _LABELS)) for group in groups.values()]


class _Links:
    """Which spans of a window belong together: groups grown by joining pairs."""

    def __init__(
        self,
        text: str,
        spans: Sequence[Labelled],
        pointer: npt.NDArray[np.float32],
        begin: int,
    ) -> None:
        """Know the spans, and where in the article their window begins."""
        self._text = text
        self._spans = spans
        self._root = list(range(len(spans)))
        bounds = np.array([(span.first, span.last) for span in spans], np.intp) - begin
        self._mass: list[list[float]] = _masses(bounds, pointer).tolist()
        self._kinds: dict[str, list[int]] = {label: [] for label in _LABELS}
        for place, span in enumerate(spans):
            self._kinds[span.label].append(place)
        self._cues, self._contents = self._kinds["cue"], self._kinds["content"]
        self._sources = [*self._kinds["speaker"], *self._kinds["via"]]

    def roots(self) -> list[int]:
        """Return, a span, the number of its group."""
        for content in self._contents:
            self._join(content, self._anchor(content))
        self._join_cues()
        for label in ("speaker", "via", "addressee"):
            self._give(label)
        return [self._find(place) for place in range(len(self._spans))]

    def _join_cues(self) -> None:
        """Make one of cues that point at each other, unless each has words of its own."""
        speaking = {self._find(content) for content in self._contents}
        for cue in self._cues:
            other = max(self._cues, key=lambda place: self._mass[cue][place])
            if other == cue or self._mass[cue][other] <= _SAME_CUE:
                continue
            if {self._find(cue), self._find(other)} <= speaking:
                continue
            self._join(cue, other)
            speaking = {self._find(root) for root in speaking}

    def _anchor(self, content: int) -> int:
        """Return what a content hangs on: a cue, a speaker, itself, or another content."""
        mass = self._mass[content]
        pulls = [
            (mass[place] + self._near(content, place), place)
            for place in (*self._cues, *self._sources)
        ]
        pulls.append((mass[content], content))
        pulls += [(mass[place], place) for place in self._contents if place != content]
        return max(pulls, key=itemgetter(0))[1]

    def _give(self, label: str) -> None:
        """Give each group the likeliest span of `label`, the surest pairs first."""
        own = self._kinds[label]
        if not own:
            return
        heads = {self._find(content) for content in self._contents}
        sharing = [(cue, 1.0) for cue in self._cues if self._find(cue) in heads]
        sharing += [(content, 0.5) for content in self._contents]
        pairs = []
        for place in own:
            if self._find(place) not in heads:
                pairs += [
                    (self._pull(place, other, share), place, other) for other, share in sharing
                ]
        given: set[int] = set()
        taken = {self._find(place) for place in own}
        for pull, place, other in sorted(pairs, reverse=True):
            root = self._find(other)
            if pull >= _LEAST and place not in given and root not in taken:
                given.add(place)
                taken.add(root)
                self._join(place, other)

    def _pull(self, place: int, other: int, share: float) -> float:
        """Return how much a source hangs on a cue or content.

        A medium named in another sentence only where the pointer says so: to be near is not
        enough, the words next to a relay are often nobody's but the speaker's.
        """
        mass = self._mass[place][other]
        if self._spans[place].label == "via" and self._parted(place, other):
            return mass if mass >= _FAR else 0.0
        return mass + share * self._near(place, other)

    def _near(self, place: int, other: int) -> float:
        """Return how near two spans stand, by the word pieces between them."""
        first, second = self._spans[place], self._spans[other]
        gap = first.first - second.last if first.first > second.first else second.first - first.last
        return _PULL / (1 + gap) if gap > 0 else _PULL

    def _parted(self, place: int, other: int) -> bool:
        """Tell whether a sentence ends between two spans."""
        first, second = sorted((self._spans[place], self._spans[other]), key=_place)
        return _STOP.search(self._text, first.end, second.start) is not None

    def _find(self, place: int) -> int:
        while self._root[place] != place:
            place = self._root[place]
        return place

    def _join(self, place: int, other: int) -> None:
        self._root[self._find(place)] = self._find(other)


def _masses(
    bounds: npt.NDArray[np.intp], pointer: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return, a pair of spans, how much of the pointer of the first lies on the second.

    Args:
        bounds: (spans, 2): first piece, and the one after the last; in order, not overlapping.
        pointer: (pieces, pieces) logits.
    """
    lengths = bounds[:, 1] - bounds[:, 0]
    begins = np.cumsum(lengths) - lengths
    used = np.arange(lengths.sum()) + np.repeat(bounds[:, 0] - begins, lengths)
    weights = pointer[used]
    weights -= np.maximum.reduce(weights, axis=1, keepdims=True)
    np.exp(weights, out=weights)
    sums = np.add.reduce(weights, axis=1) * np.repeat(lengths, lengths).astype(np.float32)
    shares = weights[:, used] / sums[:, None]
    masses: npt.NDArray[np.float32] = np.add.reduceat(
        np.add.reduceat(shares, begins, axis=0), begins, axis=1
    )
    return masses


def _share_speakers(text: str, groups: Sequence[_Group], spans: Sequence[Labelled]) -> None:
    """Give a cue without a speaker the nearest one of its paragraph: "said …, adding that …"."""
    speakers = [span for span in spans if span.label == "speaker"]
    for group in groups:
        if group.cues and not group.speakers and not group.vias and not _needs_nobody(text, group):
            near = [(_distance(text, group, span), span) for span in speakers]
            best = min(near, key=lambda pair: pair[0], default=(np.inf, None))
            if best[1] is not None and best[0] < _SHARED_REACH:
                group.speakers = [best[1]]


def _needs_nobody(text: str, group: _Group) -> bool:
    words = {word for cue in group.cues for word in text[cue.start : cue.end].lower().split()}
    return not _NOBODY.isdisjoint(words)


def _distance(text: str, group: _Group, speaker: Labelled) -> float:
    """Return word pieces between a speaker and a cue; one behind the cue counts as farther."""
    first = min(group.cues, key=lambda cue: cue.first)
    last = max(group.cues, key=lambda cue: cue.last)
    between = text[min(first.start, speaker.start) : max(last.end, speaker.end)]
    if "\n" in between:
        return np.inf
    if speaker.last <= first.first:
        return first.first - speaker.last
    return 1.5 * (speaker.first - last.last) + 2


def _parts(group: _Group) -> Parts:
    pieces = tuple(Span(span.start, span.end) for span in sorted(group.contents, key=_place))
    return Parts(
        pieces,
        _widest(group.cues),
        _widest(group.speakers or group.vias),
        CONSTRUCTION,
        _widest(group.vias) if group.speakers else None,
        _widest(group.addressees),
    )


def _place(span: Labelled) -> int:
    return span.start


def _widest(spans: Sequence[Labelled]) -> Span | None:
    """Return the longest of the stretches, the first of equals."""
    if not spans:
        return None
    widest = max(spans, key=lambda span: (span.end - span.start, -span.start))
    return Span(widest.start, widest.end)
