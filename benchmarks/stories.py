"""How well stories are found: `python benchmarks/stories.py`.

Each article of training/corpus is dealt out, sentence by sentence, to two: they tell one story
without a sentence in common, one of them without its headline. All are printed within two and a
half days, with the corpus's own annotation of names. That is harder than life, where two papers
say the main thing in their own words each; so recall is a lower bound. It rewards nothing for
telling apart stories about the same subject on the same days, of which the corpus has few.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from factory import article, mention  # noqa: E402

from pipeline.ids import content_id  # noqa: E402
from pipeline.records import Article, Mention  # noqa: E402
from pipeline.resolve import open_database, stories  # noqa: E402
from pipeline.schema import load_tables  # noqa: E402
from pipeline.store import encode  # noqa: E402
from training.corpus_reader import CorpusArticle, read_corpus  # noqa: E402

CURVE = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
HOURS = 60
SENTENCE = re.compile(r"[^\n]{16,}?(?:[.!?][\"”’]?(?=\s)|(?=\n)|$)")
MIN_SENTENCES = 6


def halves(told: CorpusArticle, chance: Random) -> Iterator[tuple[Article, list[Mention]]]:
    found = [match.span() for match in SENTENCE.finditer(told.text, told.body_start)]
    names = {entity.id: (entity.type, entity.name) for entity in told.entities}
    for half in (0, 1) if len(found) >= MIN_SENTENCES else ():
        spans, article_id = found[half::2], content_id("a", told.id, str(half))
        yield (
            article(
                " ".join(told.text[start:end].strip() for start, end in spans),
                article_id=article_id,
                record_id=told.id,
                title=told.title if half == 0 else None,
                published_at=datetime(2024, 3, 1, tzinfo=UTC)
                + timedelta(hours=chance.uniform(0, HOURS)),
            ),
            [
                mention(
                    content_id("m", article_id, str(number)),
                    content_id("e", *names[one.entity]),
                    article_id=article_id,
                )
                for number, one in enumerate(told.mentions)
                if one.kind == "name" and any(a <= one.span.start < b for a, b in spans)
            ],
        )


def main() -> None:
    chance = Random(3)
    dealt = [
        pair for told in read_corpus(ROOT / "training/corpus") for pair in halves(told, chance)
    ]
    articles = encode(load_tables()["articles"], [one for one, _ in dealt])
    mentions = encode(load_tables()["mentions"], [one for _, some in dealt for one in some])
    print(f"{len(dealt) // 2} stories\n\n| threshold | recall | precision |\n| --- | --- | --- |")
    for stories.MIN_ALIKE in CURVE:
        with closing(open_database()) as database:
            for name, rows in (("articles", articles), ("mentions", mentions)):
                database.register("rows", rows)
                database.execute(f"CREATE TABLE {name} AS FROM rows")
            stories.mark_stories(database)
            together, right = database.execute(
                "SELECT count(*), count(*) FILTER (a.record_id = b.record_id) FROM articles AS a"
                " JOIN articles AS b ON a.story_id = b.story_id AND a.article_id < b.article_id"
            ).fetchone()
        recall, precision = right / (len(dealt) // 2), right / max(together, 1)
        print(f"| {stories.MIN_ALIKE} | {recall:.3f} | {precision:.3f} |")


if __name__ == "__main__":
    main()
