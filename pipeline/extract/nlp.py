"""The parse: where spaCy's output and the annotator's enter; the only module that runs spaCy.

The rest of `extract/` reads a `Parse`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import spacy
from spacy.lang.en.lemmatizer import EnglishLemmatizer
from spacy.language import Language
from spacy.symbols import (
    ADJ,
    ADP,
    ADV,
    AUX,
    CCONJ,
    DET,
    INTJ,
    NOUN,
    NUM,
    PART,
    PRON,
    PROPN,
    PUNCT,
    SPACE,
    SYM,
    VERB,
    X,
)
from spacy.symbols import POS as POS_ATTRIBUTE
from spacy.tokens import Doc, Token

from pipeline.errors import ConfigError
from pipeline.extract.annotator import Annotation, Annotator
from pipeline.records import Span

_NEEDED = ("tagger", "parser", "lemmatizer")

_COARSE = {
    **dict.fromkeys(("NN", "NNS"), NOUN),
    **dict.fromkeys(("NNP", "NNPS"), PROPN),
    **dict.fromkeys(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ"), VERB),
    "MD": AUX,
    **dict.fromkeys(("JJ", "JJR", "JJS", "AFX"), ADJ),
    **dict.fromkeys(("RB", "RBR", "RBS", "WRB"), ADV),
    **dict.fromkeys(("PRP", "PRP$", "WP", "WP$", "EX"), PRON),
    **dict.fromkeys(("DT", "PDT", "WDT"), DET),
    **dict.fromkeys(("IN", "RP"), ADP),
    **dict.fromkeys(("TO", "POS"), PART),
    "CC": CCONJ,
    "CD": NUM,
    "UH": INTJ,
    **dict.fromkeys(("$", "SYM"), SYM),
    **dict.fromkeys((".", ",", ":", "``", "''", "-LRB-", "-RRB-", "HYPH", "NFP"), PUNCT),
    "_SP": SPACE,
}
"""Penn Treebank tag to Universal part of speech: what the model's own attribute_ruler spends
a sixth of the pass on."""

_BE = frozenset(["be", "am", "is", "are", "was", "were", "been", "being", "'s", "'re", "'m"])
_BASE_FORMS = frozenset(("VB", "NN", "JJ", "RB"))
"""Tags of words that are their own dictionary form."""
_HISSES = ("sses", "shes", "xes", "zzes")
_CHUNK_CHARS = 40_000
"""Longer articles are parsed in pieces cut between paragraphs: the parser's memory grows with
the length of what it is given."""
_BATCH = 16
"""Pieces parsed at once: a quarter faster than one by one; many more outgrow the cache."""


Source = tuple[str, list[int]]
"""What is parsed: a text, and where its paragraphs start."""


class Mapper(Protocol):
    """`map`, or something that works ahead like an executor's."""

    def __call__[Item, Result](
        self, function: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Return the results of `function` for `items`, in order."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A stretch of text that the annotator takes for a name.

    Attributes:
        label: what kind of thing it names; a type of `entities`.
        score: the probability of the label, 0 to 1.
    """

    start: int
    end: int
    label: str
    score: float


class Lemmas:
    """Dictionary forms on demand, each (word, part of speech) worked out once a process.

    Running the model's lemmatizer over every token costs more than tagging it; rules ask for
    one word in ten.
    """

    def __init__(self, nlp: Language) -> None:
        """Use the rule lemmatizer of `nlp`, whether or not it is enabled there."""
        self._rules: EnglishLemmatizer = dict(nlp._components)["lemmatizer"]  # type: ignore[assignment]
        self._index = self._rules.lookups.get_table("lemma_index")
        for part, forms in self._index.items():
            # Its lists of thousands of words are searched for every form that is tried.
            self._index.set(part, frozenset(forms))
        self._vocab = nlp.vocab
        self._known: dict[tuple[int, int, int], str] = {}

    def __call__(self, token: Token) -> str:
        """Return the lemma of `token`: lower case, except that proper nouns stay as written."""
        if token.pos == PROPN:
            return token.text
        # By spaCy's numbers of the strings: to ask for each string costs more than the rest.
        key = (token.lower, token.pos, token.tag)
        if key not in self._known:
            self._known[key] = self._looked_up(token.lower_, token.pos_, token.tag_)
        return self._known[key]

    def _looked_up(self, word: str, part: str, tag: str) -> str:
        base = tag in _BASE_FORMS or (tag == "VBP" and word not in _BE)
        if base or part not in ("NOUN", "VERB", "AUX", "ADJ", "ADV"):
            return word
        # Auxiliaries have no table of their own.
        part = "VERB" if part == "AUX" else part
        forms = self._rules.rule_lemmatize(Doc(self._vocab, words=[word], pos=[part])[0])
        if any(form in self._index[part.lower()] for form in forms):
            # Of several words ("hopes": hop, hope) the longest is meant: English doubles the
            # consonant of the shorter one. After a hiss it is the shortest ("crosses").
            return (min if word.endswith(_HISSES) else max)(forms, key=len).lower()
        # Of words in no dictionary ("retweeted": retweete, retweet) the one the model knows.
        return min(forms, key=lambda form: (not self._vocab.has_vector(form), len(form))).lower()


@dataclass(frozen=True, slots=True)
class Columns:
    """A parse as plain lists with one entry a token: spaCy's tokens are built anew at every look.

    Attributes:
        starts: offset of the first character.
        ends: offset after the last character.
        words: tokens as written.
        tags: Penn Treebank tags.
        parts: universal parts of speech.
        deps: dependency labels.
        heads: index of the head; a root is its own head.
        opens: whether a sentence begins with the token.
    """

    starts: list[int]
    ends: list[int]
    words: list[str]
    tags: list[str]
    parts: list[str]
    deps: list[str]
    heads: list[int]
    opens: list[bool]


@dataclass(frozen=True, slots=True)
class Parse:
    """One article, tokenised and parsed.

    Attributes:
        text: the article's text; every offset points into it.
        doc: tokens with `idx` (offset into `text`), `tag_`, `pos_`, `dep_`, `head`. No lemmas
            and no morphology. Sentences never cross a blank line.
        columns: the same as lists.
        sentences: bounds without surrounding blanks, in order.
        names: what the annotator marked, in order, never overlapping.
        lemma: gives a token's dictionary form.
        annotation: all that the annotator says.
    """

    text: str
    doc: Doc
    columns: Columns
    sentences: list[Span]
    names: list[NameSpan]
    lemma: Lemmas
    annotation: Annotation

    def tokens(self, span: Span) -> list[Token]:
        """Return the tokens that overlap `span`."""
        found = self.doc.char_span(span.start, span.end, alignment_mode="expand")
        return list(found) if found is not None else []


class Parser:
    """A spaCy pipeline and the annotator, loaded once a process."""

    def __init__(self, model: str, annotator: Annotator) -> None:
        """Load `model`: an installed pipeline's name or folder, or a package with `model_path()`.

        Raises:
            ConfigError: it is not installed, or lacks a component the rules read.
        """
        self._nlp = _load(model)
        self._annotator = annotator
        missing = [name for name in _NEEDED if name not in dict(self._nlp._components)]
        if missing:
            raise ConfigError(f"spaCy pipeline {model!r} has no {', '.join(missing)}")
        self.name = f"{self._nlp.meta['name']}-{self._nlp.meta['version']}"
        self._lemmas = Lemmas(self._nlp)
        tags = np.array([self._nlp.vocab.strings.add(tag) for tag in _COARSE], dtype=np.uint64)
        order = np.argsort(tags)
        self._tags = tags[order]
        self._coarse = np.array(list(_COARSE.values()), dtype=np.uint64)[order]

    def parses(self, articles: Iterable[Source], *, mapper: Mapper = map) -> Iterator[Parse]:
        """Yield a `Parse` for each of `articles`, in order.

        `mapper` annotates them: one that works ahead in a thread of its own halves the time where
        a core is idle, since onnxruntime, whose work is half of all, needs no interpreter.
        """
        handed_over = (
            (together, mapper(self._annotated, together)) for together in _batches(articles)
        )
        for together, annotations in _one_ahead(handed_over):
            cut = [list(_pieces(text, starts)) for text, starts in together]
            tokenised = (
                self._tokenised(text, *piece)
                for (text, _), pieces in zip(together, cut, strict=True)
                for piece in pieces
            )
            parsed = self._nlp.pipe(tokenised, batch_size=_BATCH)
            docs = [list(islice(parsed, len(pieces))) for pieces in cut]
            yield from map(self._parse, together, docs, annotations)

    def _annotated(self, article: Source) -> Annotation:
        text, starts = article
        return self._annotator.annotate(text, paragraph_spans(text, starts))

    def _parse(self, article: Source, parsed: list[Doc], annotation: Annotation) -> Parse:
        text, _ = article
        doc = parsed[0] if len(parsed) == 1 else Doc.from_docs(parsed, ensure_whitespace=False)
        self._set_parts_of_speech(doc)
        names = [
            NameSpan(found.start, found.end, found.label, found.probability)
            for found in annotation.spans("names")
        ]
        columns = _columns(text, doc)
        return Parse(text, doc, columns, _sentences(doc), names, self._lemmas, annotation)

    def _tokenised(self, text: str, start: int, end: int, starts: list[int]) -> Doc:
        doc = self._nlp.make_doc(text[start:end])
        first = set(starts)
        for token in doc:
            if start + token.idx in first:
                token.is_sent_start = True
            elif token.is_space:
                token.is_sent_start = False
        return doc

    def _set_parts_of_speech(self, doc: Doc) -> None:
        tags = doc.to_array(["TAG"])
        places = np.clip(np.searchsorted(self._tags, tags), 0, len(self._tags) - 1)
        coarse = np.where(self._tags[places] == tags, self._coarse[places], np.uint64(X))
        for token in doc:
            auxiliary = token.dep_ in ("aux", "auxpass") or token.lower_ in _BE
            if auxiliary and coarse[token.i] == VERB:
                coarse[token.i] = AUX
        doc.from_array([POS_ATTRIBUTE], coarse.reshape(-1, 1))  # type: ignore[arg-type]


def _load(model: str) -> Language:
    # Word vectors are found by the hashes of words: the 700,000 words themselves are not read.
    unread = ["attribute_ruler", "ner", "senter", "strings"]
    # Loaded for its tables, and never run over a text.
    consulted = ["lemmatizer"]
    try:
        module = import_module(model)
        path = module.model_path() if hasattr(module, "model_path") else model
        nlp = spacy.load(path, exclude=unread, disable=consulted)
    except ImportError:
        if not Path(model).is_dir():
            raise ConfigError(f"spaCy pipeline {model!r} is not installed") from None
        nlp = spacy.load(Path(model), exclude=unread, disable=consulted)
    for label in chain.from_iterable(nlp.pipe_labels.values()):
        nlp.vocab.strings.add(label)
    nlp.max_length = 10**9
    return nlp


def _one_ahead[Item](items: Iterable[Item]) -> Iterator[Item]:
    """Yield `items`, each when the one after it has been made."""
    ahead: deque[Item] = deque()
    for item in items:
        ahead.append(item)
        if len(ahead) > 1:
            yield ahead.popleft()
    yield from ahead


def _batches(articles: Iterable[Source]) -> Iterator[list[Source]]:
    """Gather short articles until they are as long as one piece may be."""
    batch: list[Source] = []
    chars = 0
    for article in articles:
        batch.append(article)
        chars += len(article[0])
        if chars >= _CHUNK_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _pieces(text: str, starts: list[int]) -> Iterator[tuple[int, int, list[int]]]:
    """Cut `text` before paragraphs into (start, end, paragraph starts) of about equal length."""
    bounds = [0]
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        if following - bounds[-1] > _CHUNK_CHARS and start > bounds[-1]:
            bounds.append(start)
    for begin, end in zip(bounds, [*bounds[1:], len(text)], strict=True):
        yield begin, end, [start for start in starts if begin <= start < end]


_READ: list[int | str] = ["IDX", "LENGTH", "HEAD", "SENT_START", "TAG", "POS", "DEP"]


def _columns(text: str, doc: Doc) -> Columns:
    table = np.asarray(doc.to_array(_READ), dtype=np.uint64)
    first, length, above, sentence = table[:, :4].astype(np.int64).T
    starts, ends = first.tolist(), (first + length).tolist()
    tags, parts, deps = (_strings(doc, column) for column in table[:, 4:].T)
    return Columns(
        starts=starts,
        ends=ends,
        words=[text[start:end] for start, end in zip(starts, ends, strict=True)],
        tags=tags,
        parts=parts,
        deps=deps,
        heads=(np.arange(len(doc)) + above).tolist(),
        opens=(sentence == 1).tolist(),
    )


def _strings(doc: Doc, column: npt.NDArray[np.uint64]) -> list[str]:
    keys, strings = column.tolist(), doc.vocab.strings
    known = {key: strings[key] for key in set(keys)}
    return [known[key] for key in keys]


def _sentences(doc: Doc) -> list[Span]:
    found = []
    for sentence in doc.sents:
        words = sentence.text
        start = sentence.start_char + len(words) - len(words.lstrip())
        end = sentence.end_char - len(words) + len(words.rstrip())
        if start < end:
            found.append(Span(start, end))
    return found


def paragraph_spans(text: str, starts: Sequence[int]) -> list[Span]:
    """Return the paragraphs that begin at `starts`, without the blanks that set them apart."""
    bounds = zip(starts, [*starts[1:], len(text)], strict=True)
    return [Span(start, start + len(text[start:end].rstrip())) for start, end in bounds]
