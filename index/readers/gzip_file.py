"""Unpacks a file that gzip has packed. What comes out is read as the file that it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from index.readers.draft import Member, RawFile

__all__ = ["read"]

_CHUNK = 256 * 1024


def read(file: RawFile) -> Iterator[Member]:
    """The one file in it."""
    with file.open() as packed, gzip.open(packed) as stream:
        yield Member(file.name[: -len(".gz")], "", iter(lambda: stream.read(_CHUNK), b""))
