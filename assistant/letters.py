"""Which letters make a word, and which of their marks matter. Knows scripts; knows nothing of languages or names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = [
    "ARABIC",
    "ARTICLES",
    "CYRILLIC",
    "HAN",
    "HANGUL",
    "HEBREW",
    "JOINTS",
    "NAME_TOKEN",
    "NO_LETTER",
    "UNSPACED",
    "fold",
    "is_of_sounds",
    "is_unspaced",
    "may_be_name",
]

ARABIC = re.compile(r"[\u0600-\u06ff]")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")
HEBREW = re.compile(r"[\u0590-\u05ff]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# Thai, Lao, Burmese, Khmer, Japanese and Chinese write no spaces between words: of them, a token is one letter.
_OF_SOUNDS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
UNSPACED = f"{_OF_SOUNDS}\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""The letters of these scripts, for a set in a pattern."""
_IS_UNSPACED, _IS_OF_SOUNDS = re.compile(f"[{UNSPACED}]"), re.compile(f"[{_OF_SOUNDS}]")

_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x10000)) if unicodedata.category(mark)[0] == "M")
# With the marks that letters carry. What is longer than any word comes apart: each word is remembered with what was
# made of it, and a text of endless ones would fill the memory.
_LETTERS = rf"(?:[^\W_{UNSPACED}][{_MARKS}]{{0,8}}){{1,64}}"
_JOINT = r"['’ʼ‘`\-‐‑]"
NAME_TOKEN = re.compile(rf"(?![\W_])[{UNSPACED}][{_MARKS}]{{0,8}}|{_LETTERS}(?:{_JOINT}{_LETTERS}){{0,8}}")
"""A word, or a letter of a script that has no spaces between words."""
JOINTS = re.compile(_JOINT)
"""What joins the parts of a word: hyphens and apostrophes."""
# The vowels of the scripts of India and its neighbours, where they are no accents that may be left out.
_VOWEL_SIGN = re.compile(rf"(?=[\u0900-\u1cff\ua800-\uabff])[{_MARKS}]")
NO_LETTER = re.compile(rf"[^\w{_MARKS}]|_")
"""What is no letter, figure or mark of one."""

_ARABIC_VARIANTS = str.maketrans(
    {
        **{"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "ـ": None},
        **{"ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه"},  # as Persian and Urdu write them
    }
)
_LATIN_ARTICLES = ("al", "el", "ar", "as", "ash", "at", "ad", "an", "az", "ed", "er", "es", "esh", "et", "ez", "ul")
_CYRILLIC_ARTICLES = tuple(vowel + rest for vowel in "аэе" for rest in ("ль", "р", "с", "ш", "т", "д", "н", "з"))
ARTICLES = frozenset(_LATIN_ARTICLES + _CYRILLIC_ARTICLES)
"""The Arabic article as it is written in Latin and Cyrillic letters."""


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """A word without case, diacritics and Arabic letter variants; compatibility forms are made plain."""
    if word.isascii() and word.isalnum():  # most are, and need none of what follows
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    # A letter such as ﷺ or ㈠ comes apart into words or brackets; the store wants one token.
    kept = (c for c in plain if c.isalnum() or JOINTS.match(c) or _VOWEL_SIGN.match(c))
    return "".join(kept).translate(_ARABIC_VARIANTS)


def may_be_name(token: str) -> bool:
    """Whether a word has a capital in it (al-Qaim has one inside), or is of a script that has none."""
    return token != token.lower() or token == token.upper()


def is_unspaced(text: str) -> bool:
    """Whether it begins with a letter of a script that has no spaces between words."""
    return _IS_UNSPACED.match(text) is not None


def is_of_sounds(text: str) -> bool:
    """The same of Thai, Lao, Burmese and Khmer, whose letters are sounds, and no syllables or words."""
    return _IS_OF_SOUNDS.match(text) is not None
