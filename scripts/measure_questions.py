"""Measures how often the right report is among the first three for questions about names, times and events.

python scripts/measure_questions.py [SHARED]

The questions (tests/data/*_questions.jsonl) are about the sample reports, about 60 reports on six other wars in
eleven languages (tests/data/wars), and about FA-KES (Abu Salem et al., 2019; in SHARED/eval/fa-kes, which is not part
of the project: without it, its part is left out).
A name is asked in a spelling that the report does not have, a group by another name; the unseen ones are kept apart,
to decide what was chosen on the others, and the blind ones are by somebody who had seen no rule and no answer. Half of
the time questions have a report that would answer them were it not from another time; an event question tells its time
by an event ("before the capture"). Reports that answer in part are neither right nor wrong. The hits are those that an
answer is made of: where the settings name a reader (LAGEBILD_READER), it has read them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import Assistant, Report
from assistant.dates import PartialDate
from assistant.filter import EVERYTHING
from assistant.store import Catalog
from assistant.times import find_dates

_ROOT = Path(__file__).resolve().parent.parent
KINDS = (
    "name",
    "unseen_name",
    "blind_name",
    "blind_group",
    "blind_region",
    "blind_other",
    "time",
    "blind_time",
    "event",
    "blind_event",
    "war_name",
    "war_time",
)


@dataclass(frozen=True, slots=True)
class Result:
    """Where the first right report stands for one question, from 0; None where it is not among those that are read."""

    id: str
    rank: int | None


def questions(kind: str, collection: str) -> list[dict[str, Any]]:
    """The questions of one kind about one collection."""
    lines = (_ROOT / "tests" / "data" / f"{kind}_questions.jsonl").read_text("utf-8").splitlines()
    return [question for question in map(json.loads, lines) if question["collection"] == collection]


def asked_on(question: dict[str, Any]) -> dt.date:
    """The day from which a question counts "last week"."""
    return dt.date.fromisoformat(question.get("today", "2026-01-01"))


def answering(question: dict[str, Any], ids: dict[str, str]) -> frozenset[str]:
    """The ids of the reports that answer a question, wholly or in part, of those by the names that questions have."""
    return frozenset(ids[name] for name in (*question["reports"], *question.get("partial", ())))


def measure(assistant: Assistant, asked: list[dict[str, Any]], ids: dict[str, str]) -> Iterator[Result]:
    """Ask each question; `ids` has the report ids by the names that the questions have for them."""
    for question in asked:
        hits = assistant.read(question["question"], EVERYTHING, asked_on(question)).hits
        right = {ids[name] for name in question["reports"]}
        partly = answering(question, ids) - right
        found = [report for report in dict.fromkeys(hit.report.id for hit in hits) if report not in partly]
        yield Result(question["id"], next((rank for rank, report in enumerate(found) if report in right), None))


def samples(assistant: Assistant) -> dict[str, str]:
    """Ingest the sample reports: their ids by file name."""
    assistant.ingest([_ROOT / "examples" / "reports"])
    return names_of(assistant)


def wars(assistant: Assistant) -> dict[str, str]:
    """Ingest the reports on other wars: their ids by file name."""
    assistant.ingest([_ROOT / "tests" / "data" / "wars"])
    return names_of(assistant)


def names_of(assistant: Assistant) -> dict[str, str]:
    """The ids of the reports by the names of the files that they came from."""
    with Catalog(assistant.settings.data / "catalog.sqlite") as catalog:
        return {Path(catalog.origins_of([report_id])[0]).name: report_id for report_id in catalog.report_ids()}


def fa_kes(assistant: Assistant, file: Path) -> dict[str, str]:
    """Ingest FA-KES: the report ids by unit id. An article is from the day that it begins with, if it tells one."""
    reports = {}
    for line in file.read_text("utf-8").splitlines():
        article = json.loads(line)
        text = article["article_content"]
        told = [found.date for found in find_dates(text[:120], "en", PartialDate()) if found.date.precision == "day"]
        month, day, year = (int(part) for part in article["date"].split("/"))
        published = told[0] if told else PartialDate(2000 + year, month, day)
        reports[article["unit_id"]] = Report.make(
            text, title=article["article_title"], published=published, source=article["source"], language="en"
        )
    assistant.ingest(list(reports.values()))
    return {unit: report.id for unit, report in reports.items()}


def main() -> None:
    """Measure all kinds over both collections, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=_ROOT.parent / "shared")
    file = parser.parse_args().shared / "eval" / "fa-kes" / "reports.jsonl"
    collections = ["samples", "wars", "fa-kes"] if file.exists() else ["samples", "wars"]
    if not file.exists():
        print(f"{file}: not there, so its questions are left out")
    results: dict[str, list[Result]] = {kind: [] for kind in KINDS}
    for collection in collections:
        with tempfile.TemporaryDirectory() as folder, Assistant(Path(folder) / "data") as assistant:
            match collection:
                case "samples":
                    ids = samples(assistant)
                case "wars":
                    ids = wars(assistant)
                case _:
                    ids = fa_kes(assistant, file)
            for kind in KINDS:
                results[kind] += measure(assistant, questions(kind, collection), ids)
    for kind, found in results.items():
        ranks = [result.rank for result in found if result.rank is not None]
        first, three = sum(rank == 0 for rank in ranks), sum(rank < 3 for rank in ranks)
        missed = " ".join(
            f"{r.id} ({'none' if r.rank is None else r.rank + 1})" for r in found if r.rank not in {0, 1, 2}
        )
        counts = f"{len(found)} questions, first {first}, among the first three {three}"
        print(f"{kind.replace('_', ' ')}: {counts}; others: {missed or 'none'}")


if __name__ == "__main__":
    main()
