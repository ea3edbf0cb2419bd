"""Loads `schemas/`: what every table promises, and the Arrow schema that keeps the promise.

pyarrow takes half a second to import, so only the functions that need it import it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import SchemaError

if TYPE_CHECKING:
    import pyarrow as pa

_PACKAGE = Path(__file__).parent
_HOMES = (_PACKAGE / "schemas", _PACKAGE.parent / "schemas")
"""In an installed wheel the schemas travel inside the package; in a checkout they lie beside it."""

METADATA_KEY = b"onrecord"
"""Key of the JSON dictionary in a Parquet file's own metadata."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Attributes:
        type: Frictionless type.
        arrow: Arrow type, as it stands in the schema ("list<int32>").
        description: what an analyst needs to know to use it.
        unit: what a number counts; `None` where there is nothing to count.
        example: one value of it.
        constraints: Frictionless constraints of a value.
        item: Frictionless constraints of a list's items; empty for scalars.
    """

    name: str
    type: str
    arrow: str
    title: str
    description: str
    unit: str | None
    example: Any
    constraints: Mapping[str, Any]
    item: Mapping[str, Any]

    @property
    def required(self) -> bool:
        """Whether a value must be there."""
        return bool(self.constraints.get("required", False))

    @property
    def is_list(self) -> bool:
        """Whether a value is a list of scalars."""
        return self.type == "array"

    @property
    def values(self) -> tuple[str, ...]:
        """The values a cell, or an item of a list, may have; empty where they are open."""
        return tuple(self.constraints.get("enum") or self.item.get("enum") or ())


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values, where not null, must stand in another table."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanRule:
    """`surface` equals the text from `start` to `end`; without one, the span lies inside the text.

    Attributes:
        text_table: table that holds the text.
        text_column: its column with the text.
        on: the column both tables share.
    """

    start: str
    end: str
    surface: str | None
    text_table: str
    text_column: str
    on: str


@dataclass(frozen=True, slots=True)
class WithinRule:
    """The span `inner` (start, end) lies inside the span `outer`."""

    inner: tuple[str, str]
    outer: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PieceRule:
    """Two lists give spans, in order, apart, from the first to the last character of `outer`."""

    starts: str
    ends: str
    outer: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SubsetRule:
    """Every item of the list `part` stands in the list `whole`."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class CountRule:
    """`field` counts rows of `table` with the same `on`, or their distinct values of `distinct`."""

    field: str
    table: str
    on: str
    distinct: str | None


