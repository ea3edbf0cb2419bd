"""Parts of direct quotations: a stretch in quotation marks and the clause beside it."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.extract.marks import Quoted
from pipeline.extract.quotes.floating import FLOATING
from pipeline.extract.quotes.indirect import cue_span
from pipeline.extract.quotes.lexicon import Cue, cues, words
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.speakers import FINITE, phrase, relayed_verb, speaker_token
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Span

_ENDS = frozenset(".?!")
_CLOSED_OFF = re.compile(r"[,?!…—–-][”\"»'’\s]*$")
_CLOSED_SENTENCE = re.compile(r"[.?!…][”\"»'’\s]*$")
_CLOSED = re.compile(r"[.,?!…—–-][”\"»'’\s]*$")
_CLAUSE_BEFORE = re.compile(r",[”\"»'’\s]*$")
_ANNOUNCED = re.compile(r":\s*$")
_LEADING = re.compile(r"[,:—–-]\s*$")
_LINKS = frozenset(("and", "but", "or", "then"))
_DASHES = frozenset(("-", "–", "—", "―", "--"))
_CREDIT = re.compile(
    r"\s*(?P<dash>--|[-–—―])\s*(?P<name>[A-Z][\w.’'-]*(?: [\w.’'-]+){0,5}?)"
    r"(?:,[^\n\"“]{0,60})?\.?\s*$"
)
_CREDIT_CHARS = 80
_BEFORE_TITLE = frozenset(("ADP", "NOUN", "PROPN", "DET", "PART", "PRON"))
_SMALL = frozenset(("ADP", "DET", "CCONJ", "PART", "PUNCT"))
_NAME_TOKENS = 5
_MARKS = "\"'“‘«`"
_LIGHT = frozenset(("PUNCT", "ADV", "SPACE", "CCONJ"))


class Gap(NamedTuple):
    """The tokens between two quotations of a paragraph, split at the ends of sentences.

    Attributes:
        tail: up to the first end of a sentence, both included; belongs to the quotation before.
        lead: after the last end of a sentence; belongs to the quotation after.
        whole: whether tail and lead are the same clause.
        bridged: whether nothing stands between tail and lead.
    """

    tail: range
    lead: range
    whole: bool
    bridged: bool


def gap_between(tree: Tree, start: int, end: int) -> Gap:
    """Split the tokens from offset `start` to `end`."""
    tokens = _without_blanks(tree, tree.at(start), tree.at(end))
    stops = [token for token in tokens if tree.word[token] in _ENDS]
    if not stops:
        return Gap(tokens, tokens, whole=True, bridged=True)
    tail = range(tokens.start, stops[0] + 1)
    lead = range(stops[-1] + 1, tokens.stop)
    return Gap(tail, lead, whole=False, bridged=len(stops) == 1)


def _without_blanks(tree: Tree, first: int, stop: int) -> range:
    while first < stop and tree.pos[first] == "SPACE":
        first += 1
    while first < stop and tree.pos[stop - 1] == "SPACE":
        stop -= 1
    return range(first, stop)


def quote_cue(tree: Tree, tokens: Sequence[int], *, last: bool) -> tuple[int, Cue] | None:
    """Return the first (or last) verb among `tokens` that can introduce a quotation."""
    lexicon = cues()
    weak = None
    for token in reversed(tokens) if last else tokens:
        if not _is_verb(tree, token):
            continue
        for cue in lexicon.get(tree.word[token], ()):
            if cue.part != "verb" or "quote" not in cue.frames:
                continue
            if tree.word[token + 1 : token + 1 + len(cue.particles)] != cue.particles:
                continue
            if tree.dep[token] in ("relcl", "acl") and tree.tag[token] != "VBG":
                weak = weak or (token, cue)
                break
            return token, cue
    return weak


def quote_noun(tree: Tree, tokens: Sequence[int]) -> tuple[int, Cue] | None:
    """Return the last noun among `tokens` that names an utterance: "the following comment:"."""
    lexicon = cues()
    for token in reversed(tokens):
        if tree.tag[token].startswith("NN"):
            for cue in lexicon.get(tree.word[token], ()):
                if cue.part == "noun" and cue.attitude == "states":
                    return token, cue
    return None


def _is_verb(tree: Tree, token: int) -> bool:
    """Whether a token is a verb; "Said Jones:" at the head of a sentence is tagged as a name."""
    if tree.tag[token].startswith("VB"):
        return tree.dep[token] != "amod"
    return token == tree.sentence_first[token] and tree.word[token] in words("inverted")


def direct_parts(
    tree: Tree, paragraphs: Sequence[Span], stretches: Sequence[Quoted]
) -> Iterator[Parts]:
    """Yield the quotations that stand in marks, each with all its pieces, in order.

    Quoted words inside a clause ("called it 'a disgrace'") are left to the clause's cue.
    """
    reader = _Reader(tree)
    place = 0
    for number, paragraph in enumerate(paragraphs):
        inside = []
        while place < len(stretches) and stretches[place].start < paragraph.end:
            inside.append(stretches[place])
            place += 1
        before = paragraphs[number - 1] if number else None
        after = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
        yield from reader.paragraph(paragraph, before, after, inside)
    yield from reader.finished()


class _Reader:
    """Reads paragraph after paragraph; holds the quotation that may still go on."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._open: Parts | None = None
        self._unclosed = False

    def finished(self) -> Iterator[Parts]:
        if self._open is not None:
            yield self._open
            self._open = None

    def paragraph(
        self,
        paragraph: Span,
        before: Span | None,
        after: Span | None,
        stretches: Sequence[Quoted],
    ) -> Iterator[Parts]:
        if not stretches or not self._goes_on(stretches[0], paragraph):
            yield from self.finished()
        stretches = [quoted for quoted in stretches if not _is_title(self._tree, quoted)]
        if not stretches:
            return
        ends = [paragraph.start, *(stretch.end for stretch in stretches)]
        starts = [*(stretch.start for stretch in stretches), paragraph.end]
        gaps = [gap_between(self._tree, *pair) for pair in zip(ends, starts, strict=True)]
        for place, stretch in enumerate(stretches):
            lead, tail = gaps[place], gaps[place + 1]
            if place == 0 and not len(lead.lead) and before is not None:
                lead = _announced(self._tree, before) or lead
            if not len(tail.tail) and after is not None:
                tail = _credited(self._tree, after) or tail
            yield from self._stretch(stretch, lead, tail, first=place == 0)

    def _goes_on(self, stretch: Quoted, paragraph: Span) -> bool:
        return self._unclosed and stretch.start == paragraph.start

    def _stretch(self, stretch: Quoted, lead: Gap, tail: Gap, *, first: bool) -> Iterator[Parts]:
        self._unclosed = not stretch.closed
        if self._open is not None and not first and self._joins(lead, stretch, tail):
            self._open = _with_piece(self._open, stretch.span)
            return
        own = self._own(stretch, lead, tail)
        if self._open is not None and first and (own is None or own.construction == FLOATING):
            self._open = _with_piece(self._open, stretch.span)
            return
        yield from self.finished()
        self._open = own

    def _joins(self, gap: Gap, stretch: Quoted, tail: Gap) -> bool:
        """Whether only the cue of the quotation before stands in `gap`, or nothing.

        A stretch that its sentence goes on from is part of a clause with a cue of its own.
        """
        tree = self._tree
        closed = _CLOSED.search(tree.text, stretch.start, stretch.end)
        if not closed and any(tree.pos[token] not in _LIGHT for token in tail.tail):
            return False
        if not len(gap.tail):
            return True
        if self._open is None or self._open.cue is None:
            return False
        cue_inside = tree.start[gap.tail.start] <= self._open.cue.start
        if gap.whole:
            cue = self._open.cue if cue_inside else None
            return _goes_on_in(tree, gap.tail, cue) or (
                cue is not None and _begins_anew(tree, gap.tail, cue, stretch)
            )
        own = _CLOSED_OFF.search(tree.text, stretch.start, stretch.end) is not None
        if own and quote_cue(tree, tail.tail, last=False) is not None:
            return False
        return cue_inside and gap.bridged and not len(gap.lead)

    def _own(self, stretch: Quoted, lead: Gap, tail: Gap) -> Parts | None:
        """Return the quotation with its own cue, or floating."""
        free = _is_free(self._tree, lead.lead)
        found = self._by_tail(stretch, lead, tail, free=free)
        if found is None and (free or _introduces(self._tree, stretch, lead.lead, tail.tail)):
            found = self._by_lead(stretch, lead.lead)
        if found is None:
            end = self._tree.end[tail.tail[-1]] if len(tail.tail) else stretch.end
            found = _credit(self._tree, stretch, end)
        alone = not len(tail.tail) or _ends_sentence(self._tree.text, stretch, tail)
        if found is None and free and alone and not stretch.single:
            return Parts((stretch.span,), None, None, FLOATING)
        return found

    def _by_tail(self, stretch: Quoted, lead: Gap, tail: Gap, *, free: bool) -> Parts | None:
        """Return the quotation if the cue stands after it: "…," she said."""
        tree = self._tree
        if not _CLOSED_OFF.search(tree.text, stretch.start, stretch.end):
            return None
        colon = _ANNOUNCED.search(_text(tree, lead.lead)) is not None
        comma = _CLAUSE_BEFORE.search(tree.text, stretch.start, stretch.end) is not None
        announced = colon and (comma or quote_cue(tree, lead.lead, last=True) is None)
        if not free and not announced:
            return None
        found = quote_cue(tree, tail.tail, last=False)
        if found is None or (colon and not free and tree.tag[found[0]] == "VBG"):
            return None
        return _direct(tree, stretch, found, tail.tail, "direct after")

    def _by_lead(self, stretch: Quoted, lead: range) -> Parts | None:
        """Return the quotation if words before it announce it: She said: "…"."""
        tree = self._tree
        found = quote_cue(tree, lead, last=True)
        if found is not None and not _reports_before(tree, found[0], lead):
            return _with_lead(tree, _direct(tree, stretch, found, lead, "direct before"), lead)
        if not _ANNOUNCED.search(_text(tree, lead)):
            return None
        if _is_name(tree, lead[:-1]):
            colon, speaker = lead[-1], tree.span(lead[0], lead[-2])
            return Parts((stretch.span,), tree.span(colon, colon), speaker, "direct colon")
        named = quote_noun(tree, lead)
        if named is not None:
            return _direct(tree, stretch, named, lead, "direct announced")
        return _after_colon(tree, stretch, lead) if found is None else None


