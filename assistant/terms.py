"""Turns text into terms for full-text search: the one analysis for the index and for questions.

Six kinds of term, told apart by their first letter:

    w<language><word>    a word, folded (case, diacritics, Arabic letter variants and article)
    p<language><start>   its first five letters, which stand in for inflection
    n<digits>            a number, whatever its script
    s<skeleton>          the consonants of a name, transliterated, so that one name meets itself across scripts
                         and spellings: البوكمال, Al-Bukamal, Абу-Камаль and "Abu Kamal" all have the term sbkml
    v<sound>             how a name is spoken that has two consonants alone: Suheil and Soheil, Omar and Umar
    e<entity>            a place or group that is named (mentions.py), whatever the name: "Rawa" and راوة

Words carry the language, so that they match within it only: words that two languages share by accident ("war",
"die", "in") are what makes hybrid search fail across languages. Names and numbers match across all of them.
Measured in docs/decisions/0005. This module knows letters; it knows nothing of stores or scores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from anyascii import anyascii

__all__ = [
    "ARABIC",
    "ARTICLES",
    "CYRILLIC",
    "NAME_TOKEN",
    "TERMS_VERSION",
    "fold",
    "may_be_name",
    "question_terms",
    "skeleton",
    "sound",
    "terms",
]

TERMS_VERSION = "19"
"""Raised whenever a text would get other terms: an index remembers by which it was made."""

ARABIC = re.compile(r"[\u0600-\u06ff]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# With the marks that Latin and Arabic letters carry. What is longer than any word comes apart: each word is remembered
# with what was made of it, and a text of endless ones would fill the memory.
_LETTERS = r"(?:[^\W_][\u0300-\u036f\u064b-\u065f\u0670]{0,8}){1,64}"
NAME_TOKEN = re.compile(rf"{_LETTERS}(?:['’ʼ‘`\-‐‑]{_LETTERS}){{0,8}}")
_PART = re.compile(r"['’ʼ‘`\-‐‑]")
_STEM = 5
_MIN_SKELETON = 3  # two consonants are shared by too many names
_MIN_SOUND = 4  # and so are three sounds

_ARABIC_VARIANTS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "ـ": None}
)
# The article, with the particles that are written to it: "wa-l-Bukamal", "bi-l-Qaim", "li-r-Raqqa".
_ARABIC_ARTICLE = re.compile(r"[وف]?(?:[بك]?ال|لل)(?=.{3})")
_ARABIC_AND = re.compile(r"و(?=.{4})")
_LATIN_ARTICLES = ("al", "el", "ar", "as", "ash", "at", "ad", "an", "az", "ed", "er", "es", "esh", "et", "ez", "ul")
_CYRILLIC_ARTICLES = tuple(vowel + rest for vowel in "аэе" for rest in ("ль", "р", "с", "ш", "т", "д", "н", "з"))
ARTICLES = frozenset(_LATIN_ARTICLES + _CYRILLIC_ARTICLES)
"""The Arabic article as it is written in Latin and Cyrillic letters."""
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
    *(
        ("gh", "j"),
        ("dj", "j"),
        ("th", "t"),
        ("dh", "t"),
        ("ph", "f"),
        ("ts", "s"),
        ("ck", "k"),
        ("q", "k"),
        ("c", "k"),
    ),
    *(("g", "j"), ("z", "s"), ("p", "b"), ("v", "f"), ("d", "t")),
)
_NOT_CONSONANT = re.compile(r"[^bfjklmnrstx]")
_ONE_SOUND = re.compile("дж", re.IGNORECASE)
_NO_LETTER = re.compile(r"[^a-gi-z]")  # nor h, which is written or not
_VOWELS = str.maketrans({"e": "i", "y": "i", "o": "u", "w": "u"})
_CYRILLIC_H = re.compile("[Хх]")  # the kh of Arabic as well as its h: Хан-Шейхун, Рахман
_MIN_WITHOUT_H = 4  # Херсон is not to meet Россияне
_REPEATED = re.compile(r"(.)\1+")


def terms(text: str, language: str, entities: Iterable[str] = ()) -> frozenset[str]:
    """The terms of a text that is indexed, and of the entities (`Mention.entity`) that it mentions."""
    tokens = NAME_TOKEN.findall(unicodedata.normalize("NFC", text))
    return frozenset(_entity_term(entity) for entity in entities).union(*_by_token(tokens, language, all_names=False))


def question_terms(
    text: str, language: str, names: Sequence[tuple[int, int, Collection[str]]] = ()
) -> list[frozenset[str]]:
    """The terms of a question, one set a word: each holds the ways in which a text can have that word.

    A question without a capital after its first word is taken to hold names anywhere. `names` are the places and
    groups that it may name, as start, end and entities (mentions.py): offsets into the text in NFC.
    """
    matches = list(NAME_TOKEN.finditer(unicodedata.normalize("NFC", text)))
    tokens = [match.group() for match in matches]
    found = _by_token(tokens, language, all_names=not any(token != token.lower() for token in tokens[1:]))
    return [
        own.union(
            _entity_term(entity)
            for start, end, entities in names
            if match.start() < end and start < match.end()
            for entity in entities
        )
        for own, match in zip(found, matches, strict=True)
    ]


@lru_cache(maxsize=50_000)
def _entity_term(entity: str) -> str:
    return "e" + "".join(character for character in entity if character.isalnum())


def _by_token(tokens: list[str], language: str, *, all_names: bool) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    before: str | None = None  # the name just before this token
    for token in tokens:
        name, own = _read(token, language, all_names)
        if name is not None and before is not None:  # a name of two words belongs to both
            pair = _pair_terms(before, name, language)
            own |= pair
            found[-1] |= pair
        found.append(own)
        before = name
    return found


@lru_cache(maxsize=50_000)
def _read(token: str, language: str, all_names: bool) -> tuple[str | None, frozenset[str]]:
    """The name that a token may be, and the terms that it has whatever stands beside it."""
    if not token.isalpha() and any(character.isdigit() for character in token):
        return None, frozenset({"n" + "".join(_digit(character) for character in token if character.isalnum())})
    name = token if all_names or may_be_name(token) else None
    return name, frozenset(_word_terms(token, language)).union(_skeleton_terms(token, language) if name else ())


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """A word without case, diacritics and Arabic letter variants; compatibility forms are made plain."""
    if word.isascii() and word.isalnum():  # most are, and need none of what follows
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    # A letter such as ﷺ or ㈠ comes apart into words or brackets; the store wants one token.
    kept = (c for c in plain if not unicodedata.combining(c) and (c.isalnum() or _PART.match(c)))
    return "".join(kept).translate(_ARABIC_VARIANTS)


@lru_cache(maxsize=50_000)
def skeleton(name: str, language: str = "und") -> str:
    """The consonants of a name as ASCII letters, with those that transliterations exchange made one.

    `language` is that of the text around it: German writes with j what English writes with y.

    >>> skeleton("Abu Kamal"), skeleton("Bukamal"), skeleton("البوكمال"), skeleton("Majadin", "de")
    ('bkml', 'bkml', 'bkml', 'mtn')
    """
    bare = _without_article(name)
    found = _consonants(bare, language)
    # Where little is left, the article is part of what tells the name: al-Qaim is lkm, not km.
    return found if len(found) >= _MIN_SKELETON or bare == name else _consonants(name, language)


@lru_cache(maxsize=50_000)
def sound(name: str, language: str = "und") -> str:
    """Roughly how a name is spoken, as ASCII letters: its consonants as in `skeleton`, and of the vowels a, i and u.

    >>> sound("Karjatain", "de") == sound("Qaryatayn"), sound("Deir Essor") == sound("Deirezzor")
    (True, True)
    """
    return _REPEATED.sub(r"\1", _NO_LETTER.sub("", _latin(name, language).translate(_VOWELS)))


@lru_cache(maxsize=50_000)
def _consonants(name: str, language: str) -> str:
    return _REPEATED.sub(r"\1", _NOT_CONSONANT.sub("", _latin(_ONE_SOUND.sub("ж", name), language)))


def _latin(name: str, language: str) -> str:
    """In Latin letters, with those that transliterations exchange made one."""
    if language == "de":
        name = name.replace("j", "y").replace("J", "Y")
    if name.isascii():
        return _sounds(name.lower())
    # One letter at a time, so that two neighbours (k, h) do not look like one sound (kh).
    plain = unicodedata.normalize("NFC", name.replace("ة", ""))
    latin = all(c < "\u0250" for c in plain)
    return _sounds(anyascii(plain).lower()) if latin else "".join(map(_letter, plain))


@lru_cache(maxsize=10_000)
def _letter(character: str) -> str:
    return _sounds(anyascii(character).lower())


@lru_cache(maxsize=50_000)
def _sounds(letters: str) -> str:
    for spelling, sound in _SOUNDS:
        letters = letters.replace(spelling, sound)
    return letters


def _without_article(name: str) -> str:
    match = _WRITTEN_ARTICLE.match(name) or _ARABIC_ARTICLE.match(name)
    return name[match.end() :] if match else name


def _word_terms(token: str, language: str) -> Iterator[str]:
    for part in _PART.split(fold(token)):
        for word in _arabic_forms(part):
            if len(word) >= 2:
                yield f"w{language}{word}"
                if len(word) >= _STEM:
                    yield f"p{language}{word[:_STEM]}"


def _arabic_forms(word: str) -> Iterator[str]:
    """A word without its article; and without a first letter that may be "and", or be its own."""
    match = _ARABIC_ARTICLE.match(word)
    if match:
        yield word[match.end() :]
        return
    yield word
    if _ARABIC_AND.match(word):
        yield word[1:]


def _skeleton_terms(name: str, language: str) -> Iterator[str]:
    for form in {name, *_PART.split(name)}:
        for (way,), least in _ways(form):
            found = skeleton(way, language)
            if len(found) >= least:
                yield "s" + found
            elif len(found) == _MIN_SKELETON - 1 and len(spoken := sound(way, language)) >= _MIN_SOUND:
                yield "v" + spoken


@lru_cache(maxsize=50_000)
def _pair_terms(first: str, second: str, language: str) -> frozenset[str]:
    """Two names joined: "Abu Kamal", "Deir ez-Zor"."""
    found = (
        (_REPEATED.sub(r"\1", "".join(_consonants(name, language) for name in way)), least)
        for way, least in _ways(_without_article(first), _without_article(second))
    )
    return frozenset("s" + both for both, least in found if len(both) >= least)


def _ways(*names: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Names as they are written, and as others may write them; the fewest consonants that tell each of these."""
    for servants in dict.fromkeys((names, tuple(_SERVANT.sub("", name) for name in names))):
        yield servants, _MIN_SKELETON
        plain = tuple(_CYRILLIC_H.sub("", name) for name in servants)
        if plain != servants:
            yield plain, _MIN_WITHOUT_H


def may_be_name(token: str) -> bool:
    """Whether a word has a capital in it (al-Qaim has one inside), or is of a script that has none."""
    return token != token.lower() or token == token.upper()


def _digit(character: str) -> str:
    """A decimal digit of any script as ASCII; other characters as they are."""
    value = unicodedata.decimal(character, None)
    return str(value) if value is not None else character.casefold()
