"""Finds what agencies and papers put before the first sentence: "BEIRUT, Nov 9 (Reuters) - The army ...".

Such a dateline, or a date in front ("Published 9 November 2017 The army ..."), is no part of a sentence, so it is taken
out of the text and kept beside it. What is not surely one is left where it is: it needs an agency or a day, places are
capitalised, and a sentence begins behind it.
Knows texts, agencies and the names of months; knows no file format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from babel import Locale

from assistant.dates import PartialDate

__all__ = ["Dateline", "find_dateline", "month_number"]

_PARAGRAPHS = 3  # a heading and a subheading may come before it
_LONGEST = 100  # characters

_AGENCIES = (
    *("Reuters", "AP", "AFP", "dpa", "epd", "KNA", "APA", "sda", "UPI", "EFE", "ANSA", "Bloomberg", "Xinhua", "Kyodo"),
    *("SANA", "TASS", "RIA Novosti", "Interfax", "Interfax-Ukraine", "Ukrinform", "UNIAN", "Anadolu", "AA", "IRNA"),
    *("Fars", "Tasnim", "INA", "NINA", "Petra", "MENA", "ANHA", "ARA News", "Rudaw", "Yonhap", "PTI", "ANI", "SOHR"),
    *(
        "رويترز",
        "فرانس برس",
        "أ ف ب",
        "ا ف ب",
        "أ.ف.ب",
        "د ب أ",
        "د.ب.أ",
        "سانا",
        "الأناضول",
        "أسوشيتد برس",
        "واع",
        "بترا",
    ),
    *("ТАСС", "РИА Новости", "Интерфакс", "Рейтер", "Рейтерс", "АФП", "Укринформ", "Укрінформ", "УНИАН", "УНІАН"),
)
_AGENCY = "(?:" + "|".join(re.escape(name) for name in sorted(_AGENCIES, key=len, reverse=True)) + ")"
_AGENCIES_AT_END = re.compile(
    rf"(?P<before>.*?)\s*(?:[(\[/]\s*{_AGENCY}(?:\s*[/,]\s*{_AGENCY})*\s*[)\]/]|(?<=[^\s,–—-])[\s,–—-]+{_AGENCY})",
    re.IGNORECASE,
)
# What stands between a dateline and its sentence; or nothing, where it has a line for itself.
_BREAK = re.compile(r"\s*[-–—‒]+\s+|\s*:\s+|\.\s+|\s*$")
_MONTH = r"(?P<month>[^\W\d_]{3,15}(?:\s[^\W\d_]{3,10})?)\.?"
_YEAR = r"(?:[,،]?\s+(?P<year>\d{4}))?"
_DATES = tuple(
    re.compile(rf"(?P<before>.*?)(?:^|(?<=\s)|(?<=[,،])){form}[.,،]?")
    for form in (
        rf"(?P<day>\d{{1,2}})\.?\s+{_MONTH}{_YEAR}",
        rf"{_MONTH}\s+(?P<day>\d{{1,2}}){_YEAR}",
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    )
)
# A date in front of the whole text.
_STAMP = re.compile(
    r"(?:(?:date of publication|published|posted|last updated|updated|veröffentlicht|stand|опубликовано)"
    r"(?:\s(?:on|at|am))?:?\s+)?"
    r"(?:(?P<weekday>[^\W\d_]{2,12})\.?[,،]?\s+)??"
    r"(?P<date>\d{1,2}\.?\s+[^\W\d_]{3,15}\.?[,،]?\s+\d{4}|[^\W\d_]{3,15}\.?\s+\d{1,2}[,،]?\s+\d{4}|\d{4}-\d{2}-\d{2})"
    r"(?:[,،]?\s+(?:at\s+)?\d{1,2}:\d{2}(?:\s*(?:[ap]m|gmt|utc|cet|cest|eet|est|edt|msk|uhr)\b)?)?(?:\s*[-–—:|.]+)?(?=\s)",
    re.IGNORECASE,
)
_PLACE_WORD = re.compile(r"[^\W\d_][\w'’.()-]*")
_ARTICLE = re.compile(r"(?:al|el|a[dnrstz]|ash|e[sz])[-‑'’](?=\w)", re.IGNORECASE)  # of Arabic names
# Words that begin a sentence, or an aside, rather than name a place.
_NO_PLACE = """
    the a an on in at by since until after before from as for but and this that he she it they we
    am im an der die das ein eine seit bis nach vor von als für aber und er sie es wir
    le la les un une en au depuis el los las una desde в на с по до после он она они
    monday tuesday wednesday thursday friday saturday sunday today yesterday
    montag dienstag mittwoch donnerstag freitag samstag sonntag heute gestern
    في يوم منذ بعد قبل من إلى على أن كان وقال
