"""Who and what an article names: mentions, and the entities they stand for.

In order: bounds of the names (`spans`), one type for each string (`evidence`), which names are one
thing (`clusters`), which row of the tables that is (`linking`), what the words beside say of it
(`facts`), pronouns and descriptions (`reference`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.entities import spans
from pipeline.extract.entities.clusters import clustered
from pipeline.extract.entities.evidence import decide_types
from pipeline.extract.entities.facts import learn_facts
from pipeline.extract.entities.first_person import resolve_first_person
from pipeline.extract.entities.linking import link
from pipeline.extract.entities.names import Cluster, Name, folded, surface
from pipeline.extract.entities.reference import Reference, references
from pipeline.extract.entities.sides import take_sides
from pipeline.extract.entities.tables import (
    Forms,
    Tables,
    extra_tables,
    load_tables,
    load_words,
)
from pipeline.extract.entities.view import View, view_of
from pipeline.extract.nlp import Parse
from pipeline.ids import content_id, occurrence_ids
from pipeline.records import Article, Entity, EntityType, Mention, MentionKind

__all__ = ["extra_tables", "find_entities", "resolve_first_person"]


def find_entities(
    parse: Parse, article: Article, *, tables: Tables | None = None
) -> tuple[list[Mention], list[Entity]]:
    """Return the mentions of `article` in order, and one entity for each thing they name.

    `tables` are those of `extra_tables` where a user has his own.
    """
    tables, view = tables or load_tables(), view_of(parse)
    names, pairs = _names(parse, view, tables)
    clusters = clustered(names, tables, pairs)
    clusters = link(clusters, tables, article.published_day)
    take_sides(clusters, view)
    learn_facts(clusters, view, tables)
    return _records(clusters, references(clusters, view, tables.demonyms), view, article)


def _names(parse: Parse, view: View, tables: Tables) -> tuple[list[Name], list[tuple[Name, Name]]]:
    """Return the names of the article in order, typed, and its acronyms with what they are for."""
    text = parse.text
    marked = list(spans.model_names(parse.names, text, tables))
    marked = spans.without_headline_guesses(marked, text, tables)
    for name in marked:
        spans.without_joint(name, text)
        spans.without_adjective(name, text)
        if name.label == "ORG":
            spans.without_officer(name, text)
        if name.label == "PERSON":
            spans.without_title(name, text, tables)
    added = [
        *spans.designators(text, tables),
        *spans.ships(view),
        *spans.titled_people(view),
        *spans.speakers(view),
        *spans.famous_people(view, tables),
        *spans.bodies(view),
        *spans.known_names(view, tables),
    ]
    names = spans.merged([*marked, *added], text, tables)
    pairs = list(spans.acronyms(names, text))
    names = spans.merged([*names, *(short for _, short in pairs)], text, tables)
    decide_types(names, view, tables)
    names = [name for name in names if not spans.is_title_only(name, text)]
    for full, short in pairs:
        short.type = full.type
    again = spans.repeats(names, Forms(_forms_of(names, pairs)), view)
    names = sorted([*names, *again], key=lambda name: name.start)
    for name in names:
        if name.type == "PERSON":
            spans.without_title(name, text, tables)
    return names, pairs


def _forms_of(names: list[Name], pairs: list[tuple[Name, Name]]) -> list[tuple[str, EntityType]]:
    """Return the strings whose further occurrences are names too, with their types."""
    forms: dict[str, EntityType] = {}
    common = load_words()["not_names"]
    for name in names:
        forms.setdefault(surface(name.text), name.type)
    for full, short in pairs:
        forms[short.text] = full.type
    for name in names:
        initials = spans.initials_of(name)
        if initials:
            forms.setdefault(initials, "ORG")
    for name in names:
        words = name.text.split()
        if name.type == "PERSON" and len(words) > 1 and words[-1][:1].isupper():
            forms.setdefault(words[-1], "PERSON")
    return [(form, kind) for form, kind in forms.items() if len(form) > 1 and form not in common]


def _records(
    clusters: list[Cluster], resolved: list[Reference], view: View, article: Article
) -> tuple[list[Mention], list[Entity]]:
    entities: dict[str, Entity] = {}
    rows: list[tuple[int, int, MentionKind, str, EntityType]] = []
    ids: dict[int, str] = {}
    for cluster in clusters:
        entity = _entity(cluster, article)
        ids[id(cluster)] = entity.entity_id
        entities.setdefault(entity.entity_id, entity)
        rows += [(n.start, n.end, "name", entity.entity_id, cluster.type) for n in cluster.names]
    rows += [(r.start, r.end, r.kind, ids[id(r.cluster)], r.cluster.type) for r in resolved]
    rows.sort(key=lambda row: row[:2])
    surfaces = [view.text[row[0] : row[1]] for row in rows]
    mentions = [
        _mention(mention_id, row, view, article.article_id)
        for mention_id, row in zip(
            occurrence_ids("m", article.article_id, surfaces), rows, strict=True
        )
    ]
    return mentions, _counted(entities, mentions)


def _mention(
    mention_id: str, row: tuple[int, int, MentionKind, str, EntityType], view: View, article_id: str
) -> Mention:
    start, end, kind, entity_id, entity_type = row
    sentence = view.sentences[view.sentence(start)]
    return Mention(
        mention_id=mention_id,
        article_id=article_id,
        entity_id=entity_id,
        char_start=start,
        char_end=end,
        text=view.text[start:end],
        kind=kind,
        type=entity_type,
        sentence_start=sentence.start,
        sentence_end=view.sentences[view.sentence(end - 1)].end,
    )


def _entity(cluster: Cluster, article: Article) -> Entity:
    entry = cluster.entry
    name = entry.name if entry else cluster.fullest
    surfaces = dict.fromkeys(surface(item.text) for item in cluster.names)
    surfaces.pop(name, None)
    local = content_id("e", cluster.type, folded(name))
    return Entity(
        entity_id=entry.qid if entry and entry.qid else local,
        name=name,
        type=cluster.type,
        aliases=sorted(surfaces),
        wikidata_id=entry.qid if entry else None,
        wikipedia_title=entry.wikipedia if entry else None,
        country=cluster.country,
        sector=cluster.sector,
        geonames_id=entry.geonames_id if entry else None,
        latitude=entry.latitude if entry else None,
        longitude=entry.longitude if entry else None,
        description=cluster.description,
        n_mentions=0,
        n_articles=1,
        first_published_at=article.published_at,
        last_published_at=article.published_at,
    )


def _counted(entities: dict[str, Entity], mentions: Sequence[Mention]) -> list[Entity]:
    counts = Counter(mention.entity_id for mention in mentions)
    return [replace(entity, n_mentions=counts[key]) for key, entity in entities.items()]
