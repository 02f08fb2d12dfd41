"""The outlines of the world's land and countries and the borders on it, cut to what a map shows.

From Natural Earth (public domain), 1:50 million, by scripts/make_world.py. Knows geometry; knows nothing of places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["View", "borders", "countries", "inside", "land"]

Line = npt.NDArray[np.float64]
"""Points as longitude and latitude in degrees: shape (n, 2)."""


@dataclass(frozen=True, slots=True)
class View:
    """What a map shows: degrees of longitude from west to east, and of latitude from south to north."""

    west: float
    south: float
    east: float
    north: float

    def wider(self) -> View:
        """The same with a margin of a degree, so that where it is cut is out of sight."""
        return View(self.west - 1, self.south - 1, self.east + 1, self.north + 1)

    def meets(self, line: Line) -> bool:
        """Whether the smallest box around a line touches the view."""
        (west, south), (east, north) = line.min(0), line.max(0)
        return bool(west <= self.east and east >= self.west and south <= self.north and north >= self.south)

    def holds(self, line: Line) -> bool:
        """Whether all of a line is in the view."""
        (west, south), (east, north) = line.min(0), line.max(0)
        return bool(west >= self.west and east <= self.east and south >= self.south and north <= self.north)


def land(view: View) -> list[Line]:
    """The rings around land, cut to the view; a ring within another is water (the even-odd rule)."""
    return _all_cut(_world().land, view)


def countries(view: View) -> dict[str, list[Line]]:
    """The rings around each country that the view shows, cut to it, by its ISO 3166 code."""
    found = {code: _all_cut(rings, view) for code, rings in _world().countries.items()}
    return {code: rings for code, rings in found.items() if rings}


def inside(rings: Iterable[Line], points: Line) -> npt.NDArray[np.bool_]:
    """Which of the points are within the rings (the even-odd rule): shape (n,)."""
    within = np.zeros(len(points), dtype=bool)
    for ring in rings:
        near = np.all((points >= ring.min(0)) & (points <= ring.max(0)), axis=1)
        if not near.any():
            continue
        x, y = points[near, :1], points[near, 1:]
        (x1, y1), (x2, y2) = ring.T, np.roll(ring, -1, axis=0).T
        spans = (y1 > y) != (y2 > y)
        crossing = x1 + (y - y1) * (x2 - x1) / np.where(y1 == y2, 1, y2 - y1)
        within[near] ^= (np.count_nonzero(spans & (x < crossing), axis=1) % 2).astype(bool)
    return within


def borders(view: View) -> list[Line]:
    """The borders between countries that come into the view, whole: whoever draws them cuts them off."""
    return [line for line in _world().borders if view.meets(line)]


def _all_cut(rings: Iterable[Line], view: View) -> list[Line]:
    cut = (ring if view.holds(ring) else _cut(ring, view) for ring in rings if view.meets(ring))
    return [ring for ring in cut if len(ring) > 2]


def _cut(ring: Line, view: View) -> Line:
    """The ring within the view (Sutherland and Hodgman 1974)."""
    for axis, limit, sign in ((0, view.west, 1), (0, view.east, -1), (1, view.south, 1), (1, view.north, -1)):
        if not len(ring):
            break
        following = np.roll(ring, -1, axis=0)
        inside = sign * (ring[:, axis] - limit) >= 0
        crosses = inside != np.roll(inside, -1)
        step = np.where(crosses, following[:, axis] - ring[:, axis], 1)
        share = (limit - ring[:, axis]) / step
        crossing = ring + share[:, None] * (following - ring)
        # A point that is inside stays, and after it comes where its edge leaves or enters.
        both = np.stack([ring, crossing], axis=1).reshape(-1, 2)
        ring = both[np.stack([inside, crosses], axis=1).reshape(-1)]
    return ring


@dataclass(frozen=True, slots=True)
class _World:
    land: list[Line]
    countries: dict[str, list[Line]]
    borders: list[Line]


@cache
def _world() -> _World:
    with resources.files("assistant").joinpath("data/world.npz").open("rb") as file, np.load(file) as data:
        stored: dict[str, Any] = {name: data[name] for name in data.files}
    starts = [0, *stored["ends"][:-1]]
    lines = [
        np.cumsum(stored["steps"][start:end], axis=0) * stored["scale"] + stored["origin"]
        for start, end in zip(starts, stored["ends"], strict=True)
    ]

    def rings(name: str, ends: str) -> list[list[Line]]:
        return [
            _rolled_out(np.concatenate([lines[arc] if arc >= 0 else lines[~arc][::-1] for arc in arcs]))
            for arcs in np.split(stored[name], stored[ends][:-1])
        ]

    by_code: dict[str, list[Line]] = {}
    for code, own in zip(stored["codes"].tolist(), rings("countries", "country_ends"), strict=True):
        by_code.setdefault(code, []).extend(own)
    land = [ring for own in rings("land", "land_ends") for ring in own]
    return _World(land, by_code, [lines[arc] for arc in stored["borders"]])


def _rolled_out(ring: Line) -> list[Line]:
    """A ring as rings on a flat map: on either side of the 180th meridian, and closed at a pole that it goes around.

    TopoJSON leaves the seams out along which a map is cut: there, longitude goes on at -180 where it was at 180.
    """
    if np.abs(np.diff(ring[:, 0], append=ring[0, 0])).max() < 180:
        return [ring]
    ring = np.stack([np.unwrap(ring[:, 0], period=360), ring[:, 1]], axis=1)
    (first, _), (last, latitude) = ring[0], ring[-1]
    if abs(first - last) > 180:
        pole = np.copysign(90, latitude)
        ring = np.concatenate([ring, [(last, pole), (first, pole)]])
    whole = View(-180, -90, 180, 90)
    parts = [_cut(ring + np.array([turn, 0.0]), whole) for turn in (-360, 0, 360)]
    return [part for part in parts if len(part) > 2 and np.ptp(part[:, 1]) > 0]
