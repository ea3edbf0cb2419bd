"""A release that carries more than its sources allow is found out."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tables

from pipeline.schema import arrow_schema, load_tables
from pipeline.validate.policies import Withheld
from pipeline.validate.references import check_references


def staged(folder, *, policy, **values):
    """A release whose one article has `values`; its whole text is known where a policy cuts it."""
    content = tables.rows()
    content["articles"][0].update(values)
    tables.write(folder, content)
    whole = [{"article_id": tables.ARTICLE, "whole": tables.TEXT}] if policy != "full" else []
    shape = pa.schema({"article_id": pa.string(), "whole": pa.large_string()})
    pq.write_table(pa.Table.from_pylist(whole, shape), folder / "whole.parquet")
    policies = {"tests": policy} if policy != "full" else {}
    return Withheld(folder / "whole.parquet", policies, 20)


def broken(folder, withheld):
    found = check_references(folder, withheld=withheld)
    return {(f.table, f.column) for f in found if f.rule == "text-policy"}


@pytest.mark.parametrize(
    ("policy", "values"),
    [
        ("full", {}),
        ("excerpt", {"text_policy": "excerpt", "text": "Norland will send"}),
        ("none", {"text_policy": "none", "text": ""}),
    ],
)
def test_what_is_allowed_passes(tmp_path, policy, values):
    withheld = staged(tmp_path, policy=policy, **values)
    assert broken(tmp_path, withheld) == set()


@pytest.mark.parametrize(
    ("policy", "values", "columns"),
    [
        ("none", {}, {"text", "text_policy"}),
        ("none", {"text_policy": "none"}, {"text"}),
        ("excerpt", {"text_policy": "excerpt"}, {"text"}),
        ("excerpt", {"text_policy": "excerpt", "text": "Sudland"}, {"text"}),
        ("excerpt", {"text_policy": "excerpt", "text": ""}, {"text"}),
        ("excerpt", {"text_policy": "none", "text": ""}, {"text", "text_policy"}),
        ("full", {"text_policy": "none", "text": ""}, {"text_policy"}),
    ],
    ids=["whole", "said to be cut", "too long", "other words", "nothing", "too strict", "for none"],
)
def test_what_is_not_is_named(tmp_path, policy, values, columns):
    withheld = staged(tmp_path, policy=policy, **values)
    assert broken(tmp_path, withheld) == {("articles", column) for column in columns}


def test_a_refused_documents_excerpt_is_under_the_policy_too(tmp_path):
    content = tables.rows()
    content["quarantine"][0]["excerpt"] = "Norland will send ships"
    tables.write(tmp_path, content)
    path = tmp_path / "whole.parquet"
    empty = arrow_schema(load_tables()["articles"]).empty_table().select(["article_id", "text"])
    pq.write_table(empty.rename_columns(["article_id", "whole"]), path)
    withheld = Withheld(path, {"tests": "none"}, 20)
    assert ("quarantine", "excerpt") in broken(tmp_path, withheld)
    assert ("quarantine", "excerpt") in broken(
        tmp_path, replace(withheld, policies={"tests": "excerpt"})
    )
    longer = replace(withheld, policies={"tests": "excerpt"}, excerpt_chars=40)
    assert ("quarantine", "excerpt") not in broken(tmp_path, longer)
