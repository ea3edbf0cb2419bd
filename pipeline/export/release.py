"""A release: its files, its manifest, and the checks that need nothing but the bytes."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow.parquet as pq

from pipeline.errors import ReleaseError
from pipeline.export.card import CardSource, card
from pipeline.export.croissant import croissant
from pipeline.export.datapackage import datapackage
from pipeline.export.dictionary import dictionary
from pipeline.export.files import ReleaseFile
from pipeline.export.notes import notes
from pipeline.export.swap import WORK
from pipeline.export.tables import write_table
from pipeline.export.views import views
from pipeline.schema import (
    Dataset,
    Table,
    check_arrow_schema,
    load_dataset,
    load_tables,
    read_arrow_schema,
)

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
CHANGELOG = "changelog"


@dataclass(frozen=True, slots=True)
class Versions:
    """What a release was made from; two releases with equal versions have equal tables.

    Attributes:
        inputs: hash of every document read and every record refused.
        code: hash of the pipeline's sources and data files.
        model: name and version of the models.
        schema: version of the schemas.
    """

    inputs: str
    code: str
    model: str
    schema: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.json` says.

    Attributes:
        release: CalVer vYYYY.M.P, P counting the month's releases from 0.
        created_at: when it was made, ISO 8601 with zone.
        pipeline_version: version of On Record.
        versions: what it was made from.
        history: the releases made in this folder so far, oldest first, this one last.
        counts: rows a table and the comparison with the release before, as a run reports them.
        files: rows (`null` where not a table), bytes and sha256, by path.
    """

    release: str
    created_at: str
    pipeline_version: str
    versions: Versions
    history: list[str]
    counts: dict[str, int]
    files: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return the manifest of the release in `folder`; `None` if there is no release.

        Raises:
            ReleaseError: there is a manifest, and it is not one of ours.
        """
        path = folder / MANIFEST
        if not path.exists():
            return None
        try:
            fields = json.loads(path.read_text("utf-8"))
            return cls(**{**fields, "versions": Versions(**fields["versions"])})
        except (ValueError, TypeError, KeyError) as error:
            raise ReleaseError(f"{path} is not a manifest of On Record: {error}") from error

    def table_files(self, folder: Path, tables: Sequence[str]) -> dict[str, list[str]]:
        """Return the Parquet files a table, of those tables the release has.

        A table with a file missing is left out: a run must be able to mend a damaged release.
        """
        found: dict[str, list[str]] = {}
        for name, facts in self.files.items():
            if facts["table"] in tables and name.endswith(".parquet"):
                found.setdefault(facts["table"], []).append(str(folder / name))
        return {
            table: files
            for table, files in found.items()
            if all(Path(file).exists() for file in files)
        }


def refuse_foreign_files(out: Path) -> None:
    """Refuse a folder that holds what On Record did not put there: a release replaces it whole.

    Raises:
        ReleaseError: names the first file found; hidden ones are no hindrance, they are kept.
    """
    if out.exists() and not out.is_dir():
        raise ReleaseError(f"{out} is a file; --out needs a folder")
    manifest = Manifest.read(out) if out.exists() else None
    ours = {Path(name).parts[0] for name in manifest.files} | {MANIFEST, SUMS} if manifest else {}
    for path in sorted(out.iterdir()) if out.exists() else ():
        if path.name not in ours and not path.name.startswith("."):
            raise ReleaseError(
                f"{out} holds {path.name}, which is no part of a release, and a run replaces the"
                " whole folder: move it away or choose another --out"
            )


def unchanged(out: Path, versions: Versions) -> Manifest | None:
    """Return the manifest of the release in `out` if a run would only make it again."""
    manifest = Manifest.read(out)
    if manifest is None or manifest.versions != versions:
        return None
    for name, facts in manifest.files.items():
        path = out / name
        if not path.is_file() or path.stat().st_size != facts["bytes"]:
            return None
    return manifest


def damage(folder: Path) -> list[str]:
    """Return what of the release in `folder` is not as its manifest and schemas say.

    Checks that every file is there with its bytes and hash, and that tables have their columns
    and rows; it reads each file once.
    """
    try:
        manifest = Manifest.read(folder)
    except ReleaseError as error:
        return [str(error)]
    if manifest is None:
        return [f"{folder / MANIFEST} is missing: is {folder} a release?"]
    found = [
        line for name, facts in manifest.files.items() for line in _faults(folder, name, facts)
    ]
    sums = folder / SUMS
    if not sums.is_file() or sums.read_text("utf-8") != _sums(folder, manifest):
        found.append(f"{SUMS} is missing or names other hashes than {MANIFEST}")
    return found


def _faults(folder: Path, name: str, facts: Mapping[str, Any]) -> list[str]:
    path = folder / name
    if not path.is_file():
        return [f"{name} is missing"]
    if path.stat().st_size != facts["bytes"]:
        return [f"{name} has {path.stat().st_size} bytes, {MANIFEST} says {facts['bytes']}"]
    if (digest := sha256_of(path)) != facts["sha256"]:
        return [f"{name} has sha256 {digest}, {MANIFEST} says {facts['sha256']}"]
    if not name.endswith(".parquet"):
        return []
    table = load_tables()[str(facts["table"]).split("/")[0]]
    columns = check_arrow_schema(table, read_arrow_schema(path))
    rows = pq.read_metadata(path).num_rows
    counted = [] if rows == facts["rows"] else [f"{rows} rows, {MANIFEST} says {facts['rows']}"]
    return [f"{name}: {fault}" for fault in (*columns, *counted)]


def read_rows(folder: Path, table: str, column: str, value: str) -> list[dict[str, Any]]:
    """Return the rows of `table` in the release in `folder` whose `column` is `value`."""
    manifest = Manifest.read(folder)
    files = manifest.table_files(folder, [table]).get(table, []) if manifest else []
    if not files:
        raise ReleaseError(f"{folder} holds no release with a table {table}")
    return pq.read_table(files, filters=[(column, "=", value)]).to_pylist()


def stage_tables(
    database: duckdb.DuckDBPyConnection, out: Path, *, max_file_bytes: int
) -> tuple[Path, list[ReleaseFile]]:
    """Write the release's tables into a new folder below `out`; return it and its files."""
    staged = out / WORK / "staged"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    for path in sorted(out.iterdir()):
        if path.name.startswith(".") and path.name != WORK and path.is_file():
            shutil.copy2(path, staged / path.name)
    dataset, tables = load_dataset(), load_tables()
    # What hangs on earlier releases stands apart from what the inputs alone decide.
    folders = dict.fromkeys((*dataset.tables, "quarantine", "removals"), staged)
    folders["registry"] = staged / CHANGELOG
    folders["registry"].mkdir()

    files = []
    # One after the other: two would sort at once, and want twice the memory for it.
    for name, folder in folders.items():
        paths = write_table(
            database, name, tables[name], folder, stem=name, max_bytes=max_file_bytes
        )
        files += [release_file(staged, path, table=name) for path in paths]
    return staged, files


