"""The answerer that lets a language model write, and believes none of it.

Every sentence that it writes is a statement that has to rest on the sentences that it cites; what does not is left out,
or shown apart. Where the model refuses, the answer does; where it fails, the answer is quoted, and says why.

This module knows drafts and findings; it knows nothing of which model it is, of what it is told, or of how a statement
is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.answering import Answerer, Asked
from assistant.briefing import Briefing
from assistant.checking import Checker, Claim, Finding
from assistant.checking.words import missing_addresses
from assistant.drafting import Drafted, DraftReader, is_whole
from assistant.errors import LLMError
from assistant.extractive import answer_with, refuse
from assistant.llm import LanguageModel
from assistant.patience import Patience
from assistant.records import (
    Answer,
    Caveat,
    CaveatKind,
    Citation,
    Refusal,
    Settled,
    Statement,
    Support,
)
from assistant.wording import Wording, load_wording

__all__ = ["Generative"]

_LONGEST = 12_000  # characters of a draft, thinking included; what goes on after that is not read
MAX_STATEMENTS = 12


class Generative:
    """Answers in a language model's words, as far as they are supported."""

    def __init__(
        self,
        model: LanguageModel,
        checker: Callable[[], Checker],
        otherwise: Answerer,
        patience: Patience,
        *,
        show_unsupported: bool = False,
    ) -> None:
        """`checker` makes one for each answer. `otherwise` answers where the model fails. `show_unsupported` keeps what
        is not supported, as such, in place of leaving it out."""
        self._model = model
        self._checker = checker
        self._otherwise = otherwise
        self._patience = patience
        self._show_unsupported = show_unsupported

    def stream(self, asked: Asked) -> Iterator[str | Settled | Answer]:
        """The draft as it is written, with numbers in place of keys; each statement that rests on what it cites, when
        it is written to its end; and at the end the answer."""
        quoted = next(said for said in self._otherwise.stream(asked) if isinstance(said, Answer))
        briefing = Briefing.of(asked, quoted)
        reader = DraftReader(briefing.sources, briefing.nothing, briefing.language)
        checked = _Checked(briefing.sources, self._checker(), asked.question)
        failure: str | None = None
        try:
            for piece in self._patience.stream(lambda: self._model.stream(briefing.rules, briefing.text)):
                yield reader.feed(piece)  # which may be empty
                if not reader.refused:
                    yield from checked.settle(_different(reader.settled))
                if reader.length > _LONGEST:
                    failure = "slow"
                    break
        except LLMError as error:
            failure = error.reason
        yield from filter(None, [reader.close()])
        yield self._answer(asked, quoted, briefing, reader, failure, checked)

    def _answer(
        self,
        asked: Asked,
        quoted: Answer,
        briefing: Briefing,
        reader: DraftReader,
        failure: str | None,
        checked: _Checked,
    ) -> Answer:
        wording = load_wording(briefing.language)
        about = {"answerer": "generative", "llm": self._model.identity}
        if reader.refused:
            return replace(refuse(asked.question, Refusal.NOT_IN_REPORTS, asked.hits, wording), provenance=about)
        drafted = reader.statements()
        broken_off = len(drafted) > len(reader.settled) and not is_whole(drafted[-1])
        finished = _different(drafted[:-1] if broken_off else drafted)
        checked.settle(finished)
        statements, numbered, left_out = checked.statements, checked.numbered, checked.left_out
        if statements:
            answer = answer_with(
                asked.question,
                statements,
                numbered.citations,
                asked.hits,
                wording,
                asked.as_of,
                asked.today,
                asked.vectors,
            )
            hidden = len(finished) - len(statements) - (len(left_out) if self._show_unsupported else 0)
            notes = _notes(hidden, len(finished), wording, whole=failure is None and not broken_off)
        else:
            answer, numbered = quoted, _Numbered(briefing.sources, quoted.citations)
            reason = failure or ("unsupported" if drafted else "empty")
            about |= {"answerer": "extractive", "model_failed": reason}
            notes = [Caveat(CaveatKind.NOT_FROM_MODEL, wording.say(f"model_{reason}"), ())]
        if self._show_unsupported:
            shown = tuple(numbered.statement(*pair) for pair in left_out)
            answer = replace(answer, statements=(*answer.statements, *shown), citations=tuple(numbered.citations))
        return replace(answer, caveats=(*notes, *answer.caveats), provenance=about)


class _Checked:
    """The statements of a draft that were checked so far: those that rest on what they cite, and those that do not."""

    def __init__(self, sources: Mapping[str, Citation], checker: Checker, question: str) -> None:
        self.numbered = _Numbered(sources)
        self.statements: list[Statement] = []
        self.left_out: list[tuple[Drafted, Finding]] = []
        self._sources = sources
        self._checker = checker
        self._question = question
        self._seen = 0

    def settle(self, drafted: Sequence[Drafted]) -> list[Settled]:
        """Of the statements of the draft so far, check those that are new; what of them will be in the answer.

        One with an address of the web is none, whoever it cites: an address in a report may be what somebody planted
        there, and a reader who wants it finds it in the report.
        """
        plain = [one for one in drafted[self._seen :] if not any(missing_addresses(one.text, ()))]
        self._seen = len(drafted)
        claims = [Claim(one.text, [self._sources[key] for key in one.keys], one.unknown) for one in plain]
        settled = []
        for one, finding in zip(plain, self._checker.check(claims, self._question) if plain else (), strict=True):
            if finding.support is Support.NOT:
                self.left_out.append((one, finding))
            else:
                known = len(self.numbered.citations)
                statement = self.numbered.statement(one, finding)
                settled.append(Settled(statement, tuple(self.numbered.citations[known:])))
        self.statements += [one.statement for one in settled]
        return settled


class _Numbered:
    """Gives citations their numbers, in the order in which the reader meets them."""

    def __init__(self, sources: Mapping[str, Citation], citations: Iterable[Citation] = ()) -> None:
        self._sources = sources
        self.citations = list(citations)

    def statement(self, drafted: Drafted, finding: Finding) -> Statement:
        """The statement with the numbers of what it cites."""
        numbers = tuple(self._number(self._sources[key]) for key in drafted.keys)
        return Statement(drafted.text, numbers, finding.support, finding.problems)

    def _number(self, source: Citation) -> int:
        for citation in self.citations:
            if (citation.report.id, citation.start) == (source.report.id, source.start):
                return citation.number
        self.citations.append(replace(source, number=len(self.citations) + 1))
        return len(self.citations)


def _different(drafted: Iterable[Drafted]) -> list[Drafted]:
    """The first few statements that are not said twice; small models go round in circles."""
    chosen: dict[str, Drafted] = {}
    for statement in drafted:
        chosen.setdefault(statement.text.casefold(), statement)
    return list(chosen.values())[:MAX_STATEMENTS]


def _notes(hidden: int, of: int, wording: Wording, *, whole: bool) -> list[Caveat]:
    notes = []
    if not whole:
        notes.append(Caveat(CaveatKind.CUT_OFF, wording.say("caveat_cut_off"), ()))
    if hidden:
        text = wording.say("caveat_left_out", count=str(hidden), total=str(of))
        notes.append(Caveat(CaveatKind.LEFT_OUT, text, ()))
    return notes
