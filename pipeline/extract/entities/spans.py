"""Where the names of an article begin and end: the model's, trimmed, and those rules add."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

from pipeline.extract.entities.names import LABELS, Name, surface
from pipeline.extract.entities.tables import Entry, Forms, Tables, load_words
from pipeline.extract.entities.view import View
from pipeline.extract.nlp import NameSpan
from pipeline.records import EntityType, Span

_DESIGNATOR = re.compile(
    r"(?<![\w/-])(?:"
    r"(?:F/A|[A-Z][A-Za-z]{0,3})-\d{1,4}(?:[A-Z]{1,3}\d?|M\d)?"  # S-400, Su-57, Kh-101, MQ-9B
    r"|(?:MiG|Mi|Su|Tu|AK|BMP|BTR|RPG)\d{1,3}"  # the same, run together
    r"|A3\d\d(?:neo|XWB)?"
    r"|(?:DDG|CVN|SSN|SSBN|LHD|LHA|LPD|LSD|FFG|LCS)[ -]\d{1,3}"  # hull numbers of the US Navy
    r"|(?:Boeing|Airbus|Antonov|Tupolev|Ilyushin|Sukhoi|Embraer|Bombardier)"
    r" (?:[A-Z]{1,3}-?)?\d{1,4}(?:-\d{1,3})?(?: MAX| Max| Dreamliner)?"
    r")(?=s?(?![\w-]|-\d))"
)
_NO_DESIGNATOR = frozenset(
    ["G", "I", "PG", "K", "U", "Covid", "COVID", "Q", "H", "SN", "MH", "QZ", "CO", "A", "B", "C"]
)
"""Letters that more often number other things: summits, motorways, films, school years, football
sides, flights, visas. A designator the tables know is taken whatever its letters."""
_NUMBERS_OTHERS = frozenset(
    ["flight", "route", "highway", "interstate", "visa", "visas", "act", "article", "case"]
)
_MARKDOWN = re.compile(r"\]\([^)]*\)?|[*_#\[\]]+")
_OPENING = " \t\n\r\"'“”‘’`«»([{<,;:.-–—*_#|/\\~=&+"
_CLOSING = " \t\n\r\"'“”‘’`«»([{<,;:-–—*_#|/\\~=&+"
_POSSESSIVE = re.compile(r"(?:'s|’s|`s|'|’)$")
_ARTICLE = re.compile(r"(?:the|a|an|this|that|these|those|his|her|its|their|our|my|your)\s+", re.I)
_ABBREVIATION = re.compile(r"(?:^|[\s.])[A-Z]\.$|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|St|Cal|Calif|Bros)\.$")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)$")
_BRACKETED = re.compile(r"\s?[(\[]([A-Z][A-Za-z&.-]{1,11})[)\]]")
_SHIP = re.compile(r"\s+[A-Z][\w’'-]+(?:\s+(?:(?:de|of|al|the) )*[A-Z][a-z][\w’'-]+){0,2}")
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")
_SMALL = frozenset(
    [
        "of",
        "and",
        "the",
        "for",
        "in",
        "on",
        "at",
        "to",
        "de",
        "del",
        "la",
        "le",
        "du",
        "des",
        "von",
        "van",
        "der",
        "den",
        "&",
        "el",
        "al",
    ]
)
HEADLINE_SHARE = 0.7
"""Share of a line's longer words that begin in upper case from which it is read as a headline."""


def model_names(spans: Iterable[NameSpan], text: str, tables: Tables) -> Iterator[Name]:
    """Yield the model's names, cut at line ends and trimmed; what holds no name is dropped."""
    for span in spans:
        label = LABELS.get(span.label)
        if label is None:
            continue
        for start, end in _pieces(text, span.start, span.end, label, tables):
            bounds = trimmed(text, start, _before_break(text, start, end, tables), tables)
            if bounds and _may_be_name(text[slice(*bounds)]) and not _is_currency(text, *bounds):
                yield Name(*bounds, text[slice(*bounds)], label, span.score)


_BREAK = re.compile(r"\s[–—]\s|\s?\((?=[^)\n]*$)")
_SCORE = re.compile(r"\s\d{1,2}$")


