"""What a place or a group is called on a page: as the reports in its language spell it most often.

The gazetteer has one name for each, in Latin letters with all their marks; readers know another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assistant.gazetteer import Gazetteer, Place, name_form
from assistant.records import PLACE
from assistant.store import Catalog, Naming
from assistant.ui.labels import country_name

__all__ = ["place_name", "spelling"]

_LONGEST = 40  # characters of a name


def place_name(place: Place, catalog: Catalog, gazetteer: Gazetteer, language: str) -> str:
    """What a place is called on a page in this language."""
    if place.is_country:
        return country_name(place.country, language)
    entity = place.entity
    return spelling(entity, catalog.namings(entity), language, gazetteer) or place.name


def spelling(entity: str, namings: Iterable[Naming], language: str, gazetteer: Gazetteer) -> str | None:
    """How the reports in this language spell a place or a group most often; else how any do; None where none does."""
    counts, anywhere = Counter[tuple[bool, str]](), Counter[str]()
    for naming in namings:
        spelled = " ".join(naming.spelling.split())
        if spelled.isprintable() and len(spelled) <= _LONGEST and _is_name(entity, spelled, gazetteer):
            counts[naming.language == language, spelled] += naming.count
            anywhere[spelled] += naming.count
    best = max(counts, key=lambda key: (key[0], counts[key], anywhere[key[1]], -len(key[1]), key[1]), default=None)
    return best[1] if best is not None else None


def _is_name(entity: str, spelled: str, gazetteer: Gazetteer) -> bool:
    """Whether this is a name by itself: "Iraqi" names Iraq in a report, and is no place to ask for."""
    if not entity.startswith(PLACE):
        return True
    return any(place.entity == entity for place in gazetteer.candidates(name_form(spelled)))
