"""Collects what lies at addresses into a folder, as web archives: one WARC file for each page, document or feed.

So the bytes of a page are kept with its address and day, as archivists keep them, and are read like any other file.
A page that is fetched again replaces its file. A feed is a window on what its host publishes: when it is fetched again,
its file holds what it was before as well. Knows no format: sitemaps and feeds, too, are taken apart in another process
(readers/isolation.py).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from assistant.errors import ReportError
from index.readers import Draft, read_file, resolved
from index.readers.draft import RawFile, Unreadable
from index.readers.formats import FEED_ARCHIVE, LARGE_FILE_BYTES
from index.readers.isolation import addresses_in
from index.web.errors import FetchError
from index.web.fetch import Fetched, Fetcher

__all__ = ["MAX_PAGES", "collect", "url_list"]

MAX_PAGES = 1_000
"""Of the sitemaps behind one address; the others are left out, with an error that says so."""

_MAYBE_SITEMAP = frozenset({"application/xml", "text/xml", "application/gzip", "application/x-gzip"})


def url_list(text: str) -> list[str]:
    """The addresses in a list of one a line; blank lines, and lines that begin with #, say nothing."""
    lines = (line.strip() for line in text.lstrip("\ufeff").splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def collect(
    urls: Iterable[str], folder: Path, fetcher: Fetcher, now: Callable[[], dt.datetime]
) -> Iterator[Path | ReportError]:
    """The file of each address, as soon as it is there; a ReportError for one that cannot or may not be fetched.

    An address of a sitemap stands for all pages of its host that it names.
    """
    for url in urls:
        seen: dict[str, None] = {}
        waiting = [url]
        while waiting:
            address = waiting.pop(0)
            if address in seen:
                continue
            if len(seen) == MAX_PAGES:
                yield ReportError(url, f"it names more than {MAX_PAGES} pages; the others were left out")
                break
            seen[address] = None
            try:
                path, more = _collected(address, folder, fetcher, now)
            except FetchError as error:
                yield ReportError(address, str(error))
                continue
            waiting += more
            if path is not None:
                yield path


def _collected(
    url: str, folder: Path, fetcher: Fetcher, now: Callable[[], dt.datetime]
) -> tuple[Path | None, list[str]]:
    """The file that the address now lies in; or none, and the pages that it names as a sitemap."""
    with tempfile.NamedTemporaryFile(prefix="lagebild-") as stream:
        fetched = fetcher.fetch(url, stream)
        stream.flush()
        if fetched.content_type.partition(";")[0].strip().lower() in _MAYBE_SITEMAP:
            pages = _pages_of(Path(stream.name), fetched.url)
            if pages is not None:
                return None, pages
        stream.seek(0)
        record = _record(fetched, stream.read(), now())
    name = hashlib.sha256(url.encode()).hexdigest()[:20]
    page, feed = folder / f"{name}.warc.gz", folder / f"{name}{FEED_ARCHIVE}"
    is_feed = any(isinstance(item, Draft) for item in _read_as(feed, record))
    if not is_feed and feed.exists():
        raise FetchError(
            f"{url}: it was a feed, and now answers with none that has entries ({fetched.content_type}). What is kept "
            f"of it stays. Fetch it again later; if it is to be kept as a page from now on, move {feed} elsewhere first"
        )
    for needed in (folder.parent, folder):  # not in one go: the mode is that of the last one only
        needed.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not is_feed:
        _write(page, record)
        return page, []
    held = feed.read_bytes() if feed.exists() else b""
    content = _with_news(feed, held, record)
    if content != held:
        _write(feed, content)
    return feed, []


def _with_news(feed: Path, held: bytes, record: bytes) -> bytes:
    """What the file of a feed is to hold, so that no entry of it is lost: the new record in front of those before.

    Nothing is added where it says nothing new. The record before is left out where it says nothing but what is in the
    new one and those behind: else the file of a feed that is fetched often would hold each entry hundreds of times.
    """
    everything = _read_as(feed, record + held)
    if held and all(item.origin != resolved(feed) for item in everything):  # which would be what cannot be read of it
        for less in (held, record + held[_first_record(held) :]):
            if _said(_read_as(feed, less)) == _said(everything):
                return less
    return record + held


def _read_as(feed: Path, content: bytes) -> list[Draft | ReportError]:
    """What would be read of the file of a feed if this were in it; nothing that has an entry where it is no feed."""
    with tempfile.NamedTemporaryFile(prefix="lagebild-") as stream:
        stream.write(content)
        stream.flush()
        return list(read_file(RawFile(feed.name, resolved(feed), Path(stream.name))))


def _said(items: Iterable[Draft | ReportError]) -> dict[str, str]:
    """What is said, by where: what tells one version of an entry from another."""
    return {item.origin: item.digest if isinstance(item, Draft) else item.reason for item in items}


def _first_record(archive: bytes) -> int:
    """How many bytes of the archive its first record takes."""
    records = ArchiveIterator(BytesIO(archive))
    next(records)
    return int(records.get_record_length())


def _record(fetched: Fetched, data: bytes, at: dt.datetime) -> bytes:
    """The archive of what was fetched."""
    packed = BytesIO()
    writer = WARCWriter(packed, gzip=True)
    record = writer.create_warc_record(
        fetched.url,
        "resource",
        payload=BytesIO(data),
        length=len(data),
        warc_content_type=fetched.content_type,
        warc_headers_dict={"WARC-Date": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
    )
    writer.write_record(record)
    return packed.getvalue()


def _write(path: Path, content: bytes) -> None:
    """In place of what the file held before; never half of it. The file is for its owner alone."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".warc.gz")
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(beside).replace(path)


def _pages_of(path: Path, url: str) -> list[str] | None:
    """What the file names as a sitemap, as far as it is of the host of `url`; None where it is no sitemap."""
    try:
        found = addresses_in(RawFile(url, url, path, LARGE_FILE_BYTES))
    except Unreadable as error:
        raise FetchError(f"{url}: {error}") from error
    return None if found is None else [page for page in found if _host(page) == _host(url)]


def _host(url: str) -> str | None:
    """The host of an address, with its port; None where it is no address."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return None
