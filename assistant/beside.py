"""What stands beside a sentence in its report and is quoted with it: what it leans on, names, or is denied by.

Knows hits and cue phrases; knows nothing of which sentences are chosen, of wording or citations' numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.cues import blames, contests, find_fates, gives_reason, leans_on_context, tells_of_denial
from assistant.numbers import find_numbers
from assistant.records import Hit, ScoredSentence, Sentence
from assistant.times import find_dates

__all__ = [
    "MAX_STATEMENTS",
    "Candidate",
    "before",
    "names",
    "with_naming",
    "with_neighbours",
    "with_other_counts",
    "with_what_contests",
]

MAX_STATEMENTS = 5

_CONTESTED = 2  # sentences after a quote in which it may be denied: "... It blamed the army. The army denied it."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit."""

    hit: Hit
    sentence: ScoredSentence

    @property
    def score(self) -> float:
        """Its fit to the question, higher is better."""
        return self.sentence.score

    @property
    def quote(self) -> str:
        """The sentence, sliced from its report."""
        return self.hit.report.text[self.sentence.sentence.start : self.sentence.sentence.end]


def names(hit: Hit, sentence: Sentence) -> bool:
    """Whether a sentence of a hit names what the question names."""
    return any(sentence.start <= name.start < sentence.end for name in hit.names)


def before(hit: Hit, sentence: Sentence) -> list[ScoredSentence]:
    """The sentence of the hit before this one, or none."""
    return [one for one in hit.sentences if one.sentence.number == sentence.number - 1]


def with_neighbours(groups: Sequence[list[Candidate]], *, why: bool) -> list[list[Candidate]]:
    """With the sentence before one that leans on it, or may deny it; the one beside the best in which a reader found
    the phrase that answers, where it found none in the best ("The raid hit Saqba. Eleven people died."); and the next
    one where it gives the reason that is asked for."""
    found: list[list[Candidate]] = []
    shown = {(c.hit.report.id, c.sentence.sentence.number) for group in groups for c in group}
    room = MAX_STATEMENTS - len(groups)
    for group in groups:
        found.append(group)
        head = group[0]
        number = head.sentence.sentence.number
        language = head.hit.report.language
        leans = leans_on_context(head.quote, language) or tells_of_denial(head.quote, language)
        for one in head.hit.sentences:
            near = Candidate(head.hit, one)
            steps = one.sentence.number - number
            context = steps == -1 and leans
            marked = group is groups[0] and abs(steps) == 1 and one.phrase is not None and head.sentence.phrase is None
            reason = why and steps == 1 and gives_reason(near.quote, language)
            key = (head.hit.report.id, one.sentence.number)
            if key not in shown and (((context or marked) and room > 0) or reason):
                shown.add(key)
                room -= 1
                found.append([near])
    return found[:MAX_STATEMENTS]


def with_naming(groups: Sequence[list[Candidate]]) -> list[list[Candidate]]:
    """With the sentence before that names the place, where the quote only speaks of it ("the town")."""
    return _with(_naming, groups, ahead=True)


def with_what_contests(groups: Sequence[list[Candidate]]) -> list[list[Candidate]]:
    """With what the report says next where that denies or corrects a quote, or blames in turn, also after what leans on
    it: no claim stands alone whose denial is told beside it."""
    return _with(_contesting, groups)


def with_other_counts(groups: Sequence[list[Candidate]]) -> list[list[Candidate]]:
    """With what the passage tells of the same fate with another number than the one that answers: a toll that rose."""
    return _with(_counting_otherwise, groups)


def _with(
    beside: Callable[[Candidate], Iterable[Candidate]], groups: Sequence[list[Candidate]], *, ahead: bool = False
) -> list[list[Candidate]]:
    """With what stands beside the first sentence of each, after it or `ahead` of it."""
    found: list[list[Candidate]] = []
    shown = {(c.hit.report.id, c.sentence.sentence.number) for group in groups for c in group}
    for group in groups:
        added = [near for near in beside(group[0]) if (near.hit.report.id, near.sentence.sentence.number) not in shown]
        shown |= {(near.hit.report.id, near.sentence.sentence.number) for near in added}
        singles = [[near] for near in added]
        found += [*singles, group] if ahead else [group, *singles]
    return found[:MAX_STATEMENTS]


def _naming(head: Candidate) -> Iterator[Candidate]:
    hit, sentence = head.hit, head.sentence.sentence
    if not names(hit, sentence):
        yield from (Candidate(hit, one) for one in before(hit, sentence) if names(hit, one.sentence))


def _contesting(head: Candidate) -> Iterator[Candidate]:
    language = head.hit.report.language
    number = head.sentence.sentence.number
    after = {one.sentence.number - number: Candidate(head.hit, one) for one in head.hit.sentences}
    for steps in range(1, _CONTESTED + 1):
        near = after.get(steps)
        contesting = near is not None and (contests(near.quote, language) or _blame_in_turn(head, near, language))
        if near is None or not (contesting or leans_on_context(near.quote, language)):
            return
        if contesting:
            yield near


def _blame_in_turn(one: Candidate, other: Candidate, language: str) -> bool:
    return blames(one.quote, language) and blames(other.quote, language)


def _counting_otherwise(head: Candidate) -> Iterator[Candidate]:
    if head.sentence.phrase is None:
        return
    language = head.hit.report.language
    marked = find_numbers(head.hit.report.text[slice(*head.sentence.phrase)], language)
    fates = {fate for _, _, fate in find_fates(head.quote, language)}
    for one in head.hit.sentences if marked and fates else ():
        near = Candidate(head.hit, one)
        if fates.isdisjoint(fate for _, _, fate in find_fates(near.quote, language)):
            continue
        dates = find_dates(near.quote, language, head.hit.report.published)
        numbers = [
            number
            for number in find_numbers(near.quote, language)
            if not number.percent and not any(date.start < number.end and number.start < date.end for date in dates)
        ]
        if numbers and not any(number.told_by(own) for number in numbers for own in marked):
            yield near
