"""What a first visit is told as HTML: what there is to ask, and how to begin."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.overview import Status
from assistant.ui.labels import language_name
from assistant.ui.pieces import bdi, escape, say, speaking
from assistant.wording import load_wording, series

__all__ = ["examples_html", "first_html"]


def first_html(status: Status | None, language: str, *, writable: bool) -> str:
    """What is indexed, from when to when and in which languages, with room for examples; or how to add reports.

    `status` is None where there is no index yet; where the page is not `writable`, it adds no reports itself.
    """
    if status is None or not status.counts.reports:
        open_library = f'<button type="button" class="example" data-room="library">{say(language, "add_here")}</button>'
        library = f"<li>{open_library}</li>" if writable else ""
        command = f'<li>{say(language, "add_there")} <code dir="ltr">lagebild ingest PATH</code></li>'
        inside = f"<h2>{say(language, 'empty_title')}</h2><ul>{library}{command}</ul>"
        return f'<section class="first none" {speaking(language)}>{inside}</section>'
    told = [("holds", str(status.counts.reports))]
    if status.oldest is not None and status.newest is not None:
        wording = load_wording(language)
        dates = dict.fromkeys(map(wording.date, (status.oldest, status.newest)))
        told.append(("holds_time", " – ".join(dates)))
    named = series((f"{language_name(code, language)} ({count})" for code, count in status.languages.items()), language)
    told.append(("holds_languages", named))
    rows = "".join(f"<div><dt>{say(language, name)}</dt><dd>{bdi(value)}</dd></div>" for name, value in told)
    return f'<section class="first" {speaking(language)}><dl>{rows}</dl><div class="examples"></div></section>'


def examples_html(questions: Sequence[str], language: str) -> str:
    """A button for each question, which page.js asks; nothing where there is none."""
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="example" dir="auto" data-ask="{escape(question)}">{escape(question)}'
        "</button></li>"
        for question in questions
    )
    return f"<h2>{say(language, 'examples')}</h2><ul>{buttons}</ul>"
