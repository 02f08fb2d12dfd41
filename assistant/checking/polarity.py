"""Does a statement deny what its source says, or say what it denies?

A negation denies the words after it, to the end of its clause; the German "nicht" those before it as well. Words of
both sides are matched by their vectors, so that it does not matter in which languages they are. The cues are in
data/cues.toml. Opposites without a negation ("captured", "lost") are not told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.checking.meaning import Text, Word, content_words
from assistant.cues import find_negations

__all__ = ["differing_negations"]

_CLAUSE_END = re.compile(r"[,;:.!?،؛؟–—()](?!\d)|(?<!\w)(?:but|aber|sondern|jedoch|لكن|но|mais)(?!\w)")
_REACH = 3  # content words after a negation
_MATCH = 0.8  # similarity of two words, from which the one can be the other


@dataclass(frozen=True, slots=True)
class _Denied:
    """A negation as it is written, and the places of the content words that it denies, the nearest first."""

    cue: str
    words: tuple[int, ...]


def differing_negations(statement: Text, cited: Sequence[Text]) -> Iterator[str]:
    """The negations of one side, where the other side says what they deny and does not deny it.

    Where both sides deny something, they may do so by different words ("denied that", "did not"): it is only seen that
    they deny different things where what the statement denies is said, and what is denied there is not in it.
    """
    own = _denied(statement)
    there = [_denied(text) for text in cited]
    if not own and not any(there):
        return
    words = content_words(statement)
    pairs = [(content_words(text), denials) for text, denials in zip(cited, there, strict=True)]
    theirs = [_said(denials, others, words) for others, denials in pairs]
    if not own:
        if all(theirs):
            yield from dict.fromkeys(cue for cues in theirs for cue in cues)
    elif not any(there) or (not any(theirs) and any(_said(own, words, others) for others, _ in pairs)):
        yield from dict.fromkeys(denial.cue for denial in own)


def _said(denials: Sequence[_Denied], words: Sequence[Word], others: Sequence[Word]) -> list[str]:
    """The cues of those denials of which a word means what one of the others does, and no other word means it more."""
    if not words or not others:
        return []
    similarities = np.stack([word.vector for word in words]) @ np.stack([word.vector for word in others]).T
    nearest, back = similarities.argmax(axis=1), similarities.argmax(axis=0)
    return [
        denial.cue
        for denial in denials
        if any(
            back[nearest[place]] == place and similarities[place, nearest[place]] >= _MATCH for place in denial.words
        )
    ]


def _denied(text: Text) -> list[_Denied]:
    words = content_words(text)
    ends = [match.start() for match in _CLAUSE_END.finditer(text.text)] + [len(text.text)]
    found = []
    for start, end in find_negations(text.text, text.language):
        clause_end = next(stop for stop in ends if stop >= end or stop == len(text.text))
        clause_start = max((stop for stop in ends if stop < start), default=0)
        after = [place for place, word in enumerate(words) if end <= word.start < clause_end][:_REACH]
        before = [place for place, word in enumerate(words) if clause_start <= word.start and word.end <= start]
        both = after + (before[::-1][:_REACH] if text.language == "de" else [])
        found.append(_Denied(text.text[start:end], tuple(both)))
    return found
