"""Which text of an address this is: the first, the second, ..."""

from collections.abc import Sequence

import duckdb

from pipeline.resolve.changes import view_files


def number_revisions(database: duckdb.DuckDBPyConnection, before: Sequence[str]) -> None:
    """Raise `revision` in table `articles` above that in the release before where the text differs.

    A text that goes back to an earlier one is a new revision: the number only ever rises. An
    article whose text is as it was keeps its number. What the sources themselves hold of an
    address's history was counted when they were read; the higher number stands.

    Args:
        database: holds `articles` of the release to be.
        before: files of `articles` in the release before; none if there is no such release.
    """
    if not before:
        return
    view_files(database, "published", before)
    database.execute(
        """
        UPDATE articles SET revision = published.revision
                + (articles.text_sha256 <> published.text_sha256)::INTEGER
            FROM published WHERE published.article_id = articles.article_id
                AND articles.revision < published.revision
                    + (articles.text_sha256 <> published.text_sha256)::INTEGER;
        DROP VIEW published;
        """
    )
