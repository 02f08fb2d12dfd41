"""What one open page of the chat knows: its conversations, and what is shown of them.

This module knows conversations and their look; it knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import count

from assistant.assistant import Assistant
from assistant.errors import LagebildError
from assistant.records import Answer
from assistant.turns import ALONE, Feedback, Turn
from assistant.ui.answers import (
    answer_html,
    draft_html,
    limits_text,
    notes_html,
    problem_html,
    understood_text,
    waiting_html,
)
from assistant.ui.cards import sources_html
from assistant.ui.chosen import Chosen
from assistant.ui.feedback import feedback_html
from assistant.ui.transcript import sources_column_html, transcript_html, turn_html
from assistant.ui.understood import parts_html

__all__ = ["Page", "Session", "Shown"]

MAX_SHOWN = 2_000  # characters of a question that was refused
REDRAW = 0.1  # seconds between two pictures of a draft
MAX_TURNS = 30  # of one conversation; the oldest leave the page first

_log = logging.getLogger("lagebild.chat")


@dataclass(frozen=True, slots=True)
class Shown:
    """One question of a conversation, and what is shown for it: its answer and its sources as HTML.

    `kept_as` is the number of its turn where that is kept.
    """

    number: int
    question: str
    answer: str
    sources: str = ""
    limits: str = ""
    understood: str = ""
    parts: str = ""
    said: Answer | None = None
    kept_as: int | None = None

    @classmethod
    def of(cls, turn: Turn, number: int, language: str, not_kept: LagebildError | None = None) -> Shown:
        """A turn as it is shown; `number` is its place on the page, `not_kept` says why it is not kept.

        `language` is that of the page; an answer is in the language of its question.
        """
        return cls(
            number,
            turn.question,
            answer_html(turn.answer, number) + notes_html(turn, not_kept),
            sources_html(turn.answer, number, dt.datetime.now().astimezone().date()),
            limits_text(turn.among, language),
            understood_text(turn),
            parts_html(turn),
            turn.answer,
            turn.number if not_kept is None else None,
        )


class Session:
    """A conversation on an open page, and what is shown of it."""

    def __init__(self, assistant: Assistant, language: str, conversation: str | None = None) -> None:
        """A new conversation, or the one with this id, as far as it is shown; a new one where it cannot be read.

        `language` is that of the page.
        """
        self.language = language
        self._assistant = assistant
        try:
            self.conversation = assistant.conversation(conversation)
        except LagebildError as error:
            _log.warning("a conversation cannot be read: %s", error)
            self.conversation = assistant.conversation()
        if not self.conversation.turns:  # a conversation that is gone is not brought back under its old id
            self.conversation = assistant.conversation()
        turns = self.conversation.turns[-MAX_TURNS:]
        self._shown = {number: Shown.of(turn, number, language) for number, turn in enumerate(turns, start=1)}
        self._pending: dict[int, Shown] = {}
        # A question has its own from the moment it is asked: another may be asked before it is answered.
        self._numbers = count(len(turns) + 1)

    @property
    def kept(self) -> str:
        """The id of the conversation, where there is something of it that is kept."""
        return self.conversation.id if self.conversation.turns and self.conversation.kept else ""

    @property
    def answering(self) -> bool:
        """Whether there is a question without its answer."""
        return bool(self._pending)

    @property
    def newest_cited(self) -> tuple[int, Answer] | None:
        """The newest answer with its number on the page; None where it has no citations."""
        last = self._shown[max(self._shown)] if self._shown else None
        return (last.number, last.said) if last is not None and last.said is not None and last.said.citations else None

    def ask(self, question: str, limits: Chosen, alone: bool = False) -> Generator[tuple[str, str, str], None, None]:
        """Ask; what is to be shown, as `html` gives it: at once, while a language model writes, and at the end.

        With it comes the question, whole, once it is clear that it has no answer; until then, nothing. `alone` takes
        the question as it is, whatever was asked before.
        """
        number = next(self._numbers)
        self._pending[number] = Shown(number, question, waiting_html(self.language))
        lost = ""
        try:
            yield *self.html(), lost
            for shown in self._answering(number, question, limits, alone):
                if isinstance(shown, str):
                    self._pending[number] = Shown(number, question, draft_html(shown, self.language))
                    yield *self.html(), lost
                else:
                    self._shown[number] = shown
                    lost = question if shown.said is None else ""
        finally:
            del self._pending[number]
        yield *self.html(), lost

    def _answering(self, number: int, question: str, limits: Chosen, alone: bool) -> Iterator[str | Shown]:
        """The draft so far, again and again, and then what is shown for good."""
        try:
            draft, drawn_at = "", -math.inf
            for said in self.conversation.ask_stream(question, limits.filter(), without=ALONE if alone else ()):
                if isinstance(said, Turn):
                    yield Shown.of(said, number, self.language, self.conversation.not_kept)
                    return
                if isinstance(said, str):
                    draft += said
                if time.monotonic() >= drawn_at + REDRAW:
                    drawn_at = time.monotonic()
                    yield draft
        except LagebildError as error:
            yield Shown(number, question[:MAX_SHOWN], problem_html(str(error), self.language))
        except Exception:  # the edge: whatever it is, the person is told and the server goes on
            _log.exception("a question could not be answered")
            yield Shown(number, question[:MAX_SHOWN], problem_html(None, self.language))

    def html(self) -> tuple[str, str]:
        """The transcript and the column of sources, as HTML, with the questions that are not answered yet."""
        shown = [one for _, one in sorted((self._pending | self._shown).items())][-MAX_TURNS:]
        said = self._said_of_answers()
        transcript = [
            turn_html(
                one.question,
                one.answer,
                one.number,
                one.limits,
                one.understood,
                one.parts,
                self._feedback(one, said),
            )
            for one in shown
        ]
        sources = [(one.question, one.sources) for one in shown]
        return transcript_html(transcript, self.language, self.kept), sources_column_html(sources, self.language)

    def _said_of_answers(self) -> dict[int, Feedback]:
        """What was said of the answers; read anew each time, because the page changes it by itself (parts.py)."""
        try:
            return self._assistant.conversations().feedback(self.kept) if self.kept else {}
        except LagebildError as error:
            _log.warning("what was said of answers cannot be read: %s", error)
            return {}

    def _feedback(self, shown: Shown, said: dict[int, Feedback]) -> str:
        if shown.kept_as is None or shown.said is None or not self.kept:
            return ""
        return feedback_html(
            self.kept,
            shown.kept_as,
            said.get(shown.kept_as),
            cited=bool(shown.said.citations),
            writable=not self._assistant.settings.read_only,
            language=self.language,
        )


class Page:
    """What one open page has open: the session that it shows, and those that were left before their answers came."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self._left: list[Session] = []

    def turn_to(self, session: Session) -> Session:
        """Show this session, or the one of the same conversation in which something is still being answered."""
        begun = [*self._left, self.session] if self.session is not None else self._left
        self._left = [one for one in begun if one.answering]
        same = (one for one in self._left if one.conversation.id == session.conversation.id)
        self.session = next(same, session)
        return self.session
