"""Turns of conversations as JSON for the catalog, and back.

A stored answer refers to its reports by id and offsets, and keeps the words that it quoted beside them. When it is
read, each quote is sliced from its report again; where the report is gone, the citation is lost, and said to be.
This module knows records and JSON; it knows nothing of SQL.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from assistant.records import Answer, CaveatKind, Citation, Report
from assistant.turns import Lost, Turn

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["decode", "encode", "reports_in", "without_reports"]

_IN_WORDS_OF_EACH = frozenset(
    {CaveatKind.UNCONFIRMED, CaveatKind.DENIED, CaveatKind.PLANNED}
)  # that it is about: true of each by itself


def encode(turn: Turn) -> str:
    """The turn as JSON, with no text of a report but the words that it quotes."""
    stored = replace(turn, answer=_with(turn.answer, _described))
    quotes = {str(citation.number): citation.quote for citation in turn.answer.citations}
    return _content(stored, quotes)


def decode(content: str, reports: Mapping[str, Report]) -> Turn:
    """The turn that was encoded, with those reports that there are.

    What rests on a report that is gone, or that no longer has the words, is taken out of the answer: the citation is
    among `Turn.lost`, and the summary is empty.
    """
    stored, quotes = _parsed(content)
    lost = list(stored.lost)
    kept = []
    for citation in stored.answer.citations:
        report, quote = reports.get(citation.report.id), quotes.get(str(citation.number))
        if report is not None and report.text[citation.start : citation.end] == quote:
            kept.append(citation)
        else:
            lost.append(Lost(citation.number, citation.report, quote))
    answer = _with(_citing(stored.answer, kept), lambda report: reports.get(report.id))
    return replace(stored, answer=answer, lost=tuple(sorted(lost, key=lambda one: one.number)))


def reports_in(turn: Turn) -> set[str]:
    """The ids of all reports that an answer refers to."""
    found: set[str] = set()

    def noted(report: Report) -> Report:
        found.add(report.id)
        return report

    _with(turn.answer, noted)
    return found


def without_reports(content: str, gone: Collection[str]) -> str:
    """The same turn with nothing of these reports in it: no quote, no title, no statement that rests on them."""
    stored, quotes = _parsed(content)
    before = stored.answer
    forgotten = {citation.number for citation in before.citations if citation.report.id in gone}
    copied = {c.number for c in before.citations if any(copy.report.id in gone for copy in c.copies)}
    answer = _citing(before, [citation for citation in before.citations if citation.number not in forgotten])
    caveats = tuple(
        caveat
        for caveat in answer.caveats
        if not (forgotten & set(caveat.citations) and caveat.kind not in _IN_WORDS_OF_EACH)
        and not (copied & set(caveat.citations) and caveat.kind is CaveatKind.COPY_DIFFERS)
    )
    # What rests on nothing may have been written with a forgotten report in view.
    statements = tuple(statement for statement in answer.statements if statement.citations)
    answer = replace(answer, statements=statements, caveats=caveats)
    answer = _with(answer, lambda report: None if report.id in gone else report)
    lost = tuple(
        Lost(one.number) if one.report is not None and one.report.id in gone else one for one in stored.lost
    ) + tuple(Lost(number) for number in sorted(forgotten))
    turn = replace(stored, answer=answer, lost=lost)
    kept = {number: quote for number, quote in quotes.items() if int(number) not in forgotten}
    return _content(turn, kept)


def _citing(answer: Answer, citations: Collection[Citation]) -> Answer:
    """The answer with these of its citations, and what rests on them alone."""
    if len(citations) == len(answer.citations):
        return answer
    numbers = {citation.number for citation in citations}
    return replace(
        answer,
        citations=tuple(citations),
        statements=tuple(one for one in answer.statements if one.citations and numbers.issuperset(one.citations)),
        caveats=tuple(caveat for caveat in answer.caveats if numbers.intersection(caveat.citations)),
        as_of=max((c.report.published for c in citations), key=lambda date: date.recency, default=None),
        summary="",
        confidence=None,
    )


def _with(answer: Answer, found: Callable[[Report], Report | None]) -> Answer:
    """The answer with other reports in the place of its own; where there is none, a hit or a copy goes."""
    citations = []
    for citation in answer.citations:
        report = found(citation.report)
        if report is not None:
            copies = tuple(replace(c, report=other) for c in citation.copies if (other := found(c.report)) is not None)
            citations.append(replace(citation, report=report, copies=copies))
    hits = []
    for hit in answer.hits:
        report = found(hit.report)
        if report is not None:
            copies_of = tuple(other for copy in hit.copies if (other := found(copy)) is not None)
            hits.append(replace(hit, report=report, copies=copies_of))
    return replace(answer, citations=tuple(citations), hits=tuple(hits))


def _described(report: Report) -> Report:
    return replace(report, text="", details={})


def _content(turn: Turn, quotes: Mapping[str, str]) -> str:
    # What is said of an answer may change: it has a table of its own.
    stored = json.loads(_turns().dump_json(turn, exclude={"feedback"}))
    return json.dumps({"turn": stored, "quotes": quotes}, ensure_ascii=False)


def _parsed(content: str) -> tuple[Turn, Mapping[str, str]]:
    stored = json.loads(content)
    return _turns().validate_python(stored["turn"]), stored["quotes"]


@cache
def _turns() -> TypeAdapter[Turn]:
    from pydantic import TypeAdapter

    return TypeAdapter(Turn)