def fresh_files(
    database: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[str], *, prefix: str
) -> dict[str, list[Path]]:
    """Write the database's tables `prefix`_TABLE into a new `folder`, in the shape of TABLE."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shapes = load_tables()
    return {
        table: write_table(
            database,
            f"{prefix}_{table}",
            shapes[table],
            folder,
            stem=table,
            max_bytes=sys.maxsize,
        )
        for table in tables
    }


def has_whole_tables(manifest: Manifest, folder: Path) -> bool:
    """Return whether the tables with data in `folder` have the hashes of the `manifest`."""
    named = load_dataset().tables
    return all(
        (folder / name).is_file() and sha256_of(folder / name) == facts["sha256"]
        for name, facts in manifest.files.items()
        if facts["table"] in named
    )


def stage_changelog(
    database: duckdb.DuckDBPyConnection, staged: Path, tables: Sequence[str], *, prefix: str
) -> list[ReleaseFile]:
    """Write `changelog/TABLE.parquet` from the database's tables `prefix`_TABLE."""
    shape = load_tables()["changelog"]
    files = []
    for table in tables:
        (path,) = write_table(
            database,
            f"{prefix}_{table}",
            shape,
            staged / CHANGELOG,
            stem=table,
            max_bytes=sys.maxsize,
        )
        files.append(release_file(staged, path, table=f"{CHANGELOG}/{table}"))
    return files