def _before_break(text: str, start: int, end: int, tables: Tables) -> int:
    """Return where a name ends that runs over a dash, an open bracket or a score: "Belgium 3"."""
    for mark in _BREAK.finditer(text[start:end]):
        if mark.start():
            end = start + mark.start()
            break
    score = _SCORE.search(text[start:end])
    if score and text[start : start + score.start()] in tables.forms:
        return start + score.start()
    return end


def _is_currency(text: str, start: int, end: int) -> bool:
    """Return whether a country's letters only tell whose dollars follow: "US$ 20", "NZ $5"."""
    return end - start < 4 and text[end : end + 2].lstrip().startswith("$")


def trimmed(text: str, start: int, end: int, tables: Tables) -> Span | None:
    """Return the bounds without quotes, brackets, articles, possessives and markdown."""
    for mark in _MARKDOWN.finditer(text, start, end):
        if mark.start() > start:
            end = mark.start()
            break
        start = mark.end()
    before = None
    while before != (start, end) and start < end:
        before = (start, end)
        while start < end and text[start] in _OPENING:
            start += 1
        while start < end and text[end - 1] in _CLOSING:
            end -= 1
        if text[end - 1 : end] in (")", "]", "}") and "(" not in text[start:end]:
            end -= 1
        if text[end - 1 : end] == "." and not _keeps_stop(text, start, end, tables):
            end -= 1
        owner = _POSSESSIVE.search(text[start:end])
        if owner and text[start:end] not in tables.forms:
            end = start + owner.start()
        article = _ARTICLE.match(text, start, end)
        if article and text[start:end] not in tables.forms:
            start = article.end()
    return Span(start, end) if start < end else None


def _keeps_stop(text: str, start: int, end: int, tables: Tables) -> bool:
    name = text[start:end]
    return name in tables.forms or bool(_ABBREVIATION.search(name))


def _pieces(
    text: str, start: int, end: int, label: EntityType, tables: Tables
) -> Iterator[tuple[int, int]]:
    """Cut a model's span at line ends, and where it holds two names of one kind."""
    for line in re.finditer(r"[^\n]+", text[start:end]):
        begin, stop = start + line.start(), start + line.end()
        cuts = [begin, *_joints(text[begin:stop], begin, label, tables), stop]
        yield from pairwise(cuts)


_JOINT = re.compile(r",\s+|\s+and\s+(?=[A-Z])")


def _joints(name: str, offset: int, label: EntityType, tables: Tables) -> list[int]:
    """Return where "Paris, France", "Syria and Iraq", "Ann and Bob" divide, as offsets."""
    if label not in ("PERSON", "GPE", "NORP", "LOC") or name in tables.forms:
        return []
    cuts = [offset + joint.end() for joint in _JOINT.finditer(name)]
    origin = name.find(" of ")
    if (
        label == "PERSON"
        and origin > 0
        and " " in name[:origin]
        and _is_first_name(name.split()[0])
    ):
        cuts.append(offset + origin + 4)
    return sorted(cuts)


def _may_be_name(name: str) -> bool:
    words = load_words()["not_names"]
    if name in words or "@" in name or "://" in name or "==" in name:
        return False
    return any(character.isupper() for character in name) and not name[:1].isdigit() | (
        name.isdigit()
    )


def without_joint(name: Name, text: str) -> None:
    """Take the "and" off the end of the first of two names that were one span."""
    while cut := _LOOSE_END.search(name.text):
        name.end = name.start + cut.start()
        name.text = text[name.start : name.end]


_LOOSE_END = re.compile(r"(?:,|\s+(?:and|of|the|in|et al|Image|Photo|Video))$")
_LOOSE_START = re.compile(r"(?:[a-z]{3,}|(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est)ern)\s+(?=[A-Z])")
_PARTICLES = frozenset(
    ["von", "van", "den", "der", "del", "des", "dos", "bin", "ibn", "abu", "las"]
)


def without_adjective(name: Name, text: str) -> None:
    """Take words in lower case off the front: "former Yugoslavia", "united Germany"."""
    head = _LOOSE_START.match(name.text)
    if head and head[0].strip() not in _PARTICLES and head[0].islower():
        name.start += head.end()
        name.text = text[name.start : name.end]


