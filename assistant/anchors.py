"""Finds what a question dates by an event: "before the capture", "nachdem die Stadt gefallen war".

When the event was, a report tells (`date_told`). Knows words and dates; knows nothing of how reports are found.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from assistant.cues import find_plan
from assistant.dates import SOON, PartialDate, Window, moved
from assistant.records import Hit, Mention
from assistant.time_words import OPERATORS, Operator, before, phrases

__all__ = ["Anchor", "date_told", "find_anchors", "still_to_come", "window"]

_LETTER = re.compile(r"[^\W\d_]")
_FAR = 200  # characters from "before" to its event; without a limit, each "before" would try the whole rest of the text
# What may be written in one word with the next: an article, or what makes of Angriff a Giftgasangriff.
_ATTACHED = {"ar": "(?:ال|لل|بال|ل)?", "de": r"(?:(?-i:[A-ZÄÖÜ])[\w-]*(?!fall(?!\w)))?"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event that a question dates something by: `text[start:end]` with the word before it, `event` without.

    `operator` is what that word says: since, after, before, until; `soon`, whether what stands before it says that it
    was within days: "two days after the attack". `told` is when it was, where the question says so itself.
    """

    start: int
    end: int
    event: str
    operator: Operator
    soon: bool = False
    told: Window | None = None


def find_anchors(text: str, language: str) -> list[Anchor]:
    """The events by which a question dates what it asks about, in order; up to the end of their clause.

    A clause that is the whole question dates nothing.
    """
    pattern = _pattern(language)
    if pattern is None:
        return []
    found = []
    at = 0
    while (match := pattern.search(text, at)) is not None:
        at = match.start("event")
        if _means_else(text, match, language):
            continue
        told = next(name for name, words in match.groupdict().items() if words and name not in {"clause", "event"})
        operator = next(name for name in OPERATORS if name == told.partition("_")[0])
        event = match["event"].rstrip()
        at = match.end()
        if not _LETTER.search(text[: match.start()] + text[match.end() :]):
            continue
        soon = before(text, match.start(), language, "soon")
        start = match.start() if soon is None else soon
        found.append(Anchor(start, match.start("event") + len(event), event, operator, soon is not None))
    return found


def _means_else(text: str, match: re.Match[str], language: str) -> bool:
    """Whether the word before an event is none of time: "nach Damaskus", "floh vor dem Angriff", من قبل ("by"); or how
    long it was from then is what is asked."""
    event = match.start("event")
    if before(text, event, language, "by") is not None or before(text, match.start(), language, "interval") is not None:
        return True
    if before(text, event, language, "placed") is None:
        return False
    away = phrases(language, "away") if match.groupdict().get("before") else ""
    flees = bool(away) and re.search(rf"(?<!\w)(?:{away})(?!\w)", text, re.IGNORECASE) is not None
    return flees or _noun(language).match(text, event) is None


@cache
def _noun(language: str) -> re.Pattern[str]:
    """An event as a German noun, with no more than its article, its adjectives and whose it is before it."""
    # "Assads Sturz", "dem Ende der Schlacht", and not "acht Wochen der Schlacht"
    lasting = phrases(language, "lasting")
    whose = rf"[\w-]+(?:s|['’])\s+|(?!(?:{lasting})(?!\w))\w+\s+(?=(?:de[rs]|eine[rs]|von|vom)\s)"
    beside = rf"(?:(?-i:[a-zäöüß]|\d)[\w.-]*\s+|{whose}){{0,6}}"
    return re.compile(
        rf"{beside}(?-i:(?=[A-ZÄÖÜ]))(?:[\w-]+(?!fall(?!\w)))??(?:{phrases(language, 'event')})(?!\w)", re.IGNORECASE
    )


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    events = phrases(language, "event")
    if not events:
        return None
    before_nouns, before_clauses = (
        "|".join(f"(?P<{name}>{words})" for name in names if (words := phrases(language, name, but=("not_event",))))
        for names in (OPERATORS[1:], [f"{name}_clause" for name in OPERATORS])
    )
    ends = phrases(language, "ends_event")
    clause = rf"(?:(?!\s+(?:{ends or '(?!)'})(?!\w))[^,;:?!،؛؟])"
    ahead = rf"(?:{clause}{{0,{_FAR}}}(?<!\w))?"
    said = phrases(language, "said")
    no_source = rf"(?!(?:\w+\s+)?(?:{said})(?!\w))" if said else ""  # "nach eigenen Angaben"
    telling = rf"{no_source}{ahead}{_ATTACHED.get(language, '')}(?:{events})(?!\w){clause}*"
    event = rf"(?P<event>(?(clause){clause}{{3,{_FAR}}}|{telling}))"
    operators = rf"(?P<clause>{before_clauses or '(?!)'})|{before_nouns}"
    return re.compile(rf"(?<![\w'’])(?:{operators})(?:\s++|(?<=['’])){event}", re.IGNORECASE)


def date_told(hit: Hit, mentions: Iterable[Mention]) -> PartialDate:
    """When it was that a hit tells of: the first date in its best sentence, or else that of its report.

    `mentions` are those of the report.
    """
    sentence = hit.best.sentence
    told = [m.date for m in mentions if m.date is not None and sentence.start <= m.start < sentence.end]
    return next((date for date in told if date is not None), hit.report.published)


def still_to_come(hit: Hit) -> bool:
    """Whether the best sentence of a hit tells what is planned or expected, so that it is from before."""
    sentence = hit.best.sentence
    return find_plan(hit.report.text[sentence.start : sentence.end], hit.report.language) is not None


def window(operator: Operator, event: Window, *, soon: bool = False) -> Window | None:
    """The time before or after an event that was on one of the days of a window; None where that has no two ends.

    Any of them may be the event's.
    """
    first, last = event.since, event.until
    if first is None or last is None:
        return None
    own = dt.timedelta(days=first == last)
    since: dt.date | None
    until: dt.date | None
    match operator:
        case "before":
            since, until = moved(first, -SOON) if soon else None, moved(last, -own)
        case "after":
            since, until = first, moved(last, SOON) if soon else None
        case "until":
            since, until = None, last
        case "in":
            since, until = first, last
        case _:
            since, until = first, None
    return Window(since, until, yearly=event.yearly)
