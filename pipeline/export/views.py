"""`views.sql`: the release as views of DuckDB."""

from collections.abc import Mapping

from pipeline.schema import Dataset, Table, load_views

_HEADING = """\
-- {title}: views for DuckDB. Start it in this folder with `duckdb -init views.sql`, or run
-- this file in a session whose working directory is this folder.
"""


def views(dataset: Dataset, tables: Mapping[str, Table]) -> str:
    """Return the SQL: a view a table with its comments, then the views that join tables."""
    parts = [_HEADING.format(title=dataset.title)]
    parts += [_view(tables[name]) for name in dataset.tables]
    return "\n".join([*parts, load_views()])


def _view(table: Table) -> str:
    lines = [
        f"CREATE OR REPLACE VIEW {table.name} AS FROM '{table.name}*.parquet';",
        f"COMMENT ON VIEW {table.name} IS {_quoted(table.description)};",
    ]
    lines += [
        f"COMMENT ON COLUMN {table.name}.{field.name} IS {_quoted(field.description)};"
        for field in table.fields
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
