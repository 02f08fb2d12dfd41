"""Does a statement deny what its source says, or say what it denies?

What a negation may deny in its clause is told by cues.py. Words of both sides are matched by their vectors, so that it
does not matter in which languages they are. Opposites without a negation ("captured", "lost") are not told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.checking.meaning import Text, Word, content_words
from assistant.cues import Denial, find_denials

__all__ = ["differing_negations"]

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
    found = []
    for one in find_denials(text.text, text.language):
        after = [place for place, word in enumerate(words) if one.end <= word.start < one.stop]
        before = [place for place, word in enumerate(words) if one.begin <= word.start and word.end <= one.before]
        nearest = after[: Denial.REACH] + before[::-1][: Denial.REACH]
        found.append(_Denied(text.text[one.start : one.end], tuple(nearest)))
    return found
