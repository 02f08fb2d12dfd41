"""Reads the numbers of a text: digits of all scripts, and number words.

Number words below 100 come from CLDR's spell-out rules (`unicode_rbnf`) in all of their forms, ordinals included; what
multiplies them, and what else is said ("dozens"), is in data/numbers.toml. This module knows words; it knows nothing
of statements or of what they rest on.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from assistant.data_files import data_file
from assistant.letters import fold

__all__ = ["HAN_NUMBER", "HAN_YEAR", "Number", "find_numbers", "han_number"]

_LETTER = r"[^\W\d_][\u0300-\u036f\u064b-\u065f\u00ad]*"
_TOKEN = re.compile(
    rf"(?P<code>(?<![\w-])(?![وفبلك]\d){_LETTER}(?:{_LETTER}){{0,3}}[-‐‑]?\d+\w*)"
    r"|(?P<clock>\d{1,2}:00(?!\d))"
    r"|(?P<digits>\d+(?:[.,٬٫'’]\d+|[ \u00a0\u202f\u2009]\d{3}(?!\d))*)"
    rf"|(?P<word>(?:{_LETTER})+)"
    r"|(?P<percent>[%٪])"
)
_JOINED = re.compile(r"[\s\-‐‑]*")
_AFTER = re.compile(rf"[\s\-‐‑]*((?:{_LETTER})+)(?:\s+((?:{_LETTER})+))?")
_ARABIC_AND, _ARABIC_ARTICLE = "و", "ال"
_DECIMAL = re.compile(r"(\d+)[.,٫](\d+)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,٬'’ ])\d{3})(?:\1\d{3})*(?:[.,٫](\d+))?")


_HAN_DIGITS = {"〇": 0, "零": 0, "两": 2, "兩": 2, **{digit: n for n, digit in enumerate("一二三四五六七八九", 1)}}
HAN_NUMBER = "(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九两兩])"
"""A number below 100 in Chinese characters, as a pattern: 十五, 二十."""
HAN_YEAR = "[〇零一二三四五六七八九]{4}"
"""A year in Chinese characters, digit by digit, as a pattern: 二〇一七."""


def han_number(text: str) -> int:
    """What a match of one of these two patterns is.

    >>> han_number("十五"), han_number("二十"), han_number("二〇一七")
    (15, 20, 2017)
    """
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_HAN_DIGITS[digit]) for digit in text))
    return 10 * _HAN_DIGITS.get(tens, 1) + _HAN_DIGITS.get(ones, 0)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a text tells, `text[start:end]`.

    `values` are what it can be: "1.234" is 1234 or 1.234. A vague one ("dozens") is any from `least` to `most`.
    """

    start: int
    end: int
    values: frozenset[float]
    percent: bool = False
    least: float | None = None
    most: float | None = None

    @property
    def vague(self) -> bool:
        """Whether it is none, but says about how many."""
        return not self.values

    def told_by(self, other: Number) -> bool:
        """Whether `other` says the same number; of a vague one, whether it lies within, or is about as many."""
        if self.percent != other.percent:
            return False
        if self.vague:
            if other.vague:
                return self._begins_like(other) and other._begins_like(self)
            return any(self._spans(value) for value in other.values)
        return any(math.isclose(own, value, rel_tol=1e-9) for own in self.values for value in other.values)

    def _begins_like(self, other: Number) -> bool:
        """Of two vague ones, whether this begins at no more than the double. "Dozens" and "hundreds" overlap."""
        return self.least is not None and other.least is not None and self.least <= 2 * other.least

    def _spans(self, value: float) -> bool:
        return self.least is not None and self.most is not None and self.least <= value <= self.most


def find_numbers(text: str, language: str) -> list[Number]:
    """The numbers of a text in order. A 1 in words is an article more often than a number, and is none here.

    What has letters before its digits (T-72) is a name, and none either.
    """
    words = _words(language)
    found: list[Number] = []
    run: list[tuple[int, int, str]] = []  # words that may be parts of one number

    def close() -> None:
        found.extend(_spoken(run, words))
        run.clear()

    for token in _TOKEN.finditer(text):
        start, end, kind = token.start(), token.end(), token.lastgroup
        if run and not _JOINED.fullmatch(text, run[-1][1], start):
            close()
        if kind == "word":
            run += _parts(start, token.group(), words)
            continue
        if kind in {"digits", "clock"}:
            close()
            digits = token.group().removesuffix(":00") if kind == "clock" else token.group()
            found += (replace(number, start=start, end=start + len(digits)) for number in _written(digits))
        elif kind == "percent":
            close()
            _mark_percent(found, text, start, end)
        else:
            close()
    close()
    return _scaled(text, sorted(found, key=lambda number: number.start), words)


