"""Our own encoder: one pass over an article that marks names, quotes, times, acts and status.

The model is a small encoder trained by `make annotator` on the texts in `training/` (see
`docs/annotator.md`), run by onnxruntime. What it says is evidence: spans with probabilities.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from hashlib import file_digest
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from pipeline.errors import ConfigError
from pipeline.extract.decoding import Labelled, best_path, log_softmax, runs
from pipeline.extract.labels import SPAN_HEADS, STATUSES, WIDTH, columns
from pipeline.extract.windows import Pieces, cut
from pipeline.records import Span

Floats = npt.NDArray[np.float32]

MODEL = Path(__file__).parent / "model"
"""The model that comes with On Record."""

_CLS, _SEP = 101, 102


def load_tokenizer(folder: Path = MODEL) -> Tokenizer:
    """Return the tokenizer in `folder`."""
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


class Annotation:
    """What the model says of one article.

    Attributes:
        pieces: its word pieces.
        scores: (pieces, `WIDTH`) logits.
        pointers: a window, (pieces, pieces) logits: the piece that each part belongs to.
    """

    def __init__(self, pieces: Pieces, scores: Floats, pointers: Sequence[Floats]) -> None:
        """Keep what the model gave."""
        self.pieces, self.scores, self.pointers = pieces, scores, pointers
        self._spans: dict[str, list[Labelled]] = {}
        self._logs: dict[str, Floats] = {}
        self._added: dict[str, npt.NDArray[np.float64]] = {}

    @cached_property
    def _words(self) -> npt.NDArray[np.intp]:
        """First pieces of the words: a word has the label of its first piece."""
        return np.flatnonzero(~self.pieces.continues)

    @cached_property
    def _windows(self) -> list[tuple[int, int]]:
        bounds = np.searchsorted(self._words, np.array(self.pieces.windows).reshape(-1, 2))
        return [(int(begin), int(end)) for begin, end in bounds]

    @cached_property
    def _starts(self) -> list[int]:
        starts: list[int] = self.pieces.starts.tolist()
        return starts

    @cached_property
    def _ends(self) -> list[int]:
        ends: list[int] = self.pieces.ends.tolist()
        return ends

    def spans(self, head: str) -> list[Labelled]:
        """Return the spans of a head of `SPAN_HEADS`, in order, never overlapping."""
        if head not in self._spans:
            self._spans[head] = self._decoded(head)
        return self._spans[head]

    def _decoded(self, head: str) -> list[Labelled]:
        words = self._words
        logs = self._log_probabilities(head)[words]
        found = runs(best_path(logs, self._windows))
        if not found:
            return []
        after = np.append(words[1:], len(self.pieces.ids))
        firsts, lasts, labels = np.array(found).T
        starts, ends = self.pieces.starts[words[firsts]], self.pieces.ends[after[lasts] - 1]
        means = _means(logs, firsts, lasts, labels)
        columns_of = (starts, ends, labels, means, words[firsts], after[lasts])
        return [
            Labelled(start, end, SPAN_HEADS[head][label], mean, first, last)
            for start, end, label, mean, first, last in zip(
                *(column.tolist() for column in columns_of), strict=True
            )
        ]

    def probability(self, head: str, span: Span, label: str | None = None) -> float:
        """Return how probable `label`, or any label of `head`, is on the words of `span`.

        The mean over its word pieces; 0 where it holds none.
        """
        inside = self._inside(span)
        if inside.start == inside.stop:
            return 0.0
        if label is None:
            return 1 - self._mean(head, 0, inside)
        place = 1 + 2 * SPAN_HEADS[head].index(label)
        return self._mean(head, place, inside) + self._mean(head, place + 1, inside)

    def places(self, head: str, label: str, at_least: float) -> npt.NDArray[np.int32]:
        """Return where the word pieces begin on which `label` is so probable."""
        column = 1 + 2 * SPAN_HEADS[head].index(label)
        chances = np.exp(self._log_probabilities(head)[:, column : column + 2]).sum(axis=1)
        return self.pieces.starts[chances >= at_least]

    def _mean(self, head: str, column: int, inside: slice) -> float:
        sums = self._sums(head)
        total = sums.item(inside.stop, column) - sums.item(inside.start, column)
        mean: float = total / (inside.stop - inside.start)
        return mean

    def _log_probabilities(self, head: str) -> Floats:
        """Return the logarithms of the probabilities of a head's labels on each word piece."""
        if head not in self._logs:
            self._logs[head] = log_softmax(self.scores[:, columns()[head]])
        return self._logs[head]

    def _sums(self, head: str) -> npt.NDArray[np.float64]:
        """Return the probabilities of a head's labels, added up over the word pieces before."""
        if head not in self._added:
            chances = np.exp(self._log_probabilities(head))
            sums = np.zeros((len(chances) + 1, chances.shape[1]))
            chances.cumsum(axis=0, dtype=np.float64, out=sums[1:])
            self._added[head] = sums
        return self._added[head]

    def status(self, span: Span) -> dict[str, float]:
        """Return the probability of each status for the predicate at `span`; empty if nothing."""
        inside = self._inside(span)
        if inside.start == inside.stop:
            return {}
        chances = np.exp(log_softmax(self.scores[inside.start, columns()["status"]]))
        return dict(zip(STATUSES, chances.tolist(), strict=True))

    def _inside(self, span: Span) -> slice:
        first = bisect_right(self._ends, span.start)
        last = bisect_left(self._starts, span.end)
        return slice(first, max(first, last))


