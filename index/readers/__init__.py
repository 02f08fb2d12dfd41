"""Reads reports from files: plain text, Markdown, HTML and JSON. Knows nothing of indexes, sentences or stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.errors import ReportError, SettingsError
from index.readers import csv_file, html, json_lines, markdown, text
from index.readers.draft import Draft, RawFile, Unreadable, resolved
from index.readers.field_map import FieldMap
from index.readers.finishing import finished

__all__ = ["SUFFIXES", "Draft", "FieldMap", "read", "resolved"]

_READERS: dict[str, Callable[[RawFile], Iterator[Draft | ReportError]]] = {
    **dict.fromkeys((".txt", ".text"), text.read),
    **dict.fromkeys((".md", ".markdown"), markdown.read),
    **dict.fromkeys((".html", ".htm", ".xhtml"), html.read),
    **dict.fromkeys((".jsonl", ".ndjson"), json_lines.read_lines),
    ".json": json_lines.read_file,
    **dict.fromkeys((".csv", ".tsv"), csv_file.read),
}

SUFFIXES: frozenset[str] = frozenset(_READERS)


def read(path: Path, fields: FieldMap | None = None) -> Iterator[Draft | ReportError]:
    """The reports in a file, each as a Draft, or as the ReportError that says why it cannot be read.

    Nothing is raised for what a file is or holds, so the rest of a batch goes on. The suffix, in any case,
    says which format it is. `fields` say what the columns of tables and the fields of JSON records are; a mapping
    that lies beside the file wins over them. Reports are read as they are asked for: tables may be of any size.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(SUFFIXES))
        yield ReportError(resolved(path), f"the suffix {path.suffix!r} is not one of those that can be read: {known}")
        return
    try:
        file = RawFile.at(path, FieldMap.beside(path) or fields)
        for item in reader(file):
            yield finished(item, file) if isinstance(item, Draft) else item
    except OSError as error:
        yield ReportError(resolved(path), f"the file cannot be read: {error.strerror or error}")
    except (Unreadable, SettingsError) as error:
        yield ReportError(resolved(path), str(error))
