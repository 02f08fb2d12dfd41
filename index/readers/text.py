"""Reads plain text, with or without a date in front: ` date 2017-11 The text runs on`.

Without that marker the date is left to what holds for every format (finishing.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.dates import PartialDate
from index.readers.decoding import decode
from index.readers.draft import Draft, RawFile, Unreadable, known
from index.readers.fields import parse_date, split_name

__all__ = ["read"]

# The group is atomic: "2017-11" is never shortened to "2017" to make the rest fit.
_MARKER = re.compile(
    r"\s*date(?:\s*:\s*|\s+)(?P<date>(?>\d{4}(?:[-/.]\d+)*(?:T[\d:.,+Z-]+)?|\d{1,2}([-/.])\d{1,2}\2\d{2,4}))(?!\w)\s*",
    re.IGNORECASE,
)


def read(file: RawFile) -> Iterator[Draft]:
    """The one report in the file; its text is what follows the marker, to the last character."""
    decoded = decode(file.data, file.charset)
    title, language = split_name(file.name)
    text, published, warnings = decoded.text, PartialDate(), decoded.warnings
    if match := _MARKER.match(text):
        published, warning = parse_date(match["date"])
        warnings += (warning,) if warning else ()
        text = text[match.end() :]
        if not text:
            raise Unreadable(f"there is no text after the date {match['date']!r}")
    yield Draft(
        origin=file.origin,
        digest=file.digest,
        text=text,
        title=title,
        published=published,
        source=None,
        url=file.url,
        language=language,
        encoding=decoded.encoding,
        warnings=warnings,
        details=known(
            retrieved=file.retrieved,
            encoding_from=decoded.encoding_from,
            published_from="date marker" if published.year is not None else None,
        ),
    )
