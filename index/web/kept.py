"""What the web archives of pages and feeds hold: what is added to them, and what is forgotten from them.

Knows how `collect` names them; fetches nothing.
"""

from __future__ import annotations

import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from assistant.errors import ReportError
from index.readers import Draft, read_file, resolved
from index.readers.draft import RawFile
from index.readers.formats import FEED_ARCHIVE

__all__ = ["forget", "read_as", "with_news", "write"]

_ARCHIVE = re.compile(r".*?/([0-9a-f]{20}(?:\.feed)?\.warc\.gz)#(.*)", re.DOTALL)


def forget(folder: Path, origins: Iterable[str]) -> None:
    """Remove what these origins were read from. The archive of a page goes as a whole; from that of a feed those
    records go that hold one of these entries, in any version, or that cannot be read. Raises OSError.

    An archive is known by its name, which is made of the address: the data folder may have lain elsewhere when it was
    read. Who calls this holds the lock of the files.
    """
    places: dict[Path, set[str]] = {}
    for origin in origins:
        if found := _ARCHIVE.fullmatch(origin):
            places.setdefault(folder / found[1], set()).add(found[2])
    for path, gone in places.items():
        content = path.read_bytes() if path.name.endswith(FEED_ARCHIVE) and path.exists() else b""
        rest = b"".join(record for record in _records(content) if _is_free_of(gone, path, record))
        if not rest:
            path.unlink(missing_ok=True)
        elif rest != content:
            write(path, rest)


def _records(archive: bytes) -> Iterator[bytes]:
    """The records of an archive, each as it lies there, as far as it can be taken apart."""
    while archive:
        try:
            size = _first_record(archive)
        except (ArchiveLoadFailed, StopIteration, EOFError, zlib.error):
            return
        yield archive[:size]
        archive = archive[size:]


def _is_free_of(places: set[str], feed: Path, record: bytes) -> bool:
    """Whether all of the record can be read, and it has none of these entries."""
    items = read_as(feed, record)
    there = {item.origin.removeprefix(f"{resolved(feed)}#") for item in items}
    whole = any(isinstance(item, Draft) for item in items) and resolved(feed) not in there
    return whole and not there & places


def with_news(feed: Path, held: bytes, record: bytes) -> bytes:
    """What the file of a feed is to hold, so that no entry of it is lost: the new record in front of those before.

    Nothing is added where it says nothing new. The record before is left out where it says nothing but what is in the
    new one and those behind: else the file of a feed that is fetched often would hold each entry hundreds of times.
    """
    everything = read_as(feed, record + held)
    if held and all(item.origin != resolved(feed) for item in everything):  # which would be what cannot be read of it
        for less in (held, record + held[_first_record(held) :]):
            if _said(read_as(feed, less)) == _said(everything):
                return less
    return record + held


def read_as(feed: Path, content: bytes) -> list[Draft | ReportError]:
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


def write(path: Path, content: bytes) -> None:
    """In place of what the file held before; never half of it. The file is for its owner alone."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".warc.gz")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
