"""The limits as HTML: how the reports are spread over time, languages, sources and places; and what is chosen of it.

Plain form controls, so that a keyboard, a screen reader and either direction of writing have them for nothing. What is
ticked is for limits.js to say, by what was chosen: the same HTML serves every choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.dates import PartialDate
from assistant.filter import MAX_VALUES
from assistant.store import Facets
from assistant.ui.chosen import MAX_LENGTH, Chosen, Refused
from assistant.ui.labels import label, language_name
from assistant.ui.pieces import bdi, escape, say, speaking
from assistant.wording import load_wording

__all__ = ["Bar", "bars", "chips_html", "languages_html", "options_html", "time_html"]

MAX_BARS = 120  # as many as can be told apart in a narrow column
MAX_OPTIONS = 100  # of a list of sources or places
_MONTHS_A_BAR = (1, 3, 12, 60, 120, 1200, 12_000)
_REFUSED_SHOWN = 5
_VALUE_SHOWN = 60  # characters of what was refused


@dataclass(frozen=True, slots=True)
class Bar:
    """How many reports there are from one month to another, both included and written `YYYY-MM`."""

    since: str
    until: str
    count: int


def bars(months: Mapping[str, int]) -> list[Bar]:
    """The histogram: a bar for each month, also for those without reports; of more months where there are too many.

    >>> bars({"2017-11": 2, "2018-01": 1})[1]
    Bar(since='2017-12', until='2017-12', count=0)
    """
    counts = {_number(month): count for month, count in months.items()}
    if not counts:
        return []
    first, last = min(counts), max(counts)
    width = next(width for width in _MONTHS_A_BAR if last // width - first // width < MAX_BARS)
    within = Counter[int]()
    for month, count in counts.items():
        within[month // width] += count
    return [
        Bar(_month(max(bar * width, first)), _month(min((bar + 1) * width - 1, last)), within[bar])
        for bar in range(first // width, last // width + 1)
    ]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def time_html(facets: Facets, language: str) -> str:
    """The histogram of reports with a slider for each end of the window, and a field for each to write a date."""
    shown = bars(facets.months)
    highest = max((bar.count for bar in shown), default=1)
    columns = "".join(
        f'<i data-since="{bar.since}" data-until="{bar.until}" data-name="{escape(_called(bar, language))}" '
        f'style="--h:{bar.count / highest:.3f}" title="{escape(_called(bar, language))} · {bar.count}"></i>'
        for bar in shown
    )
    sliders = "".join(
        f'<input type="range" name="{end}" min="0" max="{len(shown) - 1}" step="1" value="{value}" '
        f'aria-label="{say(language, f"slide_{end}")}">'
        for end, value in (("since", 0), ("until", len(shown) - 1))
    )
    fields = "".join(
        f'<label><span>{say(language, end)}</span><input type="text" name="{end}" id="limit-{end}" dir="ltr" '
        f'autocomplete="off" maxlength="{MAX_LENGTH}" placeholder="{say(language, "day_hint")}"></label>'
        for end in ("since", "until")
    )
    ends = ""
    if shown:
        first, last = (escape(load_wording(language).date(PartialDate.parse(m))) for m in _ends(shown))
        ends = f'<p class="ends"><span>{first}</span><span>{last}</span></p>'
    graph = f'<div class="histogram" aria-hidden="true">{columns}</div>' if shown else ""
    slides = f'<div class="slides" style="--bars:{len(shown)}">{sliders}</div>{ends}' if len(shown) > 1 else ends
    vague = say(language, "without_month", count=str(facets.without_month)) if facets.without_month else ""
    note = f'<p class="vague">{vague}</p>' if vague else ""
    return (
        f'<fieldset class="limit" {speaking(language)}><legend>{say(language, "time")}</legend>'
        f'{graph}{slides}<div class="days">{fields}</div>{note}</fieldset>'
    )


def _ends(shown: Sequence[Bar]) -> tuple[str, str]:
    return shown[0].since, shown[-1].until


def _called(bar: Bar, language: str) -> str:
    wording = load_wording(language)
    first, last = (wording.date(PartialDate.parse(month)) for month in (bar.since, bar.until))
    return first if first == last else f"{first} – {last}"


def languages_html(facets: Facets, language: str) -> str:
    """A box to tick for every language that reports are in, with their number."""
    boxes = _boxes("languages", ((code, language_name(code, language), n) for code, n in facets.languages.items()))
    return (
        f'<fieldset class="limit" {speaking(language)}><legend>{say(language, "languages")}</legend>{boxes}</fieldset>'
    )


def options_html(name: str, options: Iterable[tuple[str, int]], search: str, language: str) -> str:
    """A box to tick for each source or place (`name`), with the number of its reports.

    `options` are those that fit `search`, the best first; as many are shown as are of use.
    """
    each = iter(options)
    shown = [(value, value, count) for value, count in islice(each, MAX_OPTIONS)]
    more = sum(1 for _ in each)
    rest = f'<p class="vague">{say(language, "more_options", count=str(more))}</p>' if more else ""
    none = "" if shown else f'<p class="vague">{say(language, f"no_{name}")}</p>'
    return (
        f'<div class="options" role="group" aria-label="{say(language, name)}" data-search="{escape(search)}" '
        f"{speaking(language)}>{_boxes(name, shown)}{rest}{none}</div>"
    )


def _boxes(name: str, options: Iterable[tuple[str, str, int]]) -> str:
    return "".join(
        f'<label class="option"><input type="checkbox" name="{name}" value="{escape(value)}">{bdi(shown)}'
        f'<span class="count">{count}</span></label>'
        for value, shown, count in options
    )


def chips_html(chosen: Chosen, refused: Sequence[Refused], asked: str, language: str) -> str:
    """What is chosen, each to be removed by a click; and what of the address was not understood, and why.

    `asked` is the query that this answers, for limits.js to tell whether it is still the last one.
    """
    chips = "".join(
        f'<li><button type="button" data-name="{name}" data-value="{escape(value)}" '
        f'aria-label="{say(language, "remove", limit=_shown(name, value, language))}">'
        f"<span>{say(language, _LABELS.get(name, name))}: {bdi(_value(name, value, language))}</span>"
        '<b aria-hidden="true">×</b></button></li>'
        for name, value in chosen.each()
    )
    clear = f'<li><button type="button" class="clear">{say(language, "clear_limits")}</button></li>' if chips else ""
    listed = f'<ul aria-label="{say(language, "limits")}">{chips}{clear}</ul>' if chips else ""
    told = "".join(f"<li>{_refusal(one, language)}</li>" for one in refused[:_REFUSED_SHOWN])
    others = len(refused) - _REFUSED_SHOWN
    told += f"<li>{say(language, 'refused_more', count=str(others))}</li>" if others > 0 else ""
    problem = f'<div role="alert"><ul class="refused">{told}</ul></div>' if told else ""
    about = f'data-asked="{escape(asked)}" data-query="{escape(chosen.query)}"'
    return f'<div class="chips" {about} {speaking(language)}>{listed}{problem}</div>'


_LABELS = {"languages": "language", "sources": "source", "places": "place"}


def _shown(name: str, value: str, language: str) -> str:
    return f"{label(language, _LABELS.get(name, name))}: {_value(name, value, language)}"


def _value(name: str, value: str, language: str) -> str:
    """A limit as a person reads it."""
    if name == "languages":
        return language_name(value, language)
    if name in ("since", "until"):
        return load_wording(language).date(PartialDate.parse(value))
    return value


def _refusal(refused: Refused, language: str) -> str:
    value = refused.value if len(refused.value) <= _VALUE_SHOWN else refused.value[:_VALUE_SHOWN] + "…"
    return f"{say(language, refused.why, most=str(MAX_VALUES))} {bdi(value)}"