def _means(
    logs: Floats,
    firsts: npt.NDArray[np.intp],
    lasts: npt.NDArray[np.intp],
    labels: npt.NDArray[np.intp],
) -> npt.NDArray[np.float64]:
    """Return, a run of words, the mean probability of its label, begun or gone on with."""
    lengths = lasts - firsts + 1
    begins = np.cumsum(lengths) - lengths
    words = np.arange(lengths.sum()) + np.repeat(firsts - begins, lengths)
    place = np.repeat(1 + 2 * labels, lengths)
    chances = np.exp(logs[words, place].astype(np.float64)) + np.exp(logs[words, place + 1])
    means: npt.NDArray[np.float64] = np.add.reduceat(chances, begins) / lengths
    return means


class Annotator:
    """The model, loaded once a process."""

    def __init__(self, folder: Path = MODEL) -> None:
        """Load the model in `folder`: `annotator.onnx`, `tokenizer.json` and `model.json`.

        Raises:
            ConfigError: a file is missing, or is not the one `model.json` names by its hash.
        """
        _check(folder)
        self._tokenizer = load_tokenizer(folder)
        options = onnxruntime.SessionOptions()
        # One thread: workers are processes, and sums are added up in one order.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "annotator.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def annotate(self, text: str, paragraphs: Sequence[Span]) -> Annotation:
        """Return what the model says of `text`.

        One window a call: nothing is padded, the work stays in the processor's cache, and the
        scales of the quantised model, which depend on what runs together, on the window alone.
        """
        pieces = cut(text, paragraphs, self._tokenizer)
        scores = np.zeros((len(pieces.ids), WIDTH), np.float32)
        pointers = []
        for begin, end in pieces.windows:
            scores[begin:end], links = self._run(pieces, slice(begin, end))
            pointers.append(links)
        return Annotation(pieces, scores, pointers)

    def _run(self, pieces: Pieces, window: slice) -> tuple[Floats, Floats]:
        length = window.stop - window.start + 2
        ids, features = np.zeros((2, 1, length), np.int32)
        ids[0] = (_CLS, *pieces.ids[window], _SEP)
        features[0, 1:-1] = pieces.features[window]
        given = {
            "ids": ids,
            "features": features,
            "mask": np.ones_like(ids),
            "positions": np.arange(length, dtype=np.int32),
        }
        tags, links = self._session.run(["tags", "links"], given)
        return tags[0, 1:-1], links[0, 1:-1, 1:-1]


def _check(folder: Path) -> None:
    try:
        wanted = json.loads((folder / "model.json").read_text("utf-8"))["sha256"]
        for name, digest in wanted.items():
            with (folder / name).open("rb") as file:
                if file_digest(file, "sha256").hexdigest() != digest:
                    raise ConfigError(f"{folder / name} is not the file model.json names")
    except OSError as error:
        raise ConfigError(f"no annotator in {folder}: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConfigError(f"{folder / 'model.json'} is not a model's description") from error
