"""Reads web pages that a browser saved with everything in one file (MHTML): the page, with its address and the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.parser import BytesParser
from email.policy import default

from index.readers.draft import Draft, RawFile, Unreadable
from index.readers.html import read_page
from index.readers.mail import header, payload, sent_on

__all__ = ["read"]

_PAGES = ("text/html", "application/xhtml+xml")


def read(file: RawFile) -> Iterator[Draft]:
    """The one report on the page. Unreadable where the file holds no page, or the page no main text."""
    saved = BytesParser(policy=default).parsebytes(file.data)
    page = next((part for part in saved.walk() if part.get_content_type() in _PAGES), None)
    if page is None or not (data := payload(page)).strip():
        raise Unreadable("there is no page in it; save it as HTML")
    day = sent_on(saved)
    file = replace(file, retrieved=str(day) if day.year is not None else None)
    url = header(saved, "Snapshot-Content-Location") or header(page, "Content-Location")
    yield read_page(file, data, charset=page.get_content_charset(), url=url)
