"""Checks statements against the sentences that they cite, and says in words what does not hold.

Knows statements, citations and the order in which they are looked at; what each rule looks for is in its own module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.background import Background
from assistant.checking.names import missing_names
from assistant.checking.numbers import find_numbers
from assistant.checking.words import missing_addresses, missing_quotes
from assistant.cues import find_hedge
from assistant.embedding import Embedder
from assistant.gazetteer import Gazetteer
from assistant.language import detect_language
from assistant.records import Citation, Problem, ProblemKind, Support
from assistant.wording import Wording, load_wording

__all__ = ["Checker", "Claim", "Finding"]

_NEAR = 0.45  # centred cosine to the nearest cited sentence, from which a statement can be about the same

_PARTLY = frozenset({ProblemKind.HEDGE, ProblemKind.UNKNOWN_KEY})
"""What leaves a statement partly supported; anything else leaves it without support."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to be checked, what it cites, and the keys by which it cites what does not exist."""

    text: str
    cited: Sequence[Citation]
    unknown: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says: `problems` are empty where the statement is supported, and only there."""

    support: Support
    problems: tuple[Problem, ...] = ()


class Checker:
    """Checks statements. Safe to share between threads."""

    def __init__(self, embedder: Embedder, background: Background, gazetteer: Gazetteer | None = None) -> None:
        """`background` is that of the embedder (`background_for`). Without a gazetteer, places are like other names."""
        self._embedder = embedder
        self._background = background
        self._gazetteer = gazetteer

    def check(self, claims: Sequence[Claim], question: str = "") -> list[Finding]:
        """One finding for each claim, in order; all claims of an answer at once, so that they are embedded at once.

        Problems are told in the language of the question, or else in that of the statement.
        """
        near = self._nearness(claims)
        return [
            self._finding(claim, score, detect_language(question or claim.text))
            for claim, score in zip(claims, near, strict=True)
        ]

    def _finding(self, claim: Claim, near: float, language: str) -> Finding:
        wording = load_wording(language)
        problems = tuple(_problem(kind, value, wording) for kind, value in dict.fromkeys(self._problems(claim, near)))
        if not problems:
            return Finding(Support.SUPPORTED)
        partly = all(problem.kind in _PARTLY for problem in problems)
        return Finding(Support.PARTLY if partly else Support.NOT, problems)

    def _problems(self, claim: Claim, near: float) -> Iterator[tuple[ProblemKind, str]]:
        for key in claim.unknown:
            yield ProblemKind.UNKNOWN_KEY, key
        if not claim.cited:
            yield ProblemKind.UNCITED, ""
            return
        quotes = [citation.quote for citation in claim.cited]
        if any(_plain(claim.text) == _plain(quote) for quote in quotes):
            return
        for address in missing_addresses(claim.text, quotes):
            yield ProblemKind.ADDRESS, address
        for words in missing_quotes(claim.text, quotes):
            yield ProblemKind.QUOTE, words
        language = detect_language(claim.text)
        for name in missing_names(claim.text, language, claim.cited, self._gazetteer):
            yield ProblemKind.NAME, name
        told = [number for c in claim.cited for number in find_numbers(c.quote, c.report.language)]
        for number in find_numbers(claim.text, language):
            if not any(number.told_by(other) for other in told):
                yield ProblemKind.NUMBER, claim.text[number.start : number.end]
        hedges = [find_hedge(quote) for quote in quotes]
        if hedges[0] is not None and None not in hedges and find_hedge(claim.text) is None:
            yield ProblemKind.HEDGE, hedges[0]
        if near < _NEAR:
            yield ProblemKind.MEANING, ""

    def _nearness(self, claims: Sequence[Claim]) -> list[float]:
        """The cosine of each statement to the nearest sentence that it cites, centred; 0 where it cites nothing."""
        texts = [claim.text for claim in claims] + [citation.quote for claim in claims for citation in claim.cited]
        vectors = self._embedder.embed_passages(texts)
        languages = [detect_language(claim.text) for claim in claims]
        languages += [citation.report.language for claim in claims for citation in claim.cited]
        centred = np.vstack(
            [
                self._background.centre_passages(vectors[row : row + 1], language)
                for row, language in enumerate(languages)
            ]
            or [vectors]
        )
        found, at = [], len(claims)
        for row, claim in enumerate(claims):
            cited = centred[at : at + len(claim.cited)]
            found.append(float((cited @ centred[row]).max(initial=0.0)))
            at += len(claim.cited)
        return found


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .!?\"'“”„«»")


def _problem(kind: ProblemKind, value: str, wording: Wording) -> Problem:
    return Problem(kind, wording.say(f"problem_{kind.value}", value=value))