def _goes_on_in(tree: Tree, gap: range, cue: Span | None) -> bool:
    """Whether a quotation goes on after `gap`: after a cue and a comma, or after "and", "but"."""
    after = [token for token in gap if cue is None or tree.start[token] >= cue.end]
    if cue is not None and quote_cue(tree, after, last=True) is not None:
        return False
    linked = next((place for place, token in enumerate(after) if _links(tree, token)), None)
    if linked is not None and (cue is not None or linked == 0):
        return all(tree.pos[token] in _LIGHT for token in after[linked + 1 :])
    return cue is not None and bool(_LEADING.search(_text(tree, gap)))


def _begins_anew(tree: Tree, gap: range, cue: Span, stretch: Quoted) -> bool:
    """Whether a whole sentence follows a cue clause whose full stop is missing or an initial's."""
    after = [token for token in gap if tree.start[token] >= cue.end]
    if quote_cue(tree, after, last=True) is not None:
        return False
    words_said = stretch.span.of(tree.text).lstrip(_MARKS)
    whole = _CLOSED_SENTENCE.search(tree.text, stretch.start, stretch.end) is not None
    return whole and words_said[:1].isupper()


def _is_title(tree: Tree, stretch: Quoted) -> bool:
    """Whether the marks set off the name of a work: "on 'The Late Hour' she said"."""
    first = tree.at(stretch.start)
    before = first - 1
    if before < 0 or tree.sentence_first[before] != tree.sentence_first[first]:
        return False
    named_so = tree.pos[before] in _BEFORE_TITLE or tree.tag[before] == "VBN"
    if not named_so or _quotes(tree, before):
        return False
    named = [tree.text[tree.start[token]] for token in tree.tokens(stretch.span)]
    small = [
        letter
        for token, letter in zip(tree.tokens(stretch.span), named, strict=True)
        if letter.islower() and tree.pos[token] not in _SMALL
    ]
    return not small and any(letter.isupper() for letter in named)


