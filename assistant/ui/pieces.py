"""Small pieces of HTML that every part of the page is made of.

Whatever comes from a report, a question or a person is escaped by these functions and nowhere else, and stands in an
element of its own direction, so that no title can turn the line around it.
"""

from __future__ import annotations

import datetime as dt
import html
from urllib.parse import urlsplit

from assistant.dates import PartialDate
from assistant.records import Report
from assistant.ui.labels import direction, label, language_name
from assistant.wording import load_wording

__all__ = [
    "about_html",
    "attribution",
    "bdi",
    "confirm_html",
    "date_html",
    "english",
    "escape",
    "link_html",
    "say",
    "speaking",
    "text_of",
    "web_address",
]


def escape(text: str) -> str:
    """Text as it stands, for an element or an attribute."""
    # A carriage return would become a line feed in the browser, and the quote another text.
    return html.escape(text).replace("\r", "&#13;")


def text_of(report: Report, start: int, end: int) -> str:
    """A piece of a report, by its offsets."""
    return escape(report.text[start:end])


def bdi(text: str) -> str:
    """Text with a direction of its own."""
    return f"<bdi>{escape(text)}</bdi>"


def speaking(language: str) -> str:
    """The attributes of an element in this language."""
    return f'lang="{escape(language)}" dir="{direction(language)}"'


def english(text: str) -> str:
    """What is there in English alone, as the message of an error, on a page of any language."""
    return f"<span {speaking('en')}>{escape(text)}</span>"


def say(language: str, name: str, **values: str) -> str:
    """A word of the page, as HTML."""
    return escape(label(language, name, **values))


def attribution(report: Report, language: str) -> str:
    """The date and the source of a report."""
    source = load_wording(language).source_name(report.source)
    return f'<span class="by">{date_html(report.published, language)} · <cite>{bdi(source)}</cite></span>'


def about_html(report: Report, language: str, today: dt.date | None = None) -> str:
    """What is known of a report in one line: date, its age on a day, source, language."""
    date = report.published
    vague = f" ({say(language, f'vague_{date.precision}')})" if date.precision in ("month", "year") else ""
    # A date that is known to the month is as old as its last day: nothing is called older than it is.
    told = [date_html(date, language) + vague]
    if today is not None and date.latest is not None and date.latest < today:
        age = load_wording(language).age(today - date.latest)
        told.append(f'<span class="age">{say(language, "age", age=age)}</span>')
    told.append(f"<cite>{bdi(load_wording(language).source_name(report.source))}</cite>")
    told.append(bdi(language_name(report.language, language)))
    return " · ".join(told)


def date_html(date: PartialDate, language: str) -> str:
    """A date, as precise as it is known."""
    shown = escape(load_wording(language).date(date))
    # HTML has no notation for a span of days.
    return shown if date.precision in ("unknown", "span") else f'<time datetime="{date}">{shown}</time>'


def web_address(url: str | None) -> tuple[str, str] | None:
    """An address of the web and its host; None for any other, whatever a report calls its address."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return None
    return (url, host) if url and host and parts.scheme.lower() in {"http", "https"} else None


def link_html(url: str | None, language: str) -> str:
    """A link for an address of the web, which is not told where one comes from; nothing for any other."""
    address = web_address(url)
    if address is None:
        return ""
    shown = say(language, "link", host=address[1])
    return (
        f'<a class="link" href="{escape(address[0])}" rel="noreferrer noopener nofollow" target="_blank">'
        f"<bdi>{shown}</bdi></a>"
    )


def confirm_html(yes: str, language: str) -> str:
    """What asks before something is removed: library.js fills the question in. `yes` names the word on its button."""
    return (
        f'<dialog class="confirm" {speaking(language)}><p dir="auto"></p><div>'
        f'<button type="button" value="yes">{say(language, yes)}</button>'
        f'<button type="button" value="no" autofocus>{say(language, "cancel")}</button></div></dialog>'
    )
