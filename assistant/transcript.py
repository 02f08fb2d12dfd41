"""Conversations as files: Markdown for people, plain data for JSON. Each quotation with its source, date and address.

Knows conversations and their turns; knows nothing of files or of how one is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.assistant import Assistant
from assistant.errors import ConversationError, LagebildError
from assistant.markdown import escaped
from assistant.records import Answer, Citation, Report
from assistant.turns import Lost, Turn
from assistant.wording import isolated, load_wording

__all__ = ["lost_text", "not_kept_text", "read", "to_dict", "to_json", "to_markdown"]

_ADDRESS = re.compile(r"https?://[^\s<>\x00-\x20]+")


def read(assistant: Assistant, conversation_id: str) -> tuple[str, Sequence[Turn]]:
    """The title of a kept conversation, and its turns with the reports that there are now; a ConversationError where
    there is none."""
    return assistant.conversations().summary(conversation_id).title, assistant.conversation(conversation_id).turns


def to_dict(conversation_id: str, title: str, turns: Sequence[Turn]) -> dict[str, Any]:
    """The conversation as plain data for JSON."""
    return {"id": conversation_id, "title": title, "turns": [turn.to_dict() for turn in turns]}


def to_json(conversation_id: str, title: str, turns: Sequence[Turn]) -> str:
    """The same as the text of a file."""
    return json.dumps(to_dict(conversation_id, title, turns), ensure_ascii=False, indent=2) + "\n"


def to_markdown(title: str, turns: Sequence[Turn]) -> str:
    """The conversation as Markdown (CommonMark). Quotations are block quotes, on one line each."""
    blocks = [f"# {escaped(title)}", *(block for turn in turns for block in _turn(turn))]
    return "\n\n".join(blocks) + "\n"


def lost_text(lost: Lost, language: str) -> str:
    """What became of a citation that is there no more, in one line."""
    wording = load_wording(language)
    if lost.report is None:
        return wording.say("forgotten", number=str(lost.number))
    title, source = isolated(lost.report.title), wording.source(lost.report.source)
    date = wording.date(lost.report.published)
    return wording.say("lost", number=str(lost.number), title=title, source=source, date=date)


def not_kept_text(error: LagebildError, language: str) -> str:
    """Why a conversation is not kept, in one line: in the language where it was deleted meanwhile; else with the
    message of the error, which is in English."""
    wording = load_wording(language)
    gone = isinstance(error, ConversationError)
    return wording.say("deleted_meanwhile") if gone else wording.say("not_kept", reason=str(error))


def _turn(turn: Turn) -> Iterator[str]:
    answer = turn.answer
    wording = load_wording(answer.language)
    yield f"## {turn.number}\\. {escaped(turn.question)}"
    yield f"*{turn.asked.isoformat(timespec='seconds')}*"
    if turn.resolved is not None:
        yield f"_{escaped(wording.say('understood', question=turn.resolved))}_"
    if answer.summary:
        yield escaped(answer.summary)
    for statement in answer.statements:
        cited = [answer.citation(number) for number in statement.citations]
        if [citation.quote for citation in cited] != [statement.text]:
            numbers = " ".join(f"\\[{number}\\]" for number in statement.citations)
            yield " ".join(part for part in (escaped(wording.statement(statement)), numbers) if part)
            if statement.problems:
                yield escaped(statement.doubt)
    for citation in answer.citations:
        yield f"> {escaped(citation.quote)}"
        yield _described(citation, answer)
    if answer.confidence is not None:
        yield f"- {escaped(wording.confidence(answer.confidence))}"
    for caveat in answer.caveats:
        yield f"- {escaped(caveat.text)}"
    for lost in turn.lost:
        yield f"- {escaped(lost_text(lost, answer.language))}"
        if lost.quote is not None:
            yield f"  > {escaped(lost.quote)}"


def _described(citation: Citation, answer: Answer) -> str:
    report = citation.report
    wording = load_wording(answer.language)
    parts = [
        f"\\[{citation.number}\\] {escaped(wording.source_name(report.source))}",
        escaped(report.title),
        escaped(f"{wording.date(report.published)} ({report.published})"),
        _address(report),
        f"{report.id}:{citation.start}\\-{citation.end}",
    ]
    return ", ".join(part for part in parts if part)


def _address(report: Report) -> str:
    """The address as a link where it is one of the web."""
    if report.url is None:
        return ""
    return f"<{report.url}>" if _ADDRESS.fullmatch(report.url) else escaped(report.url)
