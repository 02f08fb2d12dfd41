"""Checks statements against the sentences that they cite, and says in words what does not hold.

Knows statements, citations and the order in which they are looked at; what each rule looks for is in its own module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from assistant.background import Background
from assistant.checking.figures import missing_figures
from assistant.checking.meaning import Text, coverage, covers, least_covered, match
from assistant.checking.names import missing_names
from assistant.checking.polarity import differing_negations
from assistant.checking.words import has_quotes, missing_addresses, missing_quotes
from assistant.cues import find_hedge, is_request
from assistant.embedding import Embedder, TokenEmbedder, TokenVectors
from assistant.gazetteer import Gazetteer
from assistant.judge import Judge
from assistant.language import detect_language
from assistant.records import Citation, Problem, ProblemKind, Support
from assistant.wording import load_wording

__all__ = ["Checker", "Claim", "Finding"]

_PARTLY = -1.0  # log odds of being covered: above it, a statement that is not is so in part


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
    """Checks the statements of one answer, and remembers their vectors: to be made anew for the next."""

    def __init__(
        self,
        embedder: Embedder,
        background: Background,
        gazetteer: Gazetteer | None = None,
        judge: Judge | None = None,
    ) -> None:
        """`background` is that of the embedder (`background_for`). Without a gazetteer, places are like other names.

        Whether all of a statement is said is told by the judge, where there is one; else by the vectors of its words,
        where it was fitted how much of them is enough: for the embedded model. With another one, and without a judge,
        only names, figures, negations, quotations, addresses and hedges are looked at.
        """
        self._embedder = embedder
        self._background = background
        self._calibrated = background.relevant is not None
        self._gazetteer = gazetteer
        self._judge = judge
        self._known: dict[str, TokenVectors] = {}  # of what was read ahead

    def read_ahead(self, texts: Iterable[str]) -> None:
        """Embed now what will be stated or cited: the check need not do it when everybody waits for it."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= zip(new, self._vectors(new), strict=True)

    def check(self, claims: Sequence[Claim], question: str = "") -> list[Finding]:
        """One finding for each claim, in order; all claims of an answer at once, so that they are embedded at once.

        Problems are told in the language of the question, or else in that of the statement.
        """
        return [
            self._finding(claim, read, cited, detect_language(question or claim.text))
            for claim, (read, cited) in zip(claims, self._read(claims), strict=True)
        ]

    def _finding(self, claim: Claim, read: Text, cited: Sequence[Text], language: str) -> Finding:
        wording = load_wording(language)
        found = dict.fromkeys(self._problems(claim, read, cited))
        problems = tuple(Problem(kind, wording.say(f"problem_{kind.value}", value=value)) for kind, value, _ in found)
        support = Support.SUPPORTED if not found else Support.PARTLY
        return Finding(Support.NOT if any(grave for _, _, grave in found) else support, problems)

    def _problems(self, claim: Claim, read: Text, cited: Sequence[Text]) -> Iterator[tuple[ProblemKind, str, bool]]:
        """What is wrong, with its value, and whether that leaves no support at all."""
        for key in claim.unknown:
            yield ProblemKind.UNKNOWN_KEY, key, False
        if not claim.cited:
            yield ProblemKind.UNCITED, "", True
            return
        quotes = [citation.quote for citation in claim.cited]
        if any(_plain(claim.text) == _plain(quote) for quote in quotes):
            return
        if all(map(is_request, quotes)) and not is_request(claim.text):  # who only asks has told nothing
            yield ProblemKind.MEANING, claim.text, True
            return
        for address in missing_addresses(claim.text, quotes):
            yield ProblemKind.ADDRESS, address, True
        same = any(text.language == read.language for text in cited)
        for words in missing_quotes(claim.text, quotes):
            yield ProblemKind.QUOTE, words, same or not any(map(has_quotes, quotes))
        matching = partial(match, read, cited)
        for name, certain in missing_names(claim.text, read.language, claim.cited, self._gazetteer, matching):
            yield ProblemKind.NAME, name, certain
        yield from missing_figures(claim.text, read.language, claim.cited, self._gazetteer)
        for cue in differing_negations(read, cited):
            yield ProblemKind.NEGATION, cue, True
        hedges = [find_hedge(quote) for quote in quotes]
        if hedges[0] is not None and None not in hedges and find_hedge(claim.text) is None:
            yield ProblemKind.HEDGE, hedges[0], False
        yield from self._meaning(claim, read, cited)

    def _meaning(self, claim: Claim, read: Text, cited: Sequence[Text]) -> Iterator[tuple[ProblemKind, str, bool]]:
        """Whether what it cites says all of it; sentences of one language together, and the best of the languages."""
        by_language: dict[str, list[Text]] = {}
        for text in cited:
            by_language.setdefault(text.language, []).append(text)
        found = [coverage(read, texts, self._background) for texts in by_language.values()]
        if self._judge is not None:
            odds = self._judge.follows(
                [(" ".join(text.text for text in texts), claim.text) for texts in by_language.values()]
            )
        elif self._calibrated:
            odds = [covers(one, read.language, language) for one, language in zip(found, by_language, strict=True)]
        else:
            return
        best = int(np.argmax(odds))
        if odds[best] < 0:
            yield ProblemKind.MEANING, ", ".join(least_covered(found[best])) or claim.text, odds[best] < _PARTLY

    def _read(self, claims: Sequence[Claim]) -> list[tuple[Text, list[Text]]]:
        """The statements and what they cite, with their vectors, all at once."""
        texts = [claim.text for claim in claims] + [citation.quote for claim in claims for citation in claim.cited]
        self.read_ahead(texts)
        return [
            (read := self._text(claim.text), [self._cited(c, read.language) for c in claim.cited]) for claim in claims
        ]

    def _text(self, text: str) -> Text:
        return Text(text, detect_language(text), self._known[text])

    def _cited(self, cited: Citation, language: str) -> Text:
        """The quote, in the language of its report; or in this one of the statement, where the quote is in it, too: a
        sentence that somebody put into a report in another language is not to be read as a translation."""
        own = cited.report.language
        told = language if own != language and detect_language(cited.quote) == language else own
        return Text(cited.quote, told, self._known[cited.quote])

    def _vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        if not texts:
            return []
        if isinstance(self._embedder, TokenEmbedder):
            return self._embedder.embed_tokens(texts)
        none = np.zeros((0, self._embedder.dimensions), dtype=np.float32)
        return [TokenVectors(vector, none, ()) for vector in self._embedder.embed_passages(texts)]


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .!?\"'“”„«»")
