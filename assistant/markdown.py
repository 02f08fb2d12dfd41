"""An answer as Markdown, for programs that show what they get as such. Quotes keep their letters, and act as nothing.

Whatever comes from a report is escaped: it makes no link, no image, no heading, no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.records import Answer, Citation, Statement
from assistant.wording import load_wording

__all__ = ["BREAK", "Marked", "as_markdown", "escaped", "statement_markdown"]

_ACTIVE = re.compile(r"[\\`*_\[\]<>!#|~$&@:]|(?<=\w)\.(?=[^\W\d_])|(?<=[Ww]{3})\.|(?<=/)/")
# Some renderers look for addresses after they have taken escapes away, but within one piece of text: emphasis parts it.
_LINKING = re.compile(
    r"(\\@(?:[-.]|\\[_.])*)([A-Za-z0-9]+)"
    r"|()((?<![A-Za-z0-9])[A-Za-z0-9]++(?=\\:/)|[Ww]{3}(?=\\\.))"  # once for each run, however long: not at each letter
)
_BREAK = re.compile(r"[\t\n\r]|^[^\S\x00-\x1f\x7f-\x9f]|[^\S\x00-\x1f\x7f-\x9f]$")  # control characters have no entity
_LEADING = re.compile(r"^(\d*)([-+=.)])")  # at the head of a line it begins a list, or underlines a heading


BREAK = "\n\n"
"""What stands between two paragraphs."""


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer in paragraphs, in their order: the summary, each statement, the caveats, the list of sources.

    `places` has for each citation number where its mark stands first in the text, by code points.
    """

    paragraphs: tuple[str, ...]
    places: dict[int, tuple[int, int]]

    @property
    def text(self) -> str:
        """All of it."""
        return BREAK.join(self.paragraphs)


def as_markdown(answer: Answer, first: int = 0) -> Marked:
    """The answer with its citation numbers, and the sources in a list at the end; for a refusal, what is nearest.

    So many of the statements, the `first`, stand before the summary: they were told when there was none yet.
    """
    told = [statement_markdown(one, answer.citations, answer.language) for one in answer.statements]
    places: dict[int, tuple[int, int]] = {}
    paragraphs: list[str] = []
    at = 0
    for part in (*told[:first], Marked((escaped(answer.summary),), {}), *told[first:]):
        for number, (start, end) in part.places.items():
            places.setdefault(number, (at + start, at + end))
        at += len(part.text) + len(BREAK)
        paragraphs += part.paragraphs
    if answer.confidence is not None:
        paragraphs.append(escaped(load_wording(answer.language).confidence(answer.confidence)))
    paragraphs += [f"⚠ {escaped(caveat.text)}" for caveat in answer.caveats]
    if answer.citations:
        paragraphs.append("\n".join(_source(citation, answer.language) for citation in answer.citations))
    elif answer.hits:
        nearest = (f"- {escaped(hit.text)} ({escaped(hit.report.title)})" for hit in answer.hits[:3])
        paragraphs.append("\n".join(nearest))
    return Marked(tuple(paragraphs), places)


def statement_markdown(statement: Statement, citations: Iterable[Citation], language: str) -> Marked:
    """One statement, with the numbers of what it cites, which is among these; a quote is a block of its own."""
    said = load_wording(language).statement(statement)
    quoted = [one.quote for one in citations if one.number in statement.citations] == [statement.text]
    text = f"{'> ' if quoted else ''}{escaped(said)}"
    places: dict[int, tuple[int, int]] = {}
    for number in statement.citations:
        mark = f"\\[{number}\\]"
        text += f" {mark}"
        places[number] = len(text) - len(mark), len(text)
    if statement.problems:
        text += f" ({escaped(statement.doubt)})"
    return Marked((text,), places)


def escaped(text: str) -> str:
    """A text on one line in which nothing is Markdown: rendered, it is what it was, letter for letter."""
    line = _LINKING.sub(_parted, _ACTIVE.sub(r"\\\g<0>", text))
    line = _LEADING.sub(r"\1\\\2", line)
    return _BREAK.sub(lambda match: f"&#{ord(match.group())};", line)


def _parted(match: re.Match[str]) -> str:
    before, word = (match[1], match[2]) if match[2] else ("", match[4])
    return f"{before}*{word}*"


def _source(citation: Citation, language: str) -> str:
    wording = load_wording(language)
    report = citation.report
    source = wording.source_name(report.source)
    about = [source, wording.date(report.published), report.title, *([report.url] if report.url else [])]
    return f"- \\[{citation.number}\\] {escaped(', '.join(about))}"
