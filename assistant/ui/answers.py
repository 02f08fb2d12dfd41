"""Answers as HTML: the summary, what to bear in mind, and each statement with the numbers of its sources.

Pure functions from an `Answer` or a `Turn` to what the transcript shows; they know nothing of Gradio or stores.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dates import PartialDate
from assistant.errors import LagebildError
from assistant.filter import Filter
from assistant.records import Answer, Caveat, CaveatKind, Citation, Statement, Support
from assistant.transcript import lost_text, not_kept_text
from assistant.turns import Turn
from assistant.ui.cards import nearest, quote_html
from assistant.ui.labels import label, language_name
from assistant.ui.pieces import attribution, bdi, english, escape, say, speaking
from assistant.wording import load_wording, series

__all__ = ["answer_html", "draft_html", "limits_text", "notes_html", "problem_html", "understood_text", "waiting_html"]


def answer_html(answer: Answer, turn: int) -> str:
    """The answer for the transcript: the summary line, what to bear in mind, and each statement with its numbers.

    `turn` counts the questions of a conversation and keeps the link targets of its answers apart. A refusal has
    the nearest passages instead of statements, labelled as such.
    """
    parts = [f'<p class="summary">{escape(answer.summary)}</p>', _caveats(answer)]
    resting = [statement for statement in answer.statements if statement.support is not Support.NOT]
    if resting:
        items = "".join(_statement(answer, statement, turn) for statement in resting)
        parts.append(f'<ol class="statements">{items}</ol>')
    unsupported = [statement for statement in answer.statements if statement.support is Support.NOT]
    if unsupported:
        items = "".join(_statement(answer, statement, turn) for statement in unsupported)
        heading = f"<h3>{say(answer.language, 'unsupported')}</h3>"
        parts.append(f'<aside class="unsupported">{heading}<ul>{items}</ul></aside>')
    near = nearest(answer)
    if near:
        items = "".join(
            f'<li><a class="cite near" href="#c{turn}-h{place}">{bdi(report.title)}</a> '
            f"{attribution(report, answer.language)}</li>"
            for place, (report, _) in enumerate(near, start=1)
        )
        parts.append(f'<h3>{say(answer.language, "nearest")}</h3><ul class="nearest">{items}</ul>')
    kind = "refusal" if answer.refusal is not None else "answer"
    return f'<div class="{kind}" {speaking(answer.language)}>{"".join(parts)}</div>'


def _caveats(answer: Answer) -> str:
    """What to bear in mind, in short: a label for each kind, which opens what is meant."""
    by_kind: dict[CaveatKind, list[Caveat]] = {}
    for caveat in answer.caveats:
        by_kind.setdefault(caveat.kind, []).append(caveat)
    items = _confidence(answer) + "".join(_of_kind(kind, caveats, answer) for kind, caveats in by_kind.items())
    name = say(answer.language, "caveats")
    return f'<aside class="caveats" aria-label="{name}"><ul>{items}</ul></aside>' if items else ""


def _confidence(answer: Answer) -> str:
    if answer.confidence is None:
        return ""
    name = f"confidence_{answer.confidence.value}"
    told = escape(load_wording(answer.language).confidence(answer.confidence))
    return f'<li class="{name}"><details><summary>{say(answer.language, name)}</summary><p>{told}</p></details></li>'


def _of_kind(kind: CaveatKind, caveats: Sequence[Caveat], answer: Answer) -> str:
    numbers = sorted({number for caveat in caveats for number in caveat.citations})
    some = "" if len(numbers) == len(answer.citations) else " ".join(f"[{number}]" for number in numbers)
    told = "".join(f'<p dir="auto">{escape(caveat.text)}</p>' for caveat in caveats)
    label_of = say(answer.language, f"caveat_{kind.value}")
    return f"<li><details><summary>{label_of} <bdi>{some}</bdi></summary>{told}</details></li>"


def _statement(answer: Answer, statement: Statement, turn: int) -> str:
    cited = [answer.citation(number) for number in statement.citations]
    links = " ".join(_cite(c, turn, answer, statement) for c in cited)
    # Only a sentence that stands in its report as it stands here is shown as a quotation of it.
    verbatim = bool(cited) and cited[0].quote == statement.text
    tag, language = ("blockquote", f' lang="{escape(cited[0].report.language)}"') if verbatim else ("p", "")
    text = quote_html(cited[0]) if verbatim else escape(statement.text)
    why = escape(statement.doubt)
    doubt = f'<p class="doubt {statement.support.value}" dir="auto">{why}</p>' if why else ""
    cited_by = f'<p class="attribution">{links}</p>' if links else ""
    return f'<li><{tag} class="statement"{language} dir="auto">{text}</{tag}>{doubt}{cited_by}</li>'


def _cite(citation: Citation, turn: int, answer: Answer, statement: Statement) -> str:
    number, language = citation.number, answer.language
    show = say(language, "show", number=str(number))
    # The way back from a source leads to the first statement that rests on it.
    first = next(one for one in answer.statements if number in one.citations) is statement
    identity = f' id="s{turn}-{number}"' if first else ""
    link = f'<a class="cite"{identity} href="#c{turn}-{number}" aria-label="{show}">[{number}]</a>'
    return f"{link} {attribution(citation.report, language)}"


def understood_text(turn: Turn) -> str:
    """What a question that leans on another one was taken for, in one line; empty where it stands alone."""
    return load_wording(turn.answer.language).say("understood", question=turn.resolved) if turn.resolved else ""


def notes_html(turn: Turn, not_kept: LagebildError | None) -> str:
    """What became of citations that are gone, and why the conversation is not kept; empty where all is well."""
    language = turn.answer.language
    items = [
        f"<p>{escape(lost_text(lost, language))}</p>"
        + (f'<q dir="auto">{escape(lost.quote)}</q>' if lost.quote is not None else "")
        for lost in turn.lost
    ]
    if not_kept is not None:
        told, reason = escape(not_kept_text(not_kept, language)), str(not_kept)
        items.append(f"<p>{told.replace(escape(reason), english(reason))}</p>")
    return f'<aside class="notes" {speaking(language)}>{"".join(items)}</aside>' if items else ""


def limits_text(among: Filter, language: str) -> str:
    """What a filter limits a question to, in one line; empty where it lets everything in."""
    wording = load_wording(language)
    parts = [
        (name, wording.date(PartialDate.of(day)))
        for name, day in (("since", among.since), ("until", among.until))
        if day is not None
    ]
    spoken = [language_name(code, language) for code in among.languages]
    lists = (("languages", spoken), ("only_sources", among.sources), ("places", among.places))
    parts += [(name, series(sorted(values), language)) for name, values in lists if values]
    return " · ".join(f"{label(language, name)}: {value}" for name, value in parts)


def waiting_html(language: str) -> str:
    """Stands where the answer will be."""
    return f'<p class="waiting" {speaking(language)}>{say(language, "waiting")}</p>'


def draft_html(text: str, language: str) -> str:
    """What a language model has written so far, shown as what it is: a draft that nobody has checked."""
    note = f'<p class="waiting" {speaking(language)}>{say(language, "draft")}</p>'
    # A reader of the screen is told the answer, not each word of a draft.
    return f'<div class="draft" aria-live="off" aria-busy="true">{note}<p dir="auto">{escape(text)}</p></div>'


def problem_html(message: str | None, language: str) -> str:
    """Why there is no answer: the message of an error, in English; without one, that something failed here."""
    spoken, shown = ("en", escape(message)) if message is not None else (language, say(language, "failed"))
    return f'<p class="problem" role="alert" {speaking(spoken)}>{shown}</p>'
