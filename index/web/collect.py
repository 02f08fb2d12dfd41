"""Collects what lies at addresses into a folder, as web archives: one WARC file for each page, document or feed.

So the bytes of a page are kept with its address and day, as archivists keep them, and are read like any other file.
A page that is fetched again replaces its file. Knows no format: sitemaps too are taken apart in another process
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

from warcio.warcwriter import WARCWriter

from assistant.errors import ReportError
from index.readers.draft import RawFile, Unreadable
from index.readers.formats import LARGE_FILE_BYTES
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
        path = folder / f"{hashlib.sha256(url.encode()).hexdigest()[:20]}.warc.gz"
        for needed in (folder.parent, folder):  # not in one go: the mode is that of the last one only
            needed.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, fetched, stream.read(), now())
        return path, []


def _write(path: Path, fetched: Fetched, data: bytes, at: dt.datetime) -> None:
    """One record, in place of what the file held before; never half of it. The file is for its owner alone."""
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
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".warc.gz")
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(packed.getvalue())
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
