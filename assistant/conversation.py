"""A conversation: questions that lean on each other, answered one after the other, and kept if that is wanted.

This module knows how a turn comes about; it knows nothing of how an answer is found (assistant.py) or shown.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from assistant.cues import asks_who_denies, asks_why
from assistant.errors import LagebildError
from assistant.evidence import ReportSpan
from assistant.filter import EVERYTHING, Filter
from assistant.followups import leaning, resolve
from assistant.gazetteer import Gazetteer
from assistant.question_parts import NAMES, take_apart
from assistant.records import Answer, Missing, Settled
from assistant.store import Catalog, Conversations
from assistant.testimony import compared, nothing_more, nothing_said, who_says
from assistant.turns import Carried, Turn, Understood, Wish

__all__ = ["Answering", "Conversation"]

_SURE = 0.3  # log odds that a question which names nothing is answered by what the one before names

log = logging.getLogger("lagebild.conversation")


class Answering(Protocol):
    """What a conversation needs of the assistant."""

    @property
    def gazetteer(self) -> Gazetteer:
        """Knows the places."""
        ...

    def checked(self, question: str) -> str:
        """The question as it is asked; a QuestionError where it is empty or too long."""
        ...

    def ask_stream(
        self, question: str, among: Filter, today: dt.date | None, *, skip: frozenset[ReportSpan]
    ) -> Iterator[str | Settled | Answer]:
        """Answer one question that stands alone, without quoting what `skip` touches; drafts come before."""
        ...

    def quoted(self, question: str, among: Filter) -> Answer:
        """As `Assistant.quoted`."""
        ...

    def would_answer(self, question: str, among: Filter, today: dt.date | None, odds: float) -> bool:
        """Whether the question is answered, with at least these log odds."""
        ...

    def condense(self, question: str, earlier: Sequence[str], today: dt.date) -> Understood | None:
        """A follow-up as a language model rewrote it; None where there is none, or where it cannot be trusted."""
        ...

    def catalog(self) -> Catalog:
        """The catalog of the data folder."""
        ...


class Conversation:
    """One conversation. Not to be shared between threads that ask at the same time: they take turns.

    `turns` are those so far. Each is kept as soon as it is answered, unless that is not wanted or not possible:
    `not_kept` says why the last one is not, a ConversationError where the
    conversation was deleted meanwhile; None where it is.
    """

    def __init__(
        self,
        assistant: Answering,
        store: Callable[[], Conversations] | None,
        conversation_id: str | None = None,
    ) -> None:
        """A new conversation, or the kept one with this id, which is empty where there is none.

        `store` opens where conversations are kept; None keeps nothing.
        """
        self.id = conversation_id or secrets.token_hex(6)
        self.turns: list[Turn] = []
        self.not_kept: LagebildError | None = None
        self._assistant = assistant
        self._store = store
        self._unkept: list[Turn] = []
        self._guard = threading.Lock()
        if conversation_id is not None and store is not None:
            self.turns = store().turns(conversation_id, assistant.catalog().reports)

    @property
    def kept(self) -> bool:
        """Whether the turns so far are kept."""
        return self._store is not None and not self._unkept

    def ask(
        self,
        question: str,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
        without: Iterable[Carried] = (),
    ) -> Turn:
        """Answer a question, which may lean on the one before; `without` is what not to carry over from it.

        Raises as `Assistant.ask` does; the turn is then none.
        """
        return next(said for said in self.ask_stream(question, among, today, without) if isinstance(said, Turn))

    def ask_stream(
        self,
        question: str,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
        without: Iterable[Carried] = (),
    ) -> Generator[str | Settled | Turn]:
        """As `ask`, with what comes before the answer as in `Assistant.ask_stream`; and at the end the turn."""
        question = self._assistant.checked(question)
        with self._guard:
            day = today or among.until or dt.datetime.now().astimezone().date()
            understood = self._understood(question, day, tuple(without))
            answer = yield from self._answer(understood, among, today)
            other = self._otherwise(understood, answer, among, day, tuple(without))
            if other is not None:
                second = yield from self._draft(other.question, among, today)
                understood, answer = (other, second) if second.refusal is None else (understood, answer)
            number = self.turns[-1].number + 1 if self.turns else 1
            turn = self._keep(Turn(number, question, dt.datetime.now(dt.UTC), understood, answer, among))
            self.turns.append(turn)
        yield turn

    def recall(self, question: str, among: Filter = EVERYTHING) -> None:
        """Take a question as one that was answered before, for the next to lean on. It is not kept.

        What answers it is quoted, and nobody is told: a language model does not write again what it wrote. One that
        asks for more of an answer, or for who says so, has nothing that the next could lean on, and is passed over.
        """
        question = self._assistant.checked(question)
        with self._guard:
            earlier = self.turns[-1].understood.topic if self.turns else None
            day = among.until or dt.datetime.now().astimezone().date()
            understood = resolve(question, earlier, self._assistant.gazetteer, day)
            if understood.wish is Wish.ANSWER:
                answer = self._assistant.quoted(understood.question, among)
                number = len(self.turns) + 1
                self.turns.append(Turn(number, question, dt.datetime.now(dt.UTC), understood, answer, among))

    def _understood(self, question: str, day: dt.date, without: Sequence[Carried]) -> Understood:
        """By the rules; where there is a language model, as that rewrote it, if it was a follow-up or could be one."""
        gazetteer = self._assistant.gazetteer
        earlier = [turn.understood.topic for turn in self.turns]
        by_rules = resolve(question, earlier[-1] if earlier else None, gazetteer, day, without)
        if by_rules.wish in (Wish.SOURCES, Wish.CONFIRMATION) and (said := self._said()) is not None:
            return resolve(question, said.understood.topic, gazetteer, day, without)  # not what was refused since
        alone = by_rules.question == question and bool(take_apart(question, gazetteer, day).of(*NAMES))
        if alone or without or not earlier or by_rules.wish is not Wish.ANSWER:
            return by_rules
        rewritten = self._assistant.condense(question, earlier, day)
        return rewritten if rewritten is not None and rewritten.question != question else by_rules

    def _otherwise(
        self, understood: Understood, answer: Answer, among: Filter, day: dt.date, without: Sequence[Carried]
    ) -> Understood | None:
        """What else a question may mean to which the reports say nothing; None where it means what it says.

        "When was that?" asks of a question before what may well answer that one alone; and one that names nothing may
        be about what was named before, if that surely answers it.
        """
        if understood.wish is not Wish.ANSWER or answer.missing is not Missing.SUBJECT or without or not self.turns:
            return None
        if understood.topic != understood.question:
            of_it = asks_why(understood.question) or asks_who_denies(understood.question)
            return None if of_it else replace(understood, question=understood.topic)
        if understood.carried:
            return None
        found = leaning(understood.question, self.turns[-1].understood.topic, self._assistant.gazetteer, day)
        sure = found is not None and self._assistant.would_answer(found.question, among, day, _SURE)
        return found if sure else None

    def _answer(
        self, understood: Understood, among: Filter, today: dt.date | None
    ) -> Generator[str | Settled, None, Answer]:
        question, language = understood.question, understood.language
        turn = self._said()
        said = turn.answer if turn is not None else None
        match understood.wish:
            case Wish.ANSWER:
                return (yield from self._draft(question, among, today))
            case Wish.MORE:
                answer = yield from self._draft(question, among, today, self._quoted(understood.topic))
                return nothing_more(answer, language or answer.language) if answer.refusal is not None else answer
            case Wish.SOURCES | Wish.CONFIRMATION if said is None:
                return nothing_said(question, language or "en")
            case Wish.SOURCES:
                return who_says(said, question, language or said.language)
            case Wish.CONFIRMATION:
                among = self._other_sources(said, among)
                others = yield from self._draft(question, among, today, first=False)
                return compared(said, others, question, language or said.language)

    def _said(self) -> Turn | None:
        """The last turn whose answer cites something."""
        return next((turn for turn in reversed(self.turns) if turn.answer.citations), None)

    def _draft(
        self,
        question: str,
        among: Filter,
        today: dt.date | None,
        skip: frozenset[ReportSpan] = frozenset(),
        *,
        first: bool = True,
    ) -> Generator[str | Settled, None, Answer]:
        """What comes before an answer, and then that, which is returned. `first` is whether the turn's begins with it:
        else no statement of it is final."""
        for said in self._assistant.ask_stream(question, among, today, skip=skip):
            if isinstance(said, Answer):
                return said
            if first or isinstance(said, str):
                yield said
        raise AssertionError("an answer ends every stream")

    def _quoted(self, topic: str) -> frozenset[ReportSpan]:
        """What was quoted on this topic."""
        return frozenset(
            (citation.report.id, citation.start, citation.end)
            for turn in self.turns
            if turn.understood.topic == topic
            for citation in turn.answer.citations
        )

    def _other_sources(self, said: Answer, among: Filter) -> Filter:
        """The reports of other sources than those of an answer. Near-copies of its reports are none of their own."""
        cited = {citation.report.id for citation in said.citations}
        cited |= {copy.report.id for citation in said.citations for copy in citation.copies}
        sources = {citation.report.source for citation in said.citations if citation.report.source is not None}
        return replace(among, without=among.without | cited | set(self._assistant.catalog().reports_of(sources)))

    def _keep(self, turn: Turn) -> Turn:
        """Keep the turn, and those before that could not be; what hinders it is told, and the conversation goes on.

        The turn, with the number under which it is kept: another may have gone on with the same conversation.
        """
        if self._store is None:
            return turn
        self._unkept.append(turn)
        kept = turn
        try:
            store = self._store()
            while self._unkept:
                kept = store.add(self.id, self._unkept[0])
                del self._unkept[0]
            self.not_kept = None
        except LagebildError as error:
            log.warning("a conversation is not kept: %s", error)
            self.not_kept = error
            return turn
        return kept
