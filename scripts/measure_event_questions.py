"""Measures answers over a whole collection of events: is the one asked about quoted, among thousands of its like?

    python scripts/measure_event_questions.py ../shared/eval [--data FOLDER]

All events of UCDP on Syria and the articles of FA-KES are ingested, a quarter of an hour on two cores: into a folder
that is kept where --data names one, so that the next run begins with the questions. Events drawn at random are asked
about by template; so are the same places on days before the war, which nothing answers, and a few things that the
reports do not tell.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from assistant import Assistant, Report
from assistant.store import Catalog
from scripts.measure_events import FILES

_EVENTS = 50
_SEED = 5
_EVENT = re.compile(
    r"On (?P<day>\d+ \w+ \d{4}), .*? took place (?:at|near|in) (?P<place>.+?)(?: town| city| village)?,"
    r".*?best estimate is that (?P<killed>\d+)"
)
_BEFORE_THE_WAR = [
    f"{day} {month} {year}" for day, month, year in ((3, "June", 1998), (14, "October", 2003), (22, "May", 2009))
]
_NOT_TOLD = (
    "How much does a passport cost in Aleppo?",
    "Who won the football match in Homs in 2016?",
    "What is the weather in Idlib in May 2015?",
    "How many schools are there in Raqqa?",
    "Who is the mayor of Douma?",
    "When was the bridge in Deir ez-Zor built?",
    "What language do people speak in Kobane?",
    "How many tourists visited Palmyra in 2016?",
    "Which bank opened in Damascus in 2014?",
    "Who wrote the history of Hama?",
)


@dataclass(frozen=True, slots=True)
class Event:
    """What is asked of an event, as its report writes it."""

    day: str
    place: str
    killed: str

    def question(self, day: str | None = None) -> str:
        """How many were killed there, on its own day or on another one."""
        return f"How many people were killed in {self.place} on {day or self.day}?"

    def told_by(self, quote: str) -> bool:
        """Whether it has the day and, beside that, the number."""
        before, day, after = quote.partition(self.day)
        return bool(day) and re.search(rf"\b{self.killed}\b", f"{before} {after}") is not None


def events(reports: Iterable[Report]) -> Iterator[Event]:
    """Those of the reports that are the record of an event on a day that is known."""
    for report in reports:
        match = _EVENT.match(report.text) if "event_id" in report.details else None
        if match is not None:
            yield Event(**match.groupdict())


def _drawn(data: Path) -> list[Event]:
    with Catalog(data / "catalog.sqlite") as catalog:
        ids = random.Random(_SEED).sample(sorted(catalog.report_ids()), 10 * _EVENTS)  # noqa: S311
        reports = catalog.reports(ids)
    return list(islice(events(reports[i] for i in ids), _EVENTS))


def measure(data: Path, folder: Path) -> None:
    """Ingest what is not in `data` yet, ask, and print how many were answered."""
    with Assistant(data) as assistant:
        assistant.ingest([folder / name for name in FILES])
        answered = right = 0
        asked = _drawn(data)
        for event in asked:
            quotes = [citation.quote for citation in assistant.ask(event.question()).citations]
            answered += bool(quotes)
            right += any(map(event.told_by, quotes))
        print(f"{len(asked)} events: {answered} answered, {right} with the number and the day in one quote")

        def wrong(questions: Sequence[str]) -> str:
            return f"{sum(bool(assistant.ask(question).citations) for question in questions)} of {len(questions)}"

        before = [event.question(day) for event, day in zip(asked[::2], cycle(_BEFORE_THE_WAR), strict=False)]
        print(
            f"answered all the same: {wrong(before)} about days before the war, {wrong(_NOT_TOLD)} about other things"
        )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder that holds ucdp-ged/ and fa-kes/")
    parser.add_argument("--data", type=Path, help="a data folder that is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(options.data or Path(scratch) / "data", options.folder)


if __name__ == "__main__":
    main()
