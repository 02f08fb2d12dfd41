"""Finds the places and groups that a text names, in any spelling or script, and decides which place is meant.

A name may stand for many places. The one is chosen that fits the other names of the text: a place in a country that
the text speaks of, then the larger one. What fits nothing (the German "Essen", in a report on Syria, is food) is no
mention. Groups and regions are in listed.py. This module knows names; it knows nothing of stores or scores.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from assistant.gazetteer import Gazetteer, Place, name_form
from assistant.letters import UNSPACED
from assistant.listed import countries_of, extent_of, find_listed
from assistant.records import PLACE, Hit, Mention, Report
from assistant.toponyms import COUNTRY_VOTE, Span, Toponym, name_spans

__all__ = ["Name", "Spellings", "find_countries", "find_mentions", "lying_in", "names_in", "possible_names"]

_COHERENT = 0.15  # share of a text's names that fit a country, from which the text speaks of that country
_FAMOUS = 1_000_000  # people: a city that is named without its country
_LONG = 7  # letters, from which a name that only one place in the world has is no accident
_SHARE_WEIGHT = 5.0  # against the logarithm of the population: a coherent village beats a city elsewhere
_COUNTRY_BONUS = 3.0  # "Georgia", "Jordan": the country, before a town of that name
_ABBREVIATION = re.compile(r"[A-Z]{2,4}")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a question, `text[start:end]`, and the entities (`Mention.entity`) that it may stand for, the likeliest
    first. `within` are those of what lies in it, where it is a region's or a province's and no town's."""

    start: int
    end: int
    entities: tuple[str, ...]
    within: frozenset[str] = frozenset()

    @property
    def is_place(self) -> bool:
        """Whether it may be a place's."""
        return any(entity.startswith(PLACE) for entity in self.entities)

    @property
    def told_by(self) -> frozenset[str]:
        """What a report names that names this, or what lies in it."""
        return self.within.union(self.entities)


def find_mentions(text: str, language: str, gazetteer: Gazetteer | None) -> list[Mention]:
    """The mentions of a whole text in order, with offsets into it. Those from lists win where two overlap.

    Without a gazetteer, groups alone are found.
    """
    groups, regions, spans = _found(text, language, gazetteer)
    spans = [span for span in spans if all(_apart(span, group) for group in groups)]
    votes: dict[object, Mapping[str, float]] = {span.name.ids: span.name.votes for span in spans if span.name.exact}
    for one in groups + regions:
        active = countries_of(one.entity)
        votes[one.entity] = dict.fromkeys(active, COUNTRY_VOTE / max(len(active), 1))
    places = [
        Mention(span.start, span.end, place.entity, place.name)
        for span in spans
        if (place := _meant(span.name, text[span.start : span.end], votes)) is not None
    ]
    return sorted(groups + regions + places, key=lambda mention: mention.start)


def possible_names(text: str, language: str, gazetteer: Gazetteer | None) -> list[Name]:
    """The names of a question in order, with every entity that each may stand for.

    Which of them is meant is for the reports to say: those that no report speaks of find nothing.
    """
    groups, regions, spans = _found(text, language, gazetteer, typed=True)
    listed = groups + regions
    found = [Name(one.start, one.end, (one.entity,), lying_in(one.entity, gazetteer)) for one in listed]
    for span in spans:
        places = span.name.places
        if span.name.told:
            places = tuple(dict.fromkeys(map(span.name.settled, places)))
        others = {place.country for place in places if not place.is_province}  # "Homs" is the town
        provinces = (lying_in(p.entity, gazetteer) for p in places if p.is_province and p.country not in others)
        entities = tuple(place.entity for place in places)
        found.append(Name(span.start, span.end, entities, frozenset[str]().union(*provinces)))
    return sorted(found, key=lambda name: (name.start, name.end))


def lying_in(entity: str, gazetteer: Gazetteer | None) -> frozenset[str]:
    """The entities of what lies in a region, a province or a country; none for what is none of them."""
    if gazetteer is None or not entity.startswith(PLACE):
        return frozenset()
    extent = extent_of(entity)
    return gazetteer.within((entity,)) if extent is None else gazetteer.within(extent.parts, extent.boxes)