def finish(
    staged: Path,
    files: list[ReleaseFile],
    documents: Mapping[str, str],
    changes: Sequence[tuple[str, str, str, int]],
    *,
    previous: Manifest | None,
    versions: Versions,
    counts: dict[str, int],
    pipeline_version: str,
    now: datetime,
    sources: Sequence[CardSource],
    contact: str | None,
) -> Manifest:
    """Write everything of a release that is not a table; return its manifest.

    Args:
        staged: where the tables lie.
        files: the tables.
        documents: more files, text by name (the validation's results).
        changes: (table, change, cause, rows) against the release before.
        previous: the release before, which the name follows.
        versions: what the release was made from.
        counts: as the manifest gives them.
        pipeline_version: version of On Record.
        now: when it is made.
        sources: of the articles, for the card.
        contact: whom to ask for a removal.
    """
    release = next_release(previous, now)
    dataset, tables = load_dataset(), load_tables()
    texts = {
        **_metadata(dataset, tables, files, release=release, now=now),
        "README.md": card(
            dataset, tables, files, release=release, now=now, sources=sources, contact=contact
        ),
        "RELEASE_NOTES.md": notes(
            release,
            previous.release if previous else None,
            {table: _rows(files, table) for table in dataset.tables},
            changes,
        ),
        **documents,
    }
    for name, text in texts.items():
        (staged / name).write_text(text, "utf-8")
    files = [*files, *(release_file(staged, staged / name) for name in texts)]
    manifest = Manifest(
        release=release,
        created_at=now.isoformat(timespec="seconds"),
        pipeline_version=pipeline_version,
        versions=versions,
        history=[*(previous.history if previous else ()), release],
        counts=counts,
        files={
            file.path: {
                "table": file.table,
                "rows": file.rows,
                "bytes": file.bytes,
                "sha256": file.sha256,
            }
            for file in sorted(files, key=lambda file: file.path)
        },
    )
    (staged / MANIFEST).write_text(_json(asdict(manifest)), "utf-8")
    (staged / SUMS).write_text(_sums(staged, manifest), "utf-8")
    return manifest


def next_release(previous: Manifest | None, now: datetime) -> str:
    """Return the CalVer name after `previous`: vYYYY.M.P."""
    month = f"v{now.year}.{now.month}."
    if previous is None or not previous.release.startswith(month):
        return f"{month}0"
    return f"{month}{int(previous.release.removeprefix(month)) + 1}"


def release_file(folder: Path, path: Path, *, table: str | None = None) -> ReleaseFile:
    """Return what a manifest says of the file at `path`."""
    rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else None
    return ReleaseFile(
        path=path.relative_to(folder).as_posix(),
        table=table,
        rows=rows,
        bytes=path.stat().st_size,
        sha256=sha256_of(path),
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _rows(files: Sequence[ReleaseFile], table: str) -> int:
    return sum(file.rows or 0 for file in files if file.table == table)


def _metadata(
    dataset: Dataset,
    tables: Mapping[str, Table],
    files: list[ReleaseFile],
    *,
    release: str,
    now: datetime,
) -> dict[str, str]:
    return {
        "datapackage.json": _json(datapackage(dataset, tables, files, release=release, now=now)),
        "croissant.json": _json(croissant(dataset, tables, files, release=release, now=now)),
        "DATA_DICTIONARY.md": dictionary(dataset, tables),
        "views.sql": views(dataset, tables),
    }


def _sums(folder: Path, manifest: Manifest) -> str:
    sums = {name: facts["sha256"] for name, facts in manifest.files.items()}
    sums[MANIFEST] = sha256_of(folder / MANIFEST)
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
