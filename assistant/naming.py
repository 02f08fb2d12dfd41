"""Which reports and sentences name a place or a group, in any spelling or script, or what lies in a region.

Knows the catalog and names; knows nothing of questions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.gazetteer import Gazetteer
from assistant.mentions import lying_in, possible_names
from assistant.records import Mention
from assistant.store import Catalog
from assistant.terms import question_terms, terms

__all__ = ["Named", "naming"]


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for, or has in it, and the ids of the reports that name any of it.

    Where no report mentions any of its `entities` (`Mention.entity`), as the gazetteer lacks them, `words` has for each
    word of the name the terms of its consonants (terms.py).
    """

    reports: frozenset[str]
    entities: frozenset[str]
    words: tuple[frozenset[str], ...] = ()

    def is_in(self, sentence: str, language: str, mentions: Iterable[Mention]) -> bool:
        """Whether a sentence of one of the reports has the name; `mentions` are its own."""
        if not self.words:
            return any(mention.entity in self.entities for mention in mentions)
        own = terms(sentence, language)
        return all(word & own for word in self.words)


def naming(catalog: Catalog, gazetteer: Gazetteer | None, name: str) -> Named:
    """What `name` stands for in the reports: places and groups that are known, with what lies in a region, province or
    country; or else what has its consonants."""
    names = possible_names(name, "und", gazetteer)
    entities = frozenset[str]().union(*(one.told_by | lying_in(one.entities[0], gazetteer) for one in names))
    reports = catalog.reports_naming(entities)
    if reports:
        return Named(frozenset(reports), entities)
    words = [frozenset(term for term in word if term[0] == "s") for word in question_terms(name, "und")]
    words = [word for word in words if word]
    found = [set[int]().union(*(catalog.postings(term).tolist() for term in word)) for word in words]
    passages = catalog.passages_holding_keys(set.intersection(*found) if found else ())
    return Named(frozenset(passage.rpartition(":")[0] for passage in passages), entities, tuple(words))
