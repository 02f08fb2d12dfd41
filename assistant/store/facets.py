"""How many reports there are of each month, language, source, place and group. Knows SQL; loads no text.

Counted once a change, so that every page that opens can have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.dates import PartialDate
from assistant.records import DATE, PLACE
from assistant.store.database import Database

__all__ = ["CatalogFacets", "Facets"]


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts of reports; of languages, sources and names the most frequent first.

    `months` are `YYYY-MM`, in order, without those that have none: a report counts in the month of its date, however
    exact that is, and a span of days in the month of its first. `without_month` are those that have a year alone, or no
    date at all; `oldest` and `newest` are None where none has one. A report without a source is in no source. `names`
    are the places and groups that reports name, by entity, with what each is called.
    """

    months: Mapping[str, int] = field(default_factory=dict)
    without_month: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    oldest: PartialDate | None = None
    newest: PartialDate | None = None

    @property
    def places(self) -> dict[str, tuple[str, int]]:
        """Those of the names that are places."""
        return {entity: about for entity, about in self.names.items() if entity.startswith(PLACE)}


class CatalogFacets(Database):
    """The catalog, as far as it is counted."""

    _facets: tuple[int, Facets] | None = None  # at which change, and what

    def facets(self) -> Facets:
        """The counts of the catalog as it is now."""
        with self._transaction("DEFERRED") as connection:
            change = int(connection.execute("SELECT coalesce(max(number), 0) FROM changes").fetchone()[0])
            if self._facets is not None and self._facets[0] == change:
                return self._facets[1]
            published = connection.execute("SELECT published, count(*) FROM reports GROUP BY 1 ORDER BY 1").fetchall()
            languages = connection.execute(
                "SELECT language, count(*) FROM reports GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
            sources = connection.execute(
                "SELECT source, count(*) FROM reports WHERE source IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
            names = connection.execute(
                "SELECT entity, min(name), count(DISTINCT report_id) FROM mentions "
                "WHERE entity NOT GLOB ? GROUP BY entity ORDER BY 3 DESC, 2, 1",
                (f"{DATE}*",),
            ).fetchall()
        dates = [(PartialDate.parse(date), count) for date, count in published if date != "unknown"]
        months = Counter[str]()
        for date, count in dates:
            if date.month is not None:
                months[str(PartialDate(date.year, date.month))] += count
        known = sorted((date for date, _ in dates), key=lambda date: date.recency)
        facets = Facets(
            dict(months),
            sum(count for _, count in published) - months.total(),
            dict(languages),
            dict(sources),
            {entity: (name, count) for entity, name, count in names},
            known[0] if known else None,
            known[-1] if known else None,
        )
        self._facets = change, facets
        return facets
