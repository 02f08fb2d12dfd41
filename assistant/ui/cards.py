"""The sources of an answer as HTML: a card for each citation, with the passage around it and its sentence marked.

Quotes are sliced by offsets, never searched for.
"""

from __future__ import annotations

import datetime as dt

from assistant.records import Answer, Citation, Passage, Report
from assistant.ui.pieces import about_html, attribution, bdi, escape, link_html, say, speaking, text_of
from assistant.ui.report import copy_html, open_html

__all__ = ["nearest", "quote_html", "sources_html"]

NEAREST_SHOWN = 3
_PARTS = ("dense", "lexical", "place", "date", "reading")  # of a score, as `Hit.why` has them


def sources_html(answer: Answer, turn: int, today: dt.date | None = None) -> str:
    """A card for every citation, with the passage around it and the cited sentence marked.

    For a refusal, cards of the nearest passages: without numbers, without marks, and labelled. `today` is what the age
    of a report is counted to; None tells no age.
    """
    if answer.refusal is None:
        heading = "sources"
        cards = "".join(_cited_card(citation, turn, answer, today) for citation in answer.citations)
    else:
        heading = "nearest"
        cards = "".join(
            _near_card(f"c{turn}-h{place}", report, passage, answer.language, today)
            for place, (report, passage) in enumerate(nearest(answer), start=1)
        )
    if not cards:
        return ""
    seen = "" if heading == "nearest" else ' class="unseen"'  # the tab says it already to those who see
    named = f"<h3{seen}>{say(answer.language, heading)}</h3>"
    return f'<div class="sources" {speaking(answer.language)}>{named}{cards}</div>'


def quote_html(citation: Citation) -> str:
    """The quote, with the phrase that answers set apart."""
    before, phrase, after = (escape(piece) for piece in citation.pieces)
    return f'{before}<b class="phrase">{phrase}</b>{after}' if phrase else before


def nearest(answer: Answer) -> list[tuple[Report, Passage]]:
    """What comes nearest to a question that was declined; nothing for an answer."""
    if answer.refusal is None:
        return []
    return [(hit.report, hit.passage) for hit in answer.hits[:NEAREST_SHOWN]]


def _cited_card(citation: Citation, turn: int, answer: Answer, today: dt.date | None) -> str:
    report, passage, number, language = citation.report, citation.passage, citation.number, answer.language
    # A passage is the quote's surroundings; should it not hold the quote, the quote is shown alone.
    around = passage.start <= citation.start and citation.end <= passage.end
    start, end = (passage.start, passage.end) if around else (citation.start, citation.end)
    before, after = text_of(report, start, citation.start), text_of(report, citation.end, end)
    text = f"{before}<mark>{quote_html(citation)}</mark>{after}"
    back = say(language, "back", number=str(number))
    link = f'<a class="back" href="#s{turn}-{number}" aria-label="{back}" title="{back}">[{number}]</a> '
    more = _event(report, language) + _names(citation, answer) + _copies(citation, language) + _why(citation, language)
    opened = open_html(report, (citation.start, citation.end), language)
    # On a phone the statement is out of sight; the number in the heading is the way back everywhere else.
    foot = f'<a class="back" href="#s{turn}-{number}">{back}</a>'
    copy, origin = copy_html(report, citation.quote, language), link_html(report.url, language)
    tools = f'<p class="tools">{opened} {copy} {origin} {foot}</p>'
    about = about_html(report, language, today)
    return _card(f"c{turn}-{number}", f"{link}{bdi(report.title)}", about, report.language, text, more + tools)


def _near_card(identity: str, report: Report, passage: Passage, language: str, today: dt.date | None) -> str:
    opened = open_html(report, (passage.start, passage.end), language)
    tools = f'<p class="tools">{opened} {link_html(report.url, language)}</p>'
    text, about = text_of(report, passage.start, passage.end), about_html(report, language, today)
    return _card(identity, bdi(report.title), about, report.language, text, tools)


def _why(citation: Citation, language: str) -> str:
    """What the score is the sum of, in words and with the scale of each part; nothing where it is not known."""
    if citation.score is None:
        return ""
    parts = [(name, citation.why[name]) for name in _PARTS if name in citation.why]
    rows = "".join(f'<dt>{say(language, f"why_{name}")}</dt><dd dir="ltr">{value:+.2f}</dd>' for name, value in parts)
    total = say(language, "score", score=f"{citation.score:.2f}")
    return f'<details class="why"><summary>{say(language, "why")}</summary><p>{total}</p><dl>{rows}</dl></details>'


def _event(report: Report, language: str) -> str:
    """What the record of an event says beside its text: actors, place and deaths."""
    said = report.details
    actors = " – ".join(said[name] for name in ("actor_a", "actor_b") if name in said)
    where = ", ".join(said[name] for name in ("place", "latitude", "longitude") if name in said)
    deaths = [said[name] for name in ("deaths_low", "deaths_best", "deaths_high") if name in said]
    range_of = " / ".join(deaths) if len(deaths) == 3 else said.get("deaths_reported", "")
    shown = (("actors", actors), ("place", where), ("deaths" if len(deaths) == 3 else "deaths_reported", range_of))
    rows = "".join(f"<dt>{say(language, name)}</dt><dd>{bdi(value)}</dd>" for name, value in shown if value)
    return f'<dl class="event">{rows}</dl>' if rows and "event_id" in said else ""


def _names(citation: Citation, answer: Answer) -> str:
    """What the passage calls the places and groups of the question, where it calls them otherwise than the question."""
    spelled = {citation.report.text[m.start : m.end]: m.name for m in citation.names}
    shown = [
        f"{bdi(word)} = {bdi(name)}"
        for word, name in spelled.items()
        if word.casefold() not in answer.question.casefold()
    ]
    return f'<p class="names">{say(answer.language, "names")}: {"; ".join(shown)}</p>' if shown else ""


def _copies(citation: Citation, language: str) -> str:
    """The near-copies of the report, and what they have in the place of the quote where it differs."""
    if not citation.copies:
        return ""
    items = "".join(
        f"<li>{bdi(copy.report.title)} {attribution(copy.report, language)}"
        + (f'<q lang="{escape(copy.report.language)}" dir="auto">{escape(copy.quote)}</q>' if copy.differs else "")
        + "</li>"
        for copy in citation.copies
    )
    count = len(citation.copies)
    summary = say(language, "copies_one" if count == 1 else "copies", count=str(count))
    return f'<details class="copies"><summary>{summary}</summary><ul>{items}</ul></details>'


def _card(identity: str, heading: str, about: str, spoken: str, text: str, more: str) -> str:
    """`heading`, `about`, `text` and `more` are HTML already; `spoken` is the report's language."""
    return (
        f'<article class="card" id="{identity}" tabindex="-1"><h4>{heading}</h4><p class="attribution">{about}</p>'
        f'<p class="passage" lang="{escape(spoken)}" dir="auto">{text}</p>{more}</article>'
    )
