"""Small pieces of HTML that every part of the page is made of.

Whatever comes from a report, a question or a person is escaped by these functions and nowhere else, and stands in an
element of its own direction, so that no title can turn the line around it.
"""

from __future__ import annotations

import html
from urllib.parse import urlsplit

from assistant.dates import PartialDate
from assistant.records import Report
from assistant.ui.labels import direction, label
from assistant.wording import load_wording

__all__ = ["attribution", "bdi", "date_html", "escape", "link_html", "say", "speaking", "text_of"]


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


def say(language: str, name: str, **values: str) -> str:
    """A word of the page, as HTML."""
    return escape(label(language, name, **values))


def attribution(report: Report, language: str) -> str:
    """The date and the source of a report."""
    wording = load_wording(language)
    source = report.source or wording.say("unknown_source")
    return f'<span class="by">{date_html(report.published, language)} · <cite>{bdi(source)}</cite></span>'


def date_html(date: PartialDate, language: str) -> str:
    """A date, as precise as it is known."""
    shown = escape(load_wording(language).date(date))
    # HTML has no notation for a span of days.
    return shown if date.precision in ("unknown", "span") else f'<time datetime="{date}">{shown}</time>'


def link_html(url: str | None, language: str) -> str:
    """A link for an address of the web; nothing for any other, whatever a report calls its address."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    shown = say(language, "link", host=host)
    return (
        f' · <a class="link" href="{escape(url or "")}" rel="noreferrer noopener nofollow" target="_blank">'
        f"<bdi>{shown}</bdi></a>"
    )
