"""What the descriptors of a release need to know of its files."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release.

    Attributes:
        path: relative to the release's folder, with slashes.
        table: the table it holds, or a part of; a table about another one is written
            "changelog/articles"; `None` for files that are no tables.
        rows: of a table; `None` for other files.
        bytes: its size.
        sha256: of its bytes, hexadecimal.
    """

    path: str
    table: str | None
    rows: int | None
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files that together hold one table.

    Attributes:
        name: unique in the release ("articles", "changelog-articles").
        schema: the table whose columns it has.
        files: in order; more than one where the table outgrew one file.
    """

    name: str
    schema: str
    files: tuple[ReleaseFile, ...]

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return sum(file.rows or 0 for file in self.files)

    @property
    def about(self) -> str | None:
        """The table this one is about, if it is about one."""
        _, _, about = self.files[0].table.partition("/") if self.files[0].table else ("", "", "")
        return about or None


def by_table(files: Iterable[ReleaseFile]) -> list[TableFiles]:
    """Return the tables that `files` hold, in the order of their first files."""
    found: dict[str, list[ReleaseFile]] = {}
    for file in files:
        if file.table is not None:
            found.setdefault(file.table, []).append(file)
    return [
        TableFiles(table.replace("/", "-"), table.split("/")[0], tuple(parts))
        for table, parts in found.items()
    ]