@dataclass(frozen=True, slots=True)
class FirstRule:
    """Columns repeat those of the first row (by `order`) of `table` that meets `where`.

    Attributes:
        columns: own column to the column it repeats.
    """

    table: str
    on: str
    order: str
    where: Mapping[str, str]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NormalForm:
    """The columns that must agree on one text in normal form."""

    text: str
    starts: str
    chars: str
    words: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CarriedText:
    """The columns that say how much of a text a release carries, and what the whole of it was.

    Attributes:
        policy: "full", "excerpt" or "none".
        chars: code points of the whole text.
        sha256: of the whole text.
        starts: offsets of the paragraphs of the whole text.
    """

    text: str
    policy: str
    chars: str
    sha256: str
    starts: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, its keys, and the rules that bind columns together.

    Attributes:
        sort: the columns its rows are sorted by.
        ordered: pairs of columns, the first never above the second.
        together: groups of columns that are all null or none.
        descriptor: the file as it stands, for those who pass it on.
    """

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    sort: tuple[str, ...]
    spans: tuple[SpanRule, ...]
    within: tuple[WithinRule, ...]
    pieces: tuple[PieceRule, ...]
    subsets: tuple[SubsetRule, ...]
    ordered: tuple[tuple[str, str], ...]
    together: tuple[tuple[str, ...], ...]
    counts: tuple[CountRule, ...]
    firsts: tuple[FirstRule, ...]
    normal_form: NormalForm | None
    carried: CarriedText | None
    descriptor: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(field.name for field in self.fields)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The data set as a whole.

    Attributes:
        version: of the schemas; the first number grows when a column goes or is renamed.
        licences: name, title and path of each licence of what On Record adds.
        tables: the tables with data, in the order a reader meets them.
        records: the tables about the data: what was refused, what changed.
        purpose: why it is collected, and what; paragraphs.
        limits: what it must not be taken for.
        removal: how to ask for something to be taken down.
        examples: lines to try, by tool ("duckdb", "pandas").
    """

    name: str
    title: str
    description: str
    version: str
    keywords: tuple[str, ...]
    licences: tuple[Mapping[str, str], ...]
    licence_notes: tuple[str, ...]
    citation: str
    creator: str
    purpose: tuple[str, ...]
    limits: tuple[str, ...]
    removal: str
    examples: Mapping[str, tuple[str, ...]]
    tables: tuple[str, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of act in the codebook.

    Attributes:
        score: conflict-cooperation score, -10 to 10; `None` where the codebook has no usable one.
        modes: how the act may be done, each with its definition.
    """

    name: str
    quad_class: str
    score: float | None
    recipient_required: bool
    definition: str
    modes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Codebook:
    """The kinds of act, and what goes with them.

    Attributes:
        folding: type, then status, to the type PLOVER itself would use; what is missing stays.
        credit: to be named wherever the codes are published.
    """

    title: str
    description: str
    credit: str
    notes: tuple[str, ...]
    quad_classes: tuple[str, ...]
    statuses: Mapping[str, str]
    types: tuple[EventType, ...]
    folding: Mapping[str, Mapping[str, str]]
    contexts: Mapping[str, str]
    sectors: Mapping[str, str]


@cache
def schema_folder() -> Path:
    """Return the folder of the schemas; SchemaError if there is none."""
    for home in _HOMES:
        if (home / "dataset.json").is_file():
            return home
    raise SchemaError(f"no schemas found in {' or '.join(str(home) for home in _HOMES)}")


def load_tables() -> dict[str, Table]:
    """Return every table of the data set by name, in the data set's own order."""
    dataset = load_dataset()
    return {name: _table(_read(name)) for name in (*dataset.tables, *dataset.records)}


def load_dataset() -> Dataset:
    """Return what the tables have in common: title, licence, citation, version."""
    values = _read("dataset")
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    examples = {tool: tuple(lines) for tool, lines in values["examples"].items()}
    return Dataset(**{**values, **lists, "examples": examples})


def load_codebook() -> Codebook:
    """Return the codebook of event types."""
    values = _read("plover")
    types = tuple(EventType(**entry) for entry in values["types"])
    names = ("title", "description", "credit", "statuses", "folding", "contexts", "sectors")
    return Codebook(
        **{name: values[name] for name in names},
        notes=tuple(values["notes"]),
        quad_classes=tuple(values["quad_classes"]),
        types=types,
    )


def load_views() -> str:
    """Return the SQL of the views that join tables."""
    return _text("views.sql")


def arrow_schema(table: Table, *, metadata: Mapping[str, Any] | None = None) -> "pa.Schema":
    """Return the Arrow schema of `table`; the same arguments give the same bytes in a file.

    Every field carries its description and unit. The schema carries one JSON dictionary with
    the table's description, its columns and `metadata`, because many readers show only that.
    """
    import pyarrow as pa

    fields = [
        pa.field(
            field.name,
            _arrow_type(field.arrow),
            nullable=not field.required,
            metadata=_field_metadata(field),
        )
        for field in table.fields
    ]
    return pa.schema(fields, metadata={METADATA_KEY: _table_metadata(table, metadata or {})})


def check_arrow_schema(table: Table, found: "pa.Schema") -> list[str]:
    """Return how `found` differs from the schema of `table`: names, order, types, nullability."""
    expected = [_signature(field) for field in arrow_schema(table)]
    seen = [_signature(field) for field in found]
    missing = [f"{name} is missing" for name in expected if name not in seen]
    added = [f"{name} is not in the schema" for name in seen if name not in expected]
    if not missing and not added and expected != seen:
        return [f"columns are in another order: {', '.join(found.names)}"]
    return missing + added


def read_frames(path: Path, *, rows: int) -> Iterator[Any]:
    """Yield the table in a Parquet file as pandas frames of at most `rows` rows.

    Memory stays bounded by the frame; a file without rows gives one empty frame.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        empty = True
        for batch in file.iter_batches(batch_size=rows):
            empty = False
            yield batch.to_pandas()
        if empty:
            yield file.schema_arrow.empty_table().to_pandas()


def read_arrow_schema(path: Path) -> "pa.Schema":
    """Return the Arrow schema of a Parquet file."""
    import pyarrow.parquet as pq

    return pq.read_schema(path)


@cache
def _text(name: str) -> str:
    return (schema_folder() / name).read_text(encoding="utf-8")


def _read(name: str) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(_text(f"{name}.json"))
    except (OSError, ValueError) as error:
        raise SchemaError(f"schemas/{name}.json cannot be read: {error}") from error
    return values


def _table(values: Mapping[str, Any]) -> Table:
    extra = values.get("onrecord", {})
    return Table(
        name=values["name"],
        title=values["title"],
        description=values["description"],
        fields=tuple(_field(entry) for entry in values["fields"]),
        primary_key=tuple(values.get("primaryKey", ())),
        foreign_keys=tuple(
            _foreign_key(values["name"], entry) for entry in values.get("foreignKeys", ())
        ),
        sort=tuple(extra["sort"]),
        spans=tuple(_span(entry) for entry in extra.get("spans", ())),
        within=tuple(_within(entry) for entry in extra.get("within", ())),
        pieces=tuple(_pieces(entry) for entry in extra.get("pieces", ())),
        subsets=tuple(SubsetRule(**entry) for entry in extra.get("subsets", ())),
        ordered=tuple((low, high) for low, high in extra.get("ordered", ())),
        together=tuple(tuple(group) for group in extra.get("together", ())),
        counts=tuple(CountRule(**{"distinct": None, **entry}) for entry in extra.get("counts", ())),
        firsts=tuple(FirstRule(**entry) for entry in extra.get("firsts", ())),
        normal_form=NormalForm(**extra["normal_form"]) if "normal_form" in extra else None,
        carried=CarriedText(**extra["carried"]) if "carried" in extra else None,
        descriptor=values,
    )


def _field(values: Mapping[str, Any]) -> Field:
    return Field(
        name=values["name"],
        type=values["type"],
        arrow=values["arrow"],
        title=values["title"],
        description=values["description"],
        unit=values.get("unit"),
        example=values.get("example"),
        constraints=values.get("constraints", {}),
        item=values.get("arrayItem", {}).get("constraints", {}),
    )


def _foreign_key(table: str, values: Mapping[str, Any]) -> ForeignKey:
    """Frictionless writes a reference to the table itself as an empty name."""
    reference = values["reference"]
    return ForeignKey(
        columns=tuple(values["fields"]),
        table=reference["resource"] or table,
        references=tuple(reference["fields"]),
    )


def _span(values: Mapping[str, Any]) -> SpanRule:
    text_table, text_column = values["text"].split(".")
    return SpanRule(
        values["start"], values["end"], values["surface"], text_table, text_column, values["on"]
    )


def _within(values: Mapping[str, Any]) -> WithinRule:
    return WithinRule(inner=_pair(values["inner"]), outer=_pair(values["outer"]))


def _pieces(values: Mapping[str, Any]) -> PieceRule:
    return PieceRule(values["starts"], values["ends"], _pair(values["outer"]))


def _pair(values: list[str]) -> tuple[str, str]:
    start, end = values
    return start, end


def _arrow_type(name: str) -> "pa.DataType":
    import pyarrow as pa

    scalars: dict[str, pa.DataType] = {
        "string": pa.string(),
        "large_string": pa.large_string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float": pa.float32(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "timestamp[ms]": pa.timestamp("ms"),
        "timestamp[us, UTC]": pa.timestamp("us", tz="UTC"),
    }
    if name.startswith("list<"):
        return pa.list_(_arrow_type(name.removeprefix("list<").removesuffix(">")))
    if name not in scalars:
        raise SchemaError(f"{name} is no type a column may have; known: {', '.join(scalars)}")
    return scalars[name]


def _field_metadata(field: Field) -> dict[str, str]:
    unit = {"unit": field.unit} if field.unit else {}
    return {"description": field.description, **unit}


def _table_metadata(table: Table, metadata: Mapping[str, Any]) -> bytes:
    columns = {
        field.name: {"type": field.arrow, **_field_metadata(field)} for field in table.fields
    }
    values = {
        **metadata,
        "table": table.name,
        "title": table.title,
        "description": table.description,
        "columns": columns,
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True).encode()


def _signature(field: "pa.Field[Any]") -> str:
    kind = f"list<{field.type.value_type}>" if hasattr(field.type, "value_type") else field.type
    return f"{field.name} {kind}{'' if field.nullable else ' not null'}"
