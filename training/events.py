"""Makes questions and short reports by template from events of UCDP GED: the right place and the wrong time, the
right event and another place, a place that is there and a thing that is not said of it. Knows words, not models.

Places are called by several of their spellings, so that question and report often differ in them.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import random
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date

__all__ = ["MadeExample", "event_examples"]

LANGUAGES = ("en", "de", "ar", "ru")


@dataclass(frozen=True, slots=True)
class MadeExample:
    """`answer` is where the answer starts in the passage, and its text; None where the passage does not answer."""

    question: str
    passage: str
    language: str
    answer: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class _Event:
    place: str
    day: dt.date
    a: str
    b: str
    n: int


def event_examples(path: Path, count: int, draw: random.Random) -> list[MadeExample]:
    """`count` examples, two in five without an answer."""
    events = _read(path)
    made: list[MadeExample] = []
    while len(made) < count:
        example = _make(draw.sample(events, draw.randint(2, 5)), draw.choice(events), draw)
        if example is not None:
            made.append(example)
    return made


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "events.toml").read_text("utf-8"))


def _read(path: Path) -> list[_Event]:
    """Events of a known day, place and two known sides that cost at least 3 lives."""
    places, actors = _words()["places"], _words()["actors"]
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [
            _Event(
                row["where_coordinates"],
                dt.date.fromisoformat(row["date_start"]),
                row["side_a"],
                row["side_b"],
                int(float(row["best"])),
            )
            for row in csv.DictReader(lines)
            if row["where_coordinates"] in places
            and {row["side_a"], row["side_b"]} <= actors.keys()
            and row["date_prec"] == "1.0"
            and float(row["best"]) >= 3
        ]


def _make(told: list[_Event], elsewhere: _Event, draw: random.Random) -> MadeExample | None:
    """None where the question would have no one answer, or its twist would not show."""
    asked, shown = (draw.choices(LANGUAGES, (30, 25, 30, 15))[0] for _ in range(2))
    passage, places = _tell(told, shown, draw)
    right = draw.randrange(len(told))
    event, kind = told[right], draw.choices(("n", "date", "a", "place"), (4, 3, 2, 2))[0]
    twist = draw.choices(("none", "place", "time", "unsaid"), (60, 10, 12, 18))[0]
    words = _words()[asked]
    wording = draw.choice(words["unsaid"] if twist == "unsaid" else words["questions"][kind])
    if twist == "place":
        event = replace(event, place=elsewhere.place)
    if twist == "time":
        event = replace(event, day=event.day + dt.timedelta(days=draw.choice((-1, 1)) * draw.randint(32, 500)))
    names = {"place": _name(event.place, asked, draw), "a": _actor(event.a, asked), "n": str(event.n)}
    question = wording.format(when=_when(event.day, asked, draw), **names)
    asks_time, asks_place = "{when}" in wording, "{place}" in wording
    fits = [
        other
        for other in told
        if (not asks_place or other.place == event.place)
        and (not asks_time or (other.day.year, other.day.month) == (event.day.year, event.day.month))
    ]
    if twist == "none":
        return MadeExample(question, passage, shown, places[right][kind]) if len(fits) == 1 else None
    shows = twist == "unsaid" or (not fits and (asks_place if twist == "place" else asks_time))
    return MadeExample(question, passage, shown, None) if shows else None


def _tell(events: list[_Event], language: str, draw: random.Random) -> tuple[str, list[dict[str, tuple[int, str]]]]:
    """The report, and for each event where its parts stand."""
    text, places = "", []
    for event in events:
        parts = {
            "date": _date(event.day, language, draw),
            "place": _name(event.place, language, draw),
            "a": _actor(event.a, language),
            "b": _actor(event.b, language),
            "n": str(event.n),
        }
        at: dict[str, tuple[int, str]] = {}
        for piece in draw.choice(_words()[language]["texts"]).replace("{", "\0{").replace("}", "}\0").split("\0"):
            word = parts[piece[1:-1]] if piece.startswith("{") else piece
            if not text or text.endswith(". "):
                word = word[:1].upper() + word[1:]
            if piece.startswith("{"):
                at.setdefault(piece[1:-1], (len(text), word))
            text += word
        places.append(at)
        text += " "
    return text.rstrip(), places


def _name(place: str, language: str, draw: random.Random) -> str:
    return str(draw.choice(_words()["places"][place][LANGUAGES.index(language)]))


def _actor(actor: str, language: str) -> str:
    return str(_words()["actors"][actor][LANGUAGES.index(language)])


def _date(day: dt.date, language: str, draw: random.Random) -> str:
    words = _words()[language]
    return format_date(day, draw.choice(words["days"]), locale=words["locales"][draw.randrange(len(words["locales"]))])


def _when(day: dt.date, language: str, draw: random.Random) -> str:
    words = _words()[language]
    if draw.random() < 0.6:
        return str(words["prepositions"][0].format(_date(day, language, draw)))
    month = format_date(day, "LLLL y" if language != "ru" else "LLLL y 'года'", locale=words["locales"][0])
    return str(words["prepositions"][1].format(month))
