"""Second step, once quotations are known: who says "I" and "we" inside them."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from math import inf

from pipeline.extract.nlp import Parse
from pipeline.ids import occurrence_ids
from pipeline.records import Entity, Mention, Quote, Span

_FIRST_PERSON = re.compile(r"\b(?:I|me|my|mine|myself|My|Me)\b(?![.-]\w)")


def resolve_first_person(
    mentions: Sequence[Mention],
    entities: Sequence[Entity],
    quotes: Sequence[Quote],
    parse: Parse,
) -> tuple[list[Mention], list[Entity]]:
    """Add the "I" and "my" of direct quotations as pronouns of their speaker, if he is a person.

    Ids of the mentions there already stay; "we" is left alone: it seldom means the speaker only.
    """
    by_id = {mention.mention_id: mention for mention in mentions}
    starts = [mention.char_start for mention in mentions]
    found: list[Mention] = []
    for quote in quotes:
        speaker = by_id.get(quote.speaker_mention_id or "")
        if speaker is None or speaker.type != "PERSON" or quote.kind == "indirect":
            continue
        for start, end in zip(quote.piece_starts, quote.piece_ends, strict=True):
            for word in _FIRST_PERSON.finditer(parse.text, start, end):
                if not _is_covered(mentions, starts, word.start()):
                    found.append(_as_pronoun(speaker, parse.sentences, word))
    if not found:
        return list(mentions), list(entities)
    return _with(mentions, found), _recounted(entities, found)


def _is_covered(mentions: Sequence[Mention], starts: list[int], offset: int) -> bool:
    place = bisect_right(starts, offset)
    return bool(place) and mentions[place - 1].char_end > offset


def _as_pronoun(speaker: Mention, sentences: Sequence[Span], word: re.Match[str]) -> Mention:
    sentence = sentences[bisect_right(sentences, (word.start(), inf)) - 1]
    return replace(
        speaker,
        mention_id="",
        char_start=word.start(),
        char_end=word.end(),
        text=word[0],
        kind="pronoun",
        sentence_start=sentence.start,
        sentence_end=sentence.end,
    )


def _with(mentions: Sequence[Mention], found: list[Mention]) -> list[Mention]:
    unique = {mention.char_start: mention for mention in found}
    together = sorted(chain(mentions, unique.values()), key=lambda m: (m.char_start, m.char_end))
    ids = occurrence_ids("m", together[0].article_id, (m.text for m in together))
    return [replace(m, mention_id=i) for m, i in zip(together, ids, strict=True)]


def _recounted(entities: Sequence[Entity], found: list[Mention]) -> list[Entity]:
    added: dict[str, int] = {}
    for mention in {m.char_start: m for m in found}.values():
        added[mention.entity_id] = added.get(mention.entity_id, 0) + 1
    return [
        replace(entity, n_mentions=entity.n_mentions + added.get(entity.entity_id, 0))
        for entity in entities
    ]
