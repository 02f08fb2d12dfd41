"""How a name is spoken, roughly: one name meets itself across scripts and spellings.

Knows what letters are to languages, and how names are put together; knows nothing of places, stores or scores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from anyascii import anyascii

from assistant.letters import ARTICLES

__all__ = ["ARABIC_ARTICLE", "MIN_SKELETON", "joined", "skeleton", "sound", "ways", "without_article"]

MIN_SKELETON = 3
"""Consonants: two are shared by too many names."""
# The article, with the particles that are written to it: "wa-l-Bukamal", "bi-l-Qaim", "li-r-Raqqa".
ARABIC_ARTICLE = re.compile(r"[وف]?(?:[بك]?ال|لل)(?=.{3})")
_HEBREW_PARTICLES = re.compile(r"[ומש]?[בלכהמש](?=[\u05d0-\u05ea].{2})|ו(?=[\u05d0-\u05ea].{2})")
_ARABIC_OF = re.compile(r"ة$")  # Qal'at al-Rahba: before another name, the ending is spoken
_WRITTEN_ARTICLE = re.compile(rf"(?:{'|'.join(sorted(ARTICLES))})[-‐‑ '’]+(?=\w)", re.IGNORECASE)
# "Servant of" with the article of the next name, which may be written to either: Abdul Aziz, Abdulaziz, Abd al-Aziz.
_SERVANT = re.compile(
    r"(?<=^abd)[-‐‑'’]?[aeiouü]{1,2}['’]?l(?=.{3}|$)|(?<=^абд)[-‐‑]?[аеуэ]ль?(?=.{3}|$)"
    r"|(?:(?<=^عبد)|(?<=^[وف]عبد))ال(?=.{3})",
    re.IGNORECASE,
)

# Sounds that transliterations of one name exchange, most specific first; then vowels and half-vowels go.
_SOUNDS = (
    *(("tsch", "x"), ("dsch", "j"), ("shch", "x"), ("sch", "x"), ("sh", "x"), ("ch", "x"), ("kh", "x"), ("zh", "j")),
    *(("gh", "j"), ("dj", "j"), ("th", "t"), ("dh", "t"), ("ph", "f"), ("ts", "s")),
    *(("ck", "k"), ("q", "k"), ("c", "k")),
    *(("g", "j"), ("z", "s"), ("p", "b"), ("v", "f"), ("d", "t")),
)
# Letters of Latin alphabets whose marks tell a sound: Şengal is Sinjar's first letter, and Čečnja Chechnya's.
_MARKED = str.maketrans(
    {
        **dict.fromkeys("şșšś", "sh"),
        **dict.fromkeys("çčć", "ch"),
        **dict.fromkeys("žż", "zh"),
        **{"ź": "z", "ḫ": "kh"},
    }
)
# What letters are to a language that are another sound to English. Of these, names are also written as in English.
_SPOKEN_ALSO: Mapping[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("tr", "az", "ku"), (("c", "j"),)),
    **dict.fromkeys(("cs", "hr", "sr", "sv"), (("j", "y"),)),
    "es": (("j", "kh"),),
    "hu": (("sz", "ß"), ("s", "sh"), ("ß", "s"), ("j", "y")),
    "nl": (("tsj", "ch"), ("sj", "sh"), ("dj", "g"), ("j", "y")),
    "pl": (("dż", "g"), ("sz", "sh"), ("cz", "ch"), ("rz", "zh"), ("j", "y")),
    "fr": (("ç", "s"),),
    "pt": (("ç", "s"),),
}
# Hebrew as it writes the names of others: Arabic ك is כ, and و is ו.
_HEBREW_LETTERS = {"ב": "b", "ו": "w", "כ": "k", "ך": "k", "ש": "sh", "צ": "s", "ץ": "s"}
_LATIN = re.compile(r"[\0-\u02ff\u1e00-\u1eff‘’‐‑]*")
_HEBREW_KH = re.compile("ח['’׳]")
_NOT_CONSONANT = re.compile(r"[^bfjklmnrstx]")
_ONE_SOUND = re.compile("дж", re.IGNORECASE)
_NO_LETTER = re.compile(r"[^a-gi-z]")  # nor h, which is written or not
_VOWELS = str.maketrans({"e": "i", "y": "i", "o": "u", "w": "u"})
_CYRILLIC_H = re.compile("[Хх]")  # the kh of Arabic as well as its h: Хан-Шейхун, Рахман
_MIN_WITHOUT_H = 4  # Херсон is not to meet Россияне
_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=50_000)
def skeleton(name: str, language: str = "und") -> str:
    """The consonants of a name as ASCII letters, with those that transliterations exchange made one.

    `language` is that of the text around it: German writes with j what English writes with y.

    >>> skeleton("Abu Kamal"), skeleton("Bukamal"), skeleton("البوكمال"), skeleton("Majadin", "de")
    ('bkml', 'bkml', 'bkml', 'mtn')
    """
    bare = without_article(name)
    found = _consonants(bare, language)
    # Where little is left, the article is part of what tells the name: al-Qaim is lkm, not km.
    return found if len(found) >= MIN_SKELETON or bare == name else _consonants(name, language)


@lru_cache(maxsize=50_000)
def sound(name: str, language: str = "und") -> str:
    """Roughly how a name is spoken, as ASCII letters: its consonants as in `skeleton`, and of the vowels a, i and u.

    >>> sound("Karjatain", "de") == sound("Qaryatayn"), sound("Deir Essor") == sound("Deirezzor")
    (True, True)
    """
    return _REPEATED.sub(r"\1", _NO_LETTER.sub("", _latin(name, language).translate(_VOWELS)))


def joined(names: Iterable[str], language: str) -> str:
    """The consonants of several names as of one, whatever articles they have."""
    return _REPEATED.sub(r"\1", "".join(_consonants(name, language) for name in names))


@lru_cache(maxsize=50_000)
def _consonants(name: str, language: str) -> str:
    return _REPEATED.sub(r"\1", _NOT_CONSONANT.sub("", _latin(_ONE_SOUND.sub("ж", name), language)))


def _latin(name: str, language: str) -> str:
    """In Latin letters, with those that transliterations exchange made one."""
    if language == "de":
        name = name.replace("j", "y").replace("J", "Y")
    if name.isascii():
        return _sounds(name.lower())
    plain = unicodedata.normalize("NFC", _HEBREW_KH.sub("x", name.replace("ة", "")))
    if _LATIN.fullmatch(plain):
        return _sounds(anyascii(plain.lower().translate(_MARKED)).lower())
    # One letter at a time, so that two neighbours (k, h) do not look like one sound (kh).
    return "".join(map(_letter, plain))


@lru_cache(maxsize=10_000)
def _letter(character: str) -> str:
    return _sounds(_HEBREW_LETTERS.get(character) or anyascii(character).lower())


@lru_cache(maxsize=50_000)
def _sounds(letters: str) -> str:
    for spelling, sound in _SOUNDS:
        letters = letters.replace(spelling, sound)
    return letters


def without_article(name: str) -> str:
    """A name without the Arabic article that it begins with, in Arabic, Latin or Cyrillic letters."""
    match = _WRITTEN_ARTICLE.match(name) or ARABIC_ARTICLE.match(name)
    return name[match.end() :] if match else name


def ways(language: str, *names: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Names as they are written, and as others may write them; the fewest consonants that tell each of these."""
    bare = (*map(_without_hebrew_particles, names[:1]), *names[1:])
    spoken = tuple(_as_spoken(name, language) for name in names)
    servants = tuple(_SERVANT.sub("", name) for name in names)
    of_it = (*(_ARABIC_OF.sub("ت", name) for name in names[:-1]), names[-1])
    for way in dict.fromkeys((names, bare, spoken, servants, of_it)):
        yield way, MIN_SKELETON
        plain = tuple(_CYRILLIC_H.sub("", name) for name in way)
        if plain != way:
            yield plain, _MIN_WITHOUT_H


def _without_hebrew_particles(name: str) -> str:
    particles = _HEBREW_PARTICLES.match(name)
    return name[particles.end() :] if particles else name


def _as_spoken(name: str, language: str) -> str:
    """A name in Latin letters, as English would write what a language says."""
    spoken = name.lower()
    for written, said in _SPOKEN_ALSO.get(language, ()):
        spoken = spoken.replace(written, said)
    return name if spoken == name.lower() else spoken
