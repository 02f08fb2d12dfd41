"""Splits a report into sentences with exact offsets. Knows text and languages; knows nothing of files or models.

`sentencex` finds the boundaries (its pieces join up to the text again, so offsets are exact by construction).
Where it cuts after an abbreviation that it does not know, the two pieces are joined again; the rules for that
are few, because a sentence too long is quoted whole, and a sentence cut in two is quoted wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import sentencex

from assistant.records import Sentence

__all__ = ["split_sentences"]

_PARAGRAPH = re.compile(r"\n(?:[^\S\n]*\n)+")  # begins at a line's end: linear, however many spaces there are
# sentencex 1.0.32 panics where a white space of more than one byte in UTF-8 stands beside a full stop. To it, and to no
# one else, each is a plain one; there are as many characters as before.
_PLAIN_SPACES = str.maketrans(
    "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x85\u2028\u2029",
    " " * 16 + "\n" * 3,
)
_MAX_SENTENCE = 1_000  # characters: a "sentence" beyond this is a table or a list, and is cut at a space

# Stops that sentencex 1.0.32 passes over: one before a number or a Latin letter, and the Khmer one.
_PASSED_OVER = re.compile(r"[。！？](?=[0-9０-９A-Za-z])|[។៕]\s*(?=\S)")
_OPENING, _CLOSING = "「『“（", "」』”）"

# A piece that ends like this goes on in the next one: a single letter (initials, "د.", "т."), or a title or
# other abbreviation that is always followed by what it abbreviates.
_SINGLE_LETTER = re.compile(r"(?:^|[\s\W\d_])[^\W\d_]\.$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s\W])(?:"
    r"Lt|Gen|Col|Maj|Capt|Brig|Sgt|Adm|Cmdr|Dr|Prof|Mr|Mrs|Ms|St|Rep|Sen|Gov|"
    r"bzw|rd|ca|engl|arab|sog|Nr|Abs|usw|"
    r"MM|Mme|Mlle|av|env|"
    r"т|г|гг|ул|им|ген|полк|"
    r"أ\.د|م\.ع"
    r")\.$"
)
# German writes "am 9. November" and "die 4. Division"; so do other languages with ordinal points.
_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.$")
_ORDINAL_LANGUAGES = frozenset({"de", "cs", "da", "et", "fi", "hr", "hu", "nb", "no", "pl", "sk", "sl", "sr", "tr"})


def split_sentences(report_id: str, text: str, language: str) -> list[Sentence]:
    """The sentences of `text` in order, numbered from 0.

    Each is trimmed of white space at both ends, none is empty, they do not overlap, and every character that
    is not white space lies in exactly one. `language` is an ISO 639-1 code; an unknown one is split by the
    rules for English.
    """
    spans = [trimmed for start, end in _pieces(text, language) if (trimmed := _trim(text, start, end))]
    return [Sentence(report_id, number, start, end) for number, (start, end) in enumerate(spans)]


def _pieces(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Spans that cover the text without a gap."""
    for start, end in _paragraphs(text):
        at = pending = start
        paragraph = text[start:end].translate(_PLAIN_SPACES)
        segments = sentencex.segment(language if language != "und" else "en", paragraph)
        for piece in chain.from_iterable(map(_cut, segments)):
            at += len(piece)
            if at < end and _goes_on(text[pending:at].rstrip(), language):
                continue
            yield from _shorten(text, pending, at)
            pending = at
        if pending < end:
            yield from _shorten(text, pending, end)


def _cut(piece: str) -> Iterator[str]:
    """A piece at the stops in it that were passed over, but for those inside of quotation marks."""
    at = 0
    for stop in _PASSED_OVER.finditer(piece):
        own = piece[at : stop.end()]
        if sum(map(own.count, _OPENING)) <= sum(map(own.count, _CLOSING)):
            yield own
            at = stop.end()
    yield piece[at:]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for gap in _PARAGRAPH.finditer(text):
        yield at, gap.end()
        at = gap.end()
    if at < len(text):
        yield at, len(text)


def _goes_on(piece: str, language: str) -> bool:
    if language in _ORDINAL_LANGUAGES and _ORDINAL.search(piece):
        return True
    return bool(_SINGLE_LETTER.search(piece) or _ABBREVIATION.search(piece))


def _shorten(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _MAX_SENTENCE:
        space = text.rfind(" ", start + 1, start + _MAX_SENTENCE)
        cut = space + 1 if space > 0 else start + _MAX_SENTENCE
        yield start, cut
        start = cut
    yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    body = piece.strip()
    return (start + lead, start + lead + len(body)) if body else None
