"""The text of a piece of HTML, as in mails and feeds: all of it, for there is no page around it to leave out."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from assistant.boilerplate import without_boilerplate
from index.readers.decoding import clean
from index.readers.draft import Unreadable

__all__ = ["text_of"]

_MAX_CHARACTERS = 10_000_000  # libxml2 drops a longer piece of text, and what follows it, without a word
_BLOCKS = """
    address article aside blockquote body br caption center dd div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul
"""
_UNSEEN = ("head", "link", "meta", "noscript", "object", "script", "style", "svg", "template", "title")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION = re.compile(r"[\s\ufeff]*<\?xml\b[^>]*>", re.IGNORECASE)  # it may name an encoding, which lxml refuses
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#\w]{2,8};")


def text_of(markup: str) -> str:
    """The paragraphs that are seen, separated by blank lines; "" where there are none.

    What has no markup in it is returned as it is. Unreadable where it is too large.
    """
    if declaration := _DECLARATION.match(markup):
        markup = markup[declaration.end() :]
    if not _MARKUP.search(markup):
        return clean(markup).strip()
    if len(markup) > _MAX_CHARACTERS:
        raise Unreadable(f"its HTML is longer than {_MAX_CHARACTERS // 1_000_000} million characters")
    try:
        tree = lxml_html.fromstring(clean(markup))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    pieces: list[str] = []
    _collect(tree, pieces)
    paragraphs = (" ".join(paragraph.split()) for paragraph in "".join(pieces).split("\n\n"))
    return "\n\n".join(without_boilerplate([paragraph for paragraph in paragraphs if paragraph]))


def _collect(element: Any, pieces: list[str]) -> None:
    """The pieces of text in order, with a blank line where a block begins or ends. libxml2 limits the depth."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNSEEN or _HIDDEN.search(element.get("style") or ""):
        return
    edge = "\n\n" if tag in _BLOCKS.split() else " " if tag in ("td", "th") else ""
    pieces += (edge, element.text or "")
    for child in element:
        _collect(child, pieces)
        pieces.append(child.tail or "")
    pieces.append(edge)
