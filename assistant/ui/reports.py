"""The library as HTML: what to look for, a table of reports to sort, and its pages."""

from __future__ import annotations

import math
from urllib.parse import quote

from assistant.records import Report
from assistant.store.listing import COLUMNS, Column, Listed, Wanted
from assistant.ui.labels import count_text, language_name
from assistant.ui.pieces import bdi, confirm_html, date_html, escape, say, speaking
from assistant.wording import isolated

__all__ = ["PAGE_SIZE", "library_html", "listed_html"]

PAGE_SIZE = 50  # reports
_FIELDS = (("text", "search", "text_hint"), ("source", "source", "source_hint"))
_DAYS = (("since", "since"), ("until", "until"))


def library_html(*, writable: bool, max_bytes: int, language: str) -> str:
    """The frame of the library: the fields, an empty place for `listed_html`; if `writable`, where files are dropped.

    `max_bytes` is how large a file may be.
    """
    fields = "".join(
        f'<label class="{name}">{say(language, word)}<input type="search" name="{name}" dir="auto" autocomplete="off" '
        f'maxlength="200" placeholder="{say(language, hint)}"></label>'
        for name, word, hint in _FIELDS
    ) + "".join(
        f'<label class="day">{say(language, word)}<input name="{name}" dir="ltr" autocomplete="off" maxlength="10" '
        f'placeholder="{say(language, "day_hint")}"></label>'
        for name, word in _DAYS
    )
    every = f'<option value="">{say(language, "every_language")}</option>'
    languages = f'<label>{say(language, "language")}<select name="language">{every}</select></label>'
    upload = _upload(max_bytes, language) if writable else f'<p class="note">{say(language, "read_only")}</p>'
    return (
        f'<section class="library" {speaking(language)} aria-label="{say(language, "library")}">{upload}'
        f'<div class="fields" role="search">{fields}{languages}</div>'
        '<p class="status" role="status"></p><div class="listed"></div>'
        f"{confirm_html('yes_remove', language)}</section>"
    )


def _upload(max_bytes: int, language: str) -> str:
    """Where files are dropped, with the words that library.js needs."""
    names = ("sending", "reading", "upload_failed", "added", "known", "replaced", "refused", "removing", "removed")
    said = {name: say(language, name) for name in names}
    said["too_large"] = say(language, "too_large", megabytes=str(max_bytes // 1_000_000))
    data = " ".join(f'data-{name.replace("_", "-")}="{text}"' for name, text in said.items())
    return (
        f'<div class="upload" data-max="{max_bytes}" {data}><p>{say(language, "drop_files")} '
        f'<label class="plain">{say(language, "choose_files")}<input type="file" multiple></label></p>'
        f'<p class="note">{say(language, "upload_note", megabytes=str(max_bytes // 1_000_000))}</p>'
        f'<ul class="files" aria-live="polite" tabindex="0"></ul></div>'
    )


def listed_html(listed: Listed, wanted: Wanted, *, writable: bool, language: str) -> str:
    """A page of the list. Heads sort, the boxes choose what is removed if `writable`."""
    pages = max(1, math.ceil(listed.count / PAGE_SIZE))
    heads = "".join(_head(column, wanted, language) for column in COLUMNS)
    box = f'<th scope="col"><span class="unseen">{say(language, "choose")}</span></th>' if writable else ""
    rows = "".join(_row(report, writable, language) for report in listed.reports)
    count = f'<p class="count">{escape(count_text(listed.count, language))}</p>'
    if not listed.count:
        hint = "none_found" if listed.languages else "nothing_here"
        return f'<div {_told(listed, language)}><p class="note">{say(language, hint)}</p></div>'
    ask = say(language, "remove_for_good", titles="{titles}")
    remove = (
        f'<button type="button" class="plain grave" data-act="remove" data-ask="{ask}" disabled>'
        f"{say(language, 'remove_chosen')}</button>"
        if writable
        else ""
    )
    return (
        f"<div {_told(listed, language)}>"
        f'<div class="above">{count}{_pager(wanted.page, pages, language)}{remove}</div>'
        f'<div class="wide"><table class="reports"><thead><tr>{box}{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f"</div></div>"
    )


def _told(listed: Listed, language: str) -> str:
    """What the fields are to know: the languages that there are, as codes and names."""
    names = ";".join(f"{code}={language_name(code, language)} ({count})" for code, count in listed.languages.items())
    return f'class="page" data-languages="{escape(names)}"'


def _head(column: Column, wanted: Wanted, language: str) -> str:
    sorted_by = column == wanted.column
    order = (' aria-sort="ascending"' if wanted.ascending else ' aria-sort="descending"') if sorted_by else ""
    # What has been sorted by comes the other way round; a date begins with the newest, a word with A.
    ascending = not wanted.ascending if sorted_by else column != "date"
    return (
        f'<th scope="col" class="{column}"{order}><button type="button" data-column="{column}" '
        f'data-ascending="{str(ascending).lower()}">{say(language, column)}</button></th>'
    )


def _row(report: Report, writable: bool, language: str) -> str:
    choose = say(language, "choose_report", title=isolated(report.title))
    box = f'<td><input type="checkbox" value="{escape(report.id)}" aria-label="{choose}"></td>' if writable else ""
    link = f'<a class="report" href="?r={escape(quote(report.id, safe=""))}">{bdi(report.title)}</a>'
    return (
        f'<tr>{box}<td class="date">{date_html(report.published, language)}</td><td>{bdi(report.source or "")}</td>'
        f"<td>{link}</td><td>{bdi(language_name(report.language, language))}</td></tr>"
    )


def _pager(page: int, pages: int, language: str) -> str:
    if pages == 1:
        return ""
    buttons = [
        f'<button type="button" class="plain" data-page="{to}"{"" if 0 <= to < pages else " disabled"}>'
        f"{say(language, word)}</button>"
        for to, word in ((page - 1, "page_before"), (page + 1, "page_after"))
    ]
    where = say(language, "page_of", page=str(page + 1), pages=str(pages))
    return f'<span class="pager">{buttons[0]} <span>{where}</span> {buttons[1]}</span>'
