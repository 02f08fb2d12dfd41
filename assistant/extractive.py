"""The answerer that needs no LLM: it answers with sentences quoted from the reports, and adds nothing to them.

Knows hits, dates and cue phrases; knows nothing of how hits are found or of how an answer is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering import Asked
from assistant.copies import closest
from assistant.cues import asks_about_state, asks_why, find_hedge, gives_reason, leans_on_context
from assistant.dates import PartialDate
from assistant.language import detect_language
from assistant.records import (
    Answer,
    Caveat,
    CaveatKind,
    Citation,
    Hit,
    Missing,
    Refusal,
    ScoredSentence,
    Statement,
    independent_sources,
)
from assistant.wording import Wording, load_wording

__all__ = ["Extractive", "answer_from", "answer_with", "cite", "decline", "refuse"]

MAX_STATEMENTS = 5

# Scores are those of records.ScoredSentence; docs/decisions/0004 has the figures behind these.
_NEAR_BEST = 0.1  # a sentence this close to the best one is quoted as well
_STATE_SHARE = 0.5  # of the best score: what has more speaks to a question about a state
_STATE_RECENCY = 0.2  # what being the newest adds to a score, against being the oldest
_STATE_LEANING = 0.1  # what leaning on the sentence before takes from it: a dated line has to stand alone


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    sentence: ScoredSentence

    @property
    def score(self) -> float:
        return self.sentence.score

    @property
    def quote(self) -> str:
        return self.hit.report.text[self.sentence.sentence.start : self.sentence.sentence.end]


class Extractive:
    """The answerer that quotes."""

    def stream(self, asked: Asked) -> Iterator[Answer]:
        """The answer, at once."""
        yield answer_from(asked.question, asked.hits, asked.as_of)


def answer_from(question: str, hits: Sequence[Hit], as_of: dt.date | None = None) -> Answer:
    """Quote one to five sentences of the hits, of which there is at least one; whether they answer is decided before.

    The best comes first; when the question asks about a state, the newest comes first. `as_of` is the day that was
    asked for: what may be later is said to be so.
    """
    wording = load_wording(detect_language(question))
    chosen = _choose(hits, state=asks_about_state(question))
    if asks_why(question):
        chosen = _with_reasons(chosen)
    citations = [cite(number, c.hit, c.sentence) for number, c in enumerate(chosen, start=1)]
    statements = [Statement(citation.quote, (citation.number,)) for citation in citations]
    return answer_with(question, statements, citations, hits, wording, as_of)


def answer_with(
    question: str,
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    hits: Sequence[Hit],
    wording: Wording,
    as_of: dt.date | None = None,
) -> Answer:
    """The answer that makes these statements: as of when it holds, and what to bear in mind of what it cites."""
    newest = max((c.report.published for c in citations), key=lambda date: date.recency)
    return Answer(
        question=question,
        language=wording.language,
        summary=_summary(newest, wording),
        statements=tuple(statements),
        citations=tuple(citations),
        as_of=newest,
        caveats=tuple(_caveats(citations, wording, as_of)),
        hits=tuple(hits),
    )


def cite(number: int, hit: Hit, scored: ScoredSentence) -> Citation:
    """A sentence of a hit as the citation with this number."""
    sentence = scored.sentence
    copies = closest(hit.report.text[sentence.start : sentence.end], hit.copies)
    return Citation(number, hit.report, sentence.start, sentence.end, hit.passage, hit.names, copies, scored.phrase)


def refuse(question: str, reason: Refusal, hits: Sequence[Hit] = (), wording: Wording | None = None) -> Answer:
    """An answer that says why there is none; `hits` go along as the nearest passages."""
    wording = wording or load_wording(detect_language(question))
    return Answer(question, wording.language, wording.say(reason.value), refusal=reason, hits=tuple(hits))


def decline(question: str, missing: Missing, hits: Sequence[Hit] = (), names: Sequence[str] = ()) -> Answer:
    """A refusal because the reports do not say, with what is missing; `names` are the question's that none has."""
    wording = load_wording(detect_language(question))
    values = {"names": ", ".join(names)} if missing is Missing.PLACE else {}
    answer = refuse(question, Refusal.NOT_IN_REPORTS, hits, wording)
    return replace(answer, summary=wording.say(f"missing_{missing.value}", **values), missing=missing)


