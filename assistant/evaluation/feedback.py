"""What people said of answers as questions to measure with: what was right once has to stay so.

A verdict supports no more than was looked at. *Right* says that what is cited answers the question, or that declining
was right. *Wrong* and *wrong source* say what not to expect, and nothing of what to expect: somebody has to fill it in.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.assistant import Assistant
from assistant.evaluation.questions import Expected, Question
from assistant.turns import Turn, Verdict, Wish

__all__ = ["judged_turns", "question_of"]


def judged_turns(assistant: Assistant) -> Iterator[tuple[str, Turn]]:
    """The turns of which somebody judged the answer, with the ids of their conversations: the newest of these first."""
    kept = assistant.conversations()
    for conversation in kept.judged():
        for turn in kept.turns(conversation, assistant.catalog().reports):
            if turn.feedback is not None:
                yield conversation, turn


def question_of(conversation: str, turn: Turn) -> Question | None:
    """A judged turn as a question: alone as it was understood, with its limits and its day, and the verdict as `kind`.

    None where it is no question by itself ("who says so?", "more"), or where it was limited to single reports, which
    the format does not know. Of an answer that was right, the quotes are expected whose reports are still there.
    """
    among, said, understood = turn.among, turn.feedback, turn.understood
    if said is None or understood.wish is not Wish.ANSWER or among.reports is not None or among.without:
        return None
    right, answer = said.verdict is Verdict.RIGHT, turn.answer
    quotes = tuple(Expected(quote=one.quote, report=one.report.id) for one in answer.citations) if right else ()
    return Question(
        id=f"{conversation}-{turn.number}",
        question=understood.question,
        kind=said.verdict.value,
        expected=quotes,
        refusal=right and answer.refusal is not None,
        since=among.since.isoformat() if among.since else "",
        as_of=among.until.isoformat() if among.until else "",
        languages=tuple(sorted(among.languages)),
        sources=tuple(sorted(among.sources)),
        places=tuple(sorted(among.places)),
        today=among.until or turn.asked.astimezone().date(),
        note=said.note,
    )
