"""How many reports there are of each month, language, source and place. Knows SQL; loads no text.

Counted once a change, so that every page that opens can have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.records import PLACE
from assistant.store.database import Database

__all__ = ["CatalogFacets", "Facets"]


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts of reports; of languages, sources and places the most frequent first.

    `months` are `YYYY-MM`, in order, without those that have none: a report counts in the month of its date, however
    exact that is, and a span of days in the month of its first. `without_month` are those that have a year alone, or no
    date at all. A report without a source is in no source. `places` are by entity, with their names.
    """

    months: Mapping[str, int] = field(default_factory=dict)
    without_month: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)


class CatalogFacets(Database):
    """The catalog, as far as it is counted."""

    _facets: tuple[int, Facets] | None = None  # at which change, and what

    def facets(self) -> Facets:
        """The counts of the catalog as it is now."""
        with self._explained(), self._transaction("DEFERRED") as connection:
            change = int(connection.execute("SELECT coalesce(max(number), 0) FROM changes").fetchone()[0])
            if self._facets is not None and self._facets[0] == change:
                return self._facets[1]
            dates = connection.execute("SELECT substr(published, 1, 7), count(*) FROM reports GROUP BY 1 ORDER BY 1")
            months = dict(dates.fetchall())
            languages = connection.execute(
                "SELECT language, count(*) FROM reports GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
            sources = connection.execute(
                "SELECT source, count(*) FROM reports WHERE source IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
            places = connection.execute(
                "SELECT entity, min(name), count(DISTINCT report_id) FROM mentions "
                "WHERE entity GLOB ? GROUP BY entity ORDER BY 3 DESC, 2, 1",
                (f"{PLACE}*",),
            ).fetchall()
        vague = [month for month in months if len(month) < len("2017-11") or month == "unknown"]
        facets = Facets(
            {month: count for month, count in months.items() if month not in vague},
            sum(months[month] for month in vague),
            dict(languages),
            dict(sources),
            {entity: (name, count) for entity, name, count in places},
        )
        self._facets = change, facets
        return facets
