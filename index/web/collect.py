"""Collects what lies at addresses into a folder, as web archives: one WARC file for each page, document or feed.

So the bytes of a page are kept with its address and day, as archivists keep them, and are read like any other file.
A page that is fetched again replaces its file. Knows sitemaps; knows no other format.
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

from lxml import etree
from warcio.warcwriter import WARCWriter

from assistant.errors import ReportError
from index.web.errors import FetchError
from index.web.fetch import Fetched, Fetcher

__all__ = ["MAX_PAGES", "collect", "pages_of", "url_list"]

MAX_PAGES = 1_000
"""Of the sitemaps behind one address; the others are left out, with an error that says so."""

_XML = frozenset({"application/xml", "text/xml"})


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
    with tempfile.TemporaryFile() as stream:
        fetched = fetcher.fetch(url, stream)
        stream.seek(0)
        if fetched.content_type.partition(";")[0].strip().lower() in _XML:
            pages = pages_of(stream.read(), urlsplit(fetched.url).netloc)
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


def pages_of(data: bytes, host: str) -> list[str] | None:
    """The pages or further sitemaps that a sitemap names, those of its own host; None where it is no sitemap."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    if root is None or etree.QName(root).localname not in ("urlset", "sitemapindex"):
        return None
    found = (str(place).strip() for place in root.xpath("./*/*[local-name() = 'loc']/text()"))
    return list(dict.fromkeys(url for url in found if _host(url) == host))


def _host(url: str) -> str | None:
    """The host of an address, with its port; None where it is no address."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return None
