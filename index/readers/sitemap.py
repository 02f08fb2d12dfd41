"""Reads sitemaps: which pages and further sitemaps one names. None holds a report, so it is no format of files that are
ingested (formats.py); who fetches asks for it (isolation.py)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from lxml import etree

from index.readers.draft import Addresses, RawFile, Unreadable

__all__ = ["read"]

_MAX_BYTES = 50_000_000  # what sitemaps.org allows
_GZIP = b"\x1f\x8b"


def read(file: RawFile) -> Iterator[Addresses]:
    """The addresses in a sitemap, packed by gzip or not; nothing where it is none. Unreadable where it is too large."""
    data = file.data
    if data.startswith(_GZIP):
        with file.open() as packed, gzip.open(packed) as stream:
            data = stream.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise Unreadable(f"the sitemap unpacks to more than {_MAX_BYTES // 1_000_000} MB")
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return
    if root is not None and etree.QName(root).localname in ("urlset", "sitemapindex"):
        found = (str(place).strip() for place in root.xpath("./*/*[local-name() = 'loc']/text()"))
        yield Addresses(tuple(dict.fromkeys(found)))
