"""Chooses the sentences that an answer quotes, and puts together those that say the same.

Knows hits, dates and cue phrases; knows nothing of wording or citations' numbers. The figures behind the constants are
in docs/decisions/0004, 0019 and 0024.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.beside import (
    MAX_STATEMENTS,
    Candidate,
    before,
    names,
    with_naming,
    with_neighbours,
    with_other_counts,
    with_what_contests,
)
from assistant.checking.names import missing_names, tells_who
from assistant.cues import (
    asks_about_state,
    asks_who_denies,
    asks_why,
    denies,
    find_plan,
    knows_negations,
    leans_on_context,
    speaks_of_a_place,
    tells_cause,
    tells_of_control,
    tells_of_denial,
    tells_of_responsibility,
)
from assistant.dates import apart
from assistant.embedding import Vectors
from assistant.language import detect_language
from assistant.numbers import find_numbers
from assistant.records import Citation, Hit, Sentence

__all__ = ["Candidate", "choose", "tells_on_state", "testifying"]

# Scores are those of records.ScoredSentence.
_NEAR_BEST = 0.1  # a sentence this close to the best one is quoted as well
_NEAR_DENIAL = 0.25  # the same of denials, where they are asked for, and of what a denial denies: each in other words
_STATE_SHARE = 0.5  # of the best score: what has more speaks to a question about a state
_TOLD_SHARE = 0.25  # the same of what names the place and tells who holds it, in another language as well
_STATE_RECENCY = 0.2  # what being the newest adds to a score, against being the oldest
_STATE_LEANING = 0.1  # what leaning on the sentence before takes from it: a dated line has to stand alone
_STATE_PLANNED = 0.2  # what telling a plan or a threat takes from it: what is to come is no state

_OTHER_TIME = 0.5  # of ScoredSentence.timely: what fits so much worse than the rest is from another time
_TESTIFIED_SHARE = 0.3  # of the best score: what has more and tells of a claim speaks to a question for who claims it

_SAME = 0.7  # centred cosine from which two sentences may say the same; 95 of 100 translations' neighbours have less
_SAME_ACROSS = 0.6  # the same in two languages
_SAME_TIME = dt.timedelta(days=3)  # that far apart, two reports on a state tell of two states
_TOGETHER = 4  # citations of one statement


def choose(
    question: str, hits: Sequence[Hit], vectors: Mapping[Sentence, Vectors] | None = None
) -> list[list[Candidate]]:
    """One to five statements, each as the sentences that make it: the first says it, those after it say the same.

    The best comes first; when the question asks about a state, the newest. `vectors` are the centred ones of the hits'
    sentences; without, only what is said in the same words is the same.
    """
    candidates = [Candidate(hit, one) for hit in hits for one in hit.sentences]
    denying = tells_of_denial(question, detect_language(question))
    ranked = sorted(candidates if denying else map(_unmarked, candidates), key=lambda one: -one.score)
    state, why = asks_about_state(question), asks_why(question)
    if state:
        told = [one for one in ranked if tells_on_state(one.hit, one.sentence.sentence)]
        ranked = (
            [one for one in told if tells_who(one.quote, one.hit.report.language)]  # not "whoever holds it"
            or told
            or [one for one in ranked if one.hit.names]
            or ranked
        )
        near = _course_of_events(_of_the_time(ranked), _TOLD_SHARE if told else _STATE_SHARE)
    elif testimony := testifying(question, hits):
        near = _near_best(testimony, _NEAR_DENIAL if asks_who_denies(question) else _NEAR_BEST)
    else:
        near = _near_best(ranked, _NEAR_BEST)
        near = near if denying else _claim_first(near, ranked)
    if why:  # what tells a reason comes first
        near.sort(key=lambda one: not tells_cause(one.quote, one.hit.report.language))
    groups: list[list[Candidate]] = []
    for candidate in near:
        if not _joined(candidate, groups, vectors or {}, state=state) and len(groups) < MAX_STATEMENTS:
            groups.append([candidate])
    if state:
        groups.sort(key=lambda group: group[0].hit.report.published.recency, reverse=True)
        return with_what_contests(with_naming(groups))
    return with_other_counts(with_what_contests(with_neighbours(groups, why=why)))


def testifying(question: str, hits: Sequence[Hit]) -> list[Candidate] | None:
    """Of a question for who claims an attack, or denies something: the sentences by which somebody does, or by which
    nobody does, best first; where any hit names what the question names, of such hits. None where it asks for neither.
    """
    if asks_who_denies(question):
        return _told_by(hits, tells_of_denial)
    if tells_of_responsibility(question):
        return _told_by(hits, lambda sentence, _: tells_of_responsibility(sentence))
    return None


def _told_by(hits: Sequence[Hit], tells: Callable[[str, str], bool]) -> list[Candidate]:
    named = any(hit.names for hit in hits)
    floor = max(hit.score for hit in hits) * _TESTIFIED_SHARE
    candidates = [Candidate(hit, one) for hit in hits if hit.names or not named for one in hit.sentences]
    found = [one for one in candidates if one.score >= floor and tells(one.quote, one.hit.report.language)]
    return sorted(found, key=lambda one: -one.score)


def tells_on_state(hit: Hit, sentence: Sentence) -> bool:
    """Whether a sentence of a hit names what the question names, or speaks of the place that the one before names, and
    tells who holds it, took it or lost it."""
    text = hit.report.text[sentence.start : sentence.end]
    named = names(hit, sentence) or (
        speaks_of_a_place(text, hit.report.language) and any(names(hit, one.sentence) for one in before(hit, sentence))
    )
    return named and tells_of_control(text, hit.report.language)


def _near_best(ranked: Sequence[Candidate], within: float) -> list[Candidate]:
    """What is nearly as good as the best."""
    return [candidate for candidate in ranked if candidate.score >= ranked[0].score - within]


def _claim_first(near: Sequence[Candidate], ranked: Sequence[Candidate]) -> list[Candidate]:
    """Where a denial fits best, before it what is claimed: alone it reads as if what it denies were the answer."""
    best = near[0]
    if not _tells_of_denial(best):
        return list(near)
    claims = (one for one in ranked if one.score >= best.score - _NEAR_DENIAL and not _tells_of_denial(one))
    claim = next(claims, best)
    return [claim, *(one for one in near if one is not claim)]


def _unmarked(candidate: Candidate) -> Candidate:
    """Without the phrase that answers, where it is told that something is denied: "the army" did not do it."""
    if candidate.sentence.phrase is None or not _tells_of_denial(candidate):
        return candidate
    return replace(candidate, sentence=replace(candidate.sentence, phrase=None))


def _tells_of_denial(candidate: Candidate) -> bool:
    return tells_of_denial(candidate.quote, candidate.hit.report.language)


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


def _of_the_time(ranked: Sequence[Candidate]) -> list[Candidate]:
    """What fits the time that is asked about about as well as anything does: a later state is another one."""
    best = max(candidate.sentence.timely for candidate in ranked)
    return [candidate for candidate in ranked if candidate.sentence.timely >= best - _OTHER_TIME]


def _worth(candidate: Candidate) -> float:
    language = candidate.hit.report.language
    leans, planned = leans_on_context(candidate.quote, language), find_plan(candidate.quote, language) is not None
    return candidate.score - _STATE_LEANING * leans - _STATE_PLANNED * planned


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
    dates = one.hit.report.published, other.hit.report.published
    time = apart(*dates)
    return dates[0] != dates[1] if time is None else time > _SAME_TIME


def _plain(candidate: Candidate) -> str:
    return " ".join(candidate.quote.casefold().split())
