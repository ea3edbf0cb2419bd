"""What of a text a release may carry: all of it, its beginning, or nothing.

Applied when everything is extracted and resolved, so rows, offsets, counts and hashes are those of
the whole text. See `docs/decisions/0005-text-by-source.md`.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa


def withhold(
    database: duckdb.DuckDBPyConnection,
    policies: Mapping[str, str],
    *,
    excerpt_chars: int,
    whole_texts: Path,
) -> None:
    """Leave of the texts in `articles` and the excerpts in `quarantine` what `policies` allow.

    Args:
        database: holds the tables of the release to be.
        policies: "excerpt" or "none", by source; all others are carried whole.
        excerpt_chars: code points an excerpt has at most; it ends before a white space.
        whole_texts: Parquet file to write: `article_id` and the `whole` text of those cut.
    """
    sources = pa.table(
        {
            "source": pa.array(list(policies), pa.string()),
            "policy": pa.array(list(policies.values()), pa.string()),
        }
    )
    database.register("policies", sources)
    excerpt = "coalesce(nullif(rtrim(regexp_extract({text}, '(?s)^(.*)\\s', 1)), ''), {short})"
    begun = excerpt.format(text=f"text[:{excerpt_chars + 1}]", short=f"text[:{excerpt_chars}]")
    database.execute(
        f"""
        CREATE TEMP TABLE cut AS
            SELECT article_id, text AS whole, policy,
                CASE WHEN policy = 'none' THEN ''
                     WHEN length(text) <= {excerpt_chars} THEN text ELSE {begun} END AS carried
            FROM articles JOIN policies USING (source);
        UPDATE articles SET text = cut.carried, text_policy = cut.policy
            FROM cut WHERE cut.article_id = articles.article_id;
        UPDATE quarantine
            SET excerpt = CASE WHEN policy = 'excerpt' THEN excerpt[:{excerpt_chars}] END
            FROM policies WHERE policies.source = quarantine.source;
        """  # noqa: S608
    )
    texts = database.sql("SELECT article_id, whole FROM cut ORDER BY article_id")
    texts.write_parquet(str(whole_texts))
    database.execute("DROP TABLE cut")
    database.unregister("policies")
