"""Does a release carry no more of any text than its source allows?

The rule is put in other words than `export/carried.py` puts it, so that one may find the other out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.validate.rules import Rule, name, quoted
from pipeline.validate.spans import WITHHELD


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a release is to leave out.

    Attributes:
        whole_texts: Parquet file with `article_id` and the `whole` text of articles cut.
        policies: "excerpt" or "none", by source; texts of all others are carried whole.
        excerpt_chars: code points an excerpt has at most.
    """

    whole_texts: Path
    policies: Mapping[str, str]
    excerpt_chars: int


def policy_rules(withheld: Withheld) -> Iterator[tuple[str, Rule]]:
    """Yield (table, rule): the policies in `articles` and `quarantine`."""
    policy = _policy_of("t.source", withheld.policies)
    whole = f"articles AS t LEFT JOIN {name(WITHHELD)} AS w USING (article_id)"
    carried = (
        f"CASE {policy} WHEN 'full' THEN w.whole IS NOT NULL"
        f" WHEN 'excerpt' THEN length(text) > {withheld.excerpt_chars}"
        " OR NOT coalesce(starts_with(w.whole, text), false) OR (text = '' AND w.whole <> '')"
        " ELSE text <> '' OR w.whole IS NULL END"
    )
    another = (
        "w.whole IS NOT NULL AND (length(w.whole) <> n_chars OR sha256(w.whole) <> text_sha256)"
    )
    for column, broken in (
        ("text_policy", f"text_policy <> {policy}"),
        ("text", carried),
        ("text_sha256", another),
    ):
        yield "articles", Rule("text-policy", column, "article_id", whole, broken)
    shown = (
        f"CASE {policy} WHEN 'full' THEN false"
        f" WHEN 'excerpt' THEN length(excerpt) > {withheld.excerpt_chars}"
        " ELSE excerpt IS NOT NULL END"
    )
    yield "quarantine", Rule("text-policy", "excerpt", "record_id", "quarantine AS t", shown)


def _policy_of(source: str, policies: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN {quoted(one)} THEN {quoted(what)}" for one, what in policies.items())
    return f"(CASE {source} {cases} ELSE 'full' END)" if cases else "'full'"
