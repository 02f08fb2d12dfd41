"""Reads saved feeds (RSS, Atom), by feedparser: each entry is a report. No network."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from email.utils import parsedate_tz
from io import BytesIO
from typing import Any

import feedparser

from assistant.dates import PartialDate
from assistant.errors import ReportError
from index.readers.decoding import clean, decode
from index.readers.draft import Draft, RawFile, Unreadable, known
from index.readers.fields import http_url, language_code, one_line, parse_date, split_name
from index.readers.markup import text_of
from index.readers.record import shortened

__all__ = ["read"]

_MAX_ENTRIES = 20_000
_SCHEME = re.compile(r"^https?://(?:www\.)?")
_FRONT_PAGE = re.compile(r"https?://[^/?#]*/*")


def read(file: RawFile) -> Iterator[Draft | ReportError]:
    """A report for each entry that says something; its text is the fullest that the entry gives.

    An entry is told from the others by its own id or address. Where it has none, or shares it with another or with the
    feed, or it is that of a front page, by what it says: its place says nothing, since a feed moves on. Unreadable
    where there is no entry.
    """
    decoded = decode(file.data, _declared(file.data))
    # feedparser is given what has been decoded already: its own guess of the encoding never says how sure it is. It is
    # given a stream, since it takes bytes for a path first: what they name would be opened and read as the feed.
    content = BytesIO(decoded.text.encode())
    feed = feedparser.parse(content, response_headers={"content-type": "application/xml; charset=utf-8"})
    if not feed.entries:
        raise Unreadable("it is no feed (RSS or Atom), or a feed without entries")
    if len(feed.entries) > _MAX_ENTRIES:
        raise Unreadable(f"it has {len(feed.entries)} entries, more than {_MAX_ENTRIES}; split it")
    keys = [_key(entry, _said(feed.feed, "link") or "") for entry in feed.entries]
    often = Counter(keys)
    seen = set[str]()
    for number, (key, entry) in enumerate(zip(keys, feed.entries, strict=True), start=1):
        title = one_line(text_of(_said(entry, "title") or ""))
        text = max((text_of(body) for body in _bodies(entry)), key=len, default="") or title
        published, warnings = _published(entry)
        said = [title, text, str(published), _said(entry, "link")]
        origin = f"{file.origin}#{key}" + ("" if key and often[key] == 1 else f"@{_digest(said)[:16]}")
        if origin in seen:  # word for word the same
            continue
        seen.add(origin)
        if not text:
            yield ReportError(origin, "the entry has neither a text nor a title")
            continue
        yield Draft(
            origin=origin,
            digest=_digest([origin, *said]),
            text=text,
            title=title or f"{split_name(file.name)[0]} #{number}",
            published=published,
            source=one_line(text_of(_said(feed.feed, "title") or "")),
            url=http_url(_said(entry, "link")),
            language=language_code(_said(feed.feed, "language")),
            encoding=decoded.encoding,
            warnings=decoded.warnings + warnings,
            details=known(
                author=one_line(_said(entry, "author")),
                published_from="metadata" if published.year is not None else None,
                encoding_from=decoded.encoding_from,
                retrieved=file.retrieved,
            ),
        )


def _key(entry: Mapping[str, Any], home: str) -> str:
    """The id of an entry, or its address; "" where that is of the feed or of a front page, as may be the next one's."""
    key = _said(entry, "id") or _said(entry, "link") or ""
    is_home = _SCHEME.sub("", key).rstrip("/") == _SCHEME.sub("", home).rstrip("/")
    return "" if is_home or _FRONT_PAGE.fullmatch(key) else shortened(key)


def _digest(content: list[str | None]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _declared(data: bytes) -> str | None:
    start = data[:200].partition(b"encoding=")[2]
    return start[1:].partition(start[:1])[0].decode("ascii", "replace") if start[:1] in (b'"', b"'") else None


def _bodies(entry: Mapping[str, Any]) -> Iterator[str]:
    for content in entry.get("content", ()):
        yield _said(content, "value") or ""
    yield _said(entry, "summary") or ""


def _published(entry: Mapping[str, Any]) -> tuple[PartialDate, tuple[str, ...]]:
    """The day as it is written, whatever the time zone; that of the last change where there is no other."""
    for name in ("published", "created", "updated"):
        stated = _said(entry, name)
        if not stated:
            continue
        try:
            date, warning = parse_date(stated)
            return date, (warning,) if warning else ()
        except Unreadable:
            parts = parsedate_tz(stated)
        try:
            if parts:
                return PartialDate(*parts[:3]), ()
        except ValueError:
            pass
        return PartialDate(), (f"the date {stated[:40]!r} cannot be read and was left out",)
    return PartialDate(), ()


def _said(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    return clean(value).strip() or None if isinstance(value, str) else None
