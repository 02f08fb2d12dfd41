"""The ways to write a date, as patterns, and what each begins with.

What stands around the names of months is in data/times.toml. A language without words in that file has its months, and
dates in figures. The groups of a pattern are parts of a `Written`: year, month (`number` in figures), to_month, week,
day, last, and the kinds of `PARTS`; a `date` is all of them, where words that are no part of it stand before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal

from assistant.calendar_names import CYRILLIC, feast_names, month_names
from assistant.numbers import HAN_NUMBER, HAN_YEAR
from assistant.time_words import JOINED, OPERATORS, phrases

__all__ = ["COUNTED", "PARTS", "SHARES", "Begins", "another_part", "date_patterns", "starts"]

Begins = Literal["number", "dash", "word"]
"""What a date begins with, as it is written."""
_THIRDS = ("early", "middle", "late", "twenties")  # of a month or of a year, as what follows
COUNTED = ("days_first", "days_last", "weeks_first", "weeks_last", "months_first", "months_last")
"""Those of the parts below that say how many they are."""
SHARES = (
    *("half_1", "half_2", "quarter_1", "quarter_2", "quarter_3", "quarter_4"),
    *("week_1", "week_2", "week_3", "week_4", "week_last", "weekend_1", "weekend_2", "weekend_3", "weekend_last"),
    *COUNTED,
)
"""Parts of a month or of a year that are counted."""
_SEASONS = ("spring", "summer", "autumn", "winter")
PARTS = (*_THIRDS, *SHARES, *_SEASONS, "turn", "decade")
"""All parts of a month or of a year that have names, and ten years."""
_AROUND = (*OPERATORS, "from", "to", "and")
_NEAR = ("this", "last")  # before a month or a season
_YEAR = r"(?P<year>\d{4})(?!\d)"
# After a year, but not after a round number of four digits: that one may count what follows.
_NOT_ROUND = r"(?<!00)(?<!50)"
_TO_IT = r"(?:[\s-]+|(?<=['’]))"  # from a part to what it is a part of
_TO_WORD = r"(?:\s+|(?<=['’]))"  # "d'avril"
_GERMAN_NUMBERS = {"1": "erste", "2": "zweite", "3": "dritte", "4": "vierte", "last": "letzte"}
_GERMAN_PARTS = {  # as the end of a word that begins with a month, with those that there are
    "week": ("woche", ("1", "2", "3", "4", "last")),
    "half": ("hälfte", ("1", "2")),
    "weekend": ("wochenende", ("1", "2", "3", "last")),
}

_NUMBER = re.compile(r"\bN\b")  # in a phrase: "first N days of"
_ANY = r"\\S{1,15}"

_HAN = "〇零一二三四五六七八九十第数數几幾"  # after these, a number in Chinese characters is a part of one, or no date
_HAN_DATE = re.compile(rf"(?<![{_HAN}])(?:{HAN_YEAR}\s?年|{HAN_NUMBER}\s?月)")
_RUN = re.compile(r"[^\W\d]{1,64}|\d{1,64}|[-–—](?=\s?\d{4})")  # what is longer comes apart: each is remembered
_HEAD = re.compile(r"\d|(?:\[[^\W\d]+\]|[^\W\d])*")  # of a phrase; a letter may be a set: "[أا]مس"


@cache
def date_patterns(language: str, *, asked: bool = False) -> tuple[tuple[Begins, re.Pattern[str]], ...]:
    """Ways to write a date, the most exact first, and what each begins with; what one has read is not read again by the
    next. In what is `asked` there are more."""
    ways = _Ways(language)
    patterns = [*ways.decades(), *ways.days(), *ways.weeks(), *ways.seasons(), *(ways.feasts() if asked else ())]
    patterns += [*ways.parts(), *ways.around()]
    patterns += [*ways.near(), *ways.short()] if asked else []
    patterns += [*(ways.lone_year() if asked or language == "de" else ()), *ways.dash()]
    return tuple((_begins(pattern), re.compile(pattern, re.IGNORECASE)) for pattern in patterns)


class _Ways:
    """The patterns of one language, by what they are made of."""

    def __init__(self, language: str) -> None:
        self._language = language
        months = "|".join(sorted(map(re.escape, month_names(language)), key=len, reverse=True)) or r"(?!)"
        # "ма" is what is left of "мая": any letters after it would make a month of a match, матч.
        inflected = r"(?:ого|ому|[её]м|ом|им|[аеиійоуьюя])?" if language in CYRILLIC else ""
        self._stems = months
        self._month = rf"(?P<month>{months}){inflected}\.?(?!\w)(?:\s*/\s*(?P<to_month>{months}){inflected}(?!\w))?"
        self._said_year = rf"(?:{self._words('the_year')})\s+"
        self._the_year = rf"(?:{self._said_year})?"
        self._year = rf"(?:,?\s*(?:of\s+|del?\s+|من\s+)?{self._the_year}{_YEAR})"
        self._parts = self._named(*_THIRDS, *SHARES)
        self._part = rf"(?:{self._parts}){_TO_IT}" if self._parts else ""
        self._seasons = self._named(*_SEASONS)
        self._feasts = "|".join(rf"(?P<{feast}>{names})" for feast, names in feast_names(language).items()) or r"(?!)"
        self._around = phrases(language, *_AROUND)
        self._no_name = rf"(?!(?:{self._words('month_name')})(?!\w))"
        self._no_word = rf"(?!(?:{self._words('month_word')})(?!\w))"
        # "At least 30 may have been killed" is no day in May.
        self._capital = rf"(?!(?-i:{self._words('month_word')})(?!\w|\.?,?\s+(?:\d{{1,2}},?\s+)?\d{{4}}))"
        self._alone = r"(?P<year>\d{4})(?![\d.,]?\d|\s*[%°]|['’]l[ae]r)"  # 1970'ler are ten years

    def _words(self, *kinds: str, but: tuple[str, ...] = ()) -> str:
        return phrases(self._language, *kinds, but=but) or "(?!)"

    def _named(self, *kinds: str) -> str:
        found = ((kind, phrases(self._language, kind)) for kind in kinds)
        return "|".join(rf"(?P<{kind}>{_NUMBER.sub(_ANY, words)})" for kind, words in found if words)

    def decades(self) -> Iterator[str]:
        """Tens of years: "the 1990s", "1990年代", "les années 1990"."""
        after, end = phrases(self._language, "decade_after"), phrases(self._language, "decade_end")
        if after or end:
            ends = "" if self._language in JOINED else r"(?!\w)"
            years = rf"(?P<decade>(?P<year>(?:19|20)\d0)(?:{end}){ends})"
            yield rf"(?<![\w]){self._after('decade_after')}{years}"

    def days(self) -> Iterator[str]:
        """Days with their months, in figures and in words, and months with their years."""
        joined = rf"\s*(?:[-–—/]|{self._words('to', 'and', 'next_day')})\s*(?:(?:{self._words('article')})\s+)?"
        ending = r"(?:\.|st|nd|rd|th|er|-?го)?"
        first_day = rf"(?<!\d)(?:(?P<day>[012]?\d|3[01]){ending}{joined})?"
        of = r"(?:\s+(?:of|de|من(?:\s+شهر)?))?\s*"
        yield r"(?<![\d.-])(?P<year>\d{4})-(?P<number>\d\d)(?:-(?P<day>\d\d))?(?![\d-])"
        yield r"(?<![\d./])(?P<year>\d{4})(?P<sep>[/.])(?P<number>\d\d)(?P=sep)(?P<day>\d\d)(?![\d/-])"
        yield (
            rf"(?<![\d./])(?<!\d-)(?:(?P<day>\d{{1,2}})(?:\.?\s?[-–]|\.\s(?:{self._words('to')}))\s?)?(?P<last>\d{{1,2}})"
            r"(?P<sign>[./-])\s?(?P<number>\d{1,2})(?P=sign)\s?(?P<year>\d{4})(?![\d/-])"
        )
        yield from self._year_first()
        yield rf"{first_day}(?P<last>\d{{1,2}})(?:{ending}|-?е){of}{self._capital}{self._month}{self._year}?"
        if named := phrases(self._language, "ordinal"):
            range_ = rf"(?:{joined}(?P<last_ordinal>{named})(?!\w))?"
            is_day = self._not_after("counted_too") + self._after("ordinal_after")
            # "le dix sept obus", "die zweite Mai-Offensive"
            named_month = f"{self._capital}{self._no_name}{self._month}(?!-)"
            of_it = r"\s+of\s+" if self._language == "en" else of  # "the first March on Rome"
            yield rf"(?<!\w){is_day}(?P<ordinal>{named})(?!\w){range_}{of_it}{named_month}{self._year}?"
        # "November 9 and 10 people" is no range.
        to_last = rf"(?:[-–—/]|\s(?:{self._words('to', 'and')})\s(?=\d{{1,2}}{ending},?\s*\d{{4}}))"
        days = rf"(?P<day>\d{{1,2}})(?:{ending}|-?е)(?:{to_last}(?P<last>\d{{1,2}}){ending})?"
        yield rf"(?<!\w){self._capital}{self._month}\s+{days}(?!\d){self._year}?"
        over_new_year = rf"(?P<month>{self._stems})\.?/(?P<to_month>{self._stems})\.?"
        yield rf"(?<!\w){over_new_year}{self._year}/(?P<to_year>(?:\d\d)?\d\d)(?!\d)"  # "Dezember/Januar 2017/18"
        yield rf"(?<!\w)(?:{self._part})?{self._month}{self._year}"
        if words := phrases(self._language, "figures"):  # "am 9.11.", "9.11.-12.11.2017"
            figures = r"(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\."
            to_day = r"\d{1,2}\.\s?\d{1,2}\.\s?\d{4}"
            yield rf"(?<!\w)(?:{words})\s+(?P<date>{figures})(?!\s?\d)"
            yield rf"(?<![\d.]){figures}(?=\s?(?:[-–]|{self._words('to')})\s?{to_day})"

    def _year_first(self) -> Iterator[str]:
        """Dates that begin with their year, as Chinese, Japanese, Korean, Turkish and Hungarian write them."""
        if self._language in JOINED:
            of_year = (
                rf"(?P<number>\d{{1,2}}|{HAN_NUMBER})\s?[月월](?:\s?(?P<last>\d{{1,2}}|{HAN_NUMBER})\s?[日号號일])?"
            )
            part = rf"(?:\s?(?:{self._named(*_THIRDS, *SHARES, *_SEASONS)}))?"  # 2017年11月初
            yield rf"(?<!\d)(?P<year>\d{{4}}|{HAN_YEAR})\s?[年년](?:\s?{of_year})?{part}"
            # Not of 1347年11月, too long ago, nor within 三月内, which is three months.
            yield rf"(?<![\d{_HAN}])(?<![年년])(?<![年년]\s){of_year}{part}(?![内內之])"
        if self._language == "tr":
            case, part = r"(?:['’]\w{1,4})?\s+", self._named(*_THIRDS, *SHARES, *_SEASONS)
            yield rf"(?<!\w)(?:{self._month}\s+)?{_YEAR}{case}(?:{part})(?!\w)"  # "Kasım 2017'nin başında"
        if self._language in {"tr", "az", "hu"}:
            of_year = r"(?:yılı\w*\s+)?"  # "2012 yılının mayıs ayında"
            yield rf"(?<!\d)(?P<year>\d{{4}})\.?\s+{of_year}{self._month}(?:\s+(?P<last>\d{{1,2}})(?!\d))?"

    def weeks(self) -> Iterator[str]:
        """Weeks by their numbers, "KW 17/2017", and what German makes one word with a month: "erste Novemberwoche"."""
        if words := phrases(self._language, "calendar_week"):
            number, between = r"(?P<week>\d{1,2})", self._words("article", "in")
            least = 0 if self._language == "de" else 1  # "by week 10, 2017 people had fled"
            linked = rf"(?:\s?/\s?|,?\s+(?:(?:{between})\s+){{{least},}}{self._the_year})"
            yield rf"(?<!\w)(?:{words})\s?{number}{linked}{_YEAR}"
            yield rf"(?<!\d){number}(?:\.|-\w+)\s?(?:{words}){self._year}"
        if self._language == "de":
            for part, (word, numbers) in _GERMAN_PARTS.items():
                number = "|".join(rf"(?P<{part}_{one}>{_GERMAN_NUMBERS[one]}\w*)" for one in numbers)
                yield rf"(?<!\w)(?:{number})\s+(?P<month>{self._stems})s?{word}s?(?!\w)(?:\s+{self._the_year}{_YEAR})?"
            days = r"(?P<days_first>erste\w*)|(?P<days_last>letzte\w*)"
            yield rf"(?<!\w)(?:{days})\s+(?P<month>{self._stems})tagen?(?!\w)(?:\s+{self._the_year}{_YEAR})?"

    def seasons(self) -> Iterator[str]:
        """Seasons with their years, also "winter 2015/16", or after a word."""
        if not self._seasons:
            return
        long = self._named("winter", "turn")
        yield rf"(?<!\w)(?:{long}){self._year}\s?[-–/]\s?(?:(?:19|20)\d)?\d?\d(?!\d)"
        yield rf"(?<!\w)(?:{self._seasons}){self._year}"
        if self._around:  # "été" is a participle as well
            yield rf"(?<!\w)(?:{self._around})\s+(?P<date>{self._seasons})(?!\w)"

    def parts(self) -> Iterator[str]:
        """Parts of a month or of a year."""
        if thirds := self._named(*_THIRDS):
            yield rf"(?<!\w)(?:{thirds}){_TO_IT}(?:{self._capital}{self._month}|{self._the_year}{_YEAR})"
        if shares := self._named(*SHARES):
            year_of_it = rf"(?:(?P<sure>{self._said_year})|{self._not_after('of')}){_YEAR}"
            no_count = rf"(?(sure)|{self._after_year()})"
            month = f"{self._capital}{self._no_name}{self._month}"
            yield rf"(?<!\w)(?:{shares}){_TO_IT}(?:{month}|{year_of_it}{no_count})"

    def around(self) -> Iterator[str]:
        """Months and years that stand alone, after a word."""
        if not self._around:
            return
        certain = self._words(*OPERATORS, "from", but=("not_year", "maybe_year"))
        maybe = self._words("maybe_year")
        maybe_year = rf"(?P<sure>{self._said_year})?{self._alone}(?(sure)|{self._after_year()})"
        joins = rf"(?P<joins>{self._words('to', 'and')})(?:\s+|(?<=و))"
        named, any_year = f"{self._no_name}{self._month}", f"{self._the_year}{self._alone}"
        yield rf"(?<!\w)(?:{certain}){_TO_WORD}(?P<date>{named}|{any_year})"
        yield rf"(?<!\w)(?:{maybe})\s+(?P<date>{self._capital}{named}|{maybe_year})"
        yield rf"(?<!\w){joins}(?P<date>(?:{self._part})?{self._month}{self._year})"
        yield rf"(?<!\w){joins}(?P<date>{self._capital}{named}|{any_year})"
        yield rf"(?<!\w)(?:{self._around}){_TO_WORD}(?P<date>{self._no_word}{named})"
        if self._language == "tr":
            yield rf"(?<!\w){named}(?:\s+ay(?:ı\w*)?|['’]\w{{1,4}})(?!\w)"  # "Kasım ayında", "Kasım'dan"
            yield rf"(?<!\w){named}(?=\s+(?:{self._words('to')})\s+(?:{self._stems}|\d{{4}})(?!\w))"  # "Mart ile Mayıs"
        if self._language == "he":  # "in March" is one word; "in May" is a director as well
            yield rf"(?<!\w)(?=ב)(?!במאי){named}(?!\w)"

    def feasts(self) -> Iterator[str]:
        """Feasts with their years: "since Ramadan 2016". "Who shot Ramadan in 2016?" is about a man."""
        yield rf"(?<!\w)(?:{self._feasts})(?!\w){self._year}"

    def near(self) -> Iterator[str]:
        """Months, seasons and feasts of which a word tells which one it is: "last August", "الصيف الماضي"."""
        season = rf"(?:{'(?:ال)?' if self._language == 'ar' else ''}(?:{self._seasons or '(?!)'})(?!\w)(?<!\sof))"
        date = rf"(?P<date>{self._capital}{self._no_name}{self._month}|{season}|(?:{self._feasts})(?!\w))"
        if words := phrases(self._language, *_NEAR):
            yield rf"(?<!\w)(?:{words})\s+{date}"
        if words := phrases(self._language, *(f"{kind}_after" for kind in _NEAR)):
            yield rf"(?<!\w)(?!été(?!\w)){date}(?=\s+(?:{words})(?!\w))"  # "il a été passé", and "l'été passé"

    def short(self) -> Iterator[str]:
        """A month in figures, "11/2017", and a day with two of them for its year: "19.11.17"."""
        yield rf"(?<![\w./-]){self._not_after('numbered')}(?P<number>\d{{1,2}})/(?P<year>(?:19|20)\d\d)(?![\d/.-])"
        sign = "[/]" if self._language == "en" else "[./]"  # "section 3.4.16"
        day = rf"(?P<last>\d{{1,2}})(?P<sign>{sign})(?P<number>\d{{1,2}})(?P=sign)"
        yield rf"(?<![\w./-]){day}(?P<year>\d\d)(?![\d./-]*\d)"

    def lone_year(self) -> Iterator[str]:
        """A year that nothing tells to be one: "2014 eroberte der IS Mossul"."""
        if self._around:
            number = rf"(?<![\w.,:/№$€-]){self._not_after('numbered')}(?=(?:19|20)\d\d)"
            yield rf"{number}{self._alone}(?!\w){_NOT_ROUND}{self._after_year()}"

    def dash(self) -> Iterator[str]:
        """The year that a span of years ends with, after all others: "2014-2017"."""
        if self._around:
            yield r"(?P<dash>[-–—])\s?(?P<date>(?P<year>(?:19|20)\d\d)(?![\d-]))"

    def _not_after(self, kind: str) -> str:
        """That none of these words stands before."""
        return "".join(rf"(?<!{word}\s)" for word in phrases(self._language, kind).split("|") if word)

    def _after(self, kind: str) -> str:
        """That one of these words stands before, if the language has any."""
        found = [rf"(?<=\b{word}\s)" for word in phrases(self._language, kind).split("|") if word]
        return f"(?:{'|'.join(found)})" if found else ""

    def _after_year(self) -> str:
        """What follows a year: no noun, as it does in "a convoy of 2000 fighters"."""
        words = self._words(*_AROUND, "on", "year")
        ends = [r"\s*(?:[^\w\s-]|$|-\s?(?:19|20)\d\d(?!\d))", rf"\s+(?:{words})(?!\w)"]
        match self._language:
            case "ru" | "uk":  # a name, or a verb in the past
                ends.append(rf"{_NOT_ROUND}\s+(?-i:[А-ЯЁІЇЄҐ]\w|\w+л(?:а|о|и|ся|ась|ось|ися|ись)?(?!\w))")
            case "de":  # anything but a noun in the plural, or a unit
                few = rf"(?!(?:{self._words('counted')})(?!\w))"
                ends.append(rf"{_NOT_ROUND}\s+{few}(?-i:[a-zäöüß]|[A-ZÄÖÜ][\w-]*(?<!e)(?<!n)(?<!er)(?!\w))")
        return rf"(?:{'|'.join(f'(?={end})' for end in ends)})"


def _begins(pattern: str) -> Begins:
    if pattern.startswith(r"(?<!\w)"):
        return "word"
    return "dash" if pattern.startswith("(?P<dash>") else "number"


@cache
def another_part(language: str) -> re.Pattern[str] | None:
    """Another part of a time at the end of a text, with what joins it to the next: "the first and"."""
    heads = (_HEAD.match(phrase) for phrase in phrases(language, *SHARES).split("|"))
    firsts = {head[0] for head in heads if head is not None and head[0] and not head[0].isdecimal()}
    if not firsts:
        return None
    first, joined = "|".join(sorted(firsts, key=len, reverse=True)), phrases(language, "to", "and", "or")
    article = rf"(?:(?:{phrases(language, 'article') or '(?!)'})\s+)?"
    beside = rf"(?:{first})\w*(?:\s+\w+)?\s*(?:(?<=و)|(?:{joined}|,|[-–—/])\s*){article}"
    around = rf"(?:{phrases(language, *_THIRDS)})\s+{article}"
    return re.compile(rf"(?<!\w)(?:{beside}|{around})\Z", re.IGNORECASE)


def starts(text: str, language: str) -> dict[Begins, list[int]]:
    """Where a date can begin, by what it begins with: to try each pattern there alone takes a quarter of the time."""
    found: dict[Begins, list[int]] = {"number": [], "dash": [], "word": []}
    for run in _RUN.finditer(text):
        for begins in _may_begin(run.group(), language):
            found[begins].append(run.start())
    if language in {"zh", "ja"}:  # in which letters are not only words, but numbers too
        found["number"] = sorted({*found["number"], *(date.start() for date in _HAN_DATE.finditer(text))})
    return found


@lru_cache(maxsize=50_000)  # the words of reports repeat
def _may_begin(run: str, language: str) -> tuple[Begins, ...]:
    """With what a date may begin that begins with this number, dash or word. Some months begin with a number (11월)."""
    if run in "-–—":
        return ("dash",)
    word: tuple[Begins, ...] = ("word",) if _first_words(language).match(run) else ()
    return ("number", *word) if run.isdecimal() else word


@cache
def _first_words(language: str) -> re.Pattern[str]:
    """What the patterns that begin with a word begin with, up to the end of that word at most."""
    kinds = (*PARTS, *_AROUND, *_NEAR, "figures", "ordinal", "calendar_week")
    words = [*map(re.escape, month_names(language)), *phrases(language, *kinds).split("|")]
    words += (name for names in feast_names(language).values() for name in names.split("|"))
    if language == "de":
        words += _GERMAN_NUMBERS.values()
    if language == "ar":  # the article of "this summer" is one word with it
        words += [f"ال{word}" for word in phrases(language, *_SEASONS).split("|")]
    heads = {found[0] for word in words if word and (found := _HEAD.match(word))}
    return re.compile("|".join(sorted(heads)) or "(?!)", re.IGNORECASE)
