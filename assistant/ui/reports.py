"""Reports as HTML: a table of them."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Report
from assistant.ui.labels import language_name
from assistant.ui.pieces import bdi, date_html, say, speaking

__all__ = ["reports_html"]


def reports_html(reports: Iterable[Report], language: str) -> str:
    """A row for each report: its date, source, title and language."""
    names = ("date", "source", "title", "language")
    heads = "".join(f'<th scope="col">{say(language, name)}</th>' for name in names)
    rows = "".join(
        f"<tr><td>{date_html(report.published, language)}</td><td>{bdi(report.source or '')}</td>"
        f"<td>{bdi(report.title)}</td><td>{bdi(language_name(report.language, language))}</td></tr>"
        for report in reports
    )
    return f'<table class="reports" {speaking(language)}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