def _quotes(tree: Tree, token: int) -> bool:
    return any("quote" in cue.frames for cue in cues().get(tree.word[token], ()))


def _links(tree: Tree, token: int) -> bool:
    return tree.word[token] in _LINKS


def _is_name(tree: Tree, tokens: range) -> bool:
    """Whether nothing but a name stands before a colon: Jones: "…"."""
    if not 0 < len(tokens) <= _NAME_TOKENS or tree.pos[tokens[-1]] != "PROPN":
        return False
    heading = any(tree.word[token] in words("heading") for token in tokens)
    return not heading and all(tree.pos[token] in ("PROPN", "PUNCT") for token in tokens)


def _after_colon(tree: Tree, stretch: Quoted, lead: range) -> Parts | None:
    """Return a quotation after any clause with a colon: "She shook her head: …"."""
    for token in lead:
        subject = tree.first(token, "nsubj")
        if subject in lead and _is_clause_above(tree, token, lead) and subject is not None:
            cue = tree.span(token, token)
            return Parts((stretch.span,), cue, phrase(tree, subject), "direct colon")
    return None


def _is_clause_above(tree: Tree, verb: int, lead: range) -> bool:
    governed = tree.head[verb] != verb and tree.head[verb] in lead
    return tree.pos[verb] in ("VERB", "AUX") and not governed


