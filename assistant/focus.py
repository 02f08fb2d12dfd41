"""Which reports to look among for a question: those of the time and the places that it asks about.

Knows filters and questions; knows nothing of the store.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from assistant.dates import Window
from assistant.filter import Filter
from assistant.query import Query

__all__ = ["focused", "narrowed"]


def narrowed(among: Filter, query: Query) -> Filter:
    """The filter, and the time that is asked about where nothing else is: then all that matters is when."""
    return _within(among, query.windows) if query.only_time else among


def focused(among: Filter, windows: Sequence[Window], named: Sequence[Set[str]]) -> Filter:
    """The filter, and what is asked about: the time, and the places and groups, all of them if a report names all."""
    among = _within(among, windows)
    if not named:
        return among
    reports = frozenset(named[0]).intersection(*named[1:]) or frozenset(named[0]).union(*named[1:])
    return replace(among, reports=reports if among.reports is None else reports & among.reports)


def _within(among: Filter, windows: Sequence[Window]) -> Filter:
    windows = [window for window in windows if not window.yearly]
    if not windows:
        return among
    # Of several times that have an end any will do ("in March 2016 and in May 2017"): what lies between is let in.
    ended = [(w.since, w.until) for w in windows if w.since is not None and w.until is not None]
    starts = [among.since, *(w.since for w in windows if w.until is None), min((s for s, _ in ended), default=None)]
    ends = [among.until, *(w.until for w in windows if w.since is None), max((u for _, u in ended), default=None)]
    since = max((day for day in starts if day is not None), default=None)
    until = min((day for day in ends if day is not None), default=None)
    return replace(among, since=since, until=until)
