"""The answerer that needs no LLM: it answers with sentences quoted from the reports, and adds nothing to them.

Knows citations, statements and wording. Which sentences are quoted is chosen in choosing.py, whether they answer in
abstaining.py, and what to bear in mind is said in caveats.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.answering import Asked
from assistant.caveats import caveats
from assistant.choosing import choose
from assistant.copies import closest
from assistant.cues import asks_about_state, asks_why, find_plan
from assistant.differing import differing
from assistant.embedding import Vectors
from assistant.language import detect_language
from assistant.records import Answer, Citation, Hit, Missing, Refusal, ScoredSentence, Sentence, Statement
from assistant.wording import Wording, load_wording

__all__ = ["Extractive", "answer_from", "answer_with", "cite", "decline", "refuse"]


class Extractive:
    """The answerer that quotes."""

    def stream(self, asked: Asked) -> Iterator[Answer]:
        """The answer, at once."""
        yield answer_from(asked.question, asked.hits, asked.as_of, asked.today, asked.vectors)


def answer_from(
    question: str,
    hits: Sequence[Hit],
    as_of: dt.date | None = None,
    today: dt.date | None = None,
    vectors: Mapping[Sentence, Vectors] | None = None,
) -> Answer:
    """Quote one to five sentences of the hits, of which there is at least one; whether they answer is decided before.

    The best comes first; when the question asks about a state, the newest comes first. Reports that say the same share
    a statement, which is the sentence of the first that it cites. `as_of` is the day that was asked for: what may be
    later is said to be so. `today` is as in `answer_with`. `vectors` are those of choosing.
    """
    wording = load_wording(detect_language(question))
    statements, citations = list[Statement](), list[Citation]()
    for group in choose(question, hits, vectors):
        first = len(citations) + 1
        citations += [cite(number, one.hit, one.sentence) for number, one in enumerate(group, start=first)]
        statements.append(Statement(group[0].quote, tuple(range(first, len(citations) + 1))))
    return answer_with(question, statements, citations, hits, wording, as_of, today, vectors)


def answer_with(
    question: str,
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    hits: Sequence[Hit],
    wording: Wording,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
    vectors: Mapping[Sentence, Vectors] | None = None,
) -> Answer:
    """The answer that makes these statements: as of when it holds, and what to bear in mind of what it cites.

    Where the question asks how things stand, that says how old the newest report is on `today`; None where the question
    has a time of its own. `vectors` are the centred ones of the hits' sentences: with them, what contradicts each other
    is said to.
    """
    state = asks_about_state(question)
    now = today if state else None
    contradicting = differing(citations, vectors or {}, state=state)
    newest = max(citations, key=lambda citation: citation.report.published.recency)
    return Answer(
        question=question,
        language=wording.language,
        summary=_summary(newest, wording, now),
        statements=tuple(statements),
        citations=tuple(citations),
        as_of=newest.report.published,
        caveats=tuple(
            caveats(
                citations,
                wording,
                as_of,
                now,
                contradicting,
                why=asks_why(question),
                plans=find_plan(question, detect_language(question)) is not None,
            )
        ),
        hits=tuple(hits),
    )


def cite(number: int, hit: Hit, scored: ScoredSentence) -> Citation:
    """A sentence of a hit as the citation with this number."""
    sentence = scored.sentence
    copies = closest(hit.report.text[sentence.start : sentence.end], hit.copies)
    return Citation(
        number,
        hit.report,
        sentence.start,
        sentence.end,
        hit.passage,
        hit.names,
        copies,
        scored.phrase,
        hit.score,
        hit.why,
    )


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


def _summary(newest: Citation, wording: Wording, today: dt.date | None) -> str:
    date = newest.report.published
    if date.latest is None:
        return wording.say("undated")
    if today is not None and date.latest < today:
        source = wording.source(newest.report.source)
        values = {"date": wording.date(date), "source": source, "number": f"[{newest.number}]"}
        return wording.say("newest", **values, age=wording.age(today - date.latest))
    return wording.say("as_of" if date.precision == "day" else "as_of_vague", date=wording.date(date))
