"""Finds what a question dates by an event: "before the capture", "nachdem die Stadt gefallen war".

When the event was, a report tells (`date_told`). Knows words and dates; knows nothing of how reports are found.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from assistant.dates import PartialDate, Window, moved
from assistant.records import Hit, Mention
from assistant.time_words import OPERATORS, Operator, phrases

__all__ = ["Anchor", "date_told", "find_anchors", "window"]

_LETTER = re.compile(r"[^\W\d_]")
_FAR = 200  # characters from "before" to its event; without a limit, each "before" would try the whole rest of the text
_ATTACHED = {"ar": "(?:ال|لل|بال)?"}  # what may be written in one word with the next


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event that a question dates something by: `text[start:end]` with the word before it, `event` without.

    `operator` is what that word says: since, after, before, until.
    """

    start: int
    end: int
    event: str
    operator: Operator


def find_anchors(text: str, language: str) -> list[Anchor]:
    """The events by which a question dates what it asks about, in order; up to the end of their clause.

    A clause that is the whole question dates nothing.
    """
    pattern = _pattern(language)
    if pattern is None:
        return []
    found = []
    for match in pattern.finditer(text):
        operator = next(name for name in OPERATORS if match.groupdict().get(name))
        event = match["event"].rstrip()
        if not _LETTER.search(text[: match.start()] + text[match.end() :]):
            continue
        found.append(Anchor(match.start(), match.start("event") + len(event), event, operator))
    return found


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    events = phrases(language, "event")
    if not events:
        return None
    words = {name: phrases(language, name, but=("not_event",)) for name in OPERATORS if name != "in"}
    operators = "|".join(f"(?P<{name}>{found})" for name, found in words.items() if found)
    clause = r"[^,;:?!،؛؟]"
    before = rf"(?:{clause}{{0,{_FAR}}}(?<!\w))?"
    said = phrases(language, "said")
    no_source = rf"(?!(?:\w+\s+)?(?:{said})(?!\w))" if said else ""  # "nach eigenen Angaben"
    event = rf"{no_source}(?P<event>{before}{_ATTACHED.get(language, '')}(?:{events})(?!\w){clause}*)"
    return re.compile(rf"(?<![\w'’])(?:{operators})\s++{event}", re.IGNORECASE)


def date_told(hit: Hit, mentions: Iterable[Mention]) -> PartialDate:
    """When it was that a hit tells of: the first date in its best sentence, or else that of its report.

    `mentions` are those of the report.
    """
    sentence = hit.best.sentence
    told = [m.date for m in mentions if m.date is not None and sentence.start <= m.start < sentence.end]
    return next((date for date in told if date is not None), hit.report.published)


def window(operator: Operator, date: PartialDate) -> Window | None:
    """The time before or after an event of this date; None where nothing is known of it.

    Of a date that is known in part, any day may be the event's.
    """
    first, last = date.earliest, date.latest
    if first is None or last is None:
        return None
    own = dt.timedelta(days=1 if date.precision == "day" else 0)
    match operator:
        case "before":
            return Window(None, moved(last, -own))
        case "after":
            return Window(moved(first, own), None)
        case "until":
            return Window(None, last)
        case _:
            return Window(first, None)
