"""Chooses the sentences that an answer quotes, and puts together those that say the same.

Knows hits, dates and cue phrases; knows nothing of wording or citations' numbers. The figures behind the constants are
in docs/decisions/0004, 0019 and 0024.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.checking.names import missing_names, tells_who
from assistant.checking.numbers import find_numbers
from assistant.cues import (
    asks_about_state,
    asks_why,
    contests,
    denies,
    find_fates,
    find_plan,
    gives_reason,
    knows_negations,
    leans_on_context,
    tells_cause,
    tells_of_control,
    tells_of_responsibility,
)
from assistant.embedding import Vectors
from assistant.records import Citation, Hit, ScoredSentence, Sentence
from assistant.times import find_dates

__all__ = ["MAX_STATEMENTS", "Candidate", "choose", "claiming", "tells_on_state"]

MAX_STATEMENTS = 5

# Scores are those of records.ScoredSentence.
_NEAR_BEST = 0.1  # a sentence this close to the best one is quoted as well
_STATE_SHARE = 0.5  # of the best score: what has more speaks to a question about a state
_TOLD_SHARE = 0.25  # the same of what names the place and tells who holds it, in another language as well
_STATE_RECENCY = 0.2  # what being the newest adds to a score, against being the oldest
_STATE_LEANING = 0.1  # what leaning on the sentence before takes from it: a dated line has to stand alone
_STATE_PLANNED = 0.2  # what telling a plan or a threat takes from it: what is to come is no state

_CLAIMED_SHARE = 0.3  # of the best score: what has more and tells of a claim speaks to a question for who claims it
_CONTESTED = 2  # sentences after a quote in which it may be denied: "... It blamed the army. The army denied it."

_SAME = 0.7  # centred cosine from which two sentences may say the same; 95 of 100 translations' neighbours have less
_SAME_ACROSS = 0.6  # the same in two languages
_SAME_TIME = dt.timedelta(days=3)  # that far apart, two reports on a state tell of two states
_TOGETHER = 4  # citations of one statement


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


def choose(
    question: str, hits: Sequence[Hit], vectors: Mapping[Sentence, Vectors] | None = None
) -> list[list[Candidate]]:
    """One to five statements, each as the sentences that make it: the first says it, those after it say the same.

    The best comes first; when the question asks about a state, the newest. `vectors` are the centred ones of the hits'
    sentences; without, only what is said in the same words is the same.
    """
    ranked = sorted((Candidate(hit, one) for hit in hits for one in hit.sentences), key=lambda one: -one.score)
    state, why = asks_about_state(question), asks_why(question)
    if state:
        told = [one for one in ranked if tells_on_state(one.hit, one.sentence.sentence)]
        ranked = (
            [one for one in told if tells_who(one.quote, one.hit.report.language)]  # not "whoever holds it"
            or told
            or [one for one in ranked if one.hit.names]
            or ranked
        )
        ranked = _course_of_events(ranked, _TOLD_SHARE if told else _STATE_SHARE)
    elif tells_of_responsibility(question):
        ranked = claiming(hits) or ranked
    groups: list[list[Candidate]] = []
    for candidate in ranked if state else _near_best(ranked, why=why):
        if not _joined(candidate, groups, vectors or {}, state=state) and len(groups) < MAX_STATEMENTS:
            groups.append([candidate])
    if state:
        groups.sort(key=lambda group: group[0].hit.report.published.recency, reverse=True)
        return _with(_contesting, groups)
    return _with(_counting_otherwise, _with(_contesting, _with_neighbours(groups, why=why)))


def claiming(hits: Sequence[Hit]) -> list[Candidate]:
    """The sentences by which somebody claims an attack, or by which nobody does, best first; where any hit names what
    the question names, of such hits."""
    named = any(hit.names for hit in hits)
    floor = max(hit.score for hit in hits) * _CLAIMED_SHARE
    found = [
        Candidate(hit, one)
        for hit in hits
        if hit.names or not named
        for one in hit.sentences
        if one.score >= floor and tells_of_responsibility(hit.report.text[one.sentence.start : one.sentence.end])
    ]
    return sorted(found, key=lambda one: -one.score)


def tells_on_state(hit: Hit, sentence: Sentence) -> bool:
    """Whether a sentence of a hit names what the question names, and tells who holds it, took it or lost it."""
    named = any(sentence.start <= name.start < sentence.end for name in hit.names)
    return named and tells_of_control(hit.report.text[sentence.start : sentence.end])


def _near_best(ranked: Sequence[Candidate], *, why: bool) -> list[Candidate]:
    """What is nearly as good as the best; where a reason is asked for, what tells one comes first."""
    floor = ranked[0].score - _NEAR_BEST
    near = [candidate for candidate in ranked if candidate.score >= floor]
    return sorted(near, key=lambda one: not tells_cause(one.quote)) if why else near


def _course_of_events(ranked: Sequence[Candidate], share: float) -> list[Candidate]:
    """The best sentence of each report that speaks to the question, by its share of the best score; newer ones first,
    but not for their date alone."""
    floor = min(ranked[0].score, ranked[0].score * share)  # a best score below 0 stays above the floor
    by_report: dict[str, Candidate] = {}
    for candidate in sorted(ranked, key=lambda candidate: -_worth(candidate)):
        if candidate.score >= floor:
            by_report.setdefault(candidate.hit.report.id, candidate)
    oldest_first = sorted(by_report.values(), key=lambda candidate: candidate.hit.report.published.recency)
    last = max(len(oldest_first) - 1, 1)
    gain = {id(candidate): _STATE_RECENCY * place / last for place, candidate in enumerate(oldest_first)}
    return sorted(oldest_first, key=lambda candidate: -(_worth(candidate) + gain[id(candidate)]))


def _worth(candidate: Candidate) -> float:
    planned = find_plan(candidate.quote, candidate.hit.report.language) is not None
    return candidate.score - _STATE_LEANING * leans_on_context(candidate.quote) - _STATE_PLANNED * planned


def _with_neighbours(groups: Sequence[list[Candidate]], *, why: bool) -> list[list[Candidate]]:
    """With the sentence before one that leans on it; the one beside the best in which a reader found the phrase that
    answers, where it found none in the best ("The raid hit Saqba. Eleven people died."); and the next one where it
    gives the reason that is asked for."""
    found: list[list[Candidate]] = []
    shown = {(c.hit.report.id, c.sentence.sentence.number) for group in groups for c in group}
    room = MAX_STATEMENTS - len(groups)
    for group in groups:
        found.append(group)
        head = group[0]
        number = head.sentence.sentence.number
        for one in head.hit.sentences:
            near = Candidate(head.hit, one)
            steps = one.sentence.number - number
            before = steps == -1 and leans_on_context(head.quote)
            marked = group is groups[0] and abs(steps) == 1 and one.phrase is not None and head.sentence.phrase is None
            reason = why and steps == 1 and gives_reason(near.quote)
            key = (head.hit.report.id, one.sentence.number)
            if key not in shown and (((before or marked) and room > 0) or reason):
                shown.add(key)
                room -= 1
                found.append([near])
    return found[:MAX_STATEMENTS]


def _with(
    beside: Callable[[Candidate], Iterable[Candidate]], groups: Sequence[list[Candidate]]
) -> list[list[Candidate]]:
    """With what stands beside the first sentence of each."""
    found: list[list[Candidate]] = []
    shown = {(c.hit.report.id, c.sentence.sentence.number) for group in groups for c in group}
    for group in groups:
        found.append(group)
        for near in beside(group[0]):
            key = (near.hit.report.id, near.sentence.sentence.number)
            if key not in shown:
                shown.add(key)
                found.append([near])
    return found[:MAX_STATEMENTS]


def _contesting(head: Candidate) -> Iterator[Candidate]:
    """What the report says next where that denies or corrects a quote, also after what leans on it: no claim stands
    alone whose denial is told beside it."""
    language = head.hit.report.language
    number = head.sentence.sentence.number
    after = {one.sentence.number - number: Candidate(head.hit, one) for one in head.hit.sentences}
    for steps in range(1, _CONTESTED + 1):
        near = after.get(steps)
        contesting = near is not None and contests(near.quote, language)
        if near is None or not (contesting or leans_on_context(near.quote)):
            return
        if contesting:
            yield near


def _counting_otherwise(head: Candidate) -> Iterator[Candidate]:
    """What the passage tells of the same fate with another number than the one that answers: a toll that rose."""
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


# -- what says the same


def _joined(
    candidate: Candidate, groups: Iterable[list[Candidate]], vectors: Mapping[Sentence, Vectors], *, state: bool
) -> bool:
    """Whether it is said already: then it goes to what says it, where it comes from another report."""
    for group in groups:
        head = group[0]
        own = any(one.hit.report.id == candidate.hit.report.id for one in group)
        if _plain(head) == _plain(candidate) or (not own and _says_the_same(head, candidate, vectors)):
            if state and _apart(head, candidate):
                continue
            if not own and len(group) < _TOGETHER:
                group.append(candidate)
            return True
    return False


def _says_the_same(one: Candidate, other: Candidate, vectors: Mapping[Sentence, Vectors]) -> bool:
    """Whether one can stand for the other: near in meaning, the same numbers, no name more, and denied both or neither.

    It is asked strictly: what is put together is not read apart, and what may be denied in a language without a list of
    negations is not put together.
    """
    if not all(knows_negations(c.hit.report.language) for c in (one, other)):
        return False
    first, second = vectors.get(one.sentence.sentence), vectors.get(other.sentence.sentence)
    denied = [denies(c.quote, c.hit.report.language) for c in (one, other)]
    if first is None or second is None or denied[0] != denied[1]:
        return False
    across = one.hit.report.language != other.hit.report.language
    if float(first @ second) < (_SAME_ACROSS if across else _SAME):
        return False
    numbers = [find_numbers(c.quote, c.hit.report.language) for c in (one, other)]
    if not all(any(n.told_by(m) for m in numbers[1]) for n in numbers[0]):
        return False
    if not all(any(m.told_by(n) for n in numbers[0]) for m in numbers[1]):
        return False
    cited = Citation(1, other.hit.report, other.sentence.sentence.start, other.sentence.sentence.end, other.hit.passage)
    return not list(missing_names(one.quote, one.hit.report.language, [cited], None))


def _apart(one: Candidate, other: Candidate) -> bool:
    """Whether two reports are from different times, as far as they say."""
    days = [
        day for one_ in (one, other) for day in (one_.hit.report.published.earliest, one_.hit.report.published.latest)
    ]
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return one.hit.report.published != other.hit.report.published
    return max(known) - min(known) > _SAME_TIME


def _plain(candidate: Candidate) -> str:
    return " ".join(candidate.quote.casefold().split())
