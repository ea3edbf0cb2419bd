"""`croissant.json`: the release as MLCommons Croissant 1.1 metadata.

See https://docs.mlcommons.org/croissant/docs/croissant-spec.html. Croissant cannot say that a
record set comes from several files of one table, so each file is a record set of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from pipeline.export.files import ReleaseFile, TableFiles, by_table
from pipeline.schema import Dataset, Field, Table

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The names a Croissant file uses, as the specification prints them."""

_FORMAT = "application/x-parquet"

_TYPES = {
    "string": "sc:Text",
    "large_string": "sc:Text",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "float": "cr:Float32",
    "double": "cr:Float64",
    "bool": "sc:Boolean",
    "timestamp[ms]": "sc:DateTime",
    "timestamp[us, UTC]": "sc:DateTime",
}


def croissant(
    dataset: Dataset,
    tables: Mapping[str, Table],
    files: Sequence[ReleaseFile],
    *,
    release: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the metadata of the tables among `files`; arguments as of `datapackage`."""
    found = by_table(files)
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": dataset.name,
        "alternateName": dataset.title,
        "description": "\n\n".join((dataset.description, *dataset.licence_notes)),
        "version": _semantic(release),
        "datePublished": now.date().isoformat(),
        "citeAs": dataset.citation,
        "creator": {"@type": "sc:Organization", "name": dataset.creator},
        "keywords": list(dataset.keywords),
        "license": [licence["path"] for licence in dataset.licences],
        "inLanguage": "en",
        "distribution": [_file_object(file) for table in found for file in table.files],
        "recordSet": [entry for table in found for entry in _record_sets(table, tables)],
    }


def _semantic(release: str) -> str:
    """Return "2026.1.0" for "v2026.1.0": Croissant wants three numbers."""
    return release.removeprefix("v")


def _file_object(file: ReleaseFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": PurePosixPath(file.path).name,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": _FORMAT,
        "sha256": file.sha256,
    }


def _record_sets(found: TableFiles, tables: Mapping[str, Table]) -> Iterator[dict[str, Any]]:
    """Yield a record set a file; only those of tables in one file can refer to each other."""
    table = tables[found.schema]
    for number, file in enumerate(found.files):
        name = found.name if len(found.files) == 1 else f"{found.name}-{number:05d}"
        entry = {
            "@type": "cr:RecordSet",
            "@id": name,
            "name": name,
            "description": table.description,
            "field": [_field(name, file, field) for field in table.fields],
        }
        keys = [{"@id": f"{name}/{column}"} for column in table.primary_key]
        yield {**entry, "key": keys} if keys else entry


def _field(record_set: str, file: ReleaseFile, field: Field) -> dict[str, Any]:
    item = field.arrow.removeprefix("list<").removesuffix(">")
    unit = f" Unit: {field.unit}." if field.unit else ""
    entry = {
        "@type": "cr:Field",
        "@id": f"{record_set}/{field.name}",
        "name": field.name,
        "description": f"{field.description}{unit}",
        "dataType": _TYPES[item],
        "source": {"fileObject": {"@id": file.path}, "extract": {"column": field.name}},
    }
    return {**entry, "repeated": True} if field.is_list else entry