def _choose(hits: Sequence[Hit], *, state: bool) -> list[_Candidate]:
    ranked = sorted(
        (_Candidate(hit, sentence) for hit in hits for sentence in hit.sentences),
        key=lambda candidate: -candidate.score,
    )
    return _course_of_events(ranked) if state else _near_best(ranked)


def _near_best(ranked: Sequence[_Candidate]) -> list[_Candidate]:
    floor = ranked[0].score - _NEAR_BEST
    return _different(candidate for candidate in ranked if candidate.score >= floor)


def _course_of_events(ranked: Sequence[_Candidate]) -> list[_Candidate]:
    """The best sentence of each report that speaks to the question, the newest report first.

    Where there are too many, newer ones are preferred, but never for their date alone.
    """
    floor = min(ranked[0].score, ranked[0].score * _STATE_SHARE)  # a best score below 0 stays above the floor
    by_report: dict[str, _Candidate] = {}
    for candidate in sorted(ranked, key=lambda candidate: -_worth(candidate)):
        if candidate.score >= floor:
            by_report.setdefault(candidate.hit.report.id, candidate)
    oldest_first = sorted(by_report.values(), key=lambda candidate: candidate.hit.report.published.recency)
    last = max(len(oldest_first) - 1, 1)
    gain = {id(candidate): _STATE_RECENCY * place / last for place, candidate in enumerate(oldest_first)}
    preferred = sorted(oldest_first, key=lambda candidate: -(_worth(candidate) + gain[id(candidate)]))
    chosen = _different(preferred)
    return [candidate for candidate in reversed(oldest_first) if candidate in chosen]


def _with_reasons(chosen: Sequence[_Candidate]) -> list[_Candidate]:
    """After each sentence, the next one of its passage where that gives the reason for it."""
    found: list[_Candidate] = []
    for candidate in chosen:
        found.append(candidate)
        after = candidate.sentence.sentence.number + 1
        following = [_Candidate(candidate.hit, s) for s in candidate.hit.sentences if s.sentence.number == after]
        found += [reason for reason in following if gives_reason(reason.quote)]
    return _different(found)


def _worth(candidate: _Candidate) -> float:
    return candidate.score - (_STATE_LEANING if leans_on_context(candidate.quote) else 0.0)


def _different(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The first few that do not say the same in the same words."""
    chosen: dict[str, _Candidate] = {}
    for candidate in candidates:
        chosen.setdefault(" ".join(candidate.quote.casefold().split()), candidate)
        if len(chosen) == MAX_STATEMENTS:
            break
    return list(chosen.values())


def _summary(newest: PartialDate, wording: Wording) -> str:
    if newest.precision == "unknown":
        return wording.say("undated")
    name = "as_of" if newest.precision == "day" else "as_of_vague"
    return wording.say(name, date=wording.date(newest))


def _caveats(citations: Sequence[Citation], wording: Wording, as_of: dt.date | None) -> Iterable[Caveat]:
    by_cue: dict[str, list[int]] = {}
    for citation in citations:
        cue = find_hedge(citation.quote)
        if cue is not None:
            by_cue.setdefault(cue, []).append(citation.number)
    for cue, numbers in by_cue.items():
        text = wording.say("caveat_unconfirmed", numbers=_shown(numbers), cue=cue)
        yield Caveat(CaveatKind.UNCONFIRMED, text, tuple(numbers))
    if as_of is not None:
        latest = {citation.number: citation.report.published.latest for citation in citations}
        later = [number for number, day in latest.items() if day is not None and day > as_of]
        if later:
            date = wording.date(PartialDate.of(as_of))
            text = wording.say("caveat_maybe_later", numbers=_shown(later), date=date)
            yield Caveat(CaveatKind.MAYBE_LATER, text, tuple(later))
    for citation in citations:
        for copy in citation.copies:
            if copy.differs:
                source = copy.report.source or wording.say("unknown_source")
                text = wording.say("caveat_copy_differs", numbers=_shown([citation.number]), source=source)
                yield Caveat(CaveatKind.COPY_DIFFERS, text, (citation.number,))
    if independent_sources(citations) == 1:
        source = citations[0].report.source or wording.say("unknown_source")
        everything = tuple(citation.number for citation in citations)
        yield Caveat(CaveatKind.ONE_SOURCE, wording.say("caveat_one_source", source=source), everything)


def _shown(numbers: Sequence[int]) -> str:
    return " ".join(f"[{number}]" for number in numbers)
