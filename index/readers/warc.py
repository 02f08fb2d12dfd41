"""Unpacks web archives (WARC, ARC), by warcio: each page, text or document that was answered with success."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from assistant.errors import ReportError
from index.readers.decoding import clean
from index.readers.draft import Member, RawFile, Unreadable, known

__all__ = ["read"]

_CHUNK = 256 * 1024
_NAMES = {
    "text/html": "page.html",
    "application/xhtml+xml": "page.html",
    "text/plain": "page.txt",
    "text/markdown": "page.md",
    "application/pdf": "page.pdf",
    "application/rss+xml": "page.rss",
    "application/atom+xml": "page.atom",
}


def read(file: RawFile) -> Iterator[Member | ReportError]:
    """The pages in the archive, in its order; each is told from the others by its address."""
    seen: dict[str, int] = {}
    with file.open() as stream:
        try:
            for record in ArchiveIterator(stream):
                name = _name(record)
                if name is None:
                    continue
                url = clean(
                    record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri") or ""
                )
                seen[url] = seen.get(url, 0) + 1
                content = record.content_stream()
                yield Member(
                    name,
                    url if seen[url] == 1 else f"{url}@{seen[url]}",
                    iter(lambda content=content: content.read(_CHUNK), b""),  # type: ignore[misc]
                    known(
                        url=url,
                        retrieved=(record.rec_headers.get_header("WARC-Date") or "")[:10],
                        charset=_content_type(record).get_content_charset(),
                    ),
                )
        except ArchiveLoadFailed as error:
            raise Unreadable(f"it is no web archive, or a damaged one ({error})"[:300]) from error
    if not seen:
        raise Unreadable("there is no page in this web archive that was answered with success")


def _name(record: object) -> str | None:
    """A file name for what the record holds; None where it is no page that can be read."""
    kind = getattr(record, "rec_type", "")
    http = getattr(record, "http_headers", None)
    if kind not in ("response", "resource") or (
        kind == "response" and (http is None or http.get_statuscode() != "200")
    ):
        return None
    return _NAMES.get(_content_type(record).get_content_type())


def _content_type(record: object) -> Message:
    """The type of the content, which the standard library knows how to take apart."""
    headers = getattr(record, "http_headers", None) or getattr(record, "rec_headers", None)
    message = Message()
    message["Content-Type"] = (headers.get_header("Content-Type") if headers is not None else None) or "text/plain;"
    return message
