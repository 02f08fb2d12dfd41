"""Records as plain data for JSON, the same at every door; and a report as it is exported, from which it is read again.

Knows the records and what their fields are called there; knows nothing of files or stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.dates import PartialDate
from assistant.records import Answer, Citation, Hit, Mention, Report, Statement, independent_sources

__all__ = [
    "answer_to_dict",
    "citation_to_dict",
    "hit_to_dict",
    "mention_to_dict",
    "report_from_export",
    "report_to_dict",
    "report_to_export",
    "statement_to_dict",
]


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """All of an answer, with its citations and hits."""
    return {
        "question": answer.question,
        "language": answer.language,
        "summary": answer.summary,
        "statements": [statement_to_dict(statement) for statement in answer.statements],
        "citations": [citation_to_dict(citation) for citation in answer.citations],
        "independent_sources": independent_sources(answer.citations),
        "as_of": str(answer.as_of) if answer.as_of is not None else None,
        "refusal": answer.refusal.value if answer.refusal is not None else None,
        "missing": answer.missing.value if answer.missing is not None else None,
        "confidence": answer.confidence.value if answer.confidence is not None else None,
        "caveats": [{"kind": c.kind.value, "text": c.text, "citations": list(c.citations)} for c in answer.caveats],
        "hits": [hit_to_dict(hit) for hit in answer.hits],
        "provenance": dict(answer.provenance),
        "parts": [
            {
                "kind": part.kind,
                "text": part.text,
                "since": part.since.isoformat() if part.since is not None else None,
                "until": part.until.isoformat() if part.until is not None else None,
                "without": part.without,
            }
            for part in answer.parts
        ],
    }


def report_to_dict(report: Report) -> dict[str, Any]:
    """A report's description without its text; `details` are those of `Report.details`, all of them strings."""
    return {
        "id": report.id,
        "title": report.title,
        "source": report.source,
        "published": str(report.published),
        "language": report.language,
        "url": report.url,
        "details": dict(report.details),
    }


def report_to_export(report: Report) -> dict[str, Any]:
    """Everything of a report, so that `report_from_export` gives the same one."""
    return report_to_dict(report) | {"text": report.text}


def report_from_export(record: Mapping[str, Any]) -> Report | None:
    """The report that `report_to_export` wrote; None where it is another record, or its content has been changed.

    That it is the same shows in its id, which is made of its content.
    """
    match record:
        case {
            "id": str(report_id),
            "title": str(title),
            "text": str(text),
            "published": str(published),
            "source": str() | None as source,
            "url": str() | None as url,
            "language": str(language),
            "details": dict(details),
        } if all(isinstance(value, str) for value in details.values()):
            try:
                date = PartialDate.stored(published)
            except ValueError:
                return None
            report = Report.make(
                text, title=title, published=date, source=source, url=url, language=language, details=details
            )
            return report if report.id == report_id else None
    return None


def mention_to_dict(mention: Mention, report: Report) -> dict[str, Any]:
    """A mention with the words by which the report makes it."""
    spelled = report.text[mention.start : mention.end]
    return {
        "start": mention.start,
        "end": mention.end,
        "spelled": spelled,
        "entity": mention.entity,
        "name": mention.name,
    }


def statement_to_dict(statement: Statement) -> dict[str, Any]:
    """A statement with the numbers of what it cites, and what of it does not rest on that."""
    return {
        "text": statement.text,
        "citations": list(statement.citations),
        "support": statement.support.value,
        "problems": [{"kind": problem.kind.value, "text": problem.text} for problem in statement.problems],
    }


def citation_to_dict(citation: Citation) -> dict[str, Any]:
    """A citation with its quote, its offsets and the parts of its score."""
    phrase = citation.phrase
    return {
        "number": citation.number,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "page": citation.page,
        "phrase": {"start": phrase[0], "end": phrase[1]} if phrase else None,
        "score": round(citation.score, 6) if citation.score is not None else None,
        "why": {name: round(value, 6) for name, value in citation.why.items()},
        "report": report_to_dict(citation.report),
        "names": [mention_to_dict(mention, citation.report) for mention in citation.names],
        "copies": [
            {
                "quote": copy.quote,
                "start": copy.start,
                "end": copy.end,
                "differs": copy.differs,
                "report": report_to_dict(copy.report),
            }
            for copy in citation.copies
        ],
    }


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """A hit with its text, its offsets and the parts of its score."""
    return {
        "report": report_to_dict(hit.report),
        "text": hit.text,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": round(hit.score, 6),
        "why": {name: round(value, 6) for name, value in hit.why.items()},
        "names": [mention_to_dict(mention, hit.report) for mention in hit.names],
        "copies": [report_to_dict(report) for report in hit.copies],
        "best_sentence": {
            "start": hit.best.sentence.start,
            "end": hit.best.sentence.end,
            "score": round(hit.best.score, 6),
        },
    }
