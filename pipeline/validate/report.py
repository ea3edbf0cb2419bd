"""What the gate found, as `validation.json` and as one page that needs nothing but itself."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import escape

from pipeline.validate.findings import Expectation, Finding, Suite

_SHOWN_VALUES = 6
"""Members of a long list of allowed values that the page shows."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2126; --soft: #5c6670; --paper: #fbfaf7;
  --card: #fff; --line: #e2dfd8; --good: #1d7a46; --bad: #b3261e; --tint: #f3f1eb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --soft: #a3a9af; --paper: #15181b;
  --card: #1d2125; --line: #343a40; --good: #6fcf97; --bad: #ff8a80; --tint: #262b30; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 72rem; margin: 0 auto; }
h1 { font: 600 2rem/1.2 Georgia, "Times New Roman", serif; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; color: var(--soft); }
.verdict { font-size: 1.1rem; color: var(--ink); }
.good { color: var(--good); } .bad { color: var(--bad); } .good, .bad { font-weight: 600; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem;
  border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th { background: var(--tint); font-weight: 600; white-space: nowrap; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: .8125rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
details { margin: 1rem 0; }
summary { cursor: pointer; padding: .5rem 0; font-weight: 600; }
summary span { font-weight: 400; color: var(--soft); }
a { color: inherit; }
"""


def validation_json(suites: Sequence[Suite], references: Sequence[Finding]) -> str:
    """Return the results of every expectation, and the rules between tables that were broken."""
    values = {
        "success": not references and all(suite.success for suite in suites),
        "statistics": _statistics(suites, references),
        "suites": [{**asdict(suite), "success": suite.success} for suite in suites],
        "references": [asdict(finding) for finding in references],
    }
    return json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def validation_html(suites: Sequence[Suite], references: Sequence[Finding]) -> str:
    """Return the same as a page for people: what failed first, then every suite."""
    broken = sum(_failed(suite) for suite in suites) + len(references)
    total = sum(len(suite.expectations) for suite in suites)
    rows = sum(suite.rows for suite in suites)
    before = sum(suite.unchanged for suite in suites)
    passed = f"{before:,} more rows are as they passed in the release before." if before else ""
    sections = [_overview(suites), _references(references), *map(_suite, suites)]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>On Record: validation</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>On Record: validation</h1>
<p class="verdict">{_verdict(broken)}</p>
<p>{total:,} expectations on {len(suites)} tables with {rows:,} rows, checked before publishing.
{passed}</p>
{"".join(sections)}</main>
</body>
</html>
"""


def _statistics(suites: Sequence[Suite], references: Sequence[Finding]) -> dict[str, int]:
    total = sum(len(suite.expectations) for suite in suites)
    failed = sum(_failed(suite) for suite in suites)
    return {
        "expectations": total,
        "met": total - failed,
        "missed": failed,
        "broken_references": len(references),
        "rows": sum(suite.rows for suite in suites),
        "rows_unchanged": sum(suite.unchanged for suite in suites),
    }


def _failed(suite: Suite) -> int:
    return sum(not expectation.success for expectation in suite.expectations)


def _verdict(broken: int) -> str:
    if broken:
        return f'<span class="bad">✗ {broken:,} rules are broken.</span> Nothing was published.'
    return '<span class="good">✓ Every rule holds.</span>'


def _overview(suites: Sequence[Suite]) -> str:
    rows = [
        (
            f'<a href="#{escape(suite.table)}"><code>{escape(suite.table)}</code></a>',
            f"{suite.rows:,}",
            f"{suite.unchanged:,}",
            f"{len(suite.expectations):,}",
            f"{len(suite.expectations) - _failed(suite):,}",
            _mark(suite.success, failed=_failed(suite)),
        )
        for suite in suites
    ]
    heads = ("table", "#rows", "#unchanged", "#expectations", "#met", "result")
    return "<h2>Tables</h2>\n" + _table(heads, rows)


def _references(findings: Sequence[Finding]) -> str:
    heading = "<h2>Between columns and tables</h2>\n"
    if not findings:
        return (
            heading + "<p>Keys are unique and resolve, every surface is what the article says at"
            " its offsets, counts and lists agree.</p>\n"
        )
    rows = [
        (
            f"<code>{escape(finding.table)}</code>",
            f"<code>{escape(finding.column)}</code>",
            escape(finding.rule),
            f"{finding.count:,}",
            f"<code>{escape(', '.join(finding.examples))}</code>",
        )
        for finding in findings
    ]
    return heading + _table(("table", "columns", "rule", "#rows", "for example"), rows)


def _suite(suite: Suite) -> str:
    failed = _failed(suite)
    heads = ("", "column", "expectation", "expected", "#checked", "#unexpected", "for example")
    ordered = sorted(suite.expectations, key=lambda expectation: expectation.success)
    met = f"{len(suite.expectations) - failed:,} of {len(suite.expectations):,} met"
    return (
        f'<details id="{escape(suite.table)}"{" open" if failed else ""}>\n'
        f"<summary><code>{escape(suite.table)}</code> <span>{suite.rows:,} rows, {met}</span>"
        f"</summary>\n{_table(heads, [_expectation(entry) for entry in ordered])}</details>\n"
    )


def _expectation(expectation: Expectation) -> tuple[str, ...]:
    return (
        _mark(expectation.success),
        f"<code>{escape(expectation.column)}</code>",
        escape(_words(expectation.kind)),
        f"<code>{escape(_expected(expectation))}</code>",
        f"{expectation.checked:,}",
        f"{expectation.unexpected:,}",
        f"<code>{escape(', '.join(expectation.examples))}</code>",
    )


def _mark(success: bool, *, failed: int = 0) -> str:
    if success:
        return '<span class="good" title="met">✓</span>'
    return f'<span class="bad" title="missed">✗{f" {failed:,}" if failed else ""}</span>'


def _words(kind: str) -> str:
    """Return "expect_column_values_to_be_unique" as "column values to be unique"."""
    return kind.removeprefix("expect_").replace("_", " ")


def _expected(expectation: Expectation) -> str:
    return "; ".join(f"{name} {_value(value)}" for name, value in expectation.expected.items())


def _value(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    more = f" and {len(value) - _SHOWN_VALUES} more" if len(value) > _SHOWN_VALUES else ""
    return ", ".join(map(str, value[:_SHOWN_VALUES])) + more


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already; heads with a # stand over numbers."""
    numeric = [head.startswith("#") for head in heads]
    top = "".join(f"<th>{escape(head.lstrip('#'))}</th>" for head in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="n">{cell}</td>' if is_number else f"<td>{cell}</td>"
            for cell, is_number in zip(row, numeric, strict=True)
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="scroll"><table>\n<thead><tr>{top}</tr></thead>\n'
        f"<tbody>\n{body}</tbody>\n</table></div>\n"
    )
