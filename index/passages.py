"""Groups sentences into passages: the paragraphs that are embedded, retrieved and shown. Knows offsets only."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import Passage, Sentence

__all__ = ["MAX_PASSAGE", "MIN_PASSAGE", "group_passages"]

MAX_PASSAGE = 1_200
"""Characters; about 300 tokens, well inside of the model's 512 for any script but the densest."""

MIN_PASSAGE = 200
"""Characters; a shorter paragraph (a heading, a dateline) is joined to the next one."""


def group_passages(text: str, sentences: Sequence[Sentence]) -> list[Passage]:
    """Passages that hold every sentence exactly once, in order.

    A passage ends where a paragraph ends (a blank line), unless it is still shorter than `MIN_PASSAGE`, and
    before the sentence that would take it over `MAX_PASSAGE`. A single sentence is never cut.
    """
    passages: list[Passage] = []
    run: list[Sentence] = []
    for sentence in sentences:
        if run:
            gap = text[run[-1].end : sentence.start]
            length = run[-1].end - run[0].start
            paragraph_ends = gap.count("\n") >= 2 and length >= MIN_PASSAGE
            if paragraph_ends or sentence.end - run[0].start > MAX_PASSAGE:
                passages.append(_passage(run, len(passages)))
                run = []
        run.append(sentence)
    if run:
        passages.append(_passage(run, len(passages)))
    return passages


def _passage(run: Sequence[Sentence], number: int) -> Passage:
    first, last = run[0], run[-1]
    return Passage(f"{first.report_id}:p{number}", first.report_id, first.start, last.end, first.number, last.number)
