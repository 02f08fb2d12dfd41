"""Finds the names of a statement that the sentences it cites do not name, in any spelling or script.

Places and groups are those that retrieval knows (mentions.py); any other name is one by its capital, and compared by
its consonants. Knows citations and names; knows nothing of what else a statement says.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from assistant.gazetteer import Gazetteer
from assistant.mentions import possible_entities
from assistant.records import Citation
from assistant.terms import NAME_TOKEN, fold, skeleton

__all__ = ["missing_names"]


def missing_names(
    statement: str, language: str, cited: Sequence[Citation], gazetteer: Gazetteer | None
) -> Iterator[str]:
    """The names of the statement that neither a cited sentence has, nor the one before it, nor the report's source."""
    told = [(_context(citation), citation.report.language) for citation in cited]
    entities = {
        entity for text, own in told for _, _, found in possible_entities(text, own, gazetteer) for entity in found
    }
    words = {form for text, own in told for token in NAME_TOKEN.findall(text) for form in _forms(token, own)}
    known: list[tuple[int, int]] = []
    statement = unicodedata.normalize("NFC", statement)
    for start, end, found in possible_entities(statement, language, gazetteer):
        known.append((start, end))
        if not entities.intersection(found) and not _spelled(statement[start:end], language, words):
            yield statement[start:end]
    for token in NAME_TOKEN.finditer(statement):
        inside = any(start < token.end() and token.start() < end for start, end in known)
        begins = not statement[: token.start()].strip() or statement[: token.start()].rstrip()[-1:] in ".!?:"
        capital = token.group() != token.group().lower() and token.group()[:1].isupper()
        name = capital and not begins and not inside and language != "de"
        if name and not _spelled(token.group(), language, words):
            yield token.group()


def _context(citation: Citation) -> str:
    """The cited sentence with what stands before it in its passage, and who says it."""
    report = citation.report
    return f"{report.source or ''} . {report.text[citation.passage.start : citation.end]}"


def _forms(token: str, language: str) -> Iterator[str]:
    yield fold(token)[:5]
    consonants = skeleton(token, language)
    if len(consonants) >= 3:
        yield consonants


def _spelled(name: str, language: str, words: set[str]) -> bool:
    return all(any(form in words for form in _forms(token, language)) for token in NAME_TOKEN.findall(name))
