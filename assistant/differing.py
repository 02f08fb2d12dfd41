"""Which of the cited sentences contradict each other: one denies what the other says, or they count or name others.

Asked conservatively, so that a reader can rely on it where it speaks: only sentences of different sources, from about
the same time, that are near in meaning. What is not noticed stands side by side in the answer all the same. Knows
citations and the vectors of their sentences; knows nothing of wording. The figures are in docs/decisions/0024.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.checking.names import WITHOUT_CAPITALS
from assistant.common_words import common_words
from assistant.cues import Denial, bounds, find_denials, find_fates, tells_of_control
from assistant.dates import apart
from assistant.embedding import Vectors
from assistant.letters import NAME_TOKEN, fold
from assistant.mentions import find_mentions
from assistant.numbers import Number, find_numbers
from assistant.records import Citation, Sentence, independent_sources
from assistant.times import find_dates

__all__ = ["differing"]

_NEAR = 0.6  # centred cosine of two sentences that may speak of the same
_HELD = 0.5  # of two sentences on who holds a place that both name
_PART = re.compile(r"[,;:.!?،؛؟–—()](?!\d)")
_SAME_TIME = dt.timedelta(days=3)
_SAME_DAY = dt.timedelta(days=1)
_STEM = 5
_BOUND = 25  # characters around a number in which it may be said to be the least or the most


def differing(
    citations: Sequence[Citation], vectors: Mapping[Sentence, Vectors], *, state: bool
) -> Iterator[tuple[int, int]]:
    """The numbers of those that contradict each other, in pairs. `vectors` are the centred ones of sentences; what is
    in none of them contradicts nothing. `state` is whether the question asks who holds what."""
    places = {(sentence.report_id, sentence.start): vector for sentence, vector in vectors.items()}
    for one, other in combinations(citations, 2):
        first, second = (places.get((c.report.id, c.start)) for c in (one, other))
        if first is None or second is None or independent_sources((one, other)) == 1:
            continue
        near = float(first @ second)
        time = apart(one.report.published, other.report.published)
        if time is None or time > _SAME_TIME or _tell_of_other_days(one, other):
            continue
        # What a denial in another language denies, and what is counted there, cannot be told by its words.
        comparable = near >= _NEAR and one.report.language == other.report.language
        if (comparable and (_one_denies(one, other) or _count_otherwise(one, other))) or (
            state and near >= _HELD and time <= _SAME_DAY and _name_other_holders(one, other)
        ):
            yield one.number, other.number


def _tell_of_other_days(one: Citation, other: Citation) -> bool:
    """Whether both sentences tell of dates, and none of one lies in any of the other."""
    told = [find_dates(c.quote, c.report.language, c.report.published) for c in (one, other)]
    spans = [[(d.date.earliest, d.date.latest) for d in dates] for dates in told]
    known = [[(first, last) for first, last in own if first is not None and last is not None] for own in spans]
    return all(known) and not any(a <= d and c <= b for a, b in known[0] for c, d in known[1])


def _one_denies(one: Citation, other: Citation) -> bool:
    """Whether one alone denies something, in their one language: a word of what the other says."""
    denials = [list(find_denials(c.quote, c.report.language)) for c in (one, other)]
    if bool(denials[0]) == bool(denials[1]):
        return False
    denying, saying = (one, other) if denials[0] else (other, one)
    said = set(_words(saying.quote, saying.report.language))
    return any(not said.isdisjoint(_denied(denying, denial)) for denial in denials[0] or denials[1])


def _denied(citation: Citation, denial: Denial) -> list[str]:
    """The content words that a negation denies, by their first letters."""
    text, language = citation.quote, citation.report.language
    after = _words(text[denial.end : denial.stop], language)[: Denial.REACH]
    return _words(text[denial.begin : denial.before], language)[-Denial.REACH :] + after


def _words(text: str, language: str) -> list[str]:
    """The content words of a text, by their first letters."""
    common = common_words(language)
    return [fold(word)[:_STEM] for word in NAME_TOKEN.findall(text) if word.casefold() not in common]


def _count_otherwise(one: Citation, other: Citation) -> bool:
    """Whether they count the same things, of which the same is told, and no two of their numbers of them agree."""
    counts = [_counts(citation) for citation in (one, other)]
    return any(
        not any(
            first.agrees(second) or first.is_elsewhere(second)
            for first in counts[0][what]
            for second in counts[1][what]
        )
        for what in counts[0].keys() & counts[1].keys()
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """A number that is told, whether it is the least or the most that there are, and the names in its clause."""

    number: Number
    least: bool
    most: bool
    names: frozenset[str]

    def is_elsewhere(self, other: _Count) -> bool:
        """Whether both are told of something with a name, and of none in common: of an air strike on another town."""
        return bool(self.names) and bool(other.names) and self.names.isdisjoint(other.names)

    def agrees(self, other: _Count) -> bool:
        """Whether both can be true."""
        return self.number.told_by(other.number) or any(
            (first.least and other_value > value) or (first.most and other_value < value)
            for first, second in ((self, other), (other, self))
            for value in first.number.values
            for other_value in second.number.values
        )


def _counts(citation: Citation) -> dict[tuple[str, str], list[_Count]]:
    """The exact numbers of a cited sentence by what they count, and by what is told of that: what befell them, or else
    the word after. "5 people were killed" and "12 people were wounded" can both be true."""
    text, language = citation.quote, citation.report.language
    dates = find_dates(text, language, citation.report.published)
    fates = find_fates(text, language)
    found: dict[tuple[str, str], list[_Count]] = {}
    for number in find_numbers(text, language):
        unit = NAME_TOKEN.match(text, number.end + 1) if text[number.end : number.end + 1] == " " else None
        dated = any(date.start < number.end and number.start < date.end for date in dates)
        if unit is None or dated or number.vague or number.percent:
            continue
        before, after = _PART.split(text[: number.start])[-1], _PART.split(text[number.end :])[0]
        nearest = min(fates, key=lambda one: max(one[0] - unit.end(), number.start - one[1]), default=None)
        told = (
            nearest[2]
            if nearest is not None
            else next(iter(_words(_PART.split(text[unit.end() :])[0], language)), None)
        )
        if told is not None:
            least, most = bounds(f"{before[-_BOUND:]} {after[:_BOUND]}", language)
            found.setdefault((fold(unit.group())[:_STEM], told), []).append(
                _Count(number, least, most, _names(text, language, number.start - len(before), number.end + len(after)))
            )
    return found


def _names(text: str, language: str, start: int, end: int) -> frozenset[str]:
    """The names in a part of a sentence, by their first letters; none where capitals tell no name."""
    if language in WITHOUT_CAPITALS:
        return frozenset()
    common = common_words(language)
    words = [word.group() for word in NAME_TOKEN.finditer(text) if max(start, 1) <= word.start() < end]
    return frozenset(fold(word)[:_STEM] for word in words if word != word.lower() and word.casefold() not in common)


def _name_other_holders(one: Citation, other: Citation) -> bool:
    """Whether both tell who holds or took a place of the question, and none of the groups of one is in the other."""
    named = [{m.entity for m in c.names if c.start <= m.start < c.end} for c in (one, other)]
    if named[0].isdisjoint(named[1]) or not all(tells_of_control(c.quote, c.report.language) for c in (one, other)):
        return False
    groups = [{m.entity for m in find_mentions(c.quote, c.report.language, None)} for c in (one, other)]
    return all(groups) and groups[0].isdisjoint(groups[1])
