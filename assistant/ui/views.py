"""An answer as a line of time and as a map, as HTML. Every point leads to the source that it comes from.

Each picture stands above a list that says the same in words; the list is for everyone, the picture for those who see.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.dates import PartialDate
from assistant.located import Cited, Located
from assistant.ui.labels import country_name
from assistant.ui.pieces import attribution, bdi, date_html, escape, say, speaking
from assistant.world import Line, View, borders, countries, inside, land

__all__ = ["empty_view_html", "map_html", "timeline_html"]

_WIDTH, _HEIGHT = 1000, 640  # of the map, in its own units
_SMALLEST = 6.0  # degrees of latitude that a map shows at least, so that one point is not a blank
_MARGIN = 0.18  # of what the points span, on each side
_GRID = 24  # spots each way that a country's name may stand on
_SEEN = 0.02  # of the map that a country takes at least, to be named
_LETTER, _LINE = 15, 40  # width and height of a label's letters on the map, in its units, where it is narrow


def empty_view_html(language: str) -> str:
    """Where there is no answer with sources."""
    return f'<p class="empty" {speaking(language)}>{say(language, "sources_empty")}</p>'


def timeline_html(cited: Sequence[Cited], turn: int, language: str) -> str:
    """The cited sentences in the order of time, over a line with a mark for each date, as long as it is vague."""
    days = [(one, one.date.earliest, one.date.latest) for one in cited]
    dated = [(one, first, last) for one, first, last in days if first is not None and last is not None]
    items = "".join(
        f"<li>{_when(one, language)} {_number(one.citation.number, turn, language)}"
        f'<q lang="{escape(one.citation.report.language)}" dir="auto">{escape(one.citation.quote)}</q>'
        f"{attribution(one.citation.report, language)}</li>"
        for one in cited
    )
    return (
        f'<div class="timeline" {speaking(language)}>{_strip(dated, turn, language)}'
        f'<ol aria-label="{say(language, "timeline")}">{items}</ol></div>'
    )


def _when(one: Cited, language: str) -> str:
    """The date; and where it is that of the report, because the sentence tells none, that it is."""
    of_report = "" if one.told else f" <small>({say(language, 'date_of_report')})</small>"
    return f"<b>{date_html(one.date, language)}</b>{of_report}"


def _strip(dated: Sequence[tuple[Cited, dt.date, dt.date]], turn: int, language: str) -> str:
    if not dated:
        return ""
    start = min(first for _, first, _ in dated)
    days = max((max(last for _, _, last in dated) - start).days + 1, 1)
    lanes: list[float] = []  # where each of them is free again
    marks = ""
    for one, first, last in dated:
        left, width = (first - start).days / days, ((last - first).days + 1) / days
        lane = next((n for n, free in enumerate(lanes) if free <= left), len(lanes))
        lanes[lane : lane + 1] = [left + max(width, 0.07)]  # a number takes that much
        marks += (
            f'<a class="cite mark" tabindex="-1" href="#c{turn}-{one.citation.number}" title="{escape(str(one.date))}" '
            f'style="--from:{left:.4f};--wide:{width:.4f};--lane:{lane}">{one.citation.number}</a>'
        )
    last_day = start + dt.timedelta(days=days - 1)
    ends = "".join(date_html(PartialDate.of(day), language) for day in dict.fromkeys((start, last_day)))
    return f'<div class="strip" aria-hidden="true" style="--lanes:{len(lanes)}"><div>{marks}</div><p>{ends}</p></div>'


def map_html(places: Sequence[Located], turn: int, language: str) -> str:
    """The places on a map that is drawn here, with no tiles to fetch; those that are no point are in the list alone."""
    items = "".join(
        f"<li>{bdi(place.name)} {_numbers(place, turn, language)}{_degrees(place, language)}</li>" for place in places
    )
    if not places:
        items = f"<li>{say(language, 'no_named_places')}</li>"
    return (
        f'<div class="map" {speaking(language)}>{_drawn(places, turn, language)}'
        f'<ul aria-label="{say(language, "places_named")}">{items}</ul>'
        f'<p class="vague">{say(language, "map_data")}</p></div>'
    )


def _degrees(place: Located, language: str) -> str:
    if place.latitude is None or place.longitude is None:
        return f" <small>{say(language, 'no_point')}</small>"
    return f' <small dir="ltr">{place.latitude:.2f}, {place.longitude:.2f}</small>'


def _numbers(place: Located, turn: int, language: str) -> str:
    return " ".join(_number(number, turn, language) for number in place.numbers)


def _number(number: int, turn: int, language: str) -> str:
    shown = say(language, "show", number=str(number))
    return f'<a class="cite" href="#c{turn}-{number}" aria-label="{shown}">[{number}]</a>'


_Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class _Point:
    place: Located
    x: float
    y: float


def _drawn(places: Iterable[Located], turn: int, language: str) -> str:
    spots = [(p, p.longitude, p.latitude) for p in places if p.longitude is not None and p.latitude is not None]
    if not spots:
        return ""
    view = _view([(longitude, latitude) for _, longitude, latitude in spots])
    paths = "".join(
        f'<path class="{name}" d="{"".join(_path(line, view, closed=name == "land") for line in lines)}"/>'
        for name, lines in (("land", land(view.wider())), ("border", borders(view)))
    )
    picture = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{paths}</svg>'
    pixels = _at(np.array([spot[1:] for spot in spots]), view).tolist()
    points = [_Point(place, x, y) for (place, _, _), (x, y) in zip(spots, pixels, strict=True)]
    taken = [(point.x - 12, point.y - 12, point.x + 12, point.y + 12) for point in points]
    marks = "".join(_mark(point, side, turn) for point, side in _labelled(points, taken))
    names = "".join(
        f'<span class="country" style="{_where(x, y)}">{bdi(name)}</span>'
        for name, x, y in _countries(view, taken, language)
    )
    return f'<div class="chart" dir="ltr" aria-hidden="true">{picture}{names}{marks}</div>'


def _view(spots: Sequence[tuple[float, float]]) -> View:
    """All of the points with room around them, as wide as the map is, and within the world."""
    west, east = min(x for x, _ in spots), max(x for x, _ in spots)
    south, north = min(y for _, y in spots), max(y for _, y in spots)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    narrow = max(math.cos(math.radians(middle_y)), 0.2)  # how much shorter a degree of longitude is there
    room = 1 + 2 * _MARGIN
    height = max((north - south) * room, (east - west) * room * narrow * _HEIGHT / _WIDTH, _SMALLEST)
    width = height * _WIDTH / _HEIGHT / narrow
    return View(middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2)


def _at(degrees: Line, view: View) -> Line:
    """Where points are on the map, in its pixels: shape (n, 2)."""
    return (degrees - (view.west, view.north)) / (view.east - view.west, view.south - view.north) * (_WIDTH, _HEIGHT)


def _longitude(x: Line, view: View) -> Line:
    return view.west + x / _WIDTH * (view.east - view.west)


def _latitude(y: Line, view: View) -> Line:
    return view.north - y / _HEIGHT * (view.north - view.south)


def _path(line: Line, view: View, *, closed: bool) -> str:
    """In whole pixels: one that is where the one before it is adds nothing, nor does an island of less than three."""
    pixels = np.rint(_at(line, view)).astype(np.int64)
    kept = pixels[np.concatenate([[True], np.any(pixels[1:] != pixels[:-1], axis=1)])].tolist()
    if len(kept) < 2 + closed:
        return ""
    return f"M{' '.join(f'{x},{y}' for x, y in kept)}{'Z' if closed else ''}"


def _labelled(points: Sequence[_Point], taken: list[_Box]) -> list[tuple[_Point, str]]:
    """Each point with the side on which its label stands; none where it would cover what is taken, and then takes."""
    found = []
    for point in points:
        wide = _LETTER * len(point.place.name) + 24
        sides = {
            "end": (point.x + 12, point.y - _LINE / 2, point.x + wide, point.y + _LINE / 2),
            "start": (point.x - wide, point.y - _LINE / 2, point.x - 12, point.y + _LINE / 2),
            "above": (point.x - wide / 2, point.y - 12 - _LINE, point.x + wide / 2, point.y - 12),
            "below": (point.x - wide / 2, point.y + 12, point.x + wide / 2, point.y + 12 + _LINE),
        }
        side = next((side for side, box in sides.items() if _is_free(box, taken)), "none")
        taken += [sides[side]] if side in sides else []
        found.append((point, side))
    return found


def _countries(view: View, taken: list[_Box], language: str) -> list[tuple[str, float, float]]:
    """The names of the countries in sight with where they stand: near the middle of what is seen of each, and inside.

    None of one that is hardly in sight, and where there is no room.
    """
    across, down = np.meshgrid((np.arange(_GRID) + 0.5) / _GRID, (np.arange(_GRID) + 0.5) / _GRID)
    spots = np.stack([across.ravel() * _WIDTH, down.ravel() * _HEIGHT], axis=1)
    degrees = np.stack([_longitude(spots[:, 0], view), _latitude(spots[:, 1], view)], axis=1)
    found = []
    for code, rings in countries(view).items():
        within = spots[inside(rings, degrees)]
        if len(within) < _SEEN * len(spots):
            continue
        name = country_name(code, language)
        wide = _LETTER * len(name) / 2
        for x, y in within[np.argsort(((within - within.mean(0)) ** 2).sum(1), kind="stable")].tolist():
            box = (x - wide, y - _LINE / 2, x + wide, y + _LINE / 2)
            if _is_free(box, taken):
                taken.append(box)
                found.append((name, x, y))
                break
    return found


def _is_free(box: _Box, taken: Iterable[_Box]) -> bool:
    left, top, right, bottom = box
    if left < 0 or top < 0 or right > _WIDTH or bottom > _HEIGHT:
        return False
    return not any(left < one[2] and one[0] < right and top < one[3] and one[1] < bottom for one in taken)


def _mark(point: _Point, side: str, turn: int) -> str:
    place = point.place
    numbers = ", ".join(map(str, place.numbers))
    return (
        f'<a class="cite point {side}" tabindex="-1" href="#c{turn}-{place.numbers[0]}" '
        f'style="{_where(point.x, point.y)}" title="{escape(place.name)} [{numbers}]">'
        f"<span>{bdi(place.name)}</span></a>"
    )


def _where(x: float, y: float) -> str:
    return f"left:{x / _WIDTH:.2%};top:{y / _HEIGHT:.2%}"
