"""What an index holds, counted: its reports, and the places and groups that they name.

Knows how it is told as plain data; knows nothing of how it is found.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.dates import PartialDate
from assistant.store import CatalogCounts

__all__ = ["NameCount", "PlaceCount", "Status"]


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds. `languages` counts reports by language; the dates are those of the reports."""

    data: Path
    counts: CatalogCounts
    languages: dict[str, int]
    oldest: PartialDate | None
    newest: PartialDate | None
    made_with: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        return {
            "data": str(self.data),
            "reports": self.counts.reports,
            "passages": self.counts.passages,
            "sentences": self.counts.sentences,
            "languages": self.languages,
            "oldest": str(self.oldest) if self.oldest else None,
            "newest": str(self.newest) if self.newest else None,
            "made_with": self.made_with,
        }


@dataclass(frozen=True, slots=True)
class NameCount:
    """A place or a group, as `Mention.entity` and `Mention.name` have it, and in how many reports it is named."""

    entity: str
    name: str
    reports: int

    @property
    def kind(self) -> str:
        """Whether it is a `place` or a `group`."""
        return self.entity.partition(":")[0]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        return {"name": self.name, "kind": self.kind, "reports": self.reports}


@dataclass(frozen=True, slots=True)
class PlaceCount(NameCount):
    """A place. `country` is an ISO 3166 code, the coordinates are in degrees; each is None where the gazetteer does not
    have it, as the coordinates of a country."""

    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        return asdict(self)
