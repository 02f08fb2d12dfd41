"""Measures what is found of one event among thousands that are told in the same words.

    lagebild ingest ../shared/eval/ucdp-ged --data DATA        (17,566 events: 3 to 30 minutes on two cores)
    LAGEBILD_READER= python scripts/measure_crowd.py DATA

Asks, in four languages, who was killed at a place on a day, and what happened in a month. Half of the questions are
about a place by chance, which is mostly a village; the other half about an event by chance, which is mostly at a place
of hundreds of events. Right is any event of that very place and of that day or month, as far as it says when it was.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from babel.dates import get_month_names

from assistant import Assistant
from assistant.dates import PartialDate
from assistant.filter import Filter
from assistant.records import Hit, Report

_KIND_OF_PLACE = re.compile(r" (town|village|city|neighbou?rhood|area|suburb)$")
_NAME = re.compile(r"[A-Za-z' -]{4,30}")
_DAYS = {
    "en": "Who was killed in {place} on {day} {month} {year}?",
    "de": "Wer wurde am {day}. {month} {year} in {place} getötet?",
}
_MONTHS = {
    "en": "How many people were killed in {place} in {month} {year}?",
    "fr": "Que s'est-il passé à {place} en {month} {year} ?",
    "ru": "Сколько человек погибло в {place} за {month} {year} года?",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, of a day or a month, about a place by chance or an event by chance; the ids that are right."""

    text: str
    about: str
    right: frozenset[str]


def asked(assistant: Assistant, count: int, seed: int) -> Iterator[Asked]:
    """So many questions about events of exact days at exact places; the same for the same seed."""
    at = defaultdict[str, list[Report]](list)
    for report in assistant.reports():
        at[_KIND_OF_PLACE.sub("", report.details.get("place", ""))].append(report)
    events = [(place, report) for place, own in sorted(at.items()) if _NAME.fullmatch(place) for report in own]
    events = [(place, report) for place, report in events if _is_exact(report)]
    places = sorted({place for place, _ in events})
    chance = random.Random(seed)  # noqa: S311 - it hides nothing
    templates = [("day", *one) for one in _DAYS.items()] + [("month", *one) for one in _MONTHS.items()]
    for number in range(count):
        precision, language, template = templates[number // 2 % len(templates)]
        place, event = chance.choice(events)
        if number % 2:
            place = chance.choice(places)
            event = chance.choice([report for report in at[place] if _is_exact(report)])
        day = event.published
        asked_for = day if precision == "day" else PartialDate(day.year, day.month)
        within = Filter(asked_for.earliest, asked_for.latest)
        right = frozenset(report.id for report in at[place] if within.admits(report))
        month = get_month_names("wide", "stand-alone", language)[day.month]
        text = template.format(place=place, day=day.day, month=month, year=day.year)
        yield Asked(text, f"{'place' if number % 2 else 'event'}, {precision}", right)


def _is_exact(report: Report) -> bool:
    return report.details.get("place_precision") == "exact" and report.published.precision == "day"


def rank(hits: list[Hit], right: frozenset[str]) -> int | None:
    """Where the first right hit stands, from 1 on; None where there is none."""
    told = ({hit.report.id, *(copy.id for copy in hit.copies)} for hit in hits)
    return next((place for place, own in enumerate(told, 1) if own & right), None)


def main() -> None:
    """Print a line for all questions, and one for each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    ranks, times = defaultdict[str, list[int | None]](list), list[float]()
    with Assistant(given.data) as assistant:
        assistant.warm()
        for one in asked(assistant, given.questions, given.seed):
            began = time.perf_counter()
            found = rank(assistant.retrieve(one.text, 10), one.right)
            times.append(time.perf_counter() - began)
            ranks["all"].append(found)
            ranks[one.about].append(found)
    for about, own in sorted(ranks.items()):
        shares = (sum(place is not None and place <= first for place in own) / len(own) for first in (1, 3, 10))
        print(f"{about:>12}: {len(own)} questions, first {{:.3f}}, of three {{:.3f}}, of ten {{:.3f}}".format(*shares))
    print(f"a question: {1000 * median(times):.0f} ms")


if __name__ == "__main__":
    main()