"""
_LOCALES = ("en", "de", "fr", "es", "it", "tr", "ru", "uk", "ar", "ar_SY", "fa", "he")


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline in a text: what it says lies at `text[start:end]`, and the sentence begins at `behind`.

    `date` is unknown where it names no year.
    """

    start: int
    end: int
    behind: int
    date: PartialDate


def find_dateline(text: str) -> Dateline | None:
    """The dateline before one of the first paragraphs of a text; None where there is none for sure."""
    at = 0
    for _ in range(_PARAGRAPHS):
        at += len(text[at:]) - len(text[at:].lstrip())
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        for gap in reversed(list(_BREAK.finditer(text[at : min(end, at + _LONGEST)]))):
            behind = at + gap.end()
            if behind == at + _LONGEST:
                continue  # not the end of the line, only that of the look
            read = _read(text[at : at + gap.start()])
            if read is not None and not text[behind : behind + 1].islower() and text[behind:].strip():
                return Dateline(at, at + gap.start(), behind, read)
        at = end
    return _stamp(text)


def _stamp(text: str) -> Dateline | None:
    """The date in front of a text, if what follows it begins anew."""
    start = len(text) - len(text.lstrip())
    stamp = _STAMP.match(text, start)
    if stamp is None:
        return None
    weekday = (stamp["weekday"] or "").casefold()
    read = next((form.fullmatch(stamp["date"]) for form in _DATES if form.fullmatch(stamp["date"])), None)
    date = _date(read["day"], read["month"], read["year"]) if read else None
    rest = text[stamp.end() :].lstrip()
    if (
        (weekday and weekday not in _names("days"))
        or date is None
        or date.year is None
        or not rest
        or rest[0].islower()
    ):
        return None
    return Dateline(start, stamp.end(), len(text) - len(rest), date)


def _read(head: str) -> PartialDate | None:
    """The date of what may be a dateline: unknown where it names none, None where it is none."""
    agency = _AGENCIES_AT_END.fullmatch(head)
    rest = agency["before"] if agency else head
    for form in _DATES:
        if dated := form.fullmatch(rest.strip()):
            date = _date(dated["day"], dated["month"], dated["year"])
            if date is not None and _is_place(dated["before"]):
                return date if agency or dated["before"].strip() else None
    return PartialDate() if agency and _is_place(rest) else None


def _is_place(words: str) -> bool:
    """Whether these can be names of places: few, capitalised where the script has capitals; none at all is fine."""
    named = [word for word in re.split(r"[\s/,،]+", words.strip(" ,،.")) if word]
    return len(named) <= 5 and all(
        _PLACE_WORD.fullmatch(word)
        and not _ARTICLE.sub("", word)[0].islower()
        and word.lower() not in _NO_PLACE.split()
        for word in named
    )


def _date(day: str, month: str, year: str | None) -> PartialDate | None:
    """The date; unknown without a year, None where there is no such month or day."""
    number = int(month) if month.isdigit() else month_number(month)
    if number is None or not 1 <= int(day) <= 31:
        return None
    if year is None:
        return PartialDate()
    try:
        return PartialDate(int(year), number, int(day))
    except ValueError:
        return None


def month_number(name: str) -> int | None:
    """The number of a month, by its name or by the beginning of its name."""
    name = name.casefold().rstrip(".")
    months = _names("months")
    meant = {number for known, number in months.items() if known.startswith(name)}
    return months.get(name) or (meant.pop() if len(meant) == 1 else None)


@cache
def _names(kind: Literal["days", "months"]) -> dict[str, int]:
    """Names of months or of days of the week, full and short, in the languages of datelines, to their numbers."""
    return {
        name.casefold().rstrip("."): number
        for locale in _LOCALES
        for context in getattr(Locale.parse(locale), kind).values()
        for width in ("wide", "abbreviated")
        for number, name in context.get(width, {}).items()
    }
