"""Answers as HTML: pure functions from an `Answer` to the strings that the chat shows.

Whatever comes from a report or a question is escaped here and nowhere else, and stands in an element of its own
direction, so that no title can turn the line around it. Quotes are sliced by offsets, never searched for. This
module knows answers and words of the page; it knows nothing of Gradio, servers or stores.
"""

from __future__ import annotations

import html
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from babel import Locale

from assistant.dates import PartialDate
from assistant.filter import Filter
from assistant.records import Answer, Citation, Passage, Report, Statement, Support
from assistant.transcript import lost_text
from assistant.turns import Turn
from assistant.wording import FALLBACK_LANGUAGE, load_wording

if TYPE_CHECKING:
    from assistant.assistant import Status

__all__ = [
    "answer_html",
    "draft_html",
    "header_html",
    "label",
    "limits_text",
    "notes_html",
    "problem_html",
    "sources_column_html",
    "sources_html",
    "transcript_html",
    "turn_html",
    "understood_text",
    "waiting_html",
]

NEAREST_SHOWN = 3
_RIGHT_TO_LEFT = frozenset({"ar"})


def label(language: str, name: str, **values: str) -> str:
    """A word of the page in this language, or in English where there is no file for it. Plain text, not HTML."""
    return Template(_labels(language)[name]).substitute(values)


# -- one answer


def answer_html(answer: Answer, turn: int) -> str:
    """The answer for the transcript: the summary line, what to bear in mind, and each statement with its numbers.

    `turn` counts the questions of a conversation and keeps the link targets of its answers apart. A refusal has
    the nearest passages instead of statements, labelled as such.
    """
    parts = [f'<p class="summary">{_escape(answer.summary)}</p>']
    resting = [statement for statement in answer.statements if statement.support is not Support.NOT]
    if resting:
        items = "".join(_statement(answer, statement, turn) for statement in resting)
        parts.append(f'<ol class="statements">{items}</ol>')
    if answer.caveats:
        items = "".join(f'<li dir="auto">{_escape(caveat.text)}</li>' for caveat in answer.caveats)
        parts.append(f'<aside class="caveats"><h3>{_say(answer.language, "caveats")}</h3><ul>{items}</ul></aside>')
    unsupported = [statement for statement in answer.statements if statement.support is Support.NOT]
    if unsupported:
        items = "".join(_statement(answer, statement, turn) for statement in unsupported)
        heading = f"<h3>{_say(answer.language, 'unsupported')}</h3>"
        parts.append(f'<aside class="unsupported">{heading}<ul>{items}</ul></aside>')
    nearest = _nearest(answer)
    if nearest:
        items = "".join(
            f'<li><a class="cite near" href="#c{turn}-h{place}">{_bdi(report.title)}</a> '
            f"{_attribution(report, answer.language)}</li>"
            for place, (report, _) in enumerate(nearest, start=1)
        )
        parts.append(f'<h3>{_say(answer.language, "nearest")}</h3><ul class="nearest">{items}</ul>')
    kind = "refusal" if answer.refusal is not None else "answer"
    return f'<div class="{kind}" {_language(answer.language)}>{"".join(parts)}</div>'


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
            _card(f"c{turn}-h{place}", "", report, _text(report, passage.start, passage.end), answer.language)
            for place, (report, passage) in enumerate(_nearest(answer), start=1)
        )
    if not cards:
        return ""
    return f'<div class="sources" {_language(answer.language)}><h3>{_say(answer.language, heading)}</h3>{cards}</div>'


def _statement(answer: Answer, statement: Statement, turn: int) -> str:
    cited = [answer.citation(number) for number in statement.citations]
    links = " ".join(_cite(c, turn, answer, statement) for c in cited)
    # Only a sentence that stands in its report as it stands here is shown as a quotation of it.
    verbatim = bool(cited) and cited[0].quote == statement.text
    tag, language = ("blockquote", f' lang="{_escape(cited[0].report.language)}"') if verbatim else ("p", "")
    text = _quote(cited[0]) if verbatim else _escape(statement.text)
    why = " ".join(problem.text for problem in statement.problems)
    doubt = f'<p class="doubt {statement.support.value}" dir="auto">{_escape(why)}</p>' if why else ""
    cited_by = f'<p class="attribution">{links}</p>' if links else ""
    return f'<li><{tag} class="statement"{language} dir="auto">{text}</{tag}>{doubt}{cited_by}</li>'


def _quote(citation: Citation) -> str:
    """The quote, with the phrase that answers set apart."""
    before, phrase, after = (_escape(piece) for piece in citation.pieces)
    return f'{before}<b class="phrase">{phrase}</b>{after}' if phrase else before


def _cite(citation: Citation, turn: int, answer: Answer, statement: Statement) -> str:
    number, language = citation.number, answer.language
    show = _say(language, "show", number=str(number))
    # The way back from a source leads to the first statement that rests on it.
    first = next(one for one in answer.statements if number in one.citations) is statement
    identity = f' id="s{turn}-{number}"' if first else ""
    link = f'<a class="cite"{identity} href="#c{turn}-{number}" aria-label="{show}">[{number}]</a>'
    return f"{link} {_attribution(citation.report, language)}"


