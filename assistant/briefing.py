"""What a language model is told before it answers: the rules, and the sentences of the reports, each with its key.

The reports are marked as data: between two lines that nobody can guess, a sentence a line, each after a key that nobody
can guess. Knows hits and prompts; knows nothing of models, or of what they write.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel import Locale

from assistant.answering import Asked
from assistant.drafting import draw_keys
from assistant.extractive import cite
from assistant.language import detect_language
from assistant.records import Answer, Citation, Hit, Report
from assistant.templates import load_prompt

__all__ = ["Briefing"]

_SOURCES = (
    4_000  # characters of reports that a model is given; with all else 2,000 to 3,000 tokens, and small ones read 4,096
)
_HEADLINE = 200  # characters of a report's title, source and date


@dataclass(frozen=True, slots=True)
class Briefing:
    """The rules, and the sentences with the question.

    `sources` are the citations by key, with numbers that mean nothing yet; `nothing` is the key by which it refuses.
    """

    rules: str
    text: str
    sources: Mapping[str, Citation]
    nothing: str
    language: str

    @classmethod
    def of(cls, asked: Asked, quoted: Answer) -> Briefing:
        """The request for a question, with what the quoted answer cites first, and then what was found, best first."""
        rules, text = load_prompt("answer_rules"), load_prompt("answer_question")
        hits = _by_report(_within(_SOURCES, _quoted_first(asked.hits, quoted)))
        sentences = {(c.report.id, c.start): c for hit in hits for c in (cite(0, hit, s) for s in hit.sentences)}
        told = " ".join([rules.text, asked.question, *(hit.text for hit in hits)])
        nothing, *keys = draw_keys(len(sentences) + 1, without=told.casefold())
        sources = dict(zip(keys, sentences.values(), strict=True))
        language = detect_language(asked.question)
        filled = {"fence": f"REPORTS-{secrets.token_hex(4)}", "nothing": nothing, "language": _name_of(language)}
        return cls(
            rules=rules.fill(**filled),
            text=text.fill(sources=_listed(sources), question=_one_line(asked.question), **filled),
            sources=sources,
            nothing=nothing,
            language=language,
        )


def _quoted_first(hits: Sequence[Hit], quoted: Answer) -> list[Hit]:
    passages = {citation.passage.id for citation in quoted.citations}
    return sorted(hits, key=lambda hit: hit.passage.id not in passages)


def _within(characters: int, hits: Sequence[Hit]) -> list[Hit]:
    """The first hits that have no more characters together; at least one."""
    chosen: list[Hit] = []
    for hit in hits:
        characters -= len(hit.text)
        if chosen and characters < 0:
            break
        chosen.append(hit)
    return chosen


def _by_report(hits: Sequence[Hit]) -> list[Hit]:
    """The passages of a report together and in their order, the reports in the order of their first."""
    place = {hit.report.id: number for number, hit in reversed(list(enumerate(hits)))}
    return sorted(hits, key=lambda hit: (place[hit.report.id], hit.passage.start))


def _listed(sources: Mapping[str, Citation]) -> str:
    """The sentences, one a line, each with its key, under a line for each report."""
    lines: list[str] = []
    report: Report | None = None
    for key, citation in sources.items():
        if report is None or report.id != citation.report.id:
            report = citation.report
            about = f"{report.published}, {report.source or 'source not named'}: {report.title}"
            lines.append(f"Report of {_one_line(about)[:_HEADLINE]}")
        lines.append(f"[{key}] {_one_line(citation.quote)}")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    """The text in one line, so that nothing in a report can begin a line that looks like one of ours."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _name_of(language: str) -> str:
    return Locale("en").languages.get(language) or "the language of the question"
