"""The measured tables of docs/accuracy.md: `python benchmarks/accuracy.py SCORES.json`.

Reads what the evaluation over the gold sets wrote with `--json` (the scorers' own output by set)
and rewrites the part of docs/accuracy.md between its two marks. Peers' figures were measured on
the same sets by the same scorers. Web pages have a script of their own, pages.py.
"""

import json
import re
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"
MARKS = ("<!-- measured -->", "<!-- /measured -->")

PEER_QUOTES = {
    "direct": (".653", ".475", ".977 / .965"),
    "mixed": (".764", ".555", ".927 / .898"),
    "indirect": (".381", ".359", ".746 / .698"),
    "speech": (".614", ".521", ".908 / .875"),
    "all": (".484", ".405", ".794 / .753"),
}
"""GenderGapTracker, overlap and with speaker; one person against another."""

BARE_NAMES = {
    "gum_news_dev": (".849", ".849"),
    "pud_news_dev": (".659", ".716"),
    "re3d_dev": (".623", ".685"),
    "ewt_web_dev": (".749", ".753"),
    "gum_near_dev": (".677", ".691"),
    "POOL": (".675", ".713"),
}
"""The spaCy model's own names, typed and lenient, by benchmarks/bare_names.py."""

BARE_TYPES = {
    "PERSON": ".757",
    "ORG": ".564",
    "PLACE": ".739",
    "NORP": ".640",
    "PRODUCT": ".138",
}
"""The same by type, over all sets that annotate it."""


def number(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def quotes(scores: dict) -> str:
    slices = scores["quotes/dev"]["slices"]
    rows = []
    for name, (overlap, speaker, person) in PEER_QUOTES.items():
        ours = slices[name]
        rows.append(
            [
                name,
                str(ours["gold"]),
                f"{number(ours['overlap']['f1'])} / {number(ours['e2e']['f1'])}",
                f"{overlap} / {speaker}",
                person,
            ]
        )
    heads = ["F1, overlap / with speaker", "n", "On Record", "GenderGapTracker", "two people"]
    return "### Quotes (PolNeAR, 84 articles)\n\n" + table(heads, rows)


def entities(scores: dict) -> str:
    rows = []
    for name, (typed, lenient) in BARE_NAMES.items():
        found = scores[f"entities/{name}"]
        names = found if name == "POOL" else found["all"]["names"]
        values = [
            names[key] if name == "POOL" else names[key]["f"]
            for key in ("span+type", "lenient", "span")
        ]
        links = (
            "" if name == "POOL" or "links" not in found["all"] else linked(found["all"]["links"])
        )
        rows.append([name, " / ".join(map(number, values)), f"{typed} / {lenient}", links])
    heads = [
        "F1",
        "typed / lenient / span only",
        "spaCy model alone, typed / lenient",
        "links P / R / F",
    ]
    parts = ["### Names (GUM, PUD, re3d, EWT)", table(heads, rows), by_type(scores)]
    return "\n\n".join(parts)


def by_type(scores: dict) -> str:
    sets = [scores[f"entities/{name}"]["all"]["names"] for name in BARE_NAMES if name != "POOL"]
    rows = []
    for kind, bare in BARE_TYPES.items():
        found = [names["by_type"][kind] for names in sets if kind in names["by_type"]]
        tp, pred, gold = (sum(each[key] for each in found) for key in ("tp", "pred", "gold"))
        figures = [number(share) for share in (tp / pred, tp / gold, 2 * tp / (pred + gold))]
        rows.append([kind, str(gold), " / ".join(figures), bare])
    heads = ["all sets, by type", "n", "typed P / R / F", "spaCy model alone, F"]
    return table(heads, rows)


def linked(links: dict | None) -> str:
    return (
        " / ".join(number(links[key]) for key in ("p", "r", "f")) if links and links["gold"] else ""
    )


def events(scores: dict) -> str:
    plover, plv = scores["events/dev"], scores["plv/plv_dev"]
    rows = [
        ["PLOVER records (159 sentences): any event of the right type", number(plover["any_hit"])],
        [
            "PLOVER records: exact event (type, actors' and recipients' countries)",
            number(plover["exact_event"]),
        ],
        ["PLV (1,050 pairs): accuracy of the type", number(plv["accuracy"])],
        ["PLV: macro F1 of the type", number(plv["macro_f1"])],
        ["PLV: type right and both parties found", number(plv["accuracy_and_pair"])],
        ["status, MEANTIME: macro F1", number(scores["status/meantime_dev"]["macro_f1"])],
        [
            "status, TimeBank with crowd factuality: macro F1",
            number(scores["status/timebank_uw_dev"]["macro_f1"]),
        ],
    ]
    return "### Events\n\n" + table(["measure", "On Record"], rows)


def dates(scores: dict) -> str:
    rows = []
    for name in ("tbaq_dev", "meantime_dev", "wikiwars_dev"):
        ours = scores[f"dates/{name}"]
        value = ours["value"]["f1"] if isinstance(ours["value"], dict) else ours["value"]
        rows.append(
            [name, number(ours["relaxed"]["f1"]), number(ours["strict"]["f1"]), number(value)]
        )
    return "### Temporal expressions\n\n" + table(["F1", "relaxed", "strict", "value"], rows)


def main(file: Path) -> None:
    scores = json.loads(file.read_text("utf-8"))
    parts = [make(scores) for make in (quotes, entities, events, dates)]
    text = DOCUMENT.read_text("utf-8")
    begin, end = MARKS
    body = "\n\n".join([begin, *parts, end])
    DOCUMENT.write_text(re.sub(f"{begin}.*{end}", lambda _: body, text, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
