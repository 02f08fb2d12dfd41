"""What Lagebild says in its own words, one file a language in `prompts/wording`, for people to edit.

Knows files, templates and dates as people write them; knows nothing of questions or of answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from babel.dates import format_date, format_interval, format_skeleton
from babel.units import format_unit

from assistant.dates import PartialDate
from assistant.errors import SettingsError
from assistant.records import Confidence, Statement, Support
from assistant.templates import checked, prompts_folder, read_toml

__all__ = ["FALLBACK_LANGUAGE", "Wording", "isolated", "load_wording", "series"]

FALLBACK_LANGUAGE = "en"

_VARIABLES: dict[str, frozenset[str]] = {
    "as_of": frozenset({"date"}),
    "as_of_vague": frozenset({"date"}),
    "undated": frozenset(),
    "not_in_reports": frozenset(),
    "missing_limits": frozenset(),
    "missing_place": frozenset({"names"}),
    "missing_time": frozenset(),
    "missing_subject": frozenset(),
    "no_reports": frozenset(),
    "confidence_high": frozenset(),
    "confidence_moderate": frozenset(),
    "confidence_low": frozenset(),
    "caveat_unconfirmed": frozenset({"numbers", "cue"}),
    "caveat_planned": frozenset({"numbers", "cue"}),
    "caveat_denied": frozenset({"numbers"}),
    "caveat_maybe_later": frozenset({"numbers", "date"}),
    "caveat_old": frozenset({"numbers", "age"}),
    "newest": frozenset({"date", "source", "number", "age"}),
    "caveat_one_source": frozenset({"source"}),
    "caveat_sources_differ": frozenset({"numbers"}),
    "caveat_copy_differs": frozenset({"numbers", "source"}),
    "caveat_other_time": frozenset(),
    "caveat_no_reason": frozenset(),
    "caveat_tells_machine": frozenset({"numbers"}),
    "problem_uncited": frozenset(),
    "problem_unknown_key": frozenset({"value"}),
    "problem_address": frozenset({"value"}),
    "problem_quote": frozenset({"value"}),
    "problem_name": frozenset({"value"}),
    "problem_number": frozenset({"value"}),
    "problem_date": frozenset({"value"}),
    "problem_negation": frozenset({"value"}),
    "problem_hedge": frozenset({"value"}),
    "problem_meaning": frozenset({"value"}),
    "understood": frozenset({"question"}),
    "who_says": frozenset({"count", "sources"}),
    "others_too": frozenset({"sources", "others", "numbers"}),
    "nobody_else": frozenset({"sources"}),
    "nothing_said": frozenset(),
    "nothing_more": frozenset(),
    "lost": frozenset({"number", "title", "source", "date"}),
    "forgotten": frozenset({"number"}),
    "not_kept": frozenset({"reason"}),
    "deleted_meanwhile": frozenset(),
    "caveat_cut_off": frozenset(),
    "caveat_left_out": frozenset({"count", "total"}),
    "unsupported": frozenset({"statement"}),
    "model_slow": frozenset(),
    "model_down": frozenset(),
    "model_quota": frozenset(),
    "model_denied": frozenset(),
    "model_broken": frozenset(),
    "model_empty": frozenset(),
    "model_unsupported": frozenset(),
    "unknown_source": frozenset(),
    "unknown_date": frozenset(),
}
_UNITS = (("year", 366), ("month", 31), ("week", 7))  # by the days that they have at most
_ISOLATES, _END_OF_ISOLATE = "\u2066\u2067\u2068", "\u2069"
_EMBEDDINGS, _END_OF_EMBEDDING = "\u202a\u202b\u202d\u202e", "\u202c"
_DATE_SKELETONS = {"month": "yMMMM", "year": "y"}


@dataclass(frozen=True, slots=True)
class Wording:
    """The wording of one language."""

    language: str
    texts: Mapping[str, str]

    def say(self, name: str, **values: str) -> str:
        """The text of this name with its values filled in."""
        return Template(self.texts[name]).substitute(values)

    def source(self, name: str | None) -> str:
        """What a source is called within a sentence; None is one that is not named."""
        return isolated(self.source_name(name))

    def source_name(self, name: str | None) -> str:
        """The same where it stands by itself."""
        return name or self.say("unknown_source")

    def statement(self, statement: Statement) -> str:
        """What a statement says, set apart where what it cites does not support it."""
        unsupported = statement.support is Support.NOT
        return self.say("unsupported", statement=statement.text) if unsupported else statement.text

    def confidence(self, level: Confidence) -> str:
        """How sure an answer is, and what that is worth."""
        return self.say(f"confidence_{level.value}")

    def age(self, passed: dt.timedelta) -> str:
        """A stretch of time as people say it in this language, in the largest unit of which two have passed: "3 days",
        "9 Jahre". A part of a unit is left out, so that nothing is called older than it is."""
        unit, days = next(((unit, days) for unit, days in _UNITS if passed.days >= 2 * days), ("day", 1))
        return format_unit(passed.days // days, f"duration-{unit}", "long", locale=self.language)

    def date(self, date: PartialDate) -> str:
        """The date as people write it in this language, with no more precision than it has."""
        if date.earliest is None or date.precision == "unknown":
            return self.texts["unknown_date"]
        if date.precision == "day":
            return format_date(date.earliest, "long", locale=self.language)
        if date.precision == "span":
            return format_interval(date.earliest, date.latest, "yMMMd", locale=self.language)
        return format_skeleton(_DATE_SKELETONS[date.precision], date.earliest, locale=self.language)


def isolated(text: str) -> str:
    """Plain text with a direction of its own, each character as it is: whatever it opens and closes (UAX #9), the line
    around it is not turned."""
    first_strong = _ISOLATES[-1]
    opened = first_strong * (1 + text.count(_END_OF_ISOLATE))  # one for each that it could close
    closed = _END_OF_ISOLATE * (1 + sum(map(text.count, _ISOLATES)))
    # A line break ends the isolate around it, but not what is opened after it.
    return opened + text + closed + _END_OF_EMBEDDING * sum(map(text.count, _EMBEDDINGS))


def series(parts: Iterable[str], language: str) -> str:
    """Several words one after the other, with the comma of the language between them."""
    return ("، " if language == "ar" else ", ").join(parts)


def load_wording(language: str) -> Wording:
    """The wording for a language, or that of `FALLBACK_LANGUAGE` where there is no file for it.

    A file that lacks a text, has one too many, or uses a variable that is not filled in is a SettingsError.
    """
    folder = prompts_folder() / "wording"
    known = (folder / f"{language}.toml").is_file()
    return _load(folder / f"{language if known else FALLBACK_LANGUAGE}.toml")


@cache
def _load(path: Path) -> Wording:
    texts = read_toml(path)
    missing, unknown = _VARIABLES.keys() - texts.keys(), texts.keys() - _VARIABLES.keys()
    if missing or unknown:
        raise SettingsError(f"{path}: texts missing: {sorted(missing)}; texts that nothing uses: {sorted(unknown)}.")
    for name, text in texts.items():
        checked(path, name, text, _VARIABLES[name])
    return Wording(path.stem, texts)