def without_officer(name: Name, text: str) -> None:
    """Take the title of its officer off a body's name: "State Department Spokesperson"."""
    head, _, last = name.text.rpartition(" ")
    words = load_words()
    if last in words["titles"] and head.rsplit(" ", 1)[-1] in words["org_last"]:
        name.end = name.start + len(head)
        name.text = text[name.start : name.end]


def designators(text: str, tables: Tables) -> Iterator[Name]:
    """Yield weapons, vehicles and aircraft by their designators: S-400, F-35, Kh-101.

    The plural's "s" stays outside, so that "S-400s" and "S-400" are one name.
    """
    for match in _DESIGNATOR.finditer(text):
        known = any(entry.type == "PRODUCT" for entry in tables.entries(match[0]))
        if not known and (match[0].split("-")[0] in _NO_DESIGNATOR or _numbers_other(text, match)):
            continue
        yield Name(match.start(), match.end(), match[0], type="PRODUCT", sure=True)


def _numbers_other(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 12) : match.start()].split()
    after = text[match.end() : match.end() + 10].split()
    return bool(
        (before and before[-1].lower() in _NUMBERS_OTHERS)
        or (after and after[0].strip(".,").lower() in _NUMBERS_OTHERS)
    )


def ships(view: View) -> Iterator[Name]:
    """Yield ships by the prefix of their navy: HMS Ocean, USS Mahan."""
    prefixes = load_words()["ship_prefixes"]
    for number, word in enumerate(view.words):
        if word in prefixes:
            start = view.starts[number]
            match = _SHIP.match(view.text, start + len(word))
            if match and "\n" not in match[0]:
                end = match.end() - (2 if match[0].endswith(("'s", "’s")) else 0)
                yield Name(start, end, view.text[start:end], type="PRODUCT", sure=True)


_COMPOUND = re.compile(r"(?<![\w-])[A-Z][\w]*-$")
"""The first half of one word: "Euro-Atlantic" is no ocean; "pro-Moscow" names the city."""


def known_names(view: View, tables: Tables) -> Iterator[Name]:
    """Yield names the tables are sure of, wherever the text has them."""
    for start, end in tables.forms.found(view.text):
        form = view.text[start:end]
        entry = tables.entries(form)[0]
        if entry.type != "NORP" and _COMPOUND.search(view.text, max(0, start - 20), start):
            continue
        if entry.strong and _stands_as_name(view, start, end, form, entry):
            yield Name(start, end, form, type=entry.type)


LONG_NAME = 9
"""Letters from which a known name is one even where the tagger takes it for a common noun."""


def _stands_as_name(view: View, start: int, end: int, form: str, entry: Entry) -> bool:
    if entry.type == "GPE" and _ends_longer_name(view, start):
        return False
    if entry.type == "PERSON" or " " in form or "-" in form:
        return True
    token = view.at(start)
    tagged = view.tag(token).startswith("NNP" if len(form) < LONG_NAME else "NN")
    if not tagged and entry.type not in ("NORP", "GPE"):
        return False
    if _is_first_name(form) and _is_capital(view.word(token + 1)):
        return False
    # Part of a longer capitalised phrase the model did not mark: "Columbia Journalism School".
    before, after = view.word(token - 1), view.word(view.at(end - 1) + 1)
    if entry.type == "NORP" or entry.kind == "state":
        return True
    return not (_is_capital(after) and view.starts[view.at(end - 1) + 1] == end + 1) and not (
        _is_capital(before) and view.tag(token - 1).startswith("NNP")
    )


def _ends_longer_name(view: View, start: int) -> bool:
    """Return whether a place ends a name that begins before it: "Air France", "East Harlem"."""
    before = view.at(start) - 1
    word, lists = view.word(before), load_words()
    return (
        word[:1].isupper()
        and view.tag(before) in ("NNP", "NNPS")
        and view.starts[before] + len(word) + 1 == start
        and word not in lists["titles"]
        and word not in lists["not_names"]
        and view.text[start - 1] == " "
    )


def _is_first_name(form: str) -> bool:
    words = load_words()
    return form in words["men"] or form in words["women"]


def _is_capital(word: str) -> bool:
    return word[:1].isupper() and len(word) > 1


