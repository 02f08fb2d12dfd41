"""An answer as Markdown, for programs that show what they get as such. Quotes keep their letters, and act as nothing.

Whatever comes from a report is escaped: it makes no link, no image, no heading, no HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.records import Answer, Citation, Support
from assistant.wording import load_wording

__all__ = ["Marked", "as_markdown", "escaped"]

_ACTIVE = re.compile(r"[\\`*_\[\]<>!#|~$&@:]|(?<=www)\.")
_BREAK = re.compile(r"[\t\n\r]|^[^\S\x00-\x1f\x7f-\x9f]|[^\S\x00-\x1f\x7f-\x9f]$")  # control characters have no entity
_LEADING = re.compile(r"^(\d*)([-+=.)])")  # at the head of a line it begins a list, or underlines a heading


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer in pieces, in their order: the summary, each statement, the caveats, the list of sources.

    `places` has for each citation number where its mark stands in the joined pieces, by code points.
    """

    pieces: tuple[str, ...]
    places: dict[int, tuple[int, int]]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)


def as_markdown(answer: Answer) -> Marked:
    """The answer with its citation numbers, and the sources in a list at the end; for a refusal, what is nearest."""
    wording = load_wording(answer.language)
    pieces = [escaped(answer.summary)]
    places: dict[int, tuple[int, int]] = {}
    for statement in answer.statements:
        at = sum(map(len, pieces))
        said = statement.text
        if statement.support is Support.NOT:
            said = wording.say("unsupported", statement=said)
        quoted = [answer.citation(number).quote for number in statement.citations] == [statement.text]
        text = f"\n\n{'> ' if quoted else ''}{escaped(said)}"
        for number in statement.citations:
            text += f" \\[{number}\\]"
            places.setdefault(number, (at + len(text) - len(f"\\[{number}\\]"), at + len(text)))
        if statement.problems:
            text += f" ({escaped(' '.join(problem.text for problem in statement.problems))})"
        pieces.append(text)
    pieces += [f"\n\n⚠ {escaped(caveat.text)}" for caveat in answer.caveats]
    if answer.citations:
        pieces.append("\n\n" + "\n".join(_source(citation, answer.language) for citation in answer.citations))
    elif answer.hits:
        nearest = (f"- {escaped(hit.text)} ({escaped(hit.report.title)})" for hit in answer.hits[:3])
        pieces.append("\n\n" + "\n".join(nearest))
    return Marked(tuple(pieces), places)


def escaped(text: str) -> str:
    """A text on one line in which nothing is Markdown: rendered, it is what it was, letter for letter."""
    line = _LEADING.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", text))
    return _BREAK.sub(lambda match: f"&#{ord(match.group())};", line)


def _source(citation: Citation, language: str) -> str:
    wording = load_wording(language)
    report = citation.report
    source = report.source or wording.say("unknown_source")
    about = [source, wording.date(report.published), report.title, *([report.url] if report.url else [])]
    return f"- \\[{citation.number}\\] {escaped(', '.join(about))}"
