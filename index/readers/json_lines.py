"""Reads JSON records: one object a line, one object a file, or a list of objects. JSON is UTF-8 (RFC 8259).

Which of their fields are the text, the title and so on is told by their names, or by a mapping (field_map.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from assistant.errors import ReportError
from assistant.plain_data import report_from_export
from assistant.records import Report
from index.readers.decoding import is_wide, unicode_bytes
from index.readers.draft import Draft, RawFile, Unreadable
from index.readers.fields import http_url
from index.readers.formats import suffix_of
from index.readers.record import place_of, record_draft, unwritable

__all__ = ["read"]

_TOO_DEEP = "nested too deeply for a report"


def read(file: RawFile) -> Iterator[Draft | ReportError]:
    """A report, or the reason why it is none, for each record of the file."""
    return _read_file(file) if suffix_of(file.name) == ".json" else _read_lines(file)


def _read_lines(file: RawFile) -> Iterator[Draft | ReportError]:
    """A report, or the reason why it is none, for each line that is not blank; lines are counted from 1.

    The file may be of any size, a line may not.
    """
    seen: set[int] = set()
    with file.open() as stream:
        start, first = 1, stream.readline(file.limit + 1)
        while first and not first.strip():
            start, first = start + 1, stream.readline(file.limit + 1)
        wide = is_wide(first)  # then the line has been cut within a character
        first, encoding = unicode_bytes(file.data if wide else first)
        rest = iter(lambda: stream.readline(file.limit + 1), b"")
        lines = iter(first.splitlines()) if wide else chain([first], rest)
        for number, line in enumerate(lines, start):
            if len(line) > file.limit:
                limit = file.limit // 1_000_000
                yield ReportError(f"{file.origin}#{number}", f"a line of more than {limit} MB; the rest is not read")
                return
            if line.strip():
                yield _read_record(file, number, line.rstrip(b"\r\n"), encoding, seen)


def _read_file(file: RawFile) -> Iterator[Draft | ReportError]:
    """The same for the object in the file, or for each of a list of them; records are counted from 1."""
    data, encoding = unicode_bytes(file.data)
    value = _loads(data)
    if file.fields is not None:
        value = file.fields.list_in(value)
    if not isinstance(value, list):
        yield _read_record(file, 1, data, encoding, set())
        return
    if not value:
        raise Unreadable("the list of records is empty")
    seen: set[int] = set()
    for number, record in enumerate(value, start=1):
        # A record of a list has no line of its own: it is written out, so that its digest depends on it alone.
        try:
            line = json.dumps(record, sort_keys=True).encode()
        except RecursionError:
            yield ReportError(f"{file.origin}#{number}", _TOO_DEEP)
            continue
        yield _read_record(file, number, line, encoding, seen)


def _read_record(file: RawFile, number: int, data: bytes, encoding: str, seen: set[int]) -> Draft | ReportError:
    try:
        record = _loads(data)
        if not isinstance(record, dict):
            raise Unreadable('a record must be an object such as {"text": "..."}')
        place = place_of(file, record, str(number), seen)
        exported = report_from_export(record)
        if exported is not None and exported.url == http_url(exported.url):
            if problem := unwritable(exported):
                raise Unreadable(problem)
            return _taken_back(exported, f"{file.origin}#{place}", hashlib.sha256(data).hexdigest(), encoding)
        about = {"encoding_from": "strict UTF-8" if encoding == "utf-8" else "byte order mark"}
        return record_draft(file, place, record, data, encoding=encoding, details=about)
    except Unreadable as error:
        return ReportError(f"{file.origin}#{number}", str(error))


def _taken_back(report: Report, origin: str, digest: str, encoding: str) -> Draft:
    """A report that `lagebild export` wrote. Its address has been looked at: nothing makes the same id with another."""
    return Draft(
        origin=origin,
        digest=digest,
        text=report.text,
        title=report.title,
        published=report.published,
        source=report.source,
        url=report.url,
        language=report.language,
        encoding=encoding,
        details=report.details,
        exported=True,
    )


def _loads(data: bytes) -> Any:
    """The JSON value in the bytes; Unreadable where there is none."""
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"byte {error.start} is not UTF-8, which JSON must be; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise Unreadable(f"not JSON: {error.msg} ({place}character {error.colno})") from error
    except RecursionError as error:
        raise Unreadable(_TOO_DEEP) from error
    except ValueError as error:  # a number of thousands of digits
        raise Unreadable(f"not JSON that can be read: {error}") from error
