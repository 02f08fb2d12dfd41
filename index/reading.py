"""Reads files one after the other, passes over what is known, and says how far it has come. Knows no store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import ReportError
from assistant.store import FileRead, FileStamp, Origin
from index.readers import Draft, FieldMap, read, resolved
from index.readers.formats import FEED_ARCHIVE
from index.sources import Memory, stamp

__all__ = ["IngestResult", "Progress", "Reading", "Step"]


@dataclass(slots=True)
class IngestResult:
    """What became of each report of a batch, by origin.

    `removed` are records that are gone from a file of several, and what was pruned; `vanished` are those whose file is
    not there any more, and which have been kept.
    """

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    refused: list[ReportError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Step:
    """How far an ingest has come: what is being read, bytes of files done and in all (about), and reports stored."""

    path: Path
    done: int
    total: int
    reports: int


Progress = Callable[[Step], None]
"""Called before each file, and after each batch of reports that was stored."""


class Reading:
    """One pass over files. What is unchanged, refused or worth a warning goes into the result."""

    def __init__(
        self,
        files: Sequence[Path],
        memory: Memory,
        fields: FieldMap | None,
        result: IngestResult,
        progress: Progress | None,
    ) -> None:
        self._files = files
        self._memory = memory
        self._fields = fields
        self._result = result
        self._progress = progress
        self._path = Path()
        self._before = self._within = self._total = 0  # bytes

    def items(self) -> Iterator[Draft | FileRead]:
        """Every report that is new or changed, and after each file what became of it."""
        now, sizes = time.time_ns(), [_size(path) for path in self._files]
        self._total = sum(sizes)
        for path, size in zip(self._files, sizes, strict=True):
            self._path, self._within = path, 0
            self.tell()
            found = stamp(path, self._fields, now)  # before it is read: what changes meanwhile is seen the next time
            unchanged = self._memory.unchanged_in(found)
            self._result.unchanged += unchanged
            if not unchanged:
                yield from self._read(path, size, found)
            self._before, self._within = self._before + size, 0

    def _read(self, path: Path, size: int, found: FileStamp | None) -> Iterator[Draft | FileRead]:
        there, refused, nothing_read = set[str](), list[ReportError](), True
        for draft in read(path, self._fields):
            there.add(draft.origin)
            if isinstance(draft, ReportError):
                refused.append(draft)
                continue
            nothing_read = False
            self._within = min(size, self._within + len(draft.text))
            if self._memory.knows(Origin(draft.origin, draft.digest)):
                self._result.unchanged.append(draft.origin)
            else:
                self._result.warnings += [f"{draft.origin}: {warning}" for warning in draft.warnings]
                yield draft
        self._result.refused += refused
        name = resolved(path)
        gone = self._memory.gone_from(name, there)
        if gone and refused:
            # The rest of the file may not have been read, or a record be told by another place than when it was good.
            self._result.warnings.append(
                f"{name}: not all of it can be read, so {len(gone)} records that it held before are kept"
            )
        # A feed takes nothing back: what its archive has lost was kept with what is forgotten (web/kept.py).
        removed = () if refused or nothing_read or name.endswith(FEED_ARCHIVE) else gone
        yield FileRead(name, found, tuple(refused), tuple(removed))

    def tell(self) -> None:
        """Say how far it has come, to whom it concerns."""
        if self._progress is not None:
            stored = len(self._result.added) + len(self._result.replaced)
            self._progress(Step(self._path, self._before + self._within, self._total, stored))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # its reader will say so
        return 0
