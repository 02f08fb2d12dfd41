"""What a reader takes in, what it hands on, and how it says that something is no report.

Knows no file format.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from assistant.dates import PartialDate
from assistant.errors import LagebildError

if TYPE_CHECKING:
    from index.readers.field_map import FieldMap

__all__ = ["MAX_FILE_BYTES", "Addresses", "Draft", "Member", "RawFile", "Unreadable", "known", "printable", "resolved"]

MAX_FILE_BYTES = 20_000_000  # far above any report; a file beyond it is a data set, an archive or an accident


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as its file tells it; the language may still have to be detected.

    `origin` is the resolved path, with `#3` for the third line or record of a JSON file, and `#` and a name for
    a part of an archive. `digest` is the SHA-256, in hex, of the bytes that the report was read from: the whole
    file, or the record's line. `text` is exactly what the file says after decoding, `language` an ISO 639-1 code
    or None. `details` become those of the Report: further facts by name, as far as they are known.

    `exported` is a report that `lagebild export` wrote: it is taken back as it stands.

    - `author`; `dateline`, as it stood in the text; `archive_url`, where a copy is kept; `retrieved`, when it was saved
    - `published_from`: "metadata", "date marker", "dateline", "file name", "event date" or "guess"
    - `sha256` of the bytes; `encoding`, and `encoding_from`: "byte order mark", "strict UTF-8", "declared" or "guess"
    """

    origin: str
    digest: str
    text: str
    title: str
    published: PartialDate
    source: str | None
    url: str | None
    language: str | None
    encoding: str
    warnings: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict, hash=False)
    exported: bool = False


class Unreadable(LagebildError):
    """Why a file or a record is no report. It stays inside this package: `read` hands on a ReportError."""


@dataclass(frozen=True)
class RawFile:
    """A file on disk: what it is called, and where. `origin` is text that every store can keep.

    `limit` is how many bytes of it are held in memory at most; `fields` say what the columns of a table, or the fields
    of JSON records, are. `url`, `retrieved` (a day) and `charset` are what an archive says of what is in it.
    """

    name: str
    origin: str
    path: Path
    limit: int = MAX_FILE_BYTES
    fields: FieldMap | None = None
    url: str | None = None
    retrieved: str | None = None
    charset: str | None = None

    @classmethod
    def at(cls, path: Path, fields: FieldMap | None = None) -> RawFile:
        """The file under its own name; nothing is opened yet."""
        return cls(printable(path.name), resolved(path), path, fields=fields)

    def open(self) -> BinaryIO:
        """The file for reading; Unreadable where it is no regular file. Raises OSError."""
        if not stat.S_ISREG(self.path.stat().st_mode):  # a named pipe would block, a device would never end
            raise Unreadable("not a regular file")
        return self.path.open("rb")

    @cached_property
    def data(self) -> bytes:
        """All bytes; Unreadable where there are more than `limit`. Raises OSError."""
        with self.open() as stream:
            data = stream.read(self.limit + 1)
        if len(data) > self.limit:
            raise Unreadable(f"the file is larger than {self.limit // 1_000_000} MB; split it into smaller files")
        return data

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Member:
    """A part of an archive: its bytes in pieces, and what the archive says of it (`url` and so on of RawFile).

    `name` tells its format, `place` tells it from the other parts; "" where there can be no other.
    """

    name: str
    place: str
    chunks: Iterator[bytes]
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a sitemap names, each once, in its order."""

    urls: tuple[str, ...]


def known(**details: str | None) -> dict[str, str]:
    """The details that have a value."""
    return {name: value for name, value in details.items() if value}


def resolved(path: Path) -> str:
    """The absolute path without links. It need not exist."""
    return printable(os.path.realpath(path))


def printable(name: str) -> str:
    """A file name may hold bytes that are no UTF-8; they become \\xNN, since a catalog cannot keep surrogates. The
    way back is Disk (index/sources.py)."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
