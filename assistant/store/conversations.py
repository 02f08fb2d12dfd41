"""Conversations in the catalog: kept turn by turn, listed, read again, renamed, removed.

They are written by whoever asks, while another may ingest: each change is one short transaction, and the write lock of
the data folder is not needed. This module knows SQL; what a turn is made of is for stored_turns.py.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import ConversationError, SettingsError
from assistant.records import Report
from assistant.store.database import Database
from assistant.store.stored_turns import decode, encode, reports_in, without_reports
from assistant.turns import SOMETHING, Feedback, Turn, Verdict

__all__ = ["ConversationSummary", "Conversations", "erase_reports"]

Reports = Callable[[Iterable[str]], Mapping[str, Report]]
"""Gives those of the reports with these ids that there are."""


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """What a list of conversations shows. `turns` is how many there are; `started` is in UTC."""

    id: str
    title: str
    started: dt.datetime
    turns: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        return {"id": self.id, "title": self.title, "started": self.started.isoformat(), "turns": self.turns}


class Conversations(Database):
    """The conversations of one data folder. Safe to share between threads and processes."""

    _PATIENCE = 5.0

    def add(self, conversation_id: str, turn: Turn) -> Turn:
        """Keep a turn at the end of its conversation, which is made with its first turn. The turn, with its number.

        Nothing is kept of a report that was forgotten while the turn was made, or since a turn before quoted it.
        Raises DataFolderError where the catalog cannot be written, and ConversationError where it is no first turn,
        by its number, and the conversation is gone: one that was deleted is not made again without its beginning.
        """
        with self._transaction("IMMEDIATE") as connection:
            sql = "SELECT 1 FROM conversations WHERE id = ?"
            if connection.execute(sql, (conversation_id,)).fetchone() is None:
                if turn.number > 1:
                    raise ConversationError(f"{conversation_id}: this conversation was deleted meanwhile")
                connection.execute(
                    "INSERT INTO conversations VALUES (?, ?, ?)",
                    (conversation_id, turn.question, turn.asked.isoformat()),
                )
            (last,) = connection.execute(
                "SELECT coalesce(max(number), 0) FROM turns WHERE conversation_id = ?", (conversation_id,)
            ).fetchone()
            turn = replace(turn, number=last + 1)
            cited = reports_in(turn)
            gone = {report_id for report_id in cited if _is_forgotten(connection, report_id, conversation_id)}
            content = without_reports(encode(turn), gone) if gone else encode(turn)
            connection.execute("INSERT INTO turns VALUES (?, ?, ?)", (conversation_id, turn.number, content))
            connection.executemany(
                "INSERT INTO turn_reports VALUES (?, ?, ?)",
                [(report_id, conversation_id, turn.number) for report_id in sorted(cited - gone)],
            )
        return turn

    def summaries(self) -> list[ConversationSummary]:
        """Every conversation, the newest first."""
        with self._explained():
            rows = self._connection.execute(f"{_SUMMARIES} ORDER BY started DESC, id").fetchall()
        return [_summary(row) for row in rows]

    def summary(self, conversation_id: str) -> ConversationSummary:
        """One conversation; a ConversationError where there is none."""
        with self._explained():
            row = self._connection.execute(f"{_SUMMARIES} WHERE id = ?", (conversation_id,)).fetchone()
        if row is None:
            raise ConversationError(
                f"{conversation_id}: there is no such conversation. See them: lagebild conversations list"
            )
        return _summary(row)

    def turns(self, conversation_id: str, reports: Reports) -> list[Turn]:
        """The turns of a conversation in order, with the reports that there are now and what was said of their answers;
        empty where there is none.
        """
        with self._explained():
            rows = self._connection.execute(
                "SELECT content FROM turns WHERE conversation_id = ? ORDER BY number", (conversation_id,)
            ).fetchall()
            ids = self._connection.execute(
                "SELECT DISTINCT report_id FROM turn_reports WHERE conversation_id = ?", (conversation_id,)
            ).fetchall()
        found = reports([report_id for (report_id,) in ids])
        said = self.feedback(conversation_id)
        turns = [decode(content, found) for (content,) in rows]
        return [replace(turn, feedback=said.get(turn.number)) for turn in turns]

    def judge(self, conversation_id: str, number: int, feedback: Feedback | None) -> None:
        """Keep what is said of the answer of a turn, in the place of what was said before; None takes it back.

        A ConversationError where there is no such turn.
        """
        at = (conversation_id, number)
        with self._transaction("IMMEDIATE") as connection:
            turn = connection.execute("SELECT 1 FROM turns WHERE conversation_id = ? AND number = ?", at).fetchone()
            connection.execute("DELETE FROM feedback WHERE conversation_id = ? AND number = ?", at)
            if feedback is not None and turn is not None:
                said = (feedback.verdict.value, feedback.note)
                connection.execute("INSERT INTO feedback VALUES (?, ?, ?, ?)", (*at, *said))
        if turn is None:
            raise ConversationError(
                f"{conversation_id}: there is no turn {number} of such a conversation. See them: lagebild conversations"
                f" show {conversation_id}"
            )

    def feedback(self, conversation_id: str) -> dict[int, Feedback]:
        """What was said of the answers of a conversation, by the numbers of their turns."""
        sql = "SELECT number, verdict, note FROM feedback WHERE conversation_id = ?"
        rows = self.rows(sql, (conversation_id,))
        return {number: Feedback(Verdict(verdict), note) for number, verdict, note in rows}

    def judged(self) -> list[str]:
        """The ids of the conversations of which an answer was judged, the newest first."""
        sql = (
            "SELECT id FROM conversations WHERE id IN (SELECT conversation_id FROM feedback) ORDER BY started DESC, id"
        )
        return [conversation_id for (conversation_id,) in self.rows(sql)]

    def referring_to(self, report_ids: Iterable[str]) -> set[str]:
        """Those of the reports, which may be gone, that a turn refers to."""
        sql = "SELECT 1 FROM turn_reports WHERE report_id = ? LIMIT 1"
        with self._explained():
            return {one for one in report_ids if self._connection.execute(sql, (one,)).fetchone() is not None}

    def rename(self, conversation_id: str, title: str) -> bool:
        """Give a conversation another title. False where there is none.

        A SettingsError where nothing of the title is to be seen.
        """
        if re.search(SOMETHING, title) is None:
            raise SettingsError("The title is empty. Take one that is to be seen.")
        with self._transaction("IMMEDIATE") as connection:
            sql = "UPDATE conversations SET title = ? WHERE id = ?"
            return connection.execute(sql, (title, conversation_id)).rowcount > 0

    def remove(self, conversation_ids: Iterable[str]) -> int:
        """Remove conversations; how many there were. Their bytes stay in the file until `scrub`."""
        with self._transaction("IMMEDIATE") as connection:
            sql = "DELETE FROM conversations WHERE id = ?"
            return sum(connection.execute(sql, (one,)).rowcount for one in conversation_ids)

    def problems(self, reports: Reports) -> Iterator[str]:
        """What is wrong with the stored conversations, in words: quotes that are not in the reports they name."""
        for conversation in self.summaries():
            for turn in self.turns(conversation.id, reports):
                there = reports([lost.report.id for lost in turn.lost if lost.report is not None])
                for lost in turn.lost:
                    if lost.report is not None and lost.report.id in there:
                        where = f"quote {lost.number} of turn {turn.number}"
                        yield f"conversation {conversation.id}: {where} is not in its report"


_SUMMARIES = "SELECT id, title, started, (SELECT count(*) FROM turns WHERE conversation_id = id) FROM conversations"


def _summary(row: tuple[str, str, str, int]) -> ConversationSummary:
    return ConversationSummary(row[0], row[1], dt.datetime.fromisoformat(row[2]), row[3])


def _is_forgotten(connection: sqlite3.Connection, report_id: str, conversation_id: str) -> bool:
    """Whether a report is gone, and no earlier turn of the conversation quotes it any more: of one that has only been
    replaced, the quotes stay."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM reports WHERE id = ?1)"
        " OR EXISTS (SELECT 1 FROM turn_reports WHERE report_id = ?1 AND conversation_id = ?2)"
    )
    (there,) = connection.execute(sql, (report_id, conversation_id)).fetchone()
    return not there


def erase_reports(connection: sqlite3.Connection, report_ids: Iterable[str]) -> None:
    """Take everything of these reports out of all conversations, within the caller's transaction.

    A note on an answer may have their words: it goes, and the verdict stays.
    """
    gone = set(report_ids)
    turns: dict[tuple[str, int], None] = {}
    for report_id in gone:
        sql = "DELETE FROM turn_reports WHERE report_id = ? RETURNING conversation_id, number"
        turns.update(dict.fromkeys(connection.execute(sql, (report_id,)).fetchall()))
    for turn in turns:
        sql = "SELECT content FROM turns WHERE conversation_id = ? AND number = ?"
        (content,) = connection.execute(sql, turn).fetchone()
        connection.execute(
            "UPDATE turns SET content = ? WHERE conversation_id = ? AND number = ?",
            (without_reports(content, gone), *turn),
        )
        connection.execute("UPDATE feedback SET note = '' WHERE conversation_id = ? AND number = ?", turn)
