"""Reads reports from files of many formats. Knows nothing of indexes, sentences or stores.

Each is taken apart in a process of its own, with limits (isolation.py), and so are archives, whose files are then read
one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from assistant.errors import ReportError, SettingsError
from index.readers.draft import Draft, RawFile, Unreadable, printable, resolved
from index.readers.field_map import FieldMap
from index.readers.finishing import finished
from index.readers.formats import CONTAINERS, FEED_ARCHIVE, READERS, SUFFIXES, is_readable, limit_of, suffix_of
from index.readers.isolation import LIMITS, Limits, read_isolated, unpack_isolated
from index.readers.record import unwritable

__all__ = [
    "LIMITS",
    "SUFFIXES",
    "Draft",
    "FieldMap",
    "Limits",
    "RawFile",
    "is_readable",
    "printable",
    "read",
    "read_file",
    "resolved",
    "unwritable",
]


def read(path: Path, fields: FieldMap | None = None, limits: Limits = LIMITS) -> Iterator[Draft | ReportError]:
    """The reports in a file, each as a Draft, or as the ReportError that says why it cannot be read.

    Nothing is raised for what a file is or holds, so the rest of a batch goes on. The suffix, in any case,
    says which format it is. `fields` say what the columns of tables and the fields of JSON records are; a mapping
    that lies beside the file wins over them. Reports are read as they are asked for: tables may be of any size.
    """
    try:
        file = RawFile.at(path, FieldMap.beside(path) or fields)
    except SettingsError as error:
        yield ReportError(resolved(path), str(error))
        return
    yield from read_file(file, limits)


def read_file(file: RawFile, limits: Limits = LIMITS) -> Iterator[Draft | ReportError]:
    """The same for a file that is not called by its path: a part of an archive, a page that was fetched."""
    try:
        if suffix_of(file.name) in CONTAINERS:
            yield from _unpacked(file, limits)
            return
        for item in _items(file, limits):
            yield finished(item, file) if isinstance(item, Draft) else item
    except OSError as error:
        yield ReportError(file.origin, f"the file cannot be read: {error.strerror or error}")
    except Unreadable as error:
        yield ReportError(file.origin, str(error))


def _items(file: RawFile, limits: Limits) -> Iterator[Draft | ReportError]:
    suffix = suffix_of(file.name)
    if suffix not in READERS:
        raise Unreadable(_unknown(suffix))
    file.open().close()  # what is no file, or may not be read, is told without starting a process
    return read_isolated(READERS[suffix], replace(file, limit=limit_of(file.name)), limits)


def _unpacked(file: RawFile, limits: Limits) -> Iterator[Draft | ReportError]:
    suffix = suffix_of(file.name)
    if not is_readable(file.name):
        raise Unreadable(_unknown(suffix_of(file.name[: -len(suffix)])) + "; it is what is packed in this file")
    file.open().close()
    found = unpack_isolated(CONTAINERS[suffix], file, lambda member: read_file(member, limits), limits)
    return _once(found) if file.name.endswith(FEED_ARCHIVE) else found


def _once(items: Iterable[Draft | ReportError]) -> Iterator[Draft | ReportError]:
    """Each entry of a feed as it was said last, which comes first; what cannot be read takes the place of nothing."""
    seen = set[tuple[str, bool]]()
    for item in items:
        this = (item.origin, isinstance(item, Draft))
        if this not in seen and (item.origin, True) not in seen:
            seen.add(this)
            yield item


def _unknown(suffix: str) -> str:
    return f"the suffix {suffix!r} is not one of those that can be read: {', '.join(sorted(SUFFIXES))}"