def _cited_card(citation: Citation, turn: int, answer: Answer) -> str:
    report, passage, number, language = citation.report, citation.passage, citation.number, answer.language
    # A passage is the quote's surroundings; should it not hold the quote, the quote is shown alone.
    around = passage.start <= citation.start and citation.end <= passage.end
    start, end = (passage.start, passage.end) if around else (citation.start, citation.end)
    text = f"{_text(report, start, citation.start)}<mark>{_quote(citation)}</mark>{_text(report, citation.end, end)}"
    back = _say(language, "back", number=str(number))
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
    rows = "".join(f"<dt>{_say(language, name)}</dt><dd>{_bdi(value)}</dd>" for name, value in shown if value)
    return f'<dl class="event">{rows}</dl>' if rows and "event_id" in said else ""


def _names(citation: Citation, answer: Answer) -> str:
    """What the passage calls the places and groups of the question, where it calls them otherwise than the question."""
    spelled = {citation.report.text[m.start : m.end]: m.name for m in citation.names}
    shown = [
        f"{_bdi(word)} = {_bdi(name)}"
        for word, name in spelled.items()
        if word.casefold() not in answer.question.casefold()
    ]
    return f'<p class="names">{_say(answer.language, "names")}: {"; ".join(shown)}</p>' if shown else ""


def _copies(citation: Citation, language: str) -> str:
    """The near-copies of the report, and what they have in the place of the quote where it differs."""
    if not citation.copies:
        return ""
    items = "".join(
        f"<li>{_bdi(copy.report.title)} {_attribution(copy.report, language)}"
        + (f'<q lang="{_escape(copy.report.language)}" dir="auto">{_escape(copy.quote)}</q>' if copy.differs else "")
        + "</li>"
        for copy in citation.copies
    )
    summary = f"<summary>{_say(language, 'copies')} ({len(citation.copies)})</summary>"
    return f'<details class="copies">{summary}<ul>{items}</ul></details>'


def _card(identity: str, number: str, report: Report, text: str, language: str, more: str = "") -> str:
    """`number`, `text` and `more` are HTML already."""
    spoken = _language_name(report.language, language)
    return (
        f'<article class="card" id="{identity}" tabindex="-1">'
        f"<h4>{number}{_bdi(report.title)}</h4>"
        f'<p class="attribution">{_attribution(report, language)} · {_bdi(spoken)}{_link(report.url, language)}</p>'
        f'<p class="passage" lang="{_escape(report.language)}" dir="auto">{text}</p>{more}'
        "</article>"
    )


def _nearest(answer: Answer) -> list[tuple[Report, Passage]]:
    if answer.refusal is None:
        return []
    return [(hit.report, hit.passage) for hit in answer.hits[:NEAREST_SHOWN]]


def _attribution(report: Report, language: str) -> str:
    wording = load_wording(language)
    source = report.source or wording.say("unknown_source")
    return f'<span class="by">{_date(report.published, language)} · <cite>{_bdi(source)}</cite></span>'


def _date(date: PartialDate, language: str) -> str:
    shown = _escape(load_wording(language).date(date))
    # HTML has no notation for a span of days.
    return shown if date.precision in ("unknown", "span") else f'<time datetime="{date}">{shown}</time>'


