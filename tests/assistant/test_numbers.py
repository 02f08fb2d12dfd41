"""Numbers of a text: digits of all scripts, and number words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unicode_rbnf import RbnfEngine

from assistant.numbers import find_numbers


def values(text: str, language: str) -> list[set[float]]:
    return [set(number.values) for number in find_numbers(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Seventy of 2.5 million people", "en", [{70}, {2_500_000}]),
        ("three hundred and seven, twenty-one thousand five hundred", "en", [{307}, {21_500}]),
        ("1,234 tanks and 1,234.5 tons", "en", [{1_234, 1.234}, {1_234.5}]),
        ("one man, two women and three children", "en", [{2}, {3}]),
        ("the 7th floor at 14:00 and a dozen T-72", "en", [{7}, {14}, {12}]),
        ("Siebzig, zweiundsiebzigtausend und dreihundertsieben", "de", [{70}, {72_000}, {307}]),
        ("2,5 Millionen, 10.000, hunderttausend, der siebte Tag", "de", [{2_500_000}, {10_000, 10}, {100_000}, {7}]),
        ("٧٠ جنديا وسبعون مدنيا واثنان وسبعون رجلا", "ar", [{70}, {70}, {72}]),
        ("ثلاثمئة وخمسة وعشرين شخصا، ثلاثة آلاف، سبعين ألف نازح، الستة", "ar", [{325}, {3_000}, {70_000}, {6}]),
        ("اثني عشر جندياً يوم الاثنين و20 آلية", "ar", [{12}, {20}]),
        ("Семьдесят два, семидесяти, двадцать пять тысяч, 2,5 млн, семью", "ru", [{72}, {70}, {25_000}, {2_500_000}]),
        ("soixante-dix, quatre-vingt-un, deux cent trois, 10 000", "fr", [{70}, {81}, {203}, {10_000}]),
        ("۷۰ نفر", "fa", [{70}]),
        ("between five and twenty fighters", "en", [{5}, {20}]),
        ("entre cinq et vingt combattants", "fr", [{5}, {20}]),
        ("полторы тысячи, сотня, полтора десятка, две сотни", "ru", [{1_500}, {100}, {15}, {200}]),
        (
            "trzy osoby, dwanaście, dwadzieścia trzy, sto dwadzieścia, trzysta, 5 tys.",
            "pl",
            [{3}, {12}, {23}, {120}, {300}, {5_000}],
        ),
        ("dwa tysiące osób i dwa miliony", "pl", [{2_000}, {2_000_000}]),
        ("dos mil, ciento veinte, dos millones y medio", "es", [{2_000}, {120}, {2_500_000}]),
        ("duas mil, cento e vinte, três milhões", "pt", [{2_000}, {120}, {3_000_000}]),
        ("duemila, 5 mila, due milioni", "it", [{2_000}, {5_000}, {2_000_000}]),
        ("дві тисячі, сто двадцять, троє, 5 млн", "uk", [{2_000}, {120}, {3}, {5_000_000}]),
        ("šest ljudi i dvadeset tri", "hr", [{6}, {23}]),
        ("", "en", []),
    ],
)
def test_numbers_are_read_in_digits_and_words(text: str, language: str, expected: list[set[float]]) -> None:
    assert values(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Half a million people, a half-million, half of the town", "en", [{500_000}, {500_000}]),
        ("half a dozen, two dozen, a dozen and 3 dozen", "en", [{6}, {24}, {12}, {36}]),
        ("two and a half million; a million and a half; two and a half years", "en", [{2_500_000}, {1_500_000}, {2.5}]),
        ("Five hundred and half a million", "en", [{500}, {500_000}]),
        ("eine halbe Million, ein halbes Dutzend, zwei Dutzend, die halbe Stadt", "de", [{500_000}, {6}, {24}]),
        ("zweieinhalb Millionen, anderthalbtausend", "de", [{2_500_000}, {1_500}]),
        ("نصف مليون نازح، مليون ونصف المليون، مليونان ونصف، نصف المدينة", "ar", [{500_000}, {1_500_000}, {2_500_000}]),
        ("полмиллиона, два с половиной миллиона, полдюжины, две дюжины", "ru", [{500_000}, {2_500_000}, {6}, {24}]),
        ("un demi-million, deux millions et demi, une demi-douzaine", "fr", [{500_000}, {2_500_000}, {6}]),
    ],
)
def test_halves_and_dozens_are_counted(text: str, language: str, expected: list[set[float]]) -> None:
    assert values(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("several thousand people", "en"),
        ("a few thousand people", "en"),
        ("mehrere tausend Menschen", "de"),
        ("ein paar Tausend Menschen", "de"),
        ("عدة آلاف من الناس", "ar"),
        ("несколько тысяч человек", "ru"),
        ("plusieurs milliers de personnes", "fr"),
    ],
)
def test_several_thousand_are_thousands_and_no_number(text: str, language: str) -> None:
    (several,), (thousands,) = find_numbers(text, language), find_numbers("thousands", "en")
    assert several.vague
    assert several.told_by(thousands)
    assert not any(number.told_by(several) for number in find_numbers("1,000", "en"))
    (hundreds_of_thousands,) = find_numbers("several hundred thousand", "en")
    assert (hundreds_of_thousands.least, hundreds_of_thousands.most) == (100_000, 2_500_000)


@pytest.mark.parametrize(
    ("text", "language", "told", "not_told"),
    [
        ("Hundreds of thousands", "en", "350,000", "35,000"),
        ("Tens of thousands", "en", "35,000", "350,000"),
        ("Zehntausenden", "de", "35,000", "350,000"),
        ("Hunderttausende", "de", "350,000", "35,000"),
        ("Hunderte von Millionen", "de", "350,000,000", "350,000"),
        ("des centaines de milliers", "fr", "350,000", "35,000"),
        ("مئات الآلاف", "ar", "350,000", "35,000"),
        ("عشرات الآلاف", "ar", "35,000", "350,000"),
        ("сотни тысяч", "ru", "350,000", "3,500"),
        ("несколько сотен тысяч", "ru", "350,000", "3,500"),
        ("cientos de miles", "es", "350,000", "3,500"),
        ("centinaia di migliaia", "it", "350,000", "3,500"),
        ("centenas de milhares", "pt", "350,000", "3,500"),
        ("setki tysięcy", "pl", "350,000", "3,500"),
        ("сотні тисяч", "uk", "350,000", "3,500"),
    ],
)
def test_hundreds_of_thousands_are_one_number(text: str, language: str, told: str, not_told: str) -> None:
    (many,) = find_numbers(text, language)
    (within,), (without,) = find_numbers(told, "en"), find_numbers(not_told, "en")
    assert many.vague
    assert many.told_by(within)
    assert not many.told_by(without)


def test_about_as_many_is_told_in_other_words_and_more_is_not() -> None:
    tens, as_many, hundreds, dozens = (
        find_numbers(text, language)[0]
        for text, language in [
            ("Tens of thousands", "en"),
            ("Zehntausende", "de"),
            ("des centaines de milliers", "fr"),
            ("dozens", "en"),
        ]
    )
    assert tens.told_by(as_many)
    assert as_many.told_by(tens)
    assert not any(one.told_by(other) for one, other in [(hundreds, tens), (tens, hundreds), (tens, dozens)])
    assert not find_numbers("hundreds", "en")[0].told_by(dozens)


@pytest.mark.parametrize(
    ("text", "language"),
    [("40%", "en"), ("forty percent", "en"), ("40 Prozent", "de"), ("٤٠ بالمئة", "ar"), ("40 pour cent", "fr")],
)
def test_a_share_is_no_count(text: str, language: str) -> None:
    (share,) = find_numbers(text, language)
    (count,) = find_numbers("40", "en")
    assert share.percent
    assert share.values == {40}
    assert not share.told_by(count)
    assert not count.told_by(share)


@pytest.mark.parametrize(
    ("vague", "language"),
    [("dozens", "en"), ("Dutzende", "de"), ("عشرات", "ar"), ("десятки", "ru"), ("dizaines", "fr")],
)
def test_dozens_is_about_as_many_and_never_a_number(vague: str, language: str) -> None:
    (dozens,) = find_numbers(vague, language)
    (seventy,) = find_numbers("70", "en")
    (three,) = find_numbers("3", "en")
    (same,) = find_numbers("dozens", "en")
    assert dozens.vague
    assert dozens.told_by(seventy)
    assert dozens.told_by(same)
    assert not dozens.told_by(three)
    assert not seventy.told_by(dozens)


@given(number=st.integers(2, 99_999), language=st.sampled_from(["en", "de", "fr", "ru"]))
@settings(deadline=None)
def test_what_is_spelled_out_is_read_back(number: int, language: str) -> None:
    text = RbnfEngine.for_language(language).format_number(number).text
    assert values(text, language) == [{float(number)}], text


@given(text=st.text(max_size=40), language=st.sampled_from(["en", "de", "ar", "ru", "fr", "tr", "xx"]))
@settings(deadline=None)
def test_numbers_lie_in_the_text_in_order(text: str, language: str) -> None:
    found = find_numbers(text, language)
    assert all(0 <= number.start < number.end <= len(text) for number in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
