"""Collects what lies at addresses into a folder, as web archives: one WARC file for each page, document or feed.

So the bytes of a page are kept with its address and day, as archivists keep them, and are read like any other file.
A page that is fetched again replaces its file. A feed is a window on what its host publishes: when it is fetched again,
its file holds what it was before as well (kept.py). Knows no format: sitemaps and feeds, too, are taken apart in
another process (readers/isolation.py).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from warcio.warcwriter import WARCWriter

from assistant.errors import ReportError
from assistant.store.lock import files_lock
from index.readers import Draft
from index.readers.draft import RawFile, Unreadable
from index.readers.formats import FEED_ARCHIVE, LARGE_FILE_BYTES
from index.readers.isolation import addresses_in
from index.web.errors import FetchError
from index.web.fetch import Fetched, Fetcher
from index.web.kept import read_as, with_news, write

__all__ = ["MAX_PAGES", "collect", "url_list"]

MAX_PAGES = 1_000
"""Of the sitemaps behind one address; the others are left out, with an error that says so."""

_PORTS = {"http": 80, "https": 443}
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
                path, more, elsewhere = _collected(address, folder, fetcher, now)
            except FetchError as error:
                yield ReportError(address, str(error))
                continue
            except OSError as error:
                yield ReportError(
                    address,
                    f"it cannot be kept ({error.strerror or error}). Look at the permissions of {folder}, and at the "
                    "free space of its disk and of the folder for temporary files",
                )
                continue
            waiting += more
            if elsewhere:
                yield ReportError(
                    address,
                    f"{len(elsewhere)} of the pages that it names are of another host, such as {elsewhere[0]}; they "
                    "were left out. Fetch them by their own addresses, or by a sitemap of that host",
                )
            if path is not None:
                yield path


def _collected(
    url: str, folder: Path, fetcher: Fetcher, now: Callable[[], dt.datetime]
) -> tuple[Path | None, list[str], list[str]]:
    """The file that the address now lies in; or none, and the pages that it names as a sitemap: those of its host, and
    those of others."""
    with tempfile.NamedTemporaryFile(prefix="lagebild-") as stream:
        fetched = fetcher.fetch(url, stream)
        stream.flush()
        if fetched.content_type.partition(";")[0].strip().lower() in _MAYBE_SITEMAP:
            pages = _pages_of(Path(stream.name), fetched.url)
            if pages is not None:
                return None, *pages
        stream.seek(0)
        record = _record(fetched, stream.read(), now())
    name = hashlib.sha256(url.encode()).hexdigest()[:20]
    page, feed = folder / f"{name}.warc.gz", folder / f"{name}{FEED_ARCHIVE}"
    is_feed = any(isinstance(item, Draft) for item in read_as(feed, record))
    if not is_feed and feed.exists():
        raise FetchError(
            f"{url}: it was a feed, and now answers with none that has entries ({fetched.content_type}). What is kept "
            f"of it stays. Fetch it again later; if it is to be kept as a page from now on, move {feed} elsewhere first"
        )
    for needed in (folder.parent, folder):  # not in one go: the mode is that of the last one only
        needed.mkdir(parents=True, exist_ok=True, mode=0o700)
    with files_lock(folder.parent):  # or what is forgotten meanwhile would be written back
        if not is_feed:
            write(page, record)
            return page, [], []
        held = feed.read_bytes() if feed.exists() else b""
        content = with_news(feed, held, record)
        if content != held:
            write(feed, content)
    return feed, [], []


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


def _pages_of(path: Path, url: str) -> tuple[list[str], list[str]] | None:
    """What the file names as a sitemap, of the host of `url` and of others; None where it is no sitemap."""
    try:
        found = addresses_in(RawFile(url, url, path, LARGE_FILE_BYTES))
    except Unreadable as error:
        raise FetchError(f"{url}: {error}") from error
    if found is None:
        return None
    hosts = {page: _host(page) for page in found}
    own = [page for page, host in hosts.items() if host == _host(url)]
    return own, [page for page, host in hosts.items() if host not in (None, _host(url))]


def _host(url: str) -> tuple[str, int | None] | None:
    """The host of an address, and its port where that is not the one of the scheme; None where it is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return (parts.hostname, None if port == _PORTS.get(parts.scheme) else port) if parts.hostname else None
