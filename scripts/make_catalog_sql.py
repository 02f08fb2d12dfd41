"""Writes a small catalog of the current schema version as SQL: what the tests of later versions start from.

python scripts/make_catalog_sql.py tests/data/catalogs/N.sql
"""

from __future__ import annotations

import argparse
import datetime as dt
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.records import Answer, Citation, Report, Statement
from assistant.store import Catalog, Conversations, Origin
from assistant.turns import Feedback, Turn, Understood, Verdict
from index.indexing import index_reports, made_with

_REPORTS = {
    "/reports/town.md": Report.make(
        "The army took the town on Thursday. Residents fled across the river.",
        title="A town is taken",
        published=PartialDate(2017, 11, 9),
        source="Levant Desk",
        url="https://example.org/town",
        language="en",
        details={"author": "J. Doe"},
    ),
    "/reports/city.txt": Report.make(
        "دخلت القوات المدينة يوم الخميس. غادر السكان.", title="المدينة", published=PartialDate(2017, 11), language="ar"
    ),
}


def main() -> None:
    """Make the catalog in a scratch folder, and write its tables and rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    embedder = WordLengthEmbedder()
    made = made_with(embedder.identity)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "catalog.sqlite"
        with Catalog(path, create=True) as catalog:
            for origin, report in _REPORTS.items():
                (indexed,) = index_reports([report], embedder)
                catalog.put(indexed, Origin(origin, "0" * 64), made)
        with Conversations(path) as conversations:
            conversations.add("0123456789ab", _turn())
            conversations.judge("0123456789ab", 1, Feedback(Verdict.RIGHT, "as the report has it"))
        with closing(sqlite3.connect(path)) as connection:
            arguments.file.write_text("\n".join(_statements(connection)) + "\n", "utf-8")


def _turn() -> Turn:
    """A question, answered with the second sentence of the first report."""
    question, report = "Who fled?", _REPORTS["/reports/town.md"]
    (indexed,) = index_reports([report], WordLengthEmbedder())
    sentence = indexed.sentences[1]
    citation = Citation(1, report, sentence.start, sentence.end, indexed.passages[0])
    answer = Answer(
        question,
        "en",
        "As of November 9, 2017, the date of the newest report quoted.",
        (Statement(citation.quote, (1,)),),
        (citation,),
        report.published,
    )
    return Turn(1, question, dt.datetime(2017, 11, 10, tzinfo=dt.UTC), Understood(question, question), answer)


def _statements(connection: sqlite3.Connection) -> Iterator[str]:
    # What FTS5 makes for itself ("shadow") comes with its virtual table; the same goes for what SQLite keeps.
    hidden = {name for _, name, kind, *_ in connection.execute("PRAGMA table_list") if kind == "shadow"}
    made = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    made_here = [row for row in made if row[1] not in hidden and not row[1].startswith("sqlite_")]
    yield from (f"{sql};" for _, _, sql in made_here)
    for kind, table, sql in made_here:
        if kind == "table" and "fts5vocab" not in sql:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "VIRTUAL" in sql:
                columns.insert(0, "rowid")
            for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}"):
                yield f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(map(_literal, row))});"
    for name in ("user_version", "application_id"):
        yield f"PRAGMA {name} = {connection.execute(f'PRAGMA {name}').fetchone()[0]};"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


if __name__ == "__main__":
    main()
