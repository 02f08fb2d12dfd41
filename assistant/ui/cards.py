"""The sources of an answer as HTML: a card for each citation, with the passage around it and its sentence marked.

Quotes are sliced by offsets, never searched for.
"""

from __future__ import annotations

from assistant.records import Answer, Citation, Passage, Report
from assistant.ui.labels import language_name
from assistant.ui.pieces import attribution, bdi, escape, link_html, say, speaking, text_of

__all__ = ["nearest", "quote_html", "sources_html"]

NEAREST_SHOWN = 3


def sources_html(answer: Answer, turn: int) -> str:
    """A card for every citation, with the passage around it and the cited sentence marked.

    For a refusal, cards of the nearest passages: without numbers, without marks, and labelled.
    """
    if answer.refusal is None:
        heading = "sources"
        cards = "".join(_cited_card(citation, turn, answer) for citation in answer.citations)
    else:
        heading = "nearest"
        cards = "".join(
            _card(f"c{turn}-h{place}", "", report, text_of(report, passage.start, passage.end), answer.language)
            for place, (report, passage) in enumerate(nearest(answer), start=1)
        )
    if not cards:
        return ""
    return f'<div class="sources" {speaking(answer.language)}><h3>{say(answer.language, heading)}</h3>{cards}</div>'


def quote_html(citation: Citation) -> str:
    """The quote, with the phrase that answers set apart."""
    before, phrase, after = (escape(piece) for piece in citation.pieces)
    return f'{before}<b class="phrase">{phrase}</b>{after}' if phrase else before


def nearest(answer: Answer) -> list[tuple[Report, Passage]]:
    """What comes nearest to a question that was declined; nothing for an answer."""
    if answer.refusal is None:
        return []
    return [(hit.report, hit.passage) for hit in answer.hits[:NEAREST_SHOWN]]


def _cited_card(citation: Citation, turn: int, answer: Answer) -> str:
    report, passage, number, language = citation.report, citation.passage, citation.number, answer.language
    # A passage is the quote's surroundings; should it not hold the quote, the quote is shown alone.
    around = passage.start <= citation.start and citation.end <= passage.end
    start, end = (passage.start, passage.end) if around else (citation.start, citation.end)
    before, after = text_of(report, start, citation.start), text_of(report, citation.end, end)
    text = f"{before}<mark>{quote_html(citation)}</mark>{after}"
    back = say(language, "back", number=str(number))
    link = f'<a class="back" href="#s{turn}-{number}" aria-label="{back}" title="{back}">[{number}]</a> '
    more = _event(report, language) + _names(citation, answer) + _copies(citation, language)
    return _card(f"c{turn}-{number}", link, report, text, language, more)


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
    summary = f"<summary>{say(language, 'copies')} ({len(citation.copies)})</summary>"
    return f'<details class="copies">{summary}<ul>{items}</ul></details>'


def _card(identity: str, number: str, report: Report, text: str, language: str, more: str = "") -> str:
    """`number`, `text` and `more` are HTML already."""
    spoken = language_name(report.language, language)
    return (
        f'<article class="card" id="{identity}" tabindex="-1">'
        f"<h4>{number}{bdi(report.title)}</h4>"
        f'<p class="attribution">{attribution(report, language)} · {bdi(spoken)}{link_html(report.url, language)}</p>'
        f'<p class="passage" lang="{escape(report.language)}" dir="auto">{text}</p>{more}'
        "</article>"
    )
