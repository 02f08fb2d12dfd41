"""The head of the page as HTML: its name, what this is, what is indexed, and the languages that it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.ui.labels import LANGUAGES, count_text, label, language_name
from assistant.ui.pieces import english, escape, say, speaking
from assistant.wording import load_wording, series

if TYPE_CHECKING:
    from assistant.overview import Status

__all__ = ["fold_html", "header_html"]


def header_html(status: Status | None, problem: str | None, language: str, *, login: bool = False) -> str:
    """The name, what this is, and what is indexed; `problem` says why nothing is. With a `login`, the way out."""
    if status is not None and status.counts.reports:
        line = f'<p class="indexed">{_indexed(status, language)}</p>'
    else:
        reason = f" {english(problem)}" if problem else ""
        todo = f'{say(language, "no_index")} <code dir="ltr">lagebild ingest PATH</code>'
        line = f'<p class="indexed none">{todo}{reason}</p>'
    out = _log_out(language) if login else ""
    return (
        f'<header class="masthead" {speaking(language)}>{_skip(language)}<h1><bdi lang="de">Lagebild</bdi></h1>'
        f'<div><p class="tagline">{say(language, "tagline")}</p>{line}</div>{_languages(language)}{out}</header>'
    )


def fold_html(language: str) -> str:
    """What opens and closes the side where there is no room for it."""
    name = say(language, "side")
    button = f'<button type="button" class="side-toggle" aria-expanded="false" aria-controls="side">{name}</button>'
    return f"<div {speaking(language)}>{button}</div>"


def _languages(language: str) -> str:
    """The way to the page in each other language, called as its speakers call it."""
    links = "".join(
        f'<a href="/{code}/" hreflang="{code}" lang="{code}">{escape(language_name(code, code))}</a>'
        for code in LANGUAGES
        if code != language
    )
    return f'<nav class="languages" aria-label="{say(language, "page_language")}">{links}</nav>'


def _skip(language: str) -> str:
    """The first stop of the keyboard: to where one asks."""
    return f'<a class="skip" href="#question">{say(language, "skip")}</a>'


def _log_out(language: str) -> str:
    return f'<form method="post" action="/logout"><button class="out">{say(language, "log_out")}</button></form>'


def _indexed(status: Status, language: str) -> str:
    wording = load_wording(language)
    languages = series(
        (f"{language_name(code, language)} {count}" for code, count in status.languages.items()), language
    )
    told = [count_text(status.counts.reports, language)]
    if status.oldest is not None and status.newest is not None:
        oldest, newest = wording.date(status.oldest), wording.date(status.newest)
        told.append(oldest if oldest == newest else label(language, "from_to", oldest=oldest, newest=newest))
    return escape(f"{series(told, language)} · {languages}")