# -- digits


def _written(digits: str) -> Iterator[Number]:
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else " " if c.isspace() else c for c in digits)
    values = set()
    grouped, decimal = _GROUPED.fullmatch(plain), _DECIMAL.fullmatch(plain)
    if grouped:
        whole = plain[: grouped.start(2) - 1] if grouped[2] else plain
        values.add(float("".join(filter(str.isdigit, whole)) + (f".{grouped[2]}" if grouped[2] else "")))
    if decimal:
        values.add(float(f"{decimal[1]}.{decimal[2]}"))
    if plain.isdigit():
        values.add(float(plain))
    if values:
        yield Number(0, 0, frozenset(values))
    else:  # 9.11.17, 10.0.0.1: no number, but its parts may be
        yield from (Number(0, 0, frozenset({float(part)})) for part in re.findall(r"\d+", plain))


def _mark_percent(found: list[Number], text: str, start: int, end: int) -> None:
    """A sign after the last number, or before the next one in Turkish and Arabic, is only looked for after it."""
    if found and not text[found[-1].end : start].strip():
        found[-1] = replace(found[-1], end=end, percent=True)


# -- words


@dataclass(frozen=True, slots=True)
class _Words:
    """What a language says: folded words, split at spaces and hyphens. Scales are also in `scales` by themselves."""

    values: Mapping[tuple[str, ...], float]
    scales: Mapping[str, float]
    joins: frozenset[str]
    percent: frozenset[tuple[str, ...]]
    vague: Mapping[str, tuple[float, float]]
    half: frozenset[tuple[str, ...]]
    and_half: frozenset[tuple[str, ...]]
    several: frozenset[str]
    of: frozenset[str]
    units_first: bool
    compound: re.Pattern[str] | None
    longest: int  # how many words the longest of the values and halves has

    def scale(self, run: Sequence[tuple[int, int, str]], at: int) -> float | None:
        """The scale that stands there, if one does."""
        return self.scales.get(run[at][2]) if at < len(run) else None

    def span(self, run: Sequence[tuple[int, int, str]], at: int) -> tuple[float, float] | None:
        """The least and the most of the vague word that stands there, if one does."""
        word = run[at][2] if at < len(run) else ""
        return self.vague.get(word) or self.vague.get(word.removeprefix("ب").removeprefix(_ARABIC_ARTICLE))

    def length(self, phrases: Collection[tuple[str, ...]], run: Sequence[tuple[int, int, str]], at: int) -> int:
        """How many words the longest of these values or halves has that stand there, or 0."""
        told = tuple(part[2] for part in run[at : at + self.longest])
        return next((n for n in range(len(told), 0, -1) if told[:n] in phrases), 0)

    def about(self, scale: float) -> tuple[float, float]:
        """The least and the most of several of a scale: what "thousands" can be, where there is such a word."""
        return min((span for span in self.vague.values() if scale <= span[0] < 2 * scale), default=(scale, 25 * scale))


def _parts(start: int, word: str, words: _Words) -> Iterator[tuple[int, int, str]]:
    """A word as the words that it is made of: "siebzigtausend" is two, وسبعون begins with "and"."""
    folded, end = fold(word.replace("\u00ad", "")), start + len(word)
    if folded.startswith(_ARABIC_AND) and len(folded) > 2 and folded not in words.vague:
        yield start, start + 1, _ARABIC_AND
        folded, start = folded[1:], start + 1
    bare = folded.removeprefix(_ARABIC_ARTICLE)
    if (folded,) not in words.values and words.values.get((bare,), 2) != 2:  # الستة; but الاثنين is Monday
        folded = bare
    if bare in words.scales and folded not in words.vague:
        folded = bare
    if (folded,) not in words.values and folded not in words.vague and words.compound is not None:
        pieces = [piece for piece in words.compound.split(folded) if piece]
        pieces = [piece.removeprefix("und") or piece for piece in pieces]
        if len(pieces) > 1 and all((piece,) in words.values or piece in words.scales for piece in pieces):
            yield from ((start, end, piece) for piece in pieces)
            return
    yield start, end, folded


