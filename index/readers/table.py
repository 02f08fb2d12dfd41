"""Makes reports of the rows of a table, whatever file they come from: events of UCDP and ACLED, or rows by a mapping.

Events are told by the columns of the table. Knows rows of strings; knows no file format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant.errors import ReportError
from index.readers import acled, ucdp
from index.readers.decoding import clean
from index.readers.draft import Draft, RawFile, Unreadable, known
from index.readers.events import Event, Row
from index.readers.record import TEXT_NAMES, place_of, record_digest, record_draft, unused

__all__ = ["read_rows"]

_EVENTS: tuple[tuple[frozenset[str], Callable[[Row], Event]], ...] = (
    (ucdp.COLUMNS, ucdp.read_row),
    (acled.COLUMNS, acled.read_row),
)


def read_rows(
    file: RawFile,
    rows: Iterable[Sequence[str] | Unreadable],
    *,
    encoding: str,
    encoding_from: str,
    sheet: str = "",
    seen: set[int] | None = None,
) -> Iterator[Draft | ReportError]:
    """A report, or the reason why it is none, for each row that is not empty. The first row names the columns.

    Rows are numbered as a spreadsheet shows them: the one after the names is 2. An event's origin has the number of
    the event instead, so that it stays the same report in the next release. Rows are read one at a time.
    Sheets of one file share what they have `seen` (record.py).
    Where an Unreadable stands for a row, it is the reason. Unreadable where no column is the text.
    """
    numbered = enumerate(rows, start=1)
    head = next((row for _, row in numbered if isinstance(row, Unreadable) or any(row)), ())
    if isinstance(head, Unreadable):
        raise head
    columns = [name.strip() for name in head]
    read_event = _event_reader(columns) if file.fields is None else None
    if read_event is not None:
        columns = [name.casefold() for name in columns]
    else:
        _require_text(file, columns)
    seen = set() if seen is None else seen
    for number, row in numbered:
        try:
            if isinstance(row, Unreadable):
                raise row
            if not any(value.strip() for value in row):
                continue
            yield _draft(file, columns, row, f"{sheet}{number}", read_event, seen, encoding, encoding_from)
        except Unreadable as error:
            yield ReportError(f"{file.origin}#{sheet}{number}", f"row {number}: {error}")


def _draft(
    file: RawFile,
    columns: Sequence[str],
    row: Sequence[str],
    place: str,
    read_event: Callable[[Row], Event] | None,
    seen: set[int],
    encoding: str,
    encoding_from: str,
) -> Draft:
    values = _values(columns, row)
    data = json.dumps(values, sort_keys=True).encode()
    about = known(encoding_from=encoding_from, sha256=hashlib.sha256(data).hexdigest())
    if read_event is None:
        name = place_of(file, values, place, seen)
        given = {name: value for name, value in values.items() if value}
        return record_draft(file, name, given, data, encoding=encoding, details=about)
    event = read_event(values)
    return Draft(
        origin=f"{file.origin}#{unused(seen, event.key, place)}",
        digest=record_digest(file, data),
        text=event.text,
        title=event.title,
        published=event.published,
        source=event.source,
        url=None,
        language="en",
        encoding=encoding,
        warnings=event.warnings,
        details=about | event.details | {"published_from": "event date"},
    )


def _event_reader(columns: Sequence[str]) -> Callable[[Row], Event] | None:
    names = {name.casefold() for name in columns}
    return next((read for needed, read in _EVENTS if needed <= names), None)


def _require_text(file: RawFile, columns: Sequence[str]) -> None:
    if not any(columns):
        raise Unreadable("the table is empty")
    if file.fields is not None:
        file.fields.require(columns)
    elif not any(name in columns for name in TEXT_NAMES):
        shown = ", ".join(repr(name) for name in columns)
        raise Unreadable(
            f"no column is the text; it is looked for in {', '.join(TEXT_NAMES)}, and the columns are {shown[:500]}. "
            f'Say which it is in a file {file.name}.toml beside it, in a line such as text = "{clean(columns[0][:40])}"'
        )


def _values(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """The row by column. Unreadable where it has more or fewer values, or bytes that could not be decoded."""
    if len(row) != len(columns):
        raise Unreadable(f"{len(row)} values for {len(columns)} columns; is a quotation mark or a separator missing?")
    everything = "".join(row)
    try:
        everything.encode()
    except UnicodeEncodeError as error:
        raise Unreadable("it holds bytes that are not UTF-8; save the file as UTF-8") from error
    return dict(zip(columns, map(clean, row) if "\0" in everything else row, strict=True))
