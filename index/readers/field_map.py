"""Which columns of a table, or fields of a JSON record, are the text, the title, the date: a small TOML file.

It lies beside the file that it is for, as `reports.csv.toml` for `reports.csv`, or is named with --mapping:

    text = ["summary", "details"]    # columns; several are joined by a blank line
    title = "headline"
    published = "day"
    dates = "month first"            # 4/5/2017 is in April ("day first": in May); without it, only the year is known
    key = "id"                       # tells a row from the others; without it, its number does

    [fixed]                          # the same for every row
    source = "Levant Desk"
    language = "en"

Further fields: url, author, archive_url, retrieved. For JSON, "a.b" is the field b inside of a, and `records` names the
list in the file. For tables, `delimiter` and `sheet` say what cannot be told from the file. Knows no file format.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from assistant.errors import SettingsError
from index.readers.decoding import clean, half_character
from index.readers.draft import Unreadable

__all__ = ["FieldMap"]

_FIELDS = ("text", "title", "published", "source", "url", "language", "author", "archive_url", "retrieved")
_OPTIONS = ("delimiter", "sheet", "records", "dates")
_DATES = ("day first", "month first")
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class FieldMap:
    """For each field the columns that it is made of; values that are the same for all records; how to read the file."""

    columns: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    records: str | None = None
    dates: str | None = None

    @classmethod
    def load(cls, path: Path) -> FieldMap:
        """Read a mapping; SettingsError where it cannot be read, lacks the text or names a field that there is not."""
        try:
            with path.open("rb") as stream:
                values = tomllib.loads(stream.read(_MAX_BYTES).decode())
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"{path}: the mapping cannot be read ({error}). Look at the example in docs/reports.md."
            ) from error
        fixed = values.pop("fixed", {})
        options = {name: values.pop(name) for name in (*_OPTIONS, "key") if name in values}
        columns = {name: (value,) if isinstance(value, str) else value for name, value in values.items()}
        if not isinstance(fixed, dict):
            raise SettingsError(f'{path}: `fixed` must be a table: a line [fixed], and below it source = "...".')
        if unknown := (columns.keys() | fixed.keys()) - set(_FIELDS):
            raise SettingsError(f"{path}: there is no field {sorted(unknown)[0]!r}. The fields: {', '.join(_FIELDS)}.")
        for name, value in (columns | options | fixed).items():
            parts = value if name in columns and isinstance(value, (list, tuple)) else [value]
            if not parts or not all(isinstance(part, str) and part for part in parts):
                raise SettingsError(
                    f"{path}: {name} is {value!r}, but must be a string, or for columns a list of them."
                )
        if "text" not in columns:
            raise SettingsError(
                f'{path}: it does not say which column is the text. Add a line such as text = "summary".'
            )
        if len(options.get("delimiter", ",")) != 1:
            raise SettingsError(f"{path}: the delimiter is {options['delimiter']!r}, but must be one character.")
        if (dates := options.get("dates")) not in (None, *_DATES):
            raise SettingsError(f"{path}: dates is {dates!r}, but must be {' or '.join(map(repr, _DATES))}.")
        return cls({name: tuple(parts) for name, parts in columns.items()}, fixed, **options)

    @classmethod
    def beside(cls, path: Path) -> FieldMap | None:
        """The mapping that lies beside a file, or None; SettingsError where it cannot be read."""
        beside = path.with_name(path.name + ".toml")
        return cls.load(beside) if beside.is_file() else None

    def require(self, names: Collection[str]) -> None:
        """Unreadable where a column that is mapped is none of these."""
        for name in (*(column for columns in self.columns.values() for column in columns), *filter(None, [self.key])):
            if name not in names:
                have = ", ".join(repr(column) for column in names)
                raise Unreadable(f"the mapping names the column {name!r}, but the columns are {have[:500]}")

    def apply(self, record: Mapping[str, object]) -> dict[str, object]:
        """The record under the names of the fields; one that it lacks is absent."""
        found: dict[str, object] = dict(self.fixed)
        for name, columns in self.columns.items():
            values = [value for column in columns if (value := _at(record, column)) not in (None, "")]
            if len(values) == 1:
                found[name] = values[0]
            elif values:
                found[name] = ("\n\n" if name == "text" else " ").join(str(value) for value in values)
        return found

    def key_of(self, record: Mapping[str, object]) -> str | None:
        """What tells the record from the others; None where nothing but its place does. Unreadable where no store can
        keep it."""
        value = _at(record, self.key) if self.key else None
        key = str(value) if isinstance(value, (str, int)) else ""
        if problem := half_character([key]):
            raise Unreadable(f"its key {key[:40]!r} is none: {problem}")
        return clean(key) or None

    def list_in(self, value: object) -> object:
        """The list of records inside of a JSON value, or the value itself; Unreadable where it is not there."""
        if self.records is None:
            return value
        found = _at(value, self.records) if isinstance(value, Mapping) else None
        if not isinstance(found, list):
            raise Unreadable(f"the mapping says that the records are in {self.records!r}, but there is no list")
        return found

    @property
    def month_first(self) -> bool | None:
        """Whether 4/5/2017 is the fifth of April; None where the mapping does not say."""
        return None if self.dates is None else self.dates == "month first"

    def to_json(self) -> str:
        """The mapping as one line, the same for the same mapping; `from_json` reads it."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> FieldMap:
        """What `to_json` wrote."""
        values = json.loads(text)
        values["columns"] = {name: tuple(columns) for name, columns in values["columns"].items()}
        return cls(**values)


def _at(record: object, path: str) -> object:
    """The value under a name, or inside of nested mappings under names with dots between them."""
    if isinstance(record, Mapping) and path in record:
        return record[path]
    first, dot, rest = path.partition(".")
    return _at(record.get(first), rest) if dot and isinstance(record, Mapping) else None
