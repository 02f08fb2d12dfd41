"""Reads Excel tables (XLSX), sheet by sheet and row by row, as CSV tables are read (table.py)."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from assistant.errors import ReportError
from index.readers.draft import Draft, RawFile, Unreadable
from index.readers.table import read_rows

__all__ = ["read"]


def read(file: RawFile) -> Iterator[Draft | ReportError]:
    """The reports of all sheets; a sheet that is no table with a text is a ReportError, unless there is but one."""
    with warnings.catch_warnings(), file.open() as stream:
        warnings.simplefilter("ignore")  # of features that have nothing to do with values
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
            raise Unreadable("it is damaged, locked by a password, or an old table (.xls); save it anew") from error
        wanted = file.fields.sheet if file.fields is not None else None
        if wanted is not None and wanted not in book.sheetnames:
            raise Unreadable(f"there is no sheet {wanted!r}; there are {', '.join(map(repr, book.sheetnames))[:300]}")
        sheets = [book[name] for name in ([wanted] if wanted is not None else book.sheetnames)]
        sheets = [sheet for sheet in sheets if hasattr(sheet, "iter_rows")]  # not those that are one chart
        seen: set[int] = set()
        for sheet in sheets:
            sheet.reset_dimensions()  # of what the file says its size is, programs that write row by row know nothing
            rows = ([_text(value) for value in row] for row in sheet.iter_rows(values_only=True))
            place = f"{sheet.title}!" if len(sheets) > 1 else ""
            try:
                yield from read_rows(file, _trimmed(rows), encoding="utf-8", encoding_from="", sheet=place, seen=seen)
            except Unreadable as error:
                if not place:
                    raise
                yield ReportError(f"{file.origin}#{sheet.title}", f"sheet {sheet.title!r}: {error}")


def _trimmed(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows as wide as the first that is not empty: sheets often have empty columns to the right."""
    width = 0
    for row in rows:
        if not width and any(row):
            width = max(at for at, value in enumerate(row, start=1) if value)
        yield row if any(row[width:]) else (row + [""] * width)[:width]


def _text(value: object) -> str:
    """A cell as it would be written into CSV: dates as ISO writes them, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
