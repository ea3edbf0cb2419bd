"""Which mention, and so which entity, a phrase is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.extract.quotes.tree import Tree
from pipeline.records import Entity, Mention, Span

_RELATIVES = frozenset(("who", "which", "that", "whom"))
_RANK = {"name": 2, "nominal": 1, "pronoun": 0}


@dataclass(frozen=True, slots=True)
class Linker:
    """Finds the mention at the head of a phrase."""

    tree: Tree
    by_token: dict[int, Mention]
    names: dict[str, str]

    def mention(self, span: Span | None) -> Mention | None:
        """Return the mention at the head of the phrase, or of the noun a "who" stands for."""
        if span is None:
            return None
        head = self._head(self.tree.tokens(span))
        if head is None:
            return None
        if head not in self.by_token and self.tree.word[head] in _RELATIVES:
            head = self._antecedent(head)
        return self._at(head) if head is not None else None

    def name(self, mention: Mention | None) -> str | None:
        """Return the name of the mention's entity."""
        return self.names.get(mention.entity_id) if mention is not None else None

    def _at(self, head: int) -> Mention | None:
        """Return the mention on `head`, else the one its apposition names."""
        if head in self.by_token:
            return self.by_token[head]
        for child in self.tree.with_dep(head, "appos"):
            if child in self.by_token:
                return self.by_token[child]
        return None

    def _head(self, tokens: Sequence[int]) -> int | None:
        inside = range(tokens[0], tokens[-1] + 1) if len(tokens) else range(0)
        return next((token for token in inside if self._is_root(token, inside)), None)

    def _is_root(self, token: int, inside: range) -> bool:
        return self.tree.head[token] not in inside or self.tree.head[token] == token

    def _antecedent(self, relative: int) -> int | None:
        verb = self.tree.head[relative]
        while self.tree.dep[verb] in ("conj", "xcomp", "ccomp") and self.tree.head[verb] < verb:
            verb = self.tree.head[verb]
        return self.tree.head[verb] if self.tree.dep[verb] == "relcl" else None


def linker(tree: Tree, mentions: Iterable[Mention], entities: Iterable[Entity]) -> Linker:
    """Index `mentions` by token; names go before pronouns, longer ones before shorter."""
    by_token: dict[int, Mention] = {}
    for mention in sorted(mentions, key=_strength):
        for token in tree.tokens(Span(mention.char_start, mention.char_end)):
            by_token[token] = mention
    return Linker(tree, by_token, {entity.entity_id: entity.name for entity in entities})


def _strength(mention: Mention) -> tuple[int, int, int]:
    length = mention.char_end - mention.char_start
    return (_RANK[mention.kind], length, mention.char_start)
