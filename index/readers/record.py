"""Makes a report of a record: a JSON object, or a row of a table. Knows names of fields; knows no file format."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from assistant.records import Report
from index.readers.decoding import half_character
from index.readers.draft import Draft, RawFile, Unreadable
from index.readers.fields import first_string, read_fields, split_name

__all__ = ["TEXT_NAMES", "place_of", "record_digest", "record_draft", "shortened", "unused", "unwritable"]

TEXT_NAMES = ("text", "content", "body", "article_content")
"""The names under which the text is looked for where no mapping says which it is."""

_LONGEST_KEY = 500  # characters


def record_draft(
    file: RawFile, place: str, record: Mapping[str, object], data: bytes, *, encoding: str, details: Mapping[str, str]
) -> Draft:
    """The report of the record at `place` in its file, which was read from `data`. Unreadable where it is none."""
    values = file.fields.apply(record) if file.fields is not None else record
    text = first_string(values, TEXT_NAMES)
    if text is None or not text.strip():
        looked_for = ", ".join(file.fields.columns["text"] if file.fields is not None else TEXT_NAMES)
        raise Unreadable(f"there is no text; it is looked for in {looked_for}")
    fields = read_fields(values, month_first=file.fields.month_first if file.fields is not None else None)
    return Draft(
        origin=f"{file.origin}#{place}",
        digest=record_digest(file, data),
        text=text,
        title=fields.title or f"{split_name(file.name)[0]} #{place}",
        published=fields.published,
        source=fields.source,
        url=fields.url,
        language=fields.language,
        encoding=encoding,
        warnings=fields.warnings,
        details={"sha256": hashlib.sha256(data).hexdigest(), **details, **fields.details},
    )


def record_digest(file: RawFile, data: bytes) -> str:
    """SHA-256, in hex, of a record and of the mapping that it is read by: a new mapping makes new reports."""
    by = file.fields.to_json().encode() if file.fields is not None else b""
    return hashlib.sha256(by + data).hexdigest()


def place_of(file: RawFile, record: Mapping[str, object], place: str, seen: set[int]) -> str:
    """What tells a record from the others of its file, which have been `seen`: its key by the mapping, or its place."""
    if file.fields is None or file.fields.key is None:
        return place
    return unused(seen, file.fields.key_of(record), place)


def unused(seen: set[int], key: str | None, place: str) -> str:
    """The key, or the place where there is none; with the place behind it where another record has had the same:
    none stands for another. `seen` remembers them.
    """
    name = shortened(key or place)
    while hash(name) in seen:
        name = f"{name}@{place}"
    seen.add(hash(name))
    return name


def shortened(key: str) -> str:
    """The key as it is told in an origin: its beginning and a hash of it where it is longer than any sound one."""
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[: _LONGEST_KEY - 65]}…{hashlib.sha256(key.encode()).hexdigest()}"


def unwritable(report: Report) -> str | None:
    """Why a report that is to be taken as it stands cannot be, where it cannot."""
    if not report.text.strip():
        return "there is no text"
    said = (report.title, report.text, report.source or "", report.url or "", report.language)
    return half_character((*said, *report.details, *report.details.values()))