def merged(names: Iterable[Name], text: str, tables: Tables) -> list[Name]:
    """Return names in order without overlaps; where two overlap the better one stays.

    A rule that is right by itself beats all; else the longer name does, and of equals the
    model's, which knows the sentence.
    """
    ranked = sorted(
        names,
        key=lambda name: (
            not name.sure,
            _holds_a_verb(name),
            name.start - name.end,
            not name.label,
        ),
    )
    starts: list[int] = []
    kept: list[Name] = []
    for name in ranked:
        place = bisect_right(starts, name.start)
        before = kept[place - 1] if place else None
        after = kept[place] if place < len(kept) else None
        if before and before.end > name.start:
            _learn(before, name)
            _keep_rest(before, name, text, tables, starts, kept)
            continue
        if after and after.start < name.end:
            _keep_rest(after, name, text, tables, starts, kept)
            continue
        starts.insert(place, name.start)
        kept.insert(place, name)
    return kept


def _holds_a_verb(name: Name) -> bool:
    """Return whether a model's name has a lower-case word names do not have: "UN left Goma"."""
    words = _WORDS.findall(name.text)[1:-1] if name.label else []
    return any(word.islower() and word not in _SMALL and len(word) > 2 for word in words)


def _learn(kept: Name, dropped: Name) -> None:
    if (kept.start, kept.end) == (dropped.start, dropped.end) and not kept.label:
        kept.label, kept.score = dropped.label, dropped.score


def _keep_rest(
    kept: Name, dropped: Name, text: str, tables: Tables, starts: list[int], names: list[Name]
) -> None:
    """Keep what a designator leaves of a longer name before it: "Lockheed F-35"."""
    if not kept.sure or not dropped.label or dropped.start >= kept.start:
        return
    bounds = trimmed(text, dropped.start, kept.start, tables)
    if bounds and text[slice(*bounds)] in tables.forms:
        place = bisect_left(starts, bounds.start)
        if place == 0 or names[place - 1].end <= bounds.start:
            rest = Name(*bounds, text[slice(*bounds)], dropped.label, dropped.score)
            starts.insert(place, rest.start)
            names.insert(place, rest)


def without_title(name: Name, text: str, tables: Tables) -> None:
    """Take titles and offices off the front of a person's name."""
    words = load_words()
    lead = words["titles"] | words["honorifics"] | words["title_starts"]
    while True:
        head, _, rest = name.text.partition(" ")
        if not rest.strip() or head not in lead or name.text in tables.forms:
            return
        if not rest.lstrip()[:1].isupper() and not rest.startswith("al-"):
            return
        name.start += len(name.text) - len(rest.lstrip())
        name.text = text[name.start : name.end]


def acronyms(names: list[Name], text: str) -> Iterator[tuple[Name, Name]]:
    """Yield (full name, its acronym): "the Syrian Democratic Forces (SDF)".

    The full name grows to the left where that explains the acronym.
    """
    for name in names:
        match = _BRACKETED.match(text, name.end)
        if not match:
            continue
        letters = [letter for letter in match[1] if letter.isupper()]
        if len(letters) < 2 or len(letters) * 2 < len(match[1]):
            continue
        start = _explained_from(text, name, letters)
        if start is None and name.label == "ORG" and match[1].isupper() and len(letters) > 2:
            start = name.start  # The letters are those of its name in another language.
        if start is not None:
            name.start, name.text = start, text[start : name.end]
            yield name, Name(match.start(1), match.end(1), match[1], sure=False)


def _explained_from(text: str, name: Name, letters: list[str]) -> int | None:
    """Return where the words that the letters stand for begin, looking back a few words."""
    line = max(text.rfind("\n", 0, name.start) + 1, name.start - 40)
    for start in [name.start, *_earlier_words(text, line, name.start)]:
        words = [w for w in re.split(r"[\s-]+", text[start : name.end]) if w]
        initials = "".join(w[0].upper() for w in words if w.lower() not in _SMALL)
        full = "".join(w[0].upper() for w in words)
        wanted = "".join(letters).upper()
        if wanted in (initials, full) or (start == name.start and _is_inside(wanted, full)):
            return start
    return None


