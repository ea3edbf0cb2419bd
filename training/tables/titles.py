r"""Write `titles.txt`: titles of much read articles of the English Wikipedia, in lower case.

    node --input-type=module -e "import { unpack } from 'efrt'
    import model from './package/src/_model.js'
    console.log(Object.keys(unpack(model)).join('\n'))" > LIST
    python training/tables/titles.py LIST > titles.txt

`package` is the unpacked npm package `compromise-wikipedia` (MIT), which packs the titles of the
38,000 most read articles with `efrt` (MIT). By Wikipedia's own rule a title without a bracket is
the thing most readers mean by it, which is what makes it safe to link by. Left out are titles of
one word, titles with figures or marks no name has, and people called as many others are.
"""

import json
import re
import sys
from pathlib import Path

WORDS = Path(__file__).parents[2] / "pipeline/extract/lexicons/entities/words.json"
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[ -][^\W\d_][^\W\d_'’.-]*){1,5}\.?")
_NO_NAME = re.compile(r"(?:list|lists|history|death|murder|killing|assassination) of ")

COMMON = frozenset(
    re.findall(
        r"\w+",
        "smith johnson williams brown jones miller davis wilson anderson taylor thomas moore "
        "martin jackson thompson white harris clark lewis robinson walker young allen king "
        "wright scott hill green adams baker nelson campbell mitchell roberts carter phillips "
        "evans turner parker collins edwards stewart morris murphy cook rogers cooper reed "
        "bailey bell kelly howard ward cox richardson wood watson bennett gray hughes lee kim "
        "park khan ali singh garcia martinez rodriguez hernandez lopez gonzalez perez sanchez",
    )
)
"""Last names so common that a bare first and last name may be anybody's."""


def names_anybody(title: str, first_names: frozenset[str]) -> bool:
    """Return whether a title is a usual first name with a common last name."""
    words = title.split()
    return len(words) == 2 and words[0] in first_names and words[1] in COMMON


def main(path: str) -> None:
    """Write the titles to standard output, in the order of the alphabet."""
    lists = json.loads(WORDS.read_text("utf-8"))
    first_names = frozenset(name.lower() for name in [*lists["men"], *lists["women"]])
    for title in sorted(set(Path(path).read_text("utf-8").splitlines())):
        if not _NAME.fullmatch(title) or _NO_NAME.match(title):
            continue
        if " " in title and not names_anybody(title, first_names):
            print(title)


if __name__ == "__main__":
    main(sys.argv[1])
