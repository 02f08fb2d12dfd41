"""What holds for a report of every format: its dateline, a date from the file's name, the hash of its bytes."""

from __future__ import annotations

from dataclasses import replace

from assistant.dates import PartialDate
from index.readers.dateline import find_dateline
from index.readers.draft import Draft, RawFile
from index.readers.fields import date_in_name

__all__ = ["finished"]


def finished(draft: Draft, file: RawFile) -> Draft:
    """The draft without its dateline, which goes to the details.

    The date is that of the page, front matter or record, or else of the dateline, or else of the file's name;
    the details say which (`published_from`). A dateline also says more exactly what the former give vaguely, if it
    lies within it. The text of an event is made of its columns, and has none. A file of several records has no date to
    give them.
    """
    if draft.exported:
        return draft
    details = {"sha256": draft.digest, "encoding": draft.encoding, **draft.details}
    text, published = draft.text, draft.published
    line = find_dateline(text) if details.get("published_from") != "event date" else None
    if line is not None:
        before, behind = text[: line.start], text[line.behind :]
        text = before + behind if before.strip() else behind.lstrip()
        if "page_starts" in details:
            cut = len(draft.text) - len(text)
            starts = (int(start) for start in details["page_starts"].split())
            details["page_starts"] = " ".join(str(start - cut if start > line.start else start) for start in starts)
        details["dateline"] = draft.text[line.start : line.end]
        if _more_exact(line.date, published):
            published = line.date
            details["published_from"] = ", ".join(filter(None, (details.get("published_from"), "dateline")))
    if published.year is None and draft.origin == file.origin:
        published = date_in_name(file.name)
        details |= {"published_from": "file name"} if published.year is not None else {}
    return replace(draft, text=text, published=published, details=details)


def _more_exact(one: PartialDate, other: PartialDate) -> bool:
    """Whether `one` lies within `other`, which is vaguer or unknown."""
    if one.earliest is None or one.latest is None or one == other:
        return False
    if other.earliest is None or other.latest is None:
        return True
    return other.earliest <= one.earliest and one.latest <= other.latest