def _link(url: str | None, language: str) -> str:
    """A link for an address of the web; nothing for any other, whatever a report calls its address."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    shown = _say(language, "link", host=host)
    return (
        f' · <a class="link" href="{_escape(url or "")}" rel="noreferrer noopener nofollow" target="_blank">'
        f"<bdi>{shown}</bdi></a>"
    )


# -- the conversation


def turn_html(question: str, answer: str, turn: int, limits: str = "", understood: str = "") -> str:
    """A question, what it was limited to (`limits_text`) and taken for (`understood_text`), and what came of it.

    `answer` is HTML already.
    """
    limited = f'<p class="limits" dir="auto">{_escape(limits)}</p>' if limits else ""
    taken = f'<p class="understood" dir="auto">{_escape(understood)}</p>' if understood else ""
    asked = f'<p class="question" dir="auto">{_escape(question)}</p>{limited}{taken}'
    return f'<section class="turn" id="t{turn}">{asked}{answer}</section>'


def understood_text(turn: Turn) -> str:
    """What a question that leans on another one was taken for, in one line; empty where it stands alone."""
    return load_wording(turn.answer.language).say("understood", question=turn.resolved) if turn.resolved else ""


def notes_html(turn: Turn, not_kept: str | None) -> str:
    """What became of citations that are gone, and why the conversation is not kept; empty where all is well."""
    language = turn.answer.language
    items = [
        f"<p>{_escape(lost_text(lost, language))}</p>"
        + (f'<q dir="auto">{_escape(lost.quote)}</q>' if lost.quote is not None else "")
        for lost in turn.lost
    ]
    if not_kept is not None:
        items.append(f"<p>{_escape(load_wording(language).say('not_kept', reason=not_kept))}</p>")
    return f'<aside class="notes" {_language(language)}>{"".join(items)}</aside>' if items else ""


def limits_text(among: Filter, language: str) -> str:
    """What a filter limits a question to, in one line; empty where it lets everything in."""
    wording = load_wording(language)
    parts = [
        (name, wording.date(PartialDate.of(day)))
        for name, day in (("since", among.since), ("until", among.until))
        if day is not None
    ]
    lists = (("languages", among.languages), ("only_sources", among.sources), ("places", among.places))
    parts += [(name, ", ".join(sorted(values))) for name, values in lists if values]
    return " · ".join(f"{label(language, name)}: {value}" for name, value in parts)


def waiting_html(language: str) -> str:
    """Stands where the answer will be."""
    return f'<p class="waiting" {_language(language)}>{_say(language, "waiting")}</p>'


def draft_html(text: str, language: str) -> str:
    """What a language model has written so far, shown as what it is: a draft that nobody has checked."""
    note = f'<p class="waiting" {_language(language)}>{_say(language, "draft")}</p>'
    # A reader of the screen is told the answer, not each word of a draft.
    return f'<div class="draft" aria-live="off" aria-busy="true">{note}<p dir="auto">{_escape(text)}</p></div>'


def problem_html(message: str | None, language: str) -> str:
    """Why there is no answer; without a message, that something failed here."""
    shown = _escape(message) if message is not None else _say(language, "failed")
    return f'<p class="problem" role="alert" dir="auto">{shown}</p>'


def transcript_html(turns: Sequence[str], language: str) -> str:
    """All turns, oldest first; before the first one, what to do here. `language` is that of the page."""
    inside = "".join(turns) or f'<p class="welcome" {_language(language)}>{_say(language, "welcome")}</p>'
    name = _say(language, "conversation")
    return f'<div class="transcript" role="log" aria-live="polite" aria-label="{name}">{inside}</div>'


def sources_column_html(turns: Sequence[tuple[str, str]], language: str) -> str:
    """The cards of all turns, newest on top and the others folded, as pairs of question and `sources_html`."""
    shown = [(question, cards) for question, cards in reversed(turns) if cards]
    if not shown:
        return f'<p class="empty" {_language(language)}>{_say(language, "sources_empty")}</p>'
    older = "".join(
        f'<details class="older"><summary dir="auto">{_escape(question)}</summary>{cards}</details>'
        for question, cards in shown[1:]
    )
    return f'<div class="all-sources">{shown[0][1]}{older}</div>'


def header_html(status: Status | None, problem: str | None, language: str) -> str:
    """The name, what this is, and what is indexed; `problem` says why nothing is."""
    if status is not None and status.counts.reports:
        line = f'<p class="indexed">{_indexed(status, language)}</p>'
    else:
        reason = f' <span dir="auto">{_escape(problem)}</span>' if problem else ""
        todo = f'{_say(language, "no_index")} <code dir="ltr">lagebild ingest PATH</code>'
        line = f'<p class="indexed none">{todo}{reason}</p>'
    return (
        f'<header class="masthead" {_language(language)}><h1><bdi lang="de">Lagebild</bdi></h1>'
        f'<div><p class="tagline">{_say(language, "tagline")}</p>{line}</div></header>'
    )


def _indexed(status: Status, language: str) -> str:
    wording = load_wording(language)
    languages = ", ".join(f"{_language_name(code, language)} {count}" for code, count in status.languages.items())
    count = str(status.counts.reports)
    if status.oldest is None or status.newest is None:
        return _say(language, "indexed_undated", count=count, languages=languages)
    oldest, newest = wording.date(status.oldest), wording.date(status.newest)
    return _say(language, "indexed", count=count, languages=languages, oldest=oldest, newest=newest)


# -- small pieces


def _escape(text: str) -> str:
    # A carriage return would become a line feed in the browser, and the quote another text.
    return html.escape(text).replace("\r", "&#13;")


def _text(report: Report, start: int, end: int) -> str:
    return _escape(report.text[start:end])


def _bdi(text: str) -> str:
    return f"<bdi>{_escape(text)}</bdi>"


def _language(language: str) -> str:
    return f'lang="{_escape(language)}" dir="{"rtl" if language in _RIGHT_TO_LEFT else "ltr"}"'


def _language_name(code: str, language: str) -> str:
    return str(Locale.parse(language).languages.get(code, code))


def _say(language: str, name: str, **values: str) -> str:
    return _escape(label(language, name, **values))


@cache
def _labels(language: str) -> Mapping[str, str]:
    folder = resources.files("assistant").joinpath("data")
    file = folder.joinpath(f"labels.{language}.toml")
    if not file.is_file():
        file = folder.joinpath(f"labels.{FALLBACK_LANGUAGE}.toml")
    return tomllib.loads(file.read_text("utf-8"))
