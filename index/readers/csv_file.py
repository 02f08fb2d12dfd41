"""Reads CSV files of any size, row by row: never more of a file is in memory than a row.

The separator is that which makes the most columns of the first row. A file that is not UTF-8 as a whole is gone through
once before, to learn its encoding from the lines that matter.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from io import TextIOWrapper
from itertools import chain
from typing import BinaryIO

from assistant.errors import ReportError
from index.readers.decoding import Decoded, decode, refuse_magic
from index.readers.draft import Draft, RawFile, Unreadable
from index.readers.table import read_rows

__all__ = ["read"]

_MAX_LINE = 4_000_000  # characters, of a line and of a value
_SAMPLE = 200_000  # bytes of lines that are not ASCII, to tell an encoding by
_SEPARATORS = ",;\t|"
_STATED = re.compile(r"sep=(.)\s*")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(file: RawFile) -> Iterator[Draft | ReportError]:
    """A report, or the reason why it is none, for each row; Unreadable where the file is no table with a text."""
    with file.open() as stream:
        told = _encoding(stream)
        stream.seek(0)
        with TextIOWrapper(stream, told.encoding, errors="surrogateescape", newline="") as text:
            rows = _rows(text, file.fields.delimiter if file.fields is not None else None)
            for item in read_rows(
                file, rows, encoding=told.encoding.removesuffix("-sig"), encoding_from=told.encoding_from
            ):
                yield _warned(item, told.warnings)


def _warned(item: Draft | ReportError, warnings: tuple[str, ...]) -> Draft | ReportError:
    return replace(item, warnings=warnings + item.warnings) if warnings and isinstance(item, Draft) else item


def _encoding(stream: BinaryIO) -> Decoded:
    """How the file is encoded, without its text. Unreadable where that cannot be told, or the file is binary."""
    start = stream.read(64)
    refuse_magic(start)
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return Decoded("", encoding, "byte order mark")
    stream.seek(0)
    good, bad, sample = 0, 0, bytearray()
    while line := stream.readline(_MAX_LINE):
        if line.isascii() and b"\0" not in line:
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad += 1
            sample += line if len(sample) < _SAMPLE else b""
        else:
            good += 1
        if b"\0" in line:
            raise Unreadable("it holds NUL bytes: a binary file, or UTF-16 without its mark; save the file as UTF-8")
    if bad <= good:  # rows with broken bytes are refused one by one
        return Decoded("", "utf-8", "strict UTF-8")
    return replace(decode(bytes(sample)), text="")


def _rows(text: TextIOWrapper, separator: str | None) -> Iterator[list[str]]:
    csv.field_size_limit(_MAX_LINE)
    lines = _lines(text)
    head = next((line for line in lines if line.strip()), "")
    if stated := _STATED.fullmatch(head):  # what spreadsheet programs write for each other
        separator, head = separator or stated[1], next(lines, "")
    separator = separator or max(_SEPARATORS, key=lambda mark: len(next(csv.reader([head], delimiter=mark), [])))
    reader = csv.reader(chain([head], lines), delimiter=separator)
    try:
        yield from reader
    except csv.Error as error:
        reason = f"from line {reader.line_num} on, it cannot be read ({error}); a quotation mark may never be closed"
        raise Unreadable(reason) from error


def _lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_MAX_LINE):
        if len(line) == _MAX_LINE:
            raise Unreadable(f"a line is longer than {_MAX_LINE // 1_000_000} million characters: no table")
        yield line
