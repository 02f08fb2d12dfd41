"""When and where that happened which an answer cites: from the dates and places that were found when it was ingested.

Knows the catalog and the gazetteer; knows nothing of pages or maps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.dates import PartialDate
from assistant.gazetteer import GeoNames, Place
from assistant.records import PLACE, Answer, Citation, Mention
from assistant.store import Catalog

__all__ = ["Cited", "Located", "cited_places", "cited_times"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation and a time that it is from; `told` is whether its sentence tells it, else it is the report's own."""

    date: PartialDate
    told: bool
    citation: Citation


@dataclass(frozen=True, slots=True)
class Located:
    """A place that is cited, and the numbers of the citations. Degrees; None where it has no point, as a country."""

    name: str
    latitude: float | None
    longitude: float | None
    numbers: tuple[int, ...]


def cited_times(catalog: Catalog, answer: Answer) -> list[Cited]:
    """The citations in the order of time, those without any date last; one that tells several is there for each."""
    mentions = catalog.mentions({citation.report.id for citation in answer.citations})
    found = []
    for citation in answer.citations:
        own = _within(mentions[citation.report.id], citation.start, citation.end)
        told = list(dict.fromkeys(mention.date for mention in own if mention.date is not None))
        found += [Cited(date, bool(told), citation) for date in told or [citation.report.published]]
    return sorted(found, key=lambda one: (one.date.earliest is None, one.date.recency, one.citation.number))


def _own_name(place: Place) -> str:
    return place.name


def cited_places(
    catalog: Catalog, gazetteer: GeoNames, answer: Answer, called: Callable[[Place], str] = _own_name
) -> list[Located]:
    """The places that the cited sentences name, in the order of the citations; where one names none, its passage's.

    What is the record of an event has the place and the coordinates that the record gives. `called` says the name of
    any other; without it, the gazetteer does.
    """
    mentions = catalog.mentions({citation.report.id for citation in answer.citations})
    numbers: dict[tuple[str, float | None, float | None], dict[int, None]] = {}
    for citation in answer.citations:
        event = _event(citation)
        own = mentions[citation.report.id]
        named = _places(_within(own, citation.start, citation.end)) or _places(
            _within(own, citation.passage.start, citation.passage.end)
        )
        known = gazetteer.places(named)
        points = [event] if event else [(called(p), p.latitude, p.longitude) for p in known]
        for point in points:
            numbers.setdefault(point, {})[citation.number] = None
    return [Located(*point, tuple(own)) for point, own in numbers.items()]


def _within(mentions: Iterable[Mention], start: int, end: int) -> list[Mention]:
    return [mention for mention in mentions if start <= mention.start < end]


def _places(mentions: Iterable[Mention]) -> list[str]:
    return list(dict.fromkeys(mention.entity for mention in mentions if mention.entity.startswith(PLACE)))


def _event(citation: Citation) -> tuple[str, float, float] | None:
    """The place of the record of an event; None for other reports, and where it has no coordinates on the globe."""
    said = citation.report.details
    try:
        latitude, longitude = float(said["latitude"]), float(said["longitude"])
    except (KeyError, ValueError):
        return None
    if "event_id" not in said or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return said.get("place") or citation.report.title, latitude, longitude
