"""`datapackage.json`: the release as a Frictionless Data Package."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.export.files import ReleaseFile, TableFiles, by_table
from pipeline.schema import Dataset, Table

_SCHEMA_PARTS = ("fields", "primaryKey", "foreignKeys")
"""What a Table Schema has by itself; the rest of our files is about the table."""


def datapackage(
    dataset: Dataset,
    tables: Mapping[str, Table],
    files: Sequence[ReleaseFile],
    *,
    release: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the descriptor of the tables among `files`.

    Args:
        dataset: title, licence and so on.
        tables: every table by name.
        files: of the release; those that are no tables are passed over.
        release: its name.
        now: when it was made.
    """
    return {
        "profile": "data-package",
        "name": dataset.name,
        "id": f"{dataset.name}/{release}",
        "title": dataset.title,
        "description": _description(dataset),
        "version": release,
        "schemaVersion": dataset.version,
        "created": now.isoformat(timespec="seconds"),
        "keywords": list(dataset.keywords),
        "licenses": [dict(licence) for licence in dataset.licences],
        "contributors": [{"title": dataset.creator, "role": "author"}],
        "resources": [_resource(found, tables[found.schema]) for found in by_table(files)],
    }


def _description(dataset: Dataset) -> str:
    return "\n\n".join((dataset.description, *dataset.licence_notes))


def _resource(found: TableFiles, table: Table) -> dict[str, Any]:
    first, *rest = found.files
    about = f" {found.about}" if found.about else ""
    resource: dict[str, Any] = {
        "profile": "data-resource",
        "name": found.name,
        "title": f"{table.title}{about}",
        "description": table.description,
        "path": first.path,
        "scheme": "file",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": sum(file.bytes for file in found.files),
        "rows": found.rows,
        "schema": {
            part: table.descriptor[part] for part in _SCHEMA_PARTS if part in table.descriptor
        },
    }
    if rest:
        return {
            **resource,
            "extrapaths": [file.path for file in rest],
            "hashes": {file.path: f"sha256:{file.sha256}" for file in found.files},
        }
    return {**resource, "hash": f"sha256:{first.sha256}"}
