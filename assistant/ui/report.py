"""One report as HTML: all of its text with a sentence marked in it, what is known of it, and how to cite it.

Pure functions; the server gives what they make to the page, which shows it above everything else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote as quoted

from assistant.records import Report
from assistant.ui.labels import label
from assistant.ui.pieces import about_html, bdi, english, escape, link_html, say, speaking, text_of, web_address
from assistant.wording import isolated, load_wording

__all__ = ["Span", "citation_text", "copy_html", "no_report_html", "open_html", "read_span", "report_html"]

Span = tuple[int, int]
"""Offsets into a report's text: start included, end excluded."""

_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_GAP = re.compile(r"\n[^\S\n]*\n\s*")


def read_span(written: str, report: Report) -> Span | None:
    """A span as an address has it, `12-34`; None where it is none, or none of this report."""
    match = _SPAN.fullmatch(written)
    span = (int(match[1]), int(match[2])) if match is not None else None
    return span if span is not None and span[0] < span[1] <= len(report.text) else None


def report_html(report: Report, span: Span | None, language: str, today: dt.date) -> str:
    """The report, with `span` marked where there is one. `language` is that of the page."""
    starts = {start: page for page, start in enumerate(report.page_starts, start=1)}
    text = "".join(
        (f'<h3 class="page">{say(language, "page", number=str(starts[start]))}</h3>' if start in starts else "")
        + f'<p dir="auto">{_marked(report, start, end, span)}</p>'
        for start, end in _pieces(report, starts)
    )
    quote = report.text[span[0] : span[1]] if span is not None else None
    return (
        f'<article class="report-view" {speaking(language)}><header>'
        f'<h2 id="report-title" tabindex="-1" autofocus>{bdi(report.title)}</h2>'
        f"{_close(language)}"
        f'<p class="attribution">{about_html(report, language, today)}</p>'
        f'<p class="tools">{copy_html(report, quote, language)} {link_html(report.url, language)}</p></header>'
        f'<div class="report-text" lang="{escape(report.language)}">{text}</div></article>'
    )


def no_report_html(message: str | None, language: str) -> str:
    """Why the report is not shown, as an error says it in English; without a message, that there is none."""
    shown = english(message) if message is not None else say(language, "no_report")
    return f'<div class="report-view" {speaking(language)}>{_close(language)}<p id="report-title">{shown}</p></div>'


def _close(language: str) -> str:
    return f'<button type="button" class="close" aria-label="{say(language, "close")}">×</button>'


def open_html(report: Report, span: Span, language: str) -> str:
    """A link to the report with this span marked; the page opens it above what is shown."""
    address = f"?r={quoted(report.id)}&amp;s={span[0]}-{span[1]}"
    return f'<a class="report" href="{address}">{say(language, "open_report")}</a>'


def copy_html(report: Report, quote: str | None, language: str) -> str:
    """A button that copies the citation, and where it is said whether that went well."""
    text = escape(citation_text(report, quote, language))
    told = f'data-done="{say(language, "copied")}" data-failed="{say(language, "copy_failed")}"'
    button = f'<button type="button" class="copy" data-text="{text}" {told}>{say(language, "copy")}</button>'
    return f'{button} <span class="told" role="status"></span>'


def citation_text(report: Report, quote: str | None, language: str) -> str:
    """The quote and where it is from, as one line of plain text: title, source, date, address of the web.

    None of them turns the line, wherever it is pasted.
    """
    wording, address = load_wording(language), web_address(report.url)
    about = [
        isolated(report.title),
        wording.source(report.source),
        wording.date(report.published),
        *([address[0]] if address else []),
    ]
    origin = ", ".join(about)
    return origin if quote is None else label(language, "citation", quote=isolated(quote), origin=origin)


def _pieces(report: Report, pages: dict[int, int]) -> Iterator[Span]:
    """The paragraphs, each with the gap behind it, cut where a page begins; together they are the whole text."""
    cuts = {match.end() for match in _GAP.finditer(report.text)} | {start for start in pages if start > 0}
    ends = sorted(cut for cut in cuts if 0 < cut < len(report.text))
    yield from pairwise([0, *ends, len(report.text)])


def _marked(report: Report, start: int, end: int, span: Span | None) -> str:
    """A piece of the text, with what of the span is in it marked."""
    first, last = (max(start, span[0]), min(end, span[1])) if span is not None else (end, end)
    if first >= last:
        return text_of(report, start, end)
    mark = f"<mark>{text_of(report, first, last)}</mark>"
    return text_of(report, start, first) + mark + text_of(report, last, end)