def _earlier_words(text: str, line: int, start: int) -> list[int]:
    words = [line + word.start() for word in _WORDS.finditer(text[line:start])]
    return [offset for offset in reversed(words[-4:]) if text[offset].isupper()]


def _is_inside(letters: str, initials: str) -> bool:
    rest = iter(initials)
    return len(letters) >= 3 and all(letter in rest for letter in letters)


def repeats(names: list[Name], forms: Forms[EntityType], view: View) -> Iterator[Name]:
    """Yield further places where names of this article stand without having been marked."""
    starts = [name.start for name in names]
    for start, end in forms.found(view.text):
        place = bisect_right(starts, start)
        if (place and names[place - 1].end > start) or (place < len(names) and starts[place] < end):
            continue
        if _repeats_name(view, start, end):
            kind = forms.values[view.text[start:end]][0]
            yield Name(start, end, view.text[start:end], type=kind)


def _repeats_name(view: View, start: int, end: int) -> bool:
    form, token = view.text[start:end], view.at(start)
    if " " in form or view.tag(token).startswith("NNP"):
        return True
    # The tagger reads WHO and IS as the words they are in lower case.
    return form.isupper() and not (view.word(token - 1) + view.word(token + 1)).isupper()


def headlines(text: str) -> list[Span]:
    """Return the lines in which so many words are capitalised that capitals mean nothing."""
    found = []
    for line in re.finditer(r"[^\n]+", text):
        words = [word for word in _WORDS.findall(line[0]) if len(word) > 3]
        capital = sum(word[0].isupper() for word in words)
        ends_open = line[0].rstrip()[-1:] not in (".", "!", "?", "”", '"', ":")
        if len(words) >= 4 and ends_open and capital >= HEADLINE_SHARE * len(words):
            found.append(Span(*line.span()))
    return found


