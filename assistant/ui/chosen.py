"""What somebody limits questions to on the page, as the address of the page says it. Knows no HTML and no Gradio.

The address is what a person can share, so that anything at all may stand in it: it is read leniently, cut to size, and
checked against what the reports have.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from assistant.errors import QuestionError
from assistant.filter import MAX_VALUES, Filter
from assistant.store import Facets

__all__ = ["Chosen", "Refused", "checked"]

MAX_LENGTH = 500  # characters of one value; the rest is cut off before it is refused
_MAX_QUERY = 100_000  # characters of an address; the server's own limit for a body is not far above
_LISTS = ("languages", "sources", "places")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The limits as they are written: dates as text, languages by code, sources and places as they are spelled."""

    since: str = ""
    until: str = ""
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: str) -> Chosen:
        """What the part of an address after the question mark says; what it says beside limits is passed over.

        >>> Chosen.read("q=who&since=2017-11&places=Rawa&places=Abu+Kamal")
        Chosen(since='2017-11', until='', languages=(), sources=(), places=('Rawa', 'Abu Kamal'))
        """
        found: dict[str, dict[str, None]] = {name: {} for name in ("since", "until", *_LISTS)}
        # A lone surrogate is no character, and could be neither written nor shown.
        cleaned = query[:_MAX_QUERY].encode("utf-8", "replace").decode("utf-8")
        for name, value in parse_qsl(cleaned.removeprefix("?"), errors="replace"):
            if name in found and value.strip():
                found[name][value[: MAX_LENGTH + 1]] = None
        since, until, languages, sources, places = (tuple(values) for values in found.values())
        return cls("".join(since[-1:]), "".join(until[-1:]), languages, sources, places)

    @property
    def query(self) -> str:
        """The part of an address that `read` reads."""
        return urlencode([(name, value) for name, value in self.each()])

    def each(self) -> Iterator[tuple[str, str]]:
        """Every limit: its name in the address, and its value."""
        yield from ((name, value) for name, value in (("since", self.since), ("until", self.until)) if value)
        for name, values in zip(_LISTS, (self.languages, self.sources, self.places), strict=True):
            yield from ((name, value) for value in values)

    def filter(self) -> Filter:
        """The filter that they make. A QuestionError names a date that cannot be read."""
        return Filter.told(self.since, self.until, self.languages, self.sources, self.places)


@dataclass(frozen=True, slots=True)
class Refused:
    """A limit that is not kept: its name, what was written, and why, as the name of a label."""

    name: str
    value: str
    why: str


def checked(chosen: Chosen, facets: Facets) -> tuple[Chosen, tuple[Refused, ...]]:
    """What can be kept of the limits, and what cannot. Places may be spelled in any way, and so are let in unseen."""
    refused: list[Refused] = []
    since = _date("since", chosen.since, refused)
    until = _date("until", chosen.until, refused)
    among = Filter.told(since, until)
    if among.since is not None and among.until is not None and among.since > among.until:
        refused.append(Refused("until", until, "refused_order"))
        until = ""
    languages = _known("languages", chosen.languages, facets.languages, refused)
    sources = _known("sources", chosen.sources, facets.sources, refused)
    places = _known("places", chosen.places, None, refused)
    return Chosen(since, until, languages, sources, places), tuple(refused)


def _date(name: str, value: str, refused: list[Refused]) -> str:
    try:
        Filter.told(value)
    except QuestionError:
        refused.append(Refused(name, value, "refused_date"))
        return ""
    return value


def _known(name: str, values: Iterable[str], known: Container[str] | None, refused: list[Refused]) -> tuple[str, ...]:
    kept: list[str] = []
    for value in values:
        if len(value) > MAX_LENGTH:
            refused.append(Refused(name, value, "refused_long"))
        elif known is not None and value not in known:
            refused.append(Refused(name, value, f"refused_{name}"))
        elif len(kept) == MAX_VALUES:
            refused.append(Refused(name, value, "refused_many"))
        else:
            kept.append(value)
    return tuple(kept)
