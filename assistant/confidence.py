"""How sure it is that what an answer quotes answers the question: high, moderate or low.

It starts from the fitted decision to decline (abstaining.py) at high or moderate, goes up a step where another source
has the same answering phrase as the first, and down one where those that have a phrase all have another one, where
sources contradict each other, or where the first of them hedges or tells a plan, or its report denies
something. It says nothing of whether the reports are right. Measured in docs/decisions/0017. Knows answers and what was
found for them; knows nothing of wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.abstaining import log_odds
from assistant.common_words import common_words
from assistant.cues import find_hedge
from assistant.dates import PartialDate
from assistant.found import Found
from assistant.letters import NAME_TOKEN
from assistant.numbers import Number, find_numbers
from assistant.records import Answer, CaveatKind, Citation, Confidence, independent_sources
from assistant.terms import terms
from assistant.times import find_dates

__all__ = ["agreement", "confidence"]

_HIGH = 2.0  # log odds that the best hits answer
_LEVELS = (Confidence.LOW, Confidence.MODERATE, Confidence.HIGH)


def confidence(found: Found, answer: Answer) -> Confidence | None:
    """How sure the answer is, which was made of what was found; None where nothing measures it, as with a refusal."""
    odds = log_odds(found)
    if odds is None or not answer.citations:
        return None
    level = 1 + (odds >= _HIGH) + agreement(answer.citations)
    level -= any(caveat.kind is CaveatKind.SOURCES_DIFFER for caveat in answer.caveats)
    first = answer.citations[0]
    beside = {c.number for c in answer.citations if c.report.id == first.report.id} - {first.number}
    denied = any(c.kind is CaveatKind.DENIED and not beside.isdisjoint(c.citations) for c in answer.caveats)
    planned = any(c.kind is CaveatKind.PLANNED and first.number in c.citations for c in answer.caveats)
    level -= denied or planned or find_hedge(first.quote) is not None
    return _LEVELS[min(max(level, 0), len(_LEVELS) - 1)]


def agreement(citations: Sequence[Citation]) -> int:
    """Whether sources of their own answer with the phrase of the first citation: 1 where one does, -1 where they all
    answer with others, 0 where there is nothing to compare.

    Of two phrases with dates the dates are compared, of two with numbers the numbers; else a name or a content word in
    common makes them the same.
    """
    first, *others = citations
    marked = [other for other in others if other.phrase is not None and independent_sources((first, other)) == 2]
    if first.phrase is None or not marked:
        return 0
    return 1 if any(_same_phrase(first, other) for other in marked) else -1


def _same_phrase(one: Citation, other: Citation) -> bool:
    first, second = (_Phrase.of(citation) for citation in (one, other))
    if first.dates and second.dates:
        return any(_may_be_one(a, b) for a in first.dates for b in second.dates)
    if first.numbers and second.numbers:
        return any(a.told_by(b) for a in first.numbers for b in second.numbers)
    return bool(first.words & second.words)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What an answering phrase says: dates, numbers, and the sounds of its names and words as terms.py has them."""

    dates: tuple[PartialDate, ...]
    numbers: tuple[Number, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, citation: Citation) -> _Phrase:
        text, language, report = citation.pieces[1], citation.report.language, citation.report
        common = common_words(language)
        words = " ".join(word for word in NAME_TOKEN.findall(text) if word.casefold() not in common)
        return cls(
            tuple(dated.date for dated in find_dates(text, language, report.published)),
            tuple(find_numbers(text, language)),
            frozenset(term for term in terms(words, language) if term[0] in "sw"),
        )


def _may_be_one(one: PartialDate, other: PartialDate) -> bool:
    if one.earliest is None or one.latest is None or other.earliest is None or other.latest is None:
        return False
    return one.earliest <= other.latest and other.earliest <= one.latest
