"""RELEASE_NOTES.md: what a release has that the one before had not, in numbers."""

from collections.abc import Mapping, Sequence

CHANGES = ("added", "removed", "changed")


def notes(
    release: str,
    previous: str | None,
    rows: Mapping[str, int],
    changes: Sequence[tuple[str, str, str, int]],
) -> str:
    """Return the notes in Markdown.

    Args:
        release: its name.
        previous: name of the release before; `None` for the first.
        rows: rows a table has now.
        changes: (table, change, cause, rows) of everything that differs.
    """
    against = f"against {previous}" if previous else "the first in this folder"
    lines = [
        f"# Release {release}\n",
        f"Rows a table, {against}; percentages are of the rows now.\n",
        "| table | rows | added | removed | changed | causes |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        *(_line(table, rows[table], changes) for table in rows),
        "\nEvery row that differs stands in `changelog/TABLE.parquet`, with its cause and columns.",
    ]
    return "\n".join(lines) + "\n"


def _line(table: str, rows: int, changes: Sequence[tuple[str, str, str, int]]) -> str:
    told = [entry for entry in changes if entry[0] == table]
    cells = [
        _share(sum(count for _, change, _, count in told if change == kind), rows)
        for kind in CHANGES
    ]
    causes = ", ".join(sorted({cause for _, _, cause, _ in told})) or "none"
    return f"| `{table}` | {rows:,} | {' | '.join(cells)} | {causes} |"


def _share(count: int, rows: int) -> str:
    return f"{count:,} ({count / rows:.1%})" if count and rows else f"{count:,}"
