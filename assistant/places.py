"""Where the places are that reports name. Knows the gazetteer; knows nothing of reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assistant.gazetteer import Gazetteer, Place, name_form

__all__ = ["PlaceCount", "located"]


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """A place and in how many reports it is named. `country` is an ISO 3166 code, the coordinates are in degrees; each
    is None where the gazetteer does not have it, as the coordinates of a country."""

    entity: str
    name: str
    reports: int
    country: str | None
    latitude: float | None
    longitude: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        return asdict(self)


def located(entity: str, name: str, reports: int, gazetteer: Gazetteer) -> PlaceCount:
    """The place that `Mention.entity` and `Mention.name` tell, where the gazetteer has it."""
    found: Place | None = next(
        (place for place in gazetteer.candidates(name_form(name)) if place.entity == entity), None
    )
    if found is None:
        return PlaceCount(entity, name, reports, None, None, None)
    return PlaceCount(entity, name, reports, found.country, found.latitude, found.longitude)