def _spoken(run: Sequence[tuple[int, int, str]], words: _Words) -> Iterator[Number]:
    """The numbers in a run of words; a word that is no part of one ends it."""
    at = 0
    current: _Sum | None = None
    while at < len(run):
        length = current.go_on(run, at, words) if current is not None else 0
        if not length:
            if current is not None:
                yield from current.number()
            current, vague, length = _begun(run, at, words)
            yield from vague
        at += length
    if current is not None:
        yield from current.number()


def _begun(run: Sequence[tuple[int, int, str]], at: int, words: _Words) -> tuple[_Sum | None, tuple[Number, ...], int]:
    """The number that begins here, if there is one, or the vague one that is here; and how many words it takes."""
    start, end, word = run[at]
    length = words.length(words.half, run, at)
    if length and (scale := words.scale(run, at + length)) is not None:  # "half a million"
        return _Sum(start, run[at + length][1], 0.5, scale), (), length + 1
    if word in words.several and (scale := words.scale(run, at + 1)) is not None:  # "several hundred thousand"
        length = 2
        while (larger := words.scale(run, at + length)) is not None:
            scale, length = scale * larger, length + 1
        return None, (_vague(start, run[at + length - 1][1], words.about(scale)),), length
    length = words.length(words.values, run, at)
    if length:
        value = words.values[tuple(part[2] for part in run[at : at + length])]
        return _Sum(start, run[at + length - 1][1], value), (), length
    span = words.span(run, at)
    if span is not None:
        length = 2 if at + 1 < len(run) and run[at + 1][2] in words.of else 1
        larger = words.scale(run, at + length) or (words.span(run, at + length) or (None,))[0]
        if larger is None:
            return None, (_vague(start, end, span),), 1
        span = (span[0] * larger, span[1] * larger)  # "hundreds of thousands"
        return None, (_vague(start, run[at + length][1], span),), length + 1
    scale = words.scale(run, at)  # "thousand", "a hundred"
    return (_Sum(start, end, 1, scale) if scale is not None else None), (), 1


def _vague(start: int, end: int, span: tuple[float, float]) -> Number:
    return Number(start, end, frozenset(), least=span[0], most=span[1])


class _Sum:
    """A number as it is being said: what is finished in scales of thousands, and what is not."""

    def __init__(self, start: int, end: int, value: float, scale: float | None = None) -> None:
        self.start, self.end, self.joined = start, end, False
        self._done, self._open, self._last = 0.0, value, value
        if scale is not None:
            self.times(scale)

    def go_on(self, run: Sequence[tuple[int, int, str]], at: int, words: _Words) -> int:
        """Take the words that stand here as a part of the number; how many, or 0 where they are none."""
        half, value = words.length(words.and_half, run, at), words.length(words.values, run, at)
        scale = words.scale(run, at)
        if half:  # "two and a half"; مليون ونصف المليون
            length = half + self.and_half(words.scale(run, at + half), words.scales.values())
        elif value:
            added = self.add(words.values[tuple(part[2] for part in run[at : at + value])], words.units_first)
            length = value if added else 0
        elif scale is not None:
            length = int(self.times(scale))
        else:
            self.joined = self.joined or run[at][2] in words.joins
            return int(run[at][2] in words.joins)
        if length:
            self.end = run[at + length - 1][1]
        return length

    def add(self, value: float, units_first: bool) -> bool:
        """Go on with a word; False where it begins another number."""
        joined, self.joined = self.joined, False
        below = self._last
        tens_after_units = joined and self._open % 100 < 10 and value in range(20, 100, 10)  # اثنان وسبعون
        if (value < below and below >= 20 and below % _magnitude(value) == 0) or (units_first and tens_after_units):
            self._open += value
            self._last = value
            return True
        return False

    def times(self, scale: float) -> bool:
        """Multiply by a scale; False where a larger one has to come before it."""
        if scale == 100:
            if self._open >= 100:
                return False
            self._open = (self._open or 1) * scale  # mille cent
        else:
            if self._done and self._done < scale:
                return False
            self._done += (self._open or 1) * scale
            self._open = 0.0
        self._last = scale
        return True

    def and_half(self, scale: float | None, scales: Iterable[float]) -> bool:
        """Add a half: of a one, or of the scale that was said last. Whether the scale that follows is that one."""
        value = self._done + self._open
        if scale is not None and scale <= value:
            self._done += scale / 2
            return True
        self._open += max((one for one in scales if 1_000 <= one <= value and scale is None), default=1) / 2
        return False

    def number(self) -> Iterator[Number]:
        value = self._done + self._open
        if value != 1:
            yield Number(self.start, self.end, frozenset({value}))