def _found(
    text: str, language: str, gazetteer: Gazetteer | None, *, typed: bool = False
) -> tuple[list[Mention], list[Mention], list[Span]]:
    """The groups, the regions and the names of other places in a text.

    A region within a longer name ("South Kivu") is that name; of a region's name only a country is a name as well
    ("northern Syria").
    """
    listed, spans = list(find_listed(text, typed=typed)), name_spans(text, language, gazetteer)
    groups = [one for one in listed if not one.entity.startswith(PLACE)]
    if gazetteer is None:
        return groups, [], []
    regions = [one for one in listed if one.entity.startswith(PLACE) and not any(_within(one, span) for span in spans)]
    places = [
        span
        for span in spans
        if all(_apart(span, region) or (span.is_country and _within(span, region)) for region in regions)
    ]
    return groups, regions, places


def _apart(one: Mention | Span, other: Mention | Span) -> bool:
    return one.end <= other.start or other.end <= one.start


def _within(one: Mention | Span, other: Mention | Span) -> bool:
    """Whether it is a part of the other, and not all of it."""
    return other.start <= one.start and one.end <= other.end and one.end - one.start < other.end - other.start


def find_countries(text: str, language: str, gazetteer: Gazetteer | None) -> Iterator[tuple[int, int, str]]:
    """The names of countries in a text, those that a town has too among them: start, end, ISO code."""
    for span in name_spans(text, language, gazetteer):
        if span.is_country:
            yield span.start, span.end, span.name.places[0].country


@dataclass(frozen=True, slots=True)
class Spellings:
    """The ways in which reports spell something: one of the mentions for each, and a pattern that finds any of them."""

    mentions: Mapping[str, Mention]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, mentions: Iterable[tuple[Report, Mention]]) -> Spellings:
        """Those of these mentions."""
        found = {report.text[mention.start : mention.end]: mention for report, mention in mentions}
        forms = "|".join(sorted(map(re.escape, found), key=len, reverse=True)) or "(?!)"
        return cls(found, re.compile(rf"(?<![^\W{UNSPACED}])(?:{forms})(?![^\W{UNSPACED}])"))


def names_in(
    hit: Hit, mentions: Iterable[Mention], spelled: Spellings, asked: Collection[str], gazetteer: Gazetteer | None
) -> tuple[Mention, ...]:
    """What a passage names of the entities `asked` for: of its report's `mentions` those within, or else what it spells
    as other reports do, or what may be one of them and was taken for nothing else.

    A short report on one town may have no other name by which to tell that town from its namesakes; another report has,
    or the question says which is meant.
    """
    start, end = hit.passage.start, hit.passage.end
    within = [mention for mention in mentions if start <= mention.start < end]
    named = tuple(mention for mention in within if mention.entity in asked)
    if named:
        return named
    found = spelled.pattern.finditer(hit.text)
    alike = tuple(replace(spelled.mentions[m.group()], start=start + m.start(), end=start + m.end()) for m in found)
    return alike or tuple(
        Mention(start + span.start, start + span.end, place.entity, place.name)
        for span in name_spans(hit.text, hit.report.language, gazetteer)
        if span.name.exact and not any(m.start < start + span.end and start + span.start < m.end for m in within)
        for place in [place for place in span.name.places if place.entity in asked][:1]
    )


def _meant(name: Toponym, spelled: str, votes: Mapping[object, Mapping[str, float]]) -> Place | None:
    """Of a name's places the one that fits the other names best; None where none does, and none is certain or famous.

    A name does not speak for itself: what counts is which share of the other names' votes its country has. A few
    capitals may be an abbreviation, as SANA the agency: no city is so famous.
    """
    others: dict[str, float] = {}
    for voter, own in votes.items():
        if voter != name.ids:
            for country, vote in own.items():
                others[country] = others.get(country, 0.0) + vote
    total = sum(others.values())
    shares = {place.country: others.get(place.country, 0.0) / total if total else 0.0 for place in name.places}
    best = name.settled(max(name.places, key=lambda place: _fit(place, shares[place.country])))
    certain = not total and len(name_form(spelled)) >= _LONG and len(name.places) == 1
    famous = best.is_town and best.population >= _FAMOUS and not _ABBREVIATION.fullmatch(spelled)
    known = name.exact and (best.is_country or famous or certain)
    return best if known or shares[best.country] >= _COHERENT else None


def _fit(place: Place, share: float) -> float:
    return math.log10(place.population + 10) + _SHARE_WEIGHT * share + _COUNTRY_BONUS * place.is_country
