"""Who says what was answered, and whether others say so too: answers about an answer, made of the same quotations.

This module knows answers and wording; it knows nothing of how answers are found. It never says that something is true:
it sets side by side what different sources say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.records import Answer, Caveat, CaveatKind, Refusal, independent_sources
from assistant.wording import load_wording

__all__ = ["compared", "nothing_more", "nothing_said", "who_says"]

_NUMBER = re.compile(r"\[(\d+)\]")


def who_says(said: Answer, question: str, language: str) -> Answer:
    """The statements of an answer again, with the sources that they come from on top."""
    wording = load_wording(language)
    sources = Counter(wording.source(citation.report.source) for citation in said.citations)
    named = "; ".join(source if count == 1 else f"{source} ({count})" for source, count in sources.items())
    count = str(independent_sources(said.citations))
    return replace(
        said,
        question=question,
        language=wording.language,
        summary=wording.say("who_says", count=count, sources=named),
        caveats=tuple(caveat for caveat in said.caveats if caveat.kind is not CaveatKind.NO_REASON),
        hits=(),
        provenance={},
    )


def compared(said: Answer, others: Answer, question: str, language: str) -> Answer:
    """The statements of an answer, and after them what other sources say on the same question, if they say anything.

    `others` comes from reports of other sources alone.
    """
    wording = load_wording(language)
    before = "; ".join(dict.fromkeys(wording.source(citation.report.source) for citation in said.citations))
    if others.refusal is not None:
        summary = wording.say("nobody_else", sources=before)
        return replace(said, question=question, language=wording.language, summary=summary, hits=(), provenance={})
    others = _renumbered(others, max(citation.number for citation in said.citations))
    named = "; ".join(dict.fromkeys(wording.source(citation.report.source) for citation in others.citations))
    numbers = " ".join(f"[{citation.number}]" for citation in others.citations)
    summary = wording.say("others_too", sources=before, others=named, numbers=numbers)
    dates = [answer.as_of for answer in (said, others) if answer.as_of is not None]
    return replace(
        others,
        question=question,
        language=wording.language,
        summary=summary,
        statements=said.statements + others.statements,
        citations=said.citations + others.citations,
        confidence=None,
        as_of=max(dates, key=lambda date: date.recency, default=None),
        caveats=tuple(_of_both(said, others)),
        hits=(),
    )


def _of_both(said: Answer, others: Answer) -> Iterator[Caveat]:
    """The caveats that hold for both answers together: the newest report of one may be newer than that of the other."""
    newest = max(said.citations + others.citations, key=lambda citation: citation.report.published.recency)
    for caveat in said.caveats + others.caveats:
        old = caveat.kind is CaveatKind.OLD and newest.number not in caveat.citations
        if not old and caveat.kind not in {CaveatKind.ONE_SOURCE, CaveatKind.NO_REASON}:
            yield caveat


def nothing_said(question: str, language: str) -> Answer:
    """The refusal to name sources, where nothing was answered yet."""
    wording = load_wording(language)
    return Answer(question, wording.language, wording.say("nothing_said"), refusal=Refusal.NOT_IN_REPORTS)


def nothing_more(answer: Answer, language: str) -> Answer:
    """The refusal of an answer that was to add to earlier ones."""
    wording = load_wording(language)
    return replace(answer, language=wording.language, summary=wording.say("nothing_more"))


def _renumbered(answer: Answer, by: int) -> Answer:
    """The answer with all of its numbers raised."""

    def raised(numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(number + by for number in numbers)

    return replace(
        answer,
        statements=tuple(replace(one, citations=raised(one.citations)) for one in answer.statements),
        citations=tuple(replace(citation, number=citation.number + by) for citation in answer.citations),
        caveats=tuple(
            Caveat(one.kind, _NUMBER.sub(lambda m: f"[{int(m[1]) + by}]", one.text), raised(one.citations))
            for one in answer.caveats
        ),
    )
