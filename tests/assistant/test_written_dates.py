"""The dates that reports tell of, as they are written, in five languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.date_patterns import date_patterns, starts
from assistant.dates import PartialDate
from assistant.times import find_dates
from assistant.written_dates import matches


def dates(text: str, language: str, published: str = "2017-11-12") -> list[str]:
    return [str(dated.date) for dated in find_dates(text, language, PartialDate.parse(published))]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("За последнюю неделю 2000 человек покинули Алеппо.", "ru"),
        ("В последние дни 2000 боевиков сдались.", "ru"),
        ("За останній тиждень 2000 осіб покинули місто.", "uk"),
        ("The first half of 2000 prisoners were freed.", "en"),
        ("Im ersten Halbjahr 2000 Menschen getötet.", "de"),
        ("La première moitié de 2000 hommes est partie.", "fr"),
        ("Les derniers jours de sept otages.", "fr"),
        ("У другій половині листа йдеться про місто.", "uk"),
    ],
)
def test_a_count_is_no_year_of_which_there_is_a_part(text: str, language: str) -> None:
    assert find_dates(text, language, PartialDate(2017, 11, 22)) == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("On Thursday, 9 November, the army said so.", "en", ["2017-11-09"]),
        ("It began on 26 October. Nobody knew.", "en", ["2017-10-26"]),
        ("In December the camp froze.", "en", ["2016-12"]),
        ("Die Stadt fiel gestern.", "de", ["2017-11-11"]),
        ("Am Mittwoch begann der Angriff.", "de", ["2017-11-08"]),
        ("أعلن الجيش يوم الخميس 9 تشرين الثاني.", "ar", ["2017-11-09"]),
        ("В среду, 8 ноября, бои продолжились.", "ru", ["2017-11-08"]),
        ("On Thursday, the 26th of October, and on Friday they met.", "en", ["2017-10-26", "2017-11-10"]),
        ("On the first Sunday in March they met.", "en", ["2017-03"]),
        ("Am Donnerstag, dem 26. Oktober, trafen sie sich.", "de", ["2017-10-26"]),
        ("Am ersten Sonntag des März 2016 trafen sie sich.", "de", ["2016-03"]),
        ("Jeudi 26 octobre, ils sont partis.", "fr", ["2017-10-26"]),
        ("В первое воскресенье марта 2016 года они встретились.", "ru", ["2016-03"]),
        ("التقوا في الأحد الأول من آذار.", "ar", ["2017-03-05"]),  # the first of March was a Wednesday
        ("التقوا في الأحد الخامس من آذار.", "ar", ["2017-03-05"]),  # and this is that Sunday itself
        ("التقوا في الأحد الخامس من شباط.", "ar", ["2017-02-05"]),
        ("التقوا في السبت الخامس من شباط.", "ar", ["2017-02-05"]),  # there was no fifth one
        ("التقوا من الأول إلى الخامس من آذار.", "ar", ["2017-03-01/2017-03-05"]),
        ("The siege lasted since April 2014.", "en", ["2014-04"]),
        ("9–11 November 2017", "en", ["2017-11-09/2017-11-11"]),
    ],
)
def test_the_dates_of_a_report(text: str, language: str, expected: list[str]) -> None:
    assert dates(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Over 2000 civilians fled.", "en"),
        ("A convoy of 2000 fighters left, and 1950 stayed.", "en"),
        ("Up to 2000 fighters were there.", "en"),
        ("It grew to 2000 men.", "en"),
        ("At least 30 may have been killed.", "en"),
        ("They took the town and may advance.", "en"),
        ("They began to march on Damascus.", "en"),
        ("The first may have been killed, the second march failed.", "en"),
        ("By week 10, 2000 people had fled.", "en"),
        ("29 KASIM 2017", "tr"),
        ("Les deux mars ont été passés, cent deux mai.", "fr"),
        ("Some 20 march on the town.", "en"),
        ("The UN and Jan Egeland said so.", "en"),
        ("It was said by Jan Egeland.", "en"),
        ("They hold the monastery of Mar Elian.", "en"),
        ("Bis zu 2000 Kämpfer und 1950 Zivilisten flohen.", "de"),
        ("Ein Konvoi von 2000 Kämpfern und in 2000 Metern Höhe.", "de"),
        ("Das wurde von Jan Egeland gesagt.", "de"),
        ("2017 Menschen, 1987 Kämpfer und 2014 km nach Resolution 2042.", "de"),
        ("قافلة من 2000 مقاتل و 1950 مدني", "ar"),
        ("Колонна с 2000 бойцами, до 2000 человек и 1950 раненых.", "ru"),
        ("На 2000 человек больше, по 2000 рублей.", "ru"),
        ("Лист від бійця, з листа видно, 2000 людей.", "uk"),
        ("Un convoi de 2000 combattants et 1950 civils.", "fr"),
        ("Jusqu'à 2000 personnes dans 2000 maisons.", "fr"),
        ("Deux enfants et sept femmes.", "fr"),
    ],
)
def test_counts_words_and_names_are_no_dates(text: str, language: str) -> None:
    assert dates(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("between 2015 and 2017", "en", ["2015", "2017"]),
        ("the years 2015 and 2017", "en", ["2017"]),
        ("the war of 2014, and the truce of 2016 in Homs", "en", ["2014", "2016"]),
        ("since 2016 fighters left", "en", ["2016"]),
        ("30 May, 3 March 2016 or 3 march 2016", "en", ["2017-05-30", "2016-03-03", "2016-03-03"]),
        ("in March, since May, between March and May", "en", ["2017-03", "2017-05", "2017-03", "2017-05"]),
        ("in the month of May", "en", ["2017-05"]),
        ("Nearly a third of August arrivals were children.", "en", ["2017-08"]),
        ("on Jan 9, or by 11 Mar", "en", ["2017-01-09", "2017-03-11"]),
        ("zwischen 2015 und 2017", "de", ["2015", "2017"]),
        ("der Krieg von 2014, von 2015 bis 2017", "de", ["2014", "2015", "2017"]),
        ("2014 eroberte der IS Mossul.", "de", ["2014"]),
        ("Der IS nahm 2014 Mossul ein, die Ernte 2017 war gut.", "de", ["2014", "2017"]),
        ("in 2014-2016 the war", "en", ["2014", "2016"]),
        ("im Mai, seit März", "de", ["2017-05", "2017-03"]),
        ("بين 2015 و2017", "ar", ["2015", "2017"]),
        ("من 2015 إلى 2017", "ar", ["2015", "2017"]),
        ("с 2015 по 2017 год, в 2016 году, до 2014.", "ru", ["2015", "2017", "2016", "2014"]),
        ("в мае", "ru", ["2017-05"]),
        ("entre 2015 et 2017, de 2015 à 2017", "fr", ["2015", "2017", "2015", "2017"]),
        ("la guerre de 2014.", "fr", ["2014"]),
        ("le 9 sept. 2016", "fr", ["2016-09-09"]),
    ],
)
def test_years_and_months_that_stand_alone(text: str, language: str, expected: list[str]) -> None:
    assert dates(text, language) == expected


ORDINALS = ("الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع")


@pytest.mark.parametrize("of", ["من ", ""])
@pytest.mark.parametrize("year", [" 2016", ""])
def test_days_in_arabic_words(of: str, year: str) -> None:
    first = ("الحادي", *ORDINALS[1:])
    words = [*ORDINALS, "العاشر", *(f"{one} عشر" for one in first), "العشرين"]
    words += [*(f"{one} والعشرين" for one in first), "الثلاثين", "الحادي والثلاثين"]
    words += ["الثالث والعشرون", "الثلاثون"]
    for day, word in zip([*range(1, 32), 23, 30], words, strict=True):
        text = f"وصلت القافلة يوم {word} {of}كانون الأول/ديسمبر{year}."
        (found,) = find_dates(text, "ar", PartialDate(2016, 12))
        assert text[found.start : found.end] == text.removeprefix("وصلت القافلة يوم ").rstrip(".")
        assert str(found.date) == f"2016-12-{day:02}"
        assert found.has_year == bool(year)


def test_days_of_the_week_need_the_day_of_the_report() -> None:
    assert dates("On Thursday they left.", "en", "2017-11") == []
    assert find_dates("On 9 November they left.", "en", PartialDate()) == []


def test_the_29th_of_february_is_a_day_only_where_there_is_one() -> None:
    assert dates("On 29 February 2016 it snowed.", "en") == ["2016-02-29"]
    assert dates("On 29 February 2017 it snowed.", "en") == []


@pytest.mark.parametrize("text", ["В матче участвовали двое.", "Маме 30 лет.", "Маски сняты 9 раз."])
def test_what_begins_like_a_russian_month_is_none(text: str) -> None:
    assert find_dates(text, "ru", PartialDate.parse("2017-11-20")) == []


@pytest.mark.parametrize("month", ["мая", "мае", "май", "маем"])
def test_a_short_russian_month_is_one_in_its_cases(month: str) -> None:
    (found,) = find_dates(f"Это было в {month} 2017 года.", "ru", PartialDate.parse("2017-11-20"))
    assert str(found.date) == "2017-05"


def test_many_dates_are_read_in_a_time_that_grows_with_them_alone() -> None:
    text = "On Thursday, 9 November 2017, they left. " * 8_000
    begun = time.process_time()
    assert len(dates(text, "en")) == 8_000
    assert time.process_time() - begun < 10  # 0.7 s; to look at every pair takes 20 s


PIECES = """9 10. 2017 2017-11 9.11.2017 November نوفمبر Ноября mai 11월 May march jan sept the of over end
Ende Anfang в конце mid- spring été Frühling Winter winter 2015/16 Juli/August KW week 17/2017 Novemberwoche letzten
last هذا الربيع الماضي dernier ninth девятого am 9.11. in Im von до bis and و ( , . - x"""


@given(
    st.sampled_from(["en", "de", "ar", "ru", "fr", "uk", "es", "ko"]),
    st.lists(st.sampled_from(PIECES.split()), max_size=12),
    st.sampled_from([" ", "", "  "]),
)
def test_a_date_begins_at_one_of_its_starts(language: str, words: list[str], between: str) -> None:
    text = between.join(words)
    places = starts(text, language)
    for begins, pattern in date_patterns(language, asked=True):
        anywhere = [match.span() for match in pattern.finditer(text)]
        assert [match.span() for match in matches(pattern, text, places[begins])] == anywhere