def _credit(tree: Tree, stretch: Quoted, end: int) -> Parts | None:
    """Return a quotation with its speaker after a dash: "…" — Jane Doe."""
    credit = _CREDIT.match(tree.text, stretch.end, end)
    if credit is None:
        return None
    cue, speaker = Span(*credit.span("dash")), Span(*credit.span("name"))
    return Parts((stretch.span,), cue, speaker, "credit")


def _ends_sentence(text: str, stretch: Quoted, tail: Gap) -> bool:
    return not tail.whole and bool(_CLOSED_SENTENCE.search(text, stretch.start, stretch.end))


def _with_piece(parts: Parts, piece: Span) -> Parts:
    return Parts((*parts.pieces, piece), parts.cue, parts.speaker, parts.construction)


def _announced(tree: Tree, paragraph: Span) -> Gap | None:
    """Return the last sentence of the paragraph before, if a colon ends it."""
    if not tree.text[paragraph.start : paragraph.end].rstrip().endswith(":"):
        return None
    return gap_between(tree, *paragraph)


def _credited(tree: Tree, paragraph: Span) -> Gap | None:
    """Return the paragraph after, if it is a credit: "— Jane Doe"."""
    if tree.text[paragraph.start] not in _DASHES or len(paragraph.of(tree.text)) > _CREDIT_CHARS:
        return None
    tokens = range(tree.at(paragraph.start), tree.at(paragraph.end))
    return Gap(tokens, tokens, whole=True, bridged=True)


def _text(tree: Tree, tokens: range) -> str:
    if not len(tokens):
        return ""
    return tree.text[tree.start[tokens[0]] : tree.end[tokens[-1]]]


def _is_free(tree: Tree, lead: range) -> bool:
    """Whether the quotation begins its sentence, but for a word like "But"."""
    return all(tree.pos[token] in ("PUNCT", "SPACE", "CCONJ", "ADV", "SCONJ") for token in lead)


def _introduces(tree: Tree, stretch: Quoted, lead: range, tail: range) -> bool:
    """Whether the words before a quotation announce it: a comma, a colon, or the cue itself."""
    if _LEADING.search(_text(tree, lead)):
        return True
    goes_on = any(tree.pos[token] not in _LIGHT for token in tail)
    if goes_on and not _CLOSED_OFF.search(tree.text, stretch.start, stretch.end):
        return False
    last = lead[-1]
    if tree.word[last] == "that":
        return True
    return _quotes(tree, last)


def _with_lead(tree: Tree, parts: Parts, lead: range) -> Parts:
    """Add what the sentence says before a cue set off by commas: The plan, she said, "is dead"."""
    said = parts.pieces[0].of(tree.text).lstrip(_MARKS)
    if parts.speaker is None or parts.cue is None or not said[:1].islower():
        return parts
    begin = min(parts.speaker.start, parts.cue.start)
    before = range(lead.start, tree.at(begin))
    set_off = len(before) > 1 and tree.word[before[-1]] == ","
    if any(tree.tag[token] in FINITE for token in before):
        return parts
    if not set_off or not _LEADING.search(_text(tree, lead)):
        return parts
    return parts._replace(pieces=(tree.span(before[0], before[-2]), *parts.pieces))


def _reports_before(tree: Tree, cue: int, lead: range) -> bool:
    """Whether a clause that `cue` reports begins before the quotation: it is not direct."""
    return any(tree.left[child] in lead for child in tree.with_dep(cue, "ccomp") if child > cue)


def _direct(
    tree: Tree, stretch: Quoted, found: tuple[int, Cue], tokens: range, construction: str
) -> Parts:
    token, cue = found
    saying = relayed_verb(tree, token)
    if saying is not None:
        token, cue, construction = saying, cues()["say"][0], "relayed"
    return Parts(
        (stretch.span,), cue_span(tree, token, cue), _speaker(tree, token, tokens), construction
    )


def _speaker(tree: Tree, verb: int, tokens: range) -> Span | None:
    """Return the speaker by the parse, else by place: before the verb, or right after it."""
    head = speaker_token(tree, verb)
    if head is not None and (head in tokens or (tree.tag[verb] == "VBG" and head < verb)):
        return phrase(tree, head)
    before = [
        token
        for token in range(tokens.start, verb)
        if tree.pos[token] in ("NOUN", "PROPN", "PRON") and tree.right[token] < verb
    ]
    if before:
        return phrase(tree, max(before, key=lambda token: (tree.right[token], -tree.left[token])))
    after = [
        token
        for token in range(verb + 1, tokens.stop)
        if tree.left[token] == verb + 1 and tree.pos[token] in ("NOUN", "PROPN", "PRON")
    ]
    if after:
        widest = max(after, key=lambda token: tree.right[token])
        return phrase(tree, widest)
    return phrase(tree, head) if head is not None else None
