"""Unpacks web archives (WARC, ARC), by warcio: each page, text or document that was answered with success."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from assistant.errors import ReportError
from index.readers.decoding import clean
from index.readers.draft import Member, RawFile, Unreadable, known
from index.readers.formats import FEED_ARCHIVE, is_container, is_feed, is_readable
from index.readers.record import unused

__all__ = ["read"]

_CHUNK = 256 * 1024
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/pdf": ".pdf",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/json": ".json",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "message/rfc822": ".eml",
    "multipart/related": ".mhtml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
# Types that say little: then the address may say more.
_VAGUE = {"text/plain": ".txt", "application/octet-stream": "", "text/xml": ".xml", "application/xml": ".xml"}


def read(file: RawFile) -> Iterator[Member | ReportError]:
    """The pages in the archive, in its order; each is told from the others by its address.

    In the archive of a feed there is nothing else, and nothing to tell: its entries are the same wherever it was. What
    is there all the same is left out, with an error that says so.
    """
    of_feed = file.name.endswith(FEED_ARCHIVE)
    seen: set[int] = set()
    left_out = 0
    with file.open() as stream:
        try:
            for number, record in enumerate(ArchiveIterator(stream), start=1):
                name = _name(record)
                if name is None:
                    continue
                if of_feed and not is_feed(name):
                    left_out += 1
                    continue
                url = clean(
                    record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri") or ""
                )
                content = record.content_stream()
                place = unused(seen, url, str(number))
                yield Member(
                    name,
                    "" if of_feed else place,
                    iter(lambda content=content: content.read(_CHUNK), b""),  # type: ignore[misc]
                    known(
                        url=url,
                        retrieved=(record.rec_headers.get_header("WARC-Date") or "")[:10],
                        charset=_content_type(record).get_content_charset(),
                    ),
                )
        except ArchiveLoadFailed as error:
            raise Unreadable(f"it is no web archive, or a damaged one ({error})"[:300]) from error
    if left_out:
        holds = f"a file that is called *{FEED_ARCHIVE} holds a feed and nothing else; give it another name"
        yield ReportError(file.origin, f"pages or documents that were left out: {left_out}; {holds}")
    elif not seen:
        raise Unreadable("there is no page in this web archive that was answered with success")


def _name(record: Any) -> str | None:
    """A file name for what the record holds; None where it is nothing that can be read."""
    http = record.http_headers
    if record.rec_type not in ("response", "resource") or (http is not None and http.get_statuscode() != "200"):
        return None
    kind = _content_type(record).get_content_type()
    url = clean(record.rec_headers.get_header("WARC-Target-URI") or "")
    last = PurePosixPath(unquote(url.partition("?")[0])).name or "page"
    if kind in _VAGUE and is_readable(last) and not is_container(last):
        return last
    suffix = _SUFFIXES.get(kind) or _VAGUE.get(kind)
    return (last if last.lower().endswith(suffix) else last + suffix) if suffix else None


def _content_type(record: Any) -> Message:
    """The type of the content, which the standard library knows how to take apart."""
    message = Message()
    message["Content-Type"] = _headers(record).get_header("Content-Type") or "text/plain"
    return message


def _headers(record: Any) -> Any:
    """Those of the answer; of the record where it holds no answer but the thing itself."""
    return record.http_headers if record.http_headers is not None else record.rec_headers
