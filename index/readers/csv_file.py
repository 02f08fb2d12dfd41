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
from io import StringIO, TextIOWrapper
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
_QUOTING = "close it there, or double a mark that is meant as one"
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


def _rows(text: TextIOWrapper, separator: str | None) -> Iterator[list[str] | Unreadable]:
    """The rows of the file, and in the place of one whose quotation marks do not fit together, why it is not read."""
    csv.field_size_limit(_MAX_LINE)
    source = _Lines(text)
    lines = iter(source)
    head = next((line for line in lines if line.strip()), "")
    if stated := _STATED.fullmatch(head):  # what spreadsheet programs write for each other
        separator, head = separator or stated[1], next(lines, "")
    if not head:
        return
    separator = separator or max(_SEPARATORS, key=lambda mark: len(next(csv.reader([head], delimiter=mark), [])))
    source.taken = [head]
    reader = csv.reader(chain([head], lines), delimiter=separator)
    try:
        for row in reader:
            if source.ended:  # it wanted to go on
                opened = source.number + 1 - (sum(1 for _ in StringIO(row[-1], newline="")) or 1)
                raise Unreadable(f"the quotation mark that opens on line {opened} is never closed; {_QUOTING}")
            if _fits(source.taken, separator):
                yield row
            else:
                where = f"lines {source.first} to {source.number} are not read"
                yield Unreadable(
                    f"{where}: a quotation mark ends a value in its middle, one may be missing; {_QUOTING}"
                )
            source.taken = []
    except csv.Error as error:
        reason = f"from line {source.first} on, it cannot be read ({error}); a quotation mark may never be closed"
        raise Unreadable(reason) from error


def _fits(lines: list[str], separator: str) -> bool:
    """Whether these lines may be a row. What is sloppy within one line swallows no other."""
    if len(lines) == 1:
        return True
    try:
        return len(list(csv.reader(lines, delimiter=separator, strict=True))) == 1
    except csv.Error:
        return False


class _Lines:
    """The lines of a file, one at a time. `taken` are those of the row that is being read, `number` counts all."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self.taken: list[str] = []
        self.number = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_MAX_LINE):
            if len(line) == _MAX_LINE:
                raise Unreadable(f"a line is longer than {_MAX_LINE // 1_000_000} million characters: no table")
            self.number += 1
            self.taken.append(line)
            yield line
        self.ended = True

    @property
    def first(self) -> int:
        """The number of the line in which the row begins."""
        return self.number - len(self.taken) + 1
