"""Media that the annotator marks and its pointer leaves alone, given to their sentence's quote.

What a sentence says of a medium ("…, in a recording that Kan aired") it says of the words it
reports: of several attributions the one whose cue stands nearest.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from pipeline.extract.annotator import Annotation
from pipeline.extract.quotes.parts import Parts, overlap
from pipeline.extract.quotes.speakers import phrase
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Span


def media_of(tree: Tree, annotation: Annotation) -> list[Span]:
    """Return the media that the annotator marks; one cut off at its article is its phrase."""
    marked = (span for span in annotation.spans("parts") if span.label == "via")
    return [whole_medium(tree, Span(span.start, span.end)) for span in marked]


def whole_medium(tree: Tree, medium: Span) -> Span:
    """Return `medium`, or the phrase it begins where it is no more than "the", "its", "an"."""
    tokens = tree.tokens(medium)
    head = tree.head[tokens[0]]
    is_cut = (
        len(tokens) == 1 and tree.dep[tokens[0]] in ("det", "poss") and tree.tag[head] in _NOUNS
    )
    return phrase(tree, head) if is_cut else medium


def without_wraps(
    tree: Tree, rules: Sequence[Parts], marked: Sequence[Parts], media: Sequence[Span]
) -> tuple[list[Parts], list[Parts]]:
    """Return `rules` without what a medium says that others say in it, and `marked`, so relayed.

    "X welcomed the step and urged Y to go on, WAM said" has two attributions of X, relayed.
    """
    if not media:
        return list(rules), list(marked)
    named = _by_sentence(tree, media, lambda medium: medium)
    inner = _by_sentence(tree, range(len(marked)), lambda place: marked[place].cue)
    kept, relayed = [], list(marked)
    for parts in rules:
        medium = parts.speaker
        at = None if medium is None else _sentence(tree, medium)
        is_medium = medium is not None and any(overlap(medium, one) for one in named[at])
        inside = [place for place in inner[at] if _is_said_in(marked[place], parts)]
        if not (is_medium and inside):
            kept.append(parts)
            continue
        for place in inside:
            relayed[place] = relayed[place]._replace(via=relayed[place].via or medium)
    return kept, relayed


def _is_said_in(one: Parts, outer: Parts) -> bool:
    """Tell whether an attribution, with cue and speaker, lies in what is said in another."""
    if one.cue is None or one.speaker is None:
        return False
    begins = (one.cue.start, one.speaker.start)
    return all(any(p.start <= begin < p.end for p in outer.pieces) for begin in begins)


def with_media(tree: Tree, found: Sequence[Parts], media: Sequence[Span]) -> list[Parts]:
    """Return `found`, each medium that none of them has given to one of its sentence.

    A medium with a name goes before a document without ("in a note cited by the Courier").
    """
    given = list(found)
    if not media and all(parts.via is None for parts in found):
        return given
    cued = _by_sentence(tree, range(len(found)), lambda place: found[place].cue)
    for medium in media:
        places = cued[_sentence(tree, medium)]
        known = [span for place in places for span in (given[place].via, given[place].speaker)]
        if any(span is not None and overlap(medium, span) for span in known):
            continue
        place = _nearest(tree, given, places, medium)
        if place is not None:
            given[place] = given[place]._replace(via=medium)
    for places in cued.values():
        for place in places:
            given[place] = _shared(tree, given[place], [given[other] for other in places])
    return given


def _shared(tree: Tree, parts: Parts, beside: Sequence[Parts]) -> Parts:
    """Return `parts` with the medium behind another cue of the same speaker and sentence."""
    if parts.cue is None or parts.speaker is None or parts.via is not None:
        return parts
    last = tree.sentence_last[tree.at(parts.cue.start)]
    for other in beside:
        if other.via is None or other.speaker != parts.speaker:
            continue
        behind = max(parts.end, parts.cue.end, other.end) <= other.via.start
        if behind and other.via.end <= tree.end[last]:
            return parts._replace(via=other.via)
    return parts


_NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS"))


def _nearest(tree: Tree, found: Sequence[Parts], places: Sequence[int], medium: Span) -> int | None:
    near = [
        (_gap(cue, medium), place)
        for place in places
        if (cue := found[place].cue) is not None and _may_relay(tree, found[place], cue, medium)
    ]
    return min(near)[1] if near else None


def _may_relay(tree: Tree, parts: Parts, cue: Span, medium: Span) -> bool:
    if parts.speaker is None or any(overlap(piece, medium) for piece in parts.pieces):
        return False
    if parts.via is not None and _names(tree, medium) <= _names(tree, parts.via):
        return False
    first, last = sorted((tree.at(medium.start), tree.at(cue.start)))
    return ";" not in tree.word[first:last] and not _is_in_passing(tree, cue, medium)


def _is_in_passing(tree: Tree, cue: Span, medium: Span) -> bool:
    """Tell whether the cue's clause is about something that the medium's clause only names."""
    token, told = tree.at(cue.start), tree.at(medium.start)
    while tree.head[token] != token and not tree.left[token] <= told <= tree.right[token]:
        if tree.dep[token] == "relcl" and tree.dep[tree.head[token]] != "dobj":
            return True
        token = tree.head[token]
    return False


def _by_sentence[Item](
    tree: Tree, items: Iterable[Item], span_of: Callable[[Item], Span | None]
) -> dict[int | None, list[Item]]:
    """Return `items` by the first token of the sentence their span begins in."""
    found: dict[int | None, list[Item]] = defaultdict(list)
    for item in items:
        span = span_of(item)
        if span is not None:
            found[_sentence(tree, span)].append(item)
    return found


def _sentence(tree: Tree, span: Span) -> int:
    return tree.sentence_first[tree.at(span.start)]


def _names(tree: Tree, span: Span) -> bool:
    return any(tree.pos[token] == "PROPN" for token in tree.tokens(span))


def _gap(one: Span, other: Span) -> int:
    return max(one.start, other.start) - min(one.end, other.end)