def without_headline_guesses(names: list[Name], text: str, tables: Tables) -> list[Name]:
    """Drop what only a headline takes for a name: its words are common words in the body."""
    lines = headlines(text)
    if not lines:
        return names
    starts = [line.start for line in lines]
    bounds = [0, *(offset for line in lines for offset in line), len(text)]
    body = "\n".join(text[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    common = {word for word in _WORDS.findall(body) if word.islower()}
    known = Forms((surface(name.text), None) for name in names)
    in_body = {body[slice(*found)] for found in known.found(body)}

    def is_guess(name: Name) -> bool:
        place = bisect_right(starts, name.start)
        if not place or name.end > lines[place - 1].end or name.text in tables.forms:
            return False
        words = _WORDS.findall(name.text)
        return surface(name.text) not in in_body and any(word.lower() in common for word in words)

    return [name for name in names if not is_guess(name)]


def is_title_only(name: Name, text: str) -> bool:
    """Return whether a name is nothing but titles: "Chief Justice", "Foreign" before "Minister"."""
    words = load_words()
    lead = words["titles"] | words["honorifics"] | words["title_starts"]
    if not all(word in lead for word in name.text.split()):
        return False
    after = _WORDS.match(text, name.end + 1)
    return name.type == "PERSON" or bool(after and after[0] in words["titles"])


_RANKED = re.compile(
    r"\s+((?:[A-Z]\.\s?)*[A-Z][\w’'-]+(?:\s+(?:[A-Z]\.|al-[A-Z][\w-]+|[A-Z][\w’'-]+)){0,2})"
)


def titled_people(view: View) -> Iterator[Name]:
    """Yield people by an honorific or rank before capitalised words: "Capt. Nan Lindley"."""
    ranks = load_words()["ranks"]
    for number, word in enumerate(view.words):
        if word in ranks and view.word(number + 1) not in ranks:
            match = _RANKED.match(view.text, view.starts[number] + len(word))
            if match and "\n" not in match[0] and view.tag(number + 1).startswith("NNP"):
                start, end = match.span(1)
                end -= 2 if match[1].endswith(("'s", "’s")) else 0
                yield Name(start, end, view.text[start:end], type="PERSON")


def famous_people(view: View, tables: Tables) -> Iterator[Name]:
    """Yield the last names of office holders that are no other word: "We want Merkel"."""
    common = load_words()["not_names"]
    for number, word in enumerate(view.words):
        if (
            view.tags[number] == "NNP"
            and word in tables.last_names
            and any(entry.terms for entry in tables.last_names[word])
            and word not in tables.forms
            and word not in common
            and not _is_first_name(word)
            and not view.tag(number - 1).startswith("NNP")
            and not view.tag(number + 1).startswith("NNP")
        ):
            start = view.starts[number]
            yield Name(start, start + len(word), word, type="PERSON")


def speakers(view: View) -> Iterator[Name]:
    """Yield the capitalised subjects of speech verbs: "..., Lindley said"."""
    speech, common = load_words()["speech"], load_words()["not_names"]
    for number, word in enumerate(view.words):
        if (
            view.tags[number] == "NNP"
            and view.deps[number] == "nsubj"
            and view.words[view.heads[number]] in speech
            and word.isalpha()
            and word.istitle()
            and word not in common
            and not _is_body_or_title(word)
            and not view.tag(number - 1).startswith(("NNP", "JJ", "DT"))
        ):
            start = view.starts[number]
            yield Name(start, start + len(word), word, type="PERSON")


def _is_body_or_title(word: str) -> bool:
    words = load_words()
    return word in words["org_last"] or word in words["titles"] or word in words["title_starts"]


def bodies(view: View) -> Iterator[Name]:
    """Yield capitalised phrases a word of theirs shows to be bodies or buildings.

    "Syrian Electronic Army", "UK Government", "Government of Iraq", "Ministry of Public Works",
    "Norwich Station".
    """
    lists = load_words()
    number = 0
    while number < len(view.words):
        # "the 5th Fleet"
        stop = _run_end(view, number + bool(_ORDINAL.match(view.words[number])))
        if stop - number > 1:
            yield from _body_in(view, number, stop, lists["org_last"], "ORG")
            yield from _body_in(view, number, stop, lists["fac_last"], "FAC")
        last = max(stop - 1, number)
        if view.words[last] in lists["org_first"] and view.word(last + 1) in ("of", "for"):
            end = _end_of_whole(view, last + 1)
            if end > last + 1:
                begin = number
                while begin < last and _is_lead(view.words[begin]):
                    begin += 1
                yield _phrase(view, begin, end, "ORG")
                stop = end
        number = max(stop, number + 1)


def _end_of_whole(view: View, joint: int) -> int:
    """Return the end of "of the District of Columbia" from the "of"; `joint` if no name follows."""
    end = joint
    while view.word(end) in ("of", "for"):
        after = end + 1 + (view.word(end + 1) == "the")
        stop = min(_run_end(view, after), after + 3)
        if stop == after:
            break
        end = stop
    return end


def _run_end(view: View, number: int) -> int:
    """Return the number after the run of capitalised proper nouns and adjectives from `number`."""
    stop = number
    while (
        stop < len(view.words)
        and view.words[stop][:1].isupper()
        and view.tags[stop] in ("NNP", "NNPS", "JJ")
        and (stop == number or view.starts[stop] == view.starts[stop - 1] + _width(view, stop))
    ):
        stop += 1
    return stop


def _width(view: View, stop: int) -> int:
    return len(view.words[stop - 1]) + 1


def _body_in(
    view: View, start: int, stop: int, endings: frozenset[str], kind: EntityType
) -> Iterator[Name]:
    while stop - start > 1 and view.words[stop - 1] not in endings:
        stop -= 1
    while stop - start > 1 and _is_lead(view.words[start]):
        start += 1
    if stop - start > 1:
        yield _phrase(view, start, stop, kind)


def _is_lead(word: str) -> bool:
    words = load_words()
    return word in words["not_names"] or word in words["titles"] or word in words["honorifics"]


def _phrase(view: View, start: int, stop: int, kind: EntityType) -> Name:
    begin, end = view.starts[start], view.starts[stop - 1] + len(view.words[stop - 1])
    return Name(begin, end, view.text[begin:end], type=kind)


def initials_of(name: Name) -> str | None:
    """Return the acronym of an organisation's name of three words and more."""
    if name.type != "ORG":
        return None
    letters = [word[0] for word in name.text.split() if word.lower() not in _SMALL]
    return "".join(letters) if len(letters) > 2 and all(map(str.isupper, letters)) else None