def _magnitude(value: float) -> float:
    return 10.0 ** (math.floor(math.log10(value)) + 1) if value >= 1 else 10.0


def _scaled(text: str, found: Sequence[Number], words: _Words) -> list[Number]:
    """Numbers with what follows them: "2.5 million", "40 percent"."""
    numbers: list[Number] = []
    for number in found:
        before = numbers[-1] if numbers else None
        scale = words.scales.get(fold(text[number.start : number.end]))
        if before is not None and number.start < before.end:  # the hundred in "pour cent"
            continue
        if before is not None and scale and not before.vague and not text[before.end : number.start].strip():
            numbers[-1] = replace(before, end=number.end, values=frozenset(value * scale for value in before.values))
        else:
            numbers.append(number)
        numbers[-1] = _in_percent(text, numbers[-1], words)
    return numbers


def _in_percent(text: str, number: Number, words: _Words) -> Number:
    after = _AFTER.match(text, number.end)
    if after is None:
        return number
    for end in (after.end(2), after.end(1)):
        if end > 0 and _split(text[after.start(1) : end]) in words.percent:
            return replace(number, end=end, percent=True)
    return number


@cache
def _words(language: str) -> _Words:
    data = data_file("numbers")
    own = data.get(language, {})
    values = {_split(text): float(number) for number, text in _spelled(language)}
    values |= {_split(text): float(value) for text, value in own.get("words", {}).items()}
    scales = {fold(word): float(value) for word, value in own.get("scales", {}).items()}
    for word in (*scales, *map(fold, own.get("never", []))):
        values.pop((word,), None)
    compound = re.compile(f"({'|'.join(sorted(scales, key=len, reverse=True))})") if language == "de" else None
    half, and_half = (frozenset(_split(text) for text in own.get(name, [])) for name in ("half", "and_half"))
    return _Words(
        values,
        scales,
        frozenset(fold(word) for word in own.get("joins", [])),
        frozenset(_split(text) for text in own.get("percent", [])),
        {fold(word): (float(least), float(most)) for word, (least, most) in own.get("vague", {}).items()},
        half,
        and_half,
        frozenset(fold(word) for word in own.get("several", [])),
        frozenset(fold(word) for word in own.get("of", [])),
        own.get("units_first", False),
        compound,
        max(map(len, (*values, *half, *and_half)), default=0),
    )


def _split(text: str) -> tuple[str, ...]:
    words = (fold(word) for word in re.split(r"[\s\-‐‑]+", text.replace("\u00ad", "")))
    return tuple(word for word in words if word)


# Of years and fractions, and of no more than a part of a number: the Polish tens have "dziesięć" for 1.
_OTHER_RULE = re.compile(r"year|fraction|-tens$")


def _spelled(language: str) -> Iterator[tuple[int, str]]:
    """Every way in which CLDR spells a number below 100, and the hundreds; none where it does not know the language."""
    from unicode_rbnf import RbnfEngine

    try:
        engine = RbnfEngine.for_language(language)
    except ValueError:
        return
    rules = [name for name in engine.rulesets if name.startswith("spellout-") and not _OTHER_RULE.search(name)]
    for number in (*range(100, 1000, 100), *range(99, 0, -1)):  # the last of one name counts: šest is 6, not 600
        spelled = engine.format_number(number, ruleset_names=rules).text_by_ruleset
        yield from ((number, text) for text in dict.fromkeys(spelled.values()))
