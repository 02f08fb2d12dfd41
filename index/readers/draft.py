"""What a reader takes in, what it hands on, and how it says that something is no report.

Knows no file format.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import LagebildError
from assistant.records import PartialDate

__all__ = ["MAX_FILE_BYTES", "Draft", "RawFile", "Unreadable", "resolved"]

MAX_FILE_BYTES = 20_000_000  # far above any report; a file beyond it is a data set, an archive or an accident


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as its file tells it; the language may still have to be detected.

    `origin` is the resolved path, with `#3` for the third line or record of a JSON file. `digest` is the
    SHA-256, in hex, of the bytes that the report was read from: the whole file, or the record's line.
    `text` is exactly what the file says after decoding, `language` an ISO 639-1 code or None. `details` become those
    of the Report.
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


class Unreadable(LagebildError):
    """Why a file or a record is no report. It stays inside this package: `read` hands on a ReportError."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file's name and bytes. `origin` is its resolved path, as text that every store can keep."""

    name: str
    origin: str
    data: bytes

    @classmethod
    def load(cls, path: Path) -> RawFile:
        """Read at most `MAX_FILE_BYTES`; Unreadable where there is more, or no regular file. Raises OSError."""
        if not stat.S_ISREG(path.stat().st_mode):  # a named pipe would block, a device would never end
            raise Unreadable("not a regular file")
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise Unreadable(f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB; split it into smaller files")
        return cls(_printable(path.name), resolved(path), data)

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def resolved(path: Path) -> str:
    """The absolute path without links. It need not exist."""
    return _printable(os.path.realpath(path))


def _printable(name: str) -> str:
    """A file name may hold bytes that are no UTF-8; they become \\xNN, since a catalog cannot keep surrogates."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
